import type { Reads, Tx } from '@koyalite/contracts'

/** Until when a session of an operator may change documents in production. It goes with the session. */
export const EDITING_GRANTS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_editing_grants" (
  "session_id" TEXT PRIMARY KEY REFERENCES "_koyalite_sessions" ("id") ON DELETE CASCADE,
  "until" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

/** Nothing is stored for a session that has ended meanwhile. @param until milliseconds since 1970 */
export function saveEditingGrant(tx: Tx, sessionId: string, until: number): void {
  const text = `INSERT OR REPLACE INTO "_koyalite_editing_grants" SELECT "id", ? FROM "_koyalite_sessions" WHERE "id" = ?`
  tx.run({ text, params: [until, sessionId] })
}

/** False where there was none. */
export function deleteEditingGrant(tx: Tx, sessionId: string): boolean {
  const text = `DELETE FROM "_koyalite_editing_grants" WHERE "session_id" = ?`
  return tx.run({ text, params: [sessionId] }).changes > 0
}

/** Milliseconds since 1970; null where there was none. */
export function editingGrantOf(reads: Reads, sessionId: string): number | null {
  const text = `SELECT "until" FROM "_koyalite_editing_grants" WHERE "session_id" = ?`
  return (reads.get({ text, params: [sessionId] })?.[0] as number | undefined) ?? null
}
