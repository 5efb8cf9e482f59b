import { auditedActor, SYSTEM } from '@koyalite/contracts'
import { holdWaitingMails } from '@koyalite/mail'
import { HELD_META, NO_RELEASE, RESTORED_META } from '@koyalite/operations'
import { deleteMeta, readMeta, writeMeta } from '@koyalite/sqlite'
import type { InstanceParts } from './identify-instance'

/**
 * Holds what waited in a database when the backup was made that it was restored from, at the first start after that: it may have been sent since. Returns what
 * to say of it; null where nothing was restored, or nothing waited.
 */
export async function holdRestoredMails({
  database,
  log,
  record,
}: Omit<InstanceParts, 'keysDir'>): Promise<string | null> {
  const at = readMeta(database, RESTORED_META)
  if (at === null) return null
  const { value: mails } = await database.write((tx) => {
    const held = holdWaitingMails(tx, 'it was pending in the restored backup')
    deleteMeta(tx, RESTORED_META)
    writeMeta(tx, HELD_META, JSON.stringify({ at, mails: held }))
    record(tx, {
      event: 'database.restored',
      outcome: 'success',
      ...auditedActor(SYSTEM),
      details: { at, mails: held },
    })
    return held
  })
  if (mails === 0) return null
  const text = `A backup was restored: ${mails} pending emails in it are held, because they may have been sent already. ${NO_RELEASE}`
  log.warn({ mails }, text)
  return text
}
