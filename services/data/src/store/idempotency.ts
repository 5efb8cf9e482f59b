import type { Tx } from '@koyalite/sqlite'

/** Answers to requests with an Idempotency-Key, kept so that a repeated request gets the first one's answer. */
export const IDEMPOTENCY_TABLES = [
  `CREATE TABLE IF NOT EXISTS "_koyalite_idempotency" (
  "caller" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "answer" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  PRIMARY KEY ("caller", "key")
) STRICT, WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS "_koyalite_idempotency_at" ON "_koyalite_idempotency" ("at")`,
]

export interface KeptAnswer {
  readonly fingerprint: string
  readonly answer: string
}

const KEEP_MS = 24 * 60 * 60 * 1000

export function keptAnswer(tx: Tx, caller: string, key: string, now: number): KeptAnswer | null {
  const text = `SELECT "fingerprint", "answer" FROM "_koyalite_idempotency" WHERE "caller" = ? AND "key" = ? AND "at" > ?`
  const row = tx.get({ text, params: [caller, key, now - KEEP_MS] })
  return row ? { fingerprint: row[0] as string, answer: row[1] as string } : null
}

/** Removed by each one that comes: more than come, so that none stay. Answers may be large. */
const STEP = 20

/** Keeps an answer, and removes some of those that are too old. */
export function keepAnswer(tx: Tx, caller: string, key: string, kept: KeptAnswer, now: number): void {
  const old = `DELETE FROM "_koyalite_idempotency" WHERE ("caller", "key") IN (
    SELECT "caller", "key" FROM "_koyalite_idempotency" WHERE "at" <= ? ORDER BY "at" LIMIT ?)`
  tx.run({ text: old, params: [now - KEEP_MS, STEP] })
  const params = [caller, key, kept.fingerprint, kept.answer, now]
  tx.run({ text: `INSERT OR REPLACE INTO "_koyalite_idempotency" VALUES (?, ?, ?, ?, ?)`, params })
}
