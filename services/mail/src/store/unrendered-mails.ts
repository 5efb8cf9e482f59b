import type { Reads, Tx } from '@koyalite/contracts'
import { HELD_UNTIL, MAIL_COLUMNS, type OutboxMail, toMail } from './outbox'

/** When the next mail is due that is to be rendered first; null where none waits. */
export function nextUnrendered(reads: Reads): number | null {
  const row = reads.get({
    text: `SELECT min("next_at") FROM "_koyalite_mails" WHERE "status" = 'queued' AND "props" IS NOT NULL AND "next_at" < ?`,
    params: [HELD_UNTIL],
  })
  return (row?.[0] as number | null | undefined) ?? null
}

/** Takes the mail that waits longest to be rendered; null where none has. Until `until` nobody else takes it. */
export function claimUnrendered(tx: Tx, now: number, until: number): OutboxMail | null {
  const text = `UPDATE "_koyalite_mails" SET "next_at" = ? WHERE "id" = (
    SELECT "id" FROM "_koyalite_mails" INDEXED BY "_koyalite_mails_unrendered"
    WHERE "status" = 'queued' AND "props" IS NOT NULL AND "next_at" <= ? ORDER BY "next_at", "id" LIMIT 1
  ) RETURNING ${MAIL_COLUMNS}`
  const row = tx.get({ text, params: [until, now] })
  return row ? toMail(row) : null
}

export interface RenderedParts {
  readonly subject: string
  /** Sealed. */
  readonly text: string
  readonly html: string
  readonly locale: string
}

/** The mail is due as it is now. @param claimed as `claimUnrendered` gave it; does nothing where somebody else has taken it since */
export function storeRendered(tx: Tx, claimed: OutboxMail, rendered: RenderedParts, at: number): void {
  const { subject, text, html, locale } = rendered
  tx.run({
    text: `UPDATE "_koyalite_mails" SET "subject" = ?, "text" = ?, "html" = ?, "locale" = ?, "props" = NULL, "next_at" = ?, "error" = NULL, "attempts" = 0, "claims" = 0
      WHERE "id" = ? AND "next_at" = ?`,
    params: [subject, text, html, locale, at, claimed.id, claimed.nextAt],
  })
}

/** The mail is due with the texts that it was stored with. */
export function leaveUnrendered(tx: Tx, claimed: OutboxMail, at: number): void {
  tx.run({
    text: `UPDATE "_koyalite_mails" SET "props" = NULL, "next_at" = ? WHERE "id" = ? AND "next_at" = ?`,
    params: [at, claimed.id, claimed.nextAt],
  })
}
