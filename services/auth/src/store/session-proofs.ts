import type { Reads, Tx } from '@koyalite/contracts'

/** When somebody has last proved, in a session that was open already, that it is them. */
export const SESSION_PROOFS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_session_proofs" (
  "session_id" TEXT PRIMARY KEY REFERENCES "_koyalite_sessions" ("id") ON DELETE CASCADE,
  "proved_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

/** Nothing is stored for a session that has ended meanwhile. */
export function saveSessionProof(tx: Tx, sessionId: string, at: number): void {
  const text = `INSERT OR REPLACE INTO "_koyalite_session_proofs" SELECT "id", ? FROM "_koyalite_sessions" WHERE "id" = ?`
  tx.run({ text, params: [at, sessionId] })
}

/** Milliseconds since 1970: its sign-in, or a later proof. Null where there is no such session. */
export function lastProofOf(reads: Reads, sessionId: string): number | null {
  const text = `SELECT max("created_at", ifnull("proved_at", 0)) FROM "_koyalite_sessions"
    LEFT JOIN "_koyalite_session_proofs" ON "session_id" = "id" WHERE "id" = ?`
  return (reads.get({ text, params: [sessionId] })?.[0] as number | undefined) ?? null
}
