import type { Reads, Tx } from '@koyalite/contracts'

/** Wrong passwords in a row, by account. Addresses that nobody has are counted too, so that a lock shows nothing. */
export const LOGIN_FAILURES_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_login_failures" (
  "account" TEXT PRIMARY KEY,
  "failures" INTEGER NOT NULL,
  "locked_until" INTEGER NOT NULL,
  "at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

export const LOGIN_FAILURES_INDEX = `CREATE INDEX IF NOT EXISTS "_koyalite_login_failures_at" ON "_koyalite_login_failures" ("at")`

export interface LoginFailures {
  readonly failures: number
  /** Milliseconds since 1970; in the past where the account is not locked. */
  readonly lockedUntil: number
}

export function findLoginFailures(reads: Reads, account: string): LoginFailures {
  const text = `SELECT "failures", "locked_until" FROM "_koyalite_login_failures" WHERE "account" = ?`
  const row = reads.get({ text, params: [account] })
  return row ? { failures: row[0] as number, lockedUntil: row[1] as number } : { failures: 0, lockedUntil: 0 }
}

export function saveLoginFailures(tx: Tx, account: string, state: LoginFailures, at: number): void {
  const text = `INSERT OR REPLACE INTO "_koyalite_login_failures" VALUES (?, ?, ?, ?)`
  tx.run({ text, params: [account, state.failures, state.lockedUntil, at] })
}

export function clearLoginFailures(tx: Tx, account: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_login_failures" WHERE "account" = ?`, params: [account] })
}

/** At most `limit` of them; returns how many. */
export function deleteOldLoginFailures(tx: Tx, before: number, limit: number): number {
  const text = `DELETE FROM "_koyalite_login_failures" WHERE "account" IN (
    SELECT "account" FROM "_koyalite_login_failures" WHERE "at" < ? ORDER BY "at" LIMIT ?)`
  return tx.run({ text, params: [before, limit] }).changes
}
