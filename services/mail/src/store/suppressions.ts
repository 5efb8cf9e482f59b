import type { Reads, SqlValue, Tx } from '@koyalite/contracts'

/** An address that gets no mails. */
export interface Suppression {
  readonly address: string
  /** `bounce`: another server says that there is no such mailbox. `complaint`: it was called spam there. `manual`: an operator has added it. */
  readonly reason: 'bounce' | 'complaint' | 'manual'
  readonly note: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

const COLUMNS = '"address", "reason", "note", "created_at"'

/** Addresses are the same in any case. What an operator has said stands above a complaint, and that above a bounce. */
export function suppress(tx: Tx, { address, reason, note, createdAt }: Suppression): void {
  const text = `INSERT INTO "_koyalite_mail_suppressions" (${COLUMNS}) VALUES (?, ?, ?, ?)
    ON CONFLICT ("address") DO UPDATE SET "reason" = excluded."reason", "note" = excluded."note", "created_at" = excluded."created_at"
    WHERE excluded."reason" = 'manual' OR (excluded."reason" = 'complaint' AND "_koyalite_mail_suppressions"."reason" = 'bounce')`
  tx.run({ text, params: [address.toLowerCase(), reason, note, createdAt] })
}

/** Returns whether it was suppressed. */
export function unsuppress(tx: Tx, address: string): boolean {
  const text = `DELETE FROM "_koyalite_mail_suppressions" WHERE "address" = ?`
  return tx.run({ text, params: [address.toLowerCase()] }).changes > 0
}

export function findSuppression(reads: Reads, address: string): Suppression | null {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_mail_suppressions" WHERE "address" = ?`
  const row = reads.get({ text, params: [address.toLowerCase()] })
  return row ? toSuppression(row) : null
}

/** In the order of addresses. */
export function listSuppressions(
  reads: Reads,
  page: { readonly limit: number; readonly after: string },
): readonly Suppression[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_mail_suppressions" WHERE "address" > ? ORDER BY "address" LIMIT ?`
  return reads.all({ text, params: [page.after, page.limit] }).map(toSuppression)
}

function toSuppression(row: readonly SqlValue[]): Suppression {
  const [address, reason, note, createdAt] = row as [string, Suppression['reason'], string | null, number]
  return { address, reason, note, createdAt }
}
