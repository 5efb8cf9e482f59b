import type { Tx } from '@koyalite/contracts'
import { dropContents } from './attachments'
import type { MailOutcome, OutboxMail } from './outbox'

/** A mail that was taken, whatever has become of it: it is not sent again, and its texts go. @param how.note what was said of it */
export function storeOutcome(
  tx: Tx,
  { id }: OutboxMail,
  how: {
    readonly outcome: MailOutcome | null
    readonly at: number
    readonly note: string | null
    readonly keepBody: boolean
  },
): void {
  const body = how.keepBody ? '' : ', "text" = NULL, "html" = NULL'
  const text = `UPDATE "_koyalite_mails" SET "status" = 'sent', "outcome" = ?, "sent_at" = coalesce("sent_at", ?), "pending" = NULL, "error" = ?${body} WHERE "id" = ?`
  tx.run({ text, params: [how.outcome, how.at, how.note, id] })
  if (!how.keepBody) dropContents(tx, id)
}

/** A mail that was taken, and then not sent after all. Texts that may sign people in go. */
export function storeFailure(tx: Tx, { id, function: name }: OutboxMail, note: string): void {
  const body = name === null ? ', "text" = NULL, "html" = NULL' : ''
  const text = `UPDATE "_koyalite_mails" SET "status" = 'failed', "error" = ?${body} WHERE "id" = ?`
  tx.run({ text, params: [note, id] })
}
