import type { Reads, Tx } from '@koyalite/contracts'
import { HELD_UNTIL, MAIL_COLUMNS, type OutboxMail, toMail } from './outbox'

/** `held`: it waits for somebody to say that it is to be sent. */
export type MailState = OutboxMail['status'] | NonNullable<OutboxMail['outcome']> | 'held'

/** Newest first. Ids are in the order of time. */
export function listMails(
  reads: Reads,
  page: { readonly limit: number; readonly before: string | null; readonly state?: MailState | undefined },
): OutboxMail[] {
  const where = page.state === undefined ? '' : `${STATE_CONDITIONS[page.state]} AND `
  const text = `SELECT ${MAIL_COLUMNS} FROM "_koyalite_mails" WHERE ${where}"id" < ? ORDER BY "id" DESC LIMIT ?`
  return reads.all({ text, params: [page.before ?? 'g', page.limit] }).map(toMail)
}

const STATE_CONDITIONS: Readonly<Record<MailState, string>> = {
  queued: `"status" = 'queued' AND "outcome" IS NULL AND "next_at" < ${HELD_UNTIL}`,
  held: `"status" = 'queued' AND "outcome" IS NULL AND "next_at" = ${HELD_UNTIL}`,
  sent: `"status" = 'sent' AND "outcome" IS NULL`,
  failed: `"status" = 'failed' AND "outcome" IS NULL`,
  delivered: `"status" = 'sent' AND "outcome" = 'delivered'`,
  bounced: `"status" = 'sent' AND "outcome" = 'bounced'`,
  complained: `"status" = 'sent' AND "outcome" = 'complained'`,
}

export function findMail(reads: Reads, id: string): OutboxMail | null {
  const text = `SELECT ${MAIL_COLUMNS} FROM "_koyalite_mails" WHERE "id" = ?`
  const row = reads.get({ text, params: [id] })
  return row ? toMail(row) : null
}

/** Queues a mail anew. @param at when it is sent, in milliseconds since 1970 */
export function requeueMail(tx: Tx, id: string, at: number): void {
  const text = `UPDATE "_koyalite_mails" SET "status" = 'queued', "attempts" = 0, "claims" = 0, "error" = NULL, "tried_at" = NULL, "next_at" = ? WHERE "id" = ?`
  tx.run({ text, params: [at, id] })
}

/** Lets all mails be sent that are held. Returns how many. */
export function releaseHeld(tx: Tx, at: number): number {
  const text = `UPDATE "_koyalite_mails" SET "next_at" = ?, "error" = NULL WHERE "status" = 'queued' AND "next_at" = ?`
  return tx.run({ text, params: [at, HELD_UNTIL] }).changes
}
