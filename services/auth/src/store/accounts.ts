import type { Reads, Tx } from '@koyalite/contracts'

/**
 * What signs a user in, beside the document in `users`. A user whom an operator made has none until they set a
 * password.
 */
export const ACCOUNTS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_accounts" (
  "user_id" TEXT PRIMARY KEY,
  "password" TEXT,
  "anonymous" INTEGER NOT NULL DEFAULT 0,
  "blocked_at" INTEGER,
  "created_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

export interface Account {
  /** An argon2id hash with its parameters; null where the user has no password. */
  readonly password: string | null
  /** Made without credentials, and not promoted yet. */
  readonly anonymous: boolean
  /** Milliseconds since 1970. */
  readonly blockedAt: number | null
}

const NO_ACCOUNT: Account = { password: null, anonymous: false, blockedAt: null }

export function findAccount(reads: Reads, userId: string): Account {
  const text = `SELECT "password", "anonymous", "blocked_at" FROM "_koyalite_accounts" WHERE "user_id" = ?`
  const row = reads.get({ text, params: [userId] })
  if (!row) return NO_ACCOUNT
  const [password, anonymous, blockedAt] = row as [string | null, number, number | null]
  return { password, anonymous: anonymous === 1, blockedAt }
}

export function insertAccount(
  tx: Tx,
  account: {
    readonly userId: string
    readonly password: string | null
    readonly anonymous: boolean
    readonly at: number
  },
): void {
  const text = `INSERT OR REPLACE INTO "_koyalite_accounts" ("user_id", "password", "anonymous", "created_at") VALUES (?, ?, ?, ?)`
  tx.run({ text, params: [account.userId, account.password, account.anonymous ? 1 : 0, account.at] })
}

/** At most `limit` ids of users who have an account, the first ones after `after`. */
export function accountIds(reads: Reads, after: string, limit: number): readonly string[] {
  const text = `SELECT "user_id" FROM "_koyalite_accounts" WHERE "user_id" > ? ORDER BY "user_id" LIMIT ?`
  return reads.all({ text, params: [after, limit] }).map(([id]) => String(id))
}

/** Sets or removes the password of a user; an anonymous user no longer is one. */
export function setPassword(tx: Tx, userId: string, password: string | null, at: number): void {
  const text = `INSERT INTO "_koyalite_accounts" ("user_id", "password", "created_at") VALUES (?, ?, ?)
    ON CONFLICT ("user_id") DO UPDATE SET "password" = excluded."password", "anonymous" = 0`
  tx.run({ text, params: [userId, password, at] })
}

/** Marks an anonymous user as a full one; false if they were not anonymous. */
export function promoteAccount(tx: Tx, userId: string): boolean {
  const text = `UPDATE "_koyalite_accounts" SET "anonymous" = 0 WHERE "user_id" = ? AND "anonymous" = 1`
  return tx.run({ text, params: [userId] }).changes > 0
}

export function setBlocked(tx: Tx, userId: string, blockedAt: number | null, at: number): void {
  const text = `INSERT INTO "_koyalite_accounts" ("user_id", "blocked_at", "created_at") VALUES (?, ?, ?)
    ON CONFLICT ("user_id") DO UPDATE SET "blocked_at" = excluded."blocked_at"`
  tx.run({ text, params: [userId, blockedAt, at] })
}

export function deleteAccount(tx: Tx, userId: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_accounts" WHERE "user_id" = ?`, params: [userId] })
}
