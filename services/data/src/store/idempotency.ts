import { type Actor, AppError, type Reads, type Row, type ServiceTables, type Tx } from '@koyalite/contracts'

/**
 * Responses to requests with an Idempotency-Key, stored so that a repeated request gets the first one's response. The
 * column `answer` holds them.
 */
export const IDEMPOTENCY_TABLES: ServiceTables = {
  service: 'data',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_idempotency" (
  "caller" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "answer" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  PRIMARY KEY ("caller", "key")
) STRICT, WITHOUT ROWID`,
      `CREATE INDEX IF NOT EXISTS "_koyalite_idempotency_at" ON "_koyalite_idempotency" ("at")`,
    ],
    [
      `CREATE INDEX IF NOT EXISTS "_koyalite_idempotency_large" ON "_koyalite_idempotency" ("at") WHERE length("answer") > 64`,
    ],
  ],
}

export interface StoredResponse {
  readonly fingerprint: string
  readonly response: string
}

const RETENTION_MS = 24 * 60 * 60 * 1000

/** Keys are separate per actor. Anonymous callers share one space: their keys must be unguessable. */
export function callerKey(actor: Actor): string {
  return 'id' in actor ? `${actor.kind}:${actor.id}` : actor.kind
}

/** Throws CONFLICT where a response is that of another request. */
export function requireSame(stored: StoredResponse, fingerprint: string): void {
  if (stored.fingerprint === fingerprint) return
  throw new AppError(
    'CONFLICT',
    'This Idempotency-Key was already used for a different request. Use a new key for each request.',
  )
}

export function selectResponse(reads: Reads, caller: string, key: string, now: number): StoredResponse | null {
  const text = `SELECT "fingerprint", "answer" FROM "_koyalite_idempotency" WHERE "caller" = ? AND "key" = ? AND "at" > ?`
  const row = reads.get({ text, params: [caller, key, now - RETENTION_MS] })
  return row ? { fingerprint: row[0] as string, response: row[1] as string } : null
}

/**
 * Rows removed with each one that is stored: more than one, so that expired ones run out; few, since responses may be
 * large.
 */
const REMOVED_PER_WRITE = 20

/**
 * Characters of all stored responses. Of the oldest ones beyond it only the fact is stored that their requests were
 * carried out.
 */
const MAX_STORED = 64 * 1024 * 1024

/** Stored in place of a response that is too large, or that had to make room. */
export const DROPPED = '{"dropped":true}'

/** Stores a response, and removes some of those that are too old or too many. */
export function storeResponse(
  tx: Tx,
  caller: string,
  key: string,
  stored: StoredResponse,
  { now, maxStored = MAX_STORED }: { readonly now: number; readonly maxStored?: number },
): void {
  const expired = `DELETE FROM "_koyalite_idempotency" WHERE ("caller", "key") IN (
    SELECT "caller", "key" FROM "_koyalite_idempotency" WHERE "at" <= ? ORDER BY "at" LIMIT ?) RETURNING length("answer")`
  const removed = [
    ...tx.all({ text: expired, params: [now - RETENTION_MS, REMOVED_PER_WRITE] }),
    ...tx.all({ text: DELETE, params: [caller, key] }),
  ]
  const params = [caller, key, stored.fingerprint, stored.response, now]
  tx.run({ text: INSERT, params })
  let total = storedCharacters(tx) + stored.response.length - sum(removed)
  if (total > maxStored) total -= dropOldest(tx)
  storeTotal(tx, total)
}

/** As if the request had not been sent. */
export function deleteResponse(tx: Tx, caller: string, key: string): void {
  storeTotal(tx, storedCharacters(tx) - sum(tx.all({ text: DELETE, params: [caller, key] })))
}

const INSERT = `INSERT OR REPLACE INTO "_koyalite_idempotency" VALUES (?, ?, ?, ?, ?)`
const DELETE = `DELETE FROM "_koyalite_idempotency" WHERE "caller" = ? AND "key" = ? RETURNING length("answer")`

/** The row that holds how much is stored: no caller and key of a request equal it. */
const TOTAL = ['', 'total'] as const
const NEVER = Number.MAX_SAFE_INTEGER

function storeTotal(tx: Tx, total: number): void {
  tx.run({ text: INSERT, params: [...TOTAL, '', String(Math.max(0, total)), NEVER] })
}

function storedCharacters(tx: Tx): number {
  const text = `SELECT "answer" FROM "_koyalite_idempotency" WHERE "caller" = ? AND "key" = ?`
  return Number(tx.get({ text, params: [...TOTAL] })?.[0] ?? 0)
}

/** Drops some of the oldest responses, more than are stored; returns how many characters that frees. */
export function dropOldest(tx: Tx): number {
  const text = `SELECT length("answer"), "caller", "key" FROM "_koyalite_idempotency" WHERE length("answer") > 64 AND "at" > ? ORDER BY "at" LIMIT ?`
  const oldest = tx.all({ text, params: [0, REMOVED_PER_WRITE] })
  for (const [, caller = null, key = null] of oldest) {
    const drop = `UPDATE "_koyalite_idempotency" SET "answer" = ? WHERE "caller" = ? AND "key" = ?`
    tx.run({ text: drop, params: [DROPPED, caller, key] })
  }
  return sum(oldest) - oldest.length * DROPPED.length
}

function sum(rows: readonly Row[]): number {
  return rows.reduce((total, [length]) => total + Number(length), 0)
}
