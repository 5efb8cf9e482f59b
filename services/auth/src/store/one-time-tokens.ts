import type { Reads, SqlValue, Tx } from '@koyalite/contracts'

/** Secrets that work once: of links, codes, challenges and sign-ins that are half done. Only hashes are stored. */
export const ONE_TIME_TOKENS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_one_time_tokens" (
  "hash" TEXT PRIMARY KEY,
  "purpose" TEXT NOT NULL,
  "subject" TEXT,
  "data" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "expires_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

export const ONE_TIME_TOKENS_INDEX = `CREATE INDEX IF NOT EXISTS "_koyalite_one_time_tokens_expires" ON "_koyalite_one_time_tokens" ("expires_at")`

/** Instead of an index by purpose first. */
export const ONE_TIME_TOKENS_BY_SUBJECT = [
  `DROP INDEX IF EXISTS "_koyalite_one_time_tokens_subject"`,
  `CREATE INDEX IF NOT EXISTS "_koyalite_one_time_tokens_of" ON "_koyalite_one_time_tokens" ("subject", "purpose")`,
]

export type TokenPurpose =
  | 'registration'
  | 'verify_email'
  | 'reset_password'
  | 'magic_link'
  | 'otp'
  | 'change_email'
  | 'mfa'
  | 'passkey_register'
  | 'passkey_login'
  | 'oauth'
  | 'oauth_exchange'
  | 'oauth_profile'
  | 'setup'
  | 'operator_password'

export interface OneTimeToken {
  readonly hash: string
  readonly purpose: TokenPurpose
  /** Whom it is for: a user's or operator's id. */
  readonly subject: string | null
  readonly data: unknown
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export function insertOneTimeToken(tx: Tx, token: OneTimeToken): void {
  const text = `INSERT OR REPLACE INTO "_koyalite_one_time_tokens" ("hash", "purpose", "subject", "data", "expires_at") VALUES (?, ?, ?, ?, ?)`
  tx.run({
    text,
    params: [token.hash, token.purpose, token.subject, JSON.stringify(token.data ?? null), token.expiresAt],
  })
}

/** Deletes a token: of all who try at once, one gets it. Null if there is none, or it has expired. */
export function consumeOneTimeToken(tx: Tx, purpose: TokenPurpose, hash: string, now: number): OneTimeToken | null {
  const text = `DELETE FROM "_koyalite_one_time_tokens" WHERE "hash" = ? AND "purpose" = ? RETURNING "subject", "data", "expires_at"`
  const row = tx.get({ text, params: [hash, purpose] })
  const token = row && toToken(row, purpose, hash)
  return token && token.expiresAt > now ? token : null
}

/** Looks at a token that is still good, without using it. */
export function peekOneTimeToken(reads: Reads, purpose: TokenPurpose, hash: string, now: number): OneTimeToken | null {
  const text = `SELECT "subject", "data", "expires_at" FROM "_koyalite_one_time_tokens" WHERE "hash" = ? AND "purpose" = ? AND "expires_at" > ?`
  const row = reads.get({ text, params: [hash, purpose, now] })
  return row ? toToken(row, purpose, hash) : null
}

/** Counts a wrong guess at what belongs to a token; at the last one allowed the token is gone. */
export function countAttempt(tx: Tx, purpose: TokenPurpose, hash: string, allowed: number): void {
  const count = `UPDATE "_koyalite_one_time_tokens" SET "attempts" = "attempts" + 1 WHERE "hash" = ? AND "purpose" = ?`
  tx.run({ text: count, params: [hash, purpose] })
  const drop = `DELETE FROM "_koyalite_one_time_tokens" WHERE "hash" = ? AND "purpose" = ? AND "attempts" >= ?`
  tx.run({ text: drop, params: [hash, purpose, allowed] })
}

/** A newer one replaces those before it. */
export function deleteOneTimeTokens(tx: Tx, purpose: TokenPurpose, subject: string): void {
  const text = `DELETE FROM "_koyalite_one_time_tokens" WHERE "purpose" = ? AND "subject" = ?`
  tx.run({ text, params: [purpose, subject] })
}

/** Whatever was sent to somebody and not used yet: it must not outlive their credentials. */
export function deleteAllOneTimeTokens(tx: Tx, subject: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_one_time_tokens" WHERE "subject" = ?`, params: [subject] })
}

/** The same, except for the link that proves an address: it signs nobody in. */
export function deleteSignInTokens(tx: Tx, subject: string): void {
  const text = `DELETE FROM "_koyalite_one_time_tokens" WHERE "subject" = ? AND "purpose" <> 'verify_email'`
  tx.run({ text, params: [subject] })
}

/** At most `limit` of them; returns how many. */
export function deleteExpiredOneTimeTokens(tx: Tx, now: number, limit: number): number {
  const text = `DELETE FROM "_koyalite_one_time_tokens" WHERE "hash" IN (
    SELECT "hash" FROM "_koyalite_one_time_tokens" WHERE "expires_at" <= ? ORDER BY "expires_at" LIMIT ?)`
  return tx.run({ text, params: [now, limit] }).changes
}

function toToken(row: readonly SqlValue[], purpose: TokenPurpose, hash: string): OneTimeToken {
  const [subject, data, expiresAt] = row as [string | null, string, number]
  return { hash, purpose, subject, data: JSON.parse(data), expiresAt }
}
