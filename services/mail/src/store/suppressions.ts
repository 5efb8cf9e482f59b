import type { Reads, SqlValue, Tx } from '@koyalite/contracts'

/** An address that gets no mails. */
export interface Suppression {
  readonly address: string
  /** Of which mails: see `listOf`. Null: of all. */
  readonly list: string | null
  /**
   * `bounce`: another server says that there is no such mailbox. `complaint`: it was called spam there. `unsubscribe`: its owner has asked for it. `manual`:
   * an operator has added it.
   */
  readonly reason: 'bounce' | 'complaint' | 'unsubscribe' | 'manual'
  readonly note: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

const COLUMNS = '"address", "list", "reason", "note", "created_at"'
/** Names of functions and templates are never empty. */
const ALL = ''

/** Addresses are the same in any case. What an operator has said stands above a complaint, and that above a bounce. */
export function suppress(tx: Tx, { address, list, reason, note, createdAt }: Suppression): void {
  const text = `INSERT INTO "_koyalite_mail_suppressions" (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT ("address", "list") DO UPDATE SET "reason" = excluded."reason", "note" = excluded."note", "created_at" = excluded."created_at"
    WHERE excluded."reason" = 'manual' OR (excluded."reason" = 'complaint' AND "_koyalite_mail_suppressions"."reason" = 'bounce')`
  tx.run({ text, params: [address.toLowerCase(), list ?? ALL, reason, note, createdAt] })
}

/** @param list null: what is about all mails */
export function unsuppress(tx: Tx, address: string, list: string | null): void {
  const text = `DELETE FROM "_koyalite_mail_suppressions" WHERE "address" = ? AND "list" = ?`
  tx.run({ text, params: [address.toLowerCase(), list ?? ALL] })
}

export function findSuppression(reads: Reads, address: string, list: string | null): Suppression | null {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_mail_suppressions" WHERE "address" = ? AND "list" = ?`
  const row = reads.get({ text, params: [address.toLowerCase(), list ?? ALL] })
  return row ? toSuppression(row) : null
}

/** In the order of addresses. @param page.after as `pageKey` gives it */
export function listSuppressions(
  reads: Reads,
  page: { readonly limit: number; readonly after: string },
): readonly Suppression[] {
  const text = `SELECT ${COLUMNS} FROM "_koyalite_mail_suppressions" WHERE ("address", "list") > (?, ?) ORDER BY "address", "list" LIMIT ?`
  const [address = '', list = ''] = page.after.split(' ', 2)
  return reads.all({ text, params: [address, list, page.limit] }).map(toSuppression)
}

/** Neither part has spaces. */
export function pageKey({ address, list }: Suppression): string {
  return `${address} ${list ?? ALL}`
}

function toSuppression(row: readonly SqlValue[]): Suppression {
  const [address, list, reason, note, createdAt] = row as [string, string, Suppression['reason'], string | null, number]
  return { address, list: list === ALL ? null : list, reason, note, createdAt }
}
