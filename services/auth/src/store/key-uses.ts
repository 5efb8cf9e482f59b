import type { Reads, Tx } from '@koyalite/contracts'

/** When each service key was used last. Apart from the keys: it changes often, and tells nothing of what they may do. */
export const KEY_USES_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_key_uses" (
  "key_id" TEXT PRIMARY KEY,
  "used_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

/** Only forward: processes store what they have seen in any order. @param usedAt milliseconds since 1970 */
export function saveKeyUse(tx: Tx, keyId: string, usedAt: number): void {
  const text = `INSERT INTO "_koyalite_key_uses" VALUES (?, ?)
    ON CONFLICT ("key_id") DO UPDATE SET "used_at" = excluded."used_at" WHERE excluded."used_at" > "used_at"`
  tx.run({ text, params: [keyId, usedAt] })
}

/** Milliseconds since 1970; null where it is not known that it was used. */
export function keyUseOf(reads: Reads, keyId: string): number | null {
  const text = `SELECT "used_at" FROM "_koyalite_key_uses" WHERE "key_id" = ?`
  return (reads.get({ text, params: [keyId] })?.[0] as number | undefined) ?? null
}
