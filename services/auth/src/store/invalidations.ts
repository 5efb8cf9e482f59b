import type { Reads, Tx } from '@koyalite/contracts'
import { USERS } from '@koyalite/schema'

/**
 * Invalidations in order: processes that only read cache whom a token stands for, and read here what to
 * invalidate. Written by triggers, so it is complete whatever changes those tables. Users are documents:
 * the change log has them.
 */
export const INVALIDATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_forgotten" (
  "n" INTEGER PRIMARY KEY,
  "kind" TEXT NOT NULL,
  "id" TEXT NOT NULL
) STRICT`

export type InvalidationKind = 'session' | 'user' | 'operator' | 'key'

export const INVALIDATION_TRIGGERS: readonly string[] = [
  trigger({ table: 'sessions', event: 'DELETE', kind: 'session', id: 'OLD."id"' }),
  trigger({ table: 'accounts', event: 'INSERT', kind: 'user', id: 'NEW."user_id"' }),
  trigger({ table: 'accounts', event: 'UPDATE', kind: 'user', id: 'OLD."user_id"' }),
  trigger({ table: 'accounts', event: 'DELETE', kind: 'user', id: 'OLD."user_id"' }),
  trigger({ table: 'operators', event: 'UPDATE', kind: 'operator', id: 'OLD."id"' }),
  trigger({ table: 'operators', event: 'DELETE', kind: 'operator', id: 'OLD."id"' }),
  trigger({ table: 'keys', event: 'UPDATE', kind: 'key', id: 'OLD."id"' }),
  trigger({ table: 'keys', event: 'DELETE', kind: 'key', id: 'OLD."id"' }),
]

/** How far a process has read. */
export interface InvalidationPosition {
  readonly n: number
  /** The same of the change log. */
  readonly seq: number
}

export interface InvalidationRow {
  readonly kind: InvalidationKind
  readonly id: string
}

export function lastInvalidation(reads: Reads): number {
  return (reads.get({ text: `SELECT max("n") FROM "_koyalite_forgotten"`, params: [] })?.[0] as number | null) ?? 0
}

/** What came after `n`; null where that is unknown: the beginning was pruned, or the table was emptied. */
export function invalidationsSince(
  reads: Reads,
  n: number,
): { readonly n: number; readonly rows: InvalidationRow[] } | null {
  const text = `SELECT "n", "kind", "id" FROM "_koyalite_forgotten" WHERE "n" > ? ORDER BY "n"`
  const rows = reads.all({ text, params: [n] }) as [number, InvalidationKind, string][]
  const [first] = rows
  if (first === undefined ? n > 0 && lastInvalidation(reads) < n : first[0] !== n + 1) return null
  return { n: rows.at(-1)?.[0] ?? n, rows: rows.map(([, kind, id]) => ({ kind, id })) }
}

/** Users who were changed or deleted within a range of the change log. */
export function changedUsers(reads: Reads, after: number, upTo: number): string[] {
  const text = `SELECT DISTINCT "doc_id" FROM "_koyalite_changes"
    WHERE "seq" > ? AND "seq" <= ? AND "collection" = ? AND "op" <> 'insert'`
  return reads.all({ text, params: [after, upTo, USERS] }).map(([id]) => String(id))
}

/**
 * Far behind the end: readers follow within milliseconds of a commit. The last row stays, so that numbers grow.
 * At most `limit` of them; returns how many.
 */
export function pruneInvalidations(tx: Tx, limit: number): number {
  const text = `DELETE FROM "_koyalite_forgotten" WHERE "n" IN (SELECT "n" FROM "_koyalite_forgotten"
    WHERE "n" <= (SELECT max("n") FROM "_koyalite_forgotten") - 1000 ORDER BY "n" LIMIT ?)`
  return tx.run({ text, params: [limit] }).changes
}

function trigger({
  table,
  event,
  kind,
  id,
}: {
  table: string
  event: string
  kind: InvalidationKind
  id: string
}): string {
  return `CREATE TRIGGER IF NOT EXISTS "_koyalite_forget_${table}_${event.toLowerCase()}" AFTER ${event} ON "_koyalite_${table}"
BEGIN INSERT INTO "_koyalite_forgotten" ("kind", "id") VALUES ('${kind}', ${id}); END`
}
