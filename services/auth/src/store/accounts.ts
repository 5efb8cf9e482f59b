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

/** Why and until when somebody is blocked, and when they have signed in last. */
export const ACCOUNT_DETAILS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_account_details" (
  "user_id" TEXT PRIMARY KEY,
  "block_reason" TEXT,
  "blocked_until" INTEGER,
  "signed_in_at" INTEGER
) STRICT, WITHOUT ROWID`

export const SIGNED_IN_INDEX = `CREATE INDEX IF NOT EXISTS "_koyalite_account_details_signed_in" ON "_koyalite_account_details" ("signed_in_at") WHERE "signed_in_at" IS NOT NULL`

export interface Account {
  /** An argon2id hash with its parameters; null where the user has no password. */
  readonly password: string | null
  /** Made without credentials, and not promoted yet. */
  readonly anonymous: boolean
  /** Milliseconds since 1970. */
  readonly blockedAt: number | null
  readonly blockReason: string | null
  /** Milliseconds since 1970; null where no end is set. */
  readonly blockedUntil: number | null
  /** Milliseconds since 1970; null where they have not signed in since this is kept. */
  readonly signedInAt: number | null
}

const NO_ACCOUNT: Account = {
  ...{ password: null, anonymous: false, blockedAt: null },
  ...{ blockReason: null, blockedUntil: null, signedInAt: null },
}

export function findAccount(reads: Reads, userId: string): Account {
  // A block that is over is none.
  const text = `SELECT "password", "anonymous",
    CASE WHEN "blocked_until" <= CAST(unixepoch('subsec') * 1000 AS INTEGER) THEN NULL ELSE "blocked_at" END,
    "block_reason", "blocked_until", "signed_in_at"
    FROM "_koyalite_accounts" LEFT JOIN "_koyalite_account_details" USING ("user_id") WHERE "user_id" = ?`
  const row = reads.get({ text, params: [userId] })
  if (!row) return NO_ACCOUNT
  const [password, anonymous, blockedAt, reason, until, signedInAt] = row as [
    string | null,
    number,
    number | null,
    string | null,
    number | null,
    number | null,
  ]
  const isBlocked = blockedAt !== null
  return {
    ...{ password, anonymous: anonymous === 1, blockedAt, signedInAt },
    blockReason: isBlocked ? reason : null,
    blockedUntil: isBlocked ? until : null,
  }
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

export function setBlockDetails(
  tx: Tx,
  userId: string,
  { reason, until }: { readonly reason: string | null; readonly until: number | null },
): void {
  const text = `INSERT INTO "_koyalite_account_details" ("user_id", "block_reason", "blocked_until") VALUES (?, ?, ?)
    ON CONFLICT ("user_id") DO UPDATE SET "block_reason" = excluded."block_reason", "blocked_until" = excluded."blocked_until"`
  tx.run({ text, params: [userId, reason, until] })
}

export function setSignedIn(tx: Tx, userId: string, at: number): void {
  const text = `INSERT INTO "_koyalite_account_details" ("user_id", "signed_in_at") VALUES (?, ?)
    ON CONFLICT ("user_id") DO UPDATE SET "signed_in_at" = excluded."signed_in_at"`
  tx.run({ text, params: [userId, at] })
}

/** Ids of users, who has signed in last first. Those who never have are left out. */
export function lastSignedIn(reads: Reads, limit: number): readonly string[] {
  const text = `SELECT "user_id" FROM "_koyalite_account_details" WHERE "signed_in_at" IS NOT NULL
    ORDER BY "signed_in_at" DESC, "user_id" LIMIT ?`
  return reads.all({ text, params: [limit] }).map(([id]) => String(id))
}

export function deleteAccount(tx: Tx, userId: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_account_details" WHERE "user_id" = ?`, params: [userId] })
  tx.run({ text: `DELETE FROM "_koyalite_accounts" WHERE "user_id" = ?`, params: [userId] })
}
