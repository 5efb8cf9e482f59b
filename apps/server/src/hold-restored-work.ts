import { auditedActor, SYSTEM } from '@koyalite/contracts'
import { skipWaitingEvents } from '@koyalite/events'
import { holdWaitingJobs } from '@koyalite/jobs'
import { holdWaitingMails } from '@koyalite/mail'
import { HELD_META, LAST_RESTORE_META, parseRestoreNote, RESTORED_META, releaseText } from '@koyalite/operations'
import { passOverRestoredFirings } from '@koyalite/schedules'
import { deleteMeta, readMeta, writeMeta } from '@koyalite/sqlite'
import { holdWaitingDeliveries } from '@koyalite/webhooks'
import type { InstanceParts } from './identify-instance'

/**
 * At the first start after a restore: notes it in the audit log, and holds the mails that waited when the backup was made, which may have been sent since.
 * Schedules that were due then make up for nothing.
 * Events that waited then were delivered since, or are of documents that are others now: they are skipped.
 * Returns what to say of them; null where nothing was restored, or nothing waited.
 */
export async function holdRestoredWork({
  database,
  log,
  record,
}: Omit<InstanceParts, 'keysDir'>): Promise<string | null> {
  const written = readMeta(database, RESTORED_META)
  if (written === null) return null
  const { by = auditedActor(SYSTEM), ...note } = parseRestoreNote(written)
  const { value: held } = await database.write((tx) => {
    const mails = holdWaitingMails(tx, 'it was pending in the restored backup')
    const jobs = holdWaitingJobs(tx)
    skipWaitingEvents(tx)
    passOverRestoredFirings(tx, Date.now())
    // As with mails. A replay sends one that was not.
    const deliveries = holdWaitingDeliveries(tx)
    deleteMeta(tx, RESTORED_META)
    writeMeta(tx, LAST_RESTORE_META, JSON.stringify({ ...note, by }))
    writeMeta(tx, HELD_META, JSON.stringify({ at: note.at, mails, jobs }))
    const outcome = note.problem === undefined ? 'success' : 'failure'
    record(tx, { event: 'database.restored', outcome, ...by, details: { ...note, mails, jobs, deliveries } })
    return { mails, jobs, deliveries }
  })
  const { mails, jobs, deliveries } = held
  if (mails + jobs + deliveries === 0) return null
  const text =
    `A backup was restored: ${mails} pending emails, ${jobs} jobs and ${deliveries} webhooks in it are held, because they may have been sent or run already.` +
    (mails + jobs === 0 ? '' : ` ${releaseText({ mails, jobs })}`) +
    (deliveries === 0 ? '' : ' To send a webhook nevertheless: koyalite webhooks replay.')
  log.warn(held, text)
  return text
}
