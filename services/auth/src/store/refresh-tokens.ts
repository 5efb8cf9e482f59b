import type { Reads, Tx } from '@koyalite/contracts'

/**
 * Refresh tokens by hash: those in force, and the used ones of open sessions, so that a replay is known for what it
 * is.
 */
export const REFRESH_TOKENS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_refresh_tokens" (
  "hash" TEXT PRIMARY KEY,
  "session_id" TEXT NOT NULL REFERENCES "_koyalite_sessions" ("id") ON DELETE CASCADE,
  "expires_at" INTEGER NOT NULL,
  "used_at" INTEGER,
  "salt" TEXT,
  "successor" TEXT
) STRICT, WITHOUT ROWID`

export const REFRESH_TOKENS_INDEX = `CREATE INDEX IF NOT EXISTS "_koyalite_refresh_tokens_session" ON "_koyalite_refresh_tokens" ("session_id", "expires_at")`

export interface RefreshToken {
  readonly sessionId: string
  readonly expiresAt: number
  /** What its one use has left: when, and how its successor follows from it. */
  readonly used: { readonly at: number; readonly salt: string; readonly successor: string } | null
}

export function insertRefreshToken(
  tx: Tx,
  hash: string,
  token: { readonly sessionId: string; readonly expiresAt: number },
): void {
  const text = `INSERT INTO "_koyalite_refresh_tokens" ("hash", "session_id", "expires_at") VALUES (?, ?, ?)`
  tx.run({ text, params: [hash, token.sessionId, token.expiresAt] })
}

export function findRefreshToken(reads: Reads, hash: string): RefreshToken | null {
  const text = `SELECT "session_id", "expires_at", "used_at", "salt", "successor" FROM "_koyalite_refresh_tokens" WHERE "hash" = ?`
  const row = reads.get({ text, params: [hash] })
  if (!row) return null
  const [sessionId, expiresAt, at, salt, successor] = row as [
    string,
    number,
    number | null,
    string | null,
    string | null,
  ]
  const used = at !== null && salt !== null && successor !== null ? { at, salt, successor } : null
  return { sessionId, expiresAt, used }
}

export function markRefreshTokenUsed(
  tx: Tx,
  hash: string,
  use: { readonly at: number; readonly salt: string; readonly successor: string },
): void {
  const text = `UPDATE "_koyalite_refresh_tokens" SET "used_at" = ?, "salt" = ?, "successor" = ? WHERE "hash" = ?`
  tx.run({ text, params: [use.at, use.salt, use.successor, hash] })
}

/** Expired ones are refused whether they are known or not. */
export function deleteExpiredRefreshTokens(tx: Tx, sessionId: string, now: number): void {
  const text = `DELETE FROM "_koyalite_refresh_tokens" WHERE "session_id" = ? AND "expires_at" <= ?`
  tx.run({ text, params: [sessionId, now] })
}
