import { backupsFolder } from '../backups-folder'
import { checkCopy } from '../doctor/check-copy'
import {
  checkCursors,
  checkDrift,
  checkIntegrity,
  checkReferences,
  checkTriggers,
  checkWriteAheadLog,
} from '../doctor/check-database'
import { checkEvents } from '../doctor/check-events'
import { checkDiskSpace, checkPermissions, checkWritable } from '../doctor/check-files'
import { checkHeldMails } from '../doctor/check-held-mails'
import { checkHooks } from '../doctor/check-hooks'
import { checkIsolation, checkPlainFunctions, checkUser } from '../doctor/check-isolation'
import {
  checkHiddenAccounts,
  checkPublicOperations,
  checkRulesAboutThemselves,
  checkRuleWarnings,
  checkSlowRules,
} from '../doctor/check-rules'
import { checkSchedules } from '../doctor/check-schedules'
import { checkServing } from '../doctor/check-serving'
import { checkReferenceIndexes, checkSlowLists } from '../doctor/check-speed'
import { checkWebhooks } from '../doctor/check-webhooks'
import { checkWorkers } from '../doctor/check-workers'
import { attempted, type Finding, note, ok } from '../doctor/finding'
import type { OperationsContext } from '../operations-context'

/** Looks at everything that can be wrong with a project whose database is open. Reads only, and holds nobody up. */
export async function runDoctor(context: OperationsContext): Promise<readonly Finding[]> {
  const { schema, databasePath, dir, settings } = context
  const places = { dir, databasePath, backups: backupsFolder(context) }
  const isFile = databasePath !== ':memory:'
  const integrity = await checkIntegrity(context)
  return [
    integrity,
    // In a damaged file the rest says nothing.
    ...(integrity.level === 'ok'
      ? [await checkReferences(context), await checkDrift(context), checkTriggers(context), checkCursors(context)]
      : []),
    checkPublicOperations(schema),
    checkHiddenAccounts(schema, { hidesAccounts: context.auth.hidesAccounts() }),
    checkRuleWarnings(schema),
    checkSlowRules(schema),
    checkRulesAboutThemselves(schema),
    checkReferenceIndexes(schema),
    await checkSlowLists(context),
    await checkIsolation(settings.functions, context.variables),
    checkPlainFunctions(await context.functions.plain()),
    ...checkHooks(context),
    checkUser(),
    checkCopy(context),
    checkHeldMails(context),
    checkEvents(context),
    ...checkSchedules(context),
    ...checkWebhooks(context),
    checkWorkers(context.workers()),
    checkWriteAheadLog(context),
    ...(await checkServing(context)),
    ...(isFile
      ? [
          checkEncryption(context),
          await attempted('permissions', () => checkPermissions(places)),
          await attempted('disk space', () => checkDiskSpace(places)),
          checkWritable(places),
        ]
      : []),
  ].filter((finding) => finding !== null)
}

function checkEncryption({ settings }: OperationsContext): Finding {
  if (settings.database.encryption_key !== null) return ok('encryption', 'the database is encrypted')
  return note(
    'encryption',
    'the database is not encrypted',
    'If the disk is not encrypted either, see docs/operations.md and koyalite db encrypt.',
  )
}
