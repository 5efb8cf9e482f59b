import {
  type ChangeNote,
  EVENT_ENTRIES,
  type JobChain,
  type JsonValue,
  type Reads,
  type ServiceTables,
  type Tx,
} from '@koyalite/contracts'
import { UNDELIVERED_TABLE } from './undelivered-events'

/** What is to be known of ranges of the change log, which no change says itself. */
export const EVENT_TABLES: ServiceTables = {
  service: 'events',
  steps: [
    [
      `CREATE TABLE IF NOT EXISTS "_koyalite_change_notes" (
  "first" INTEGER PRIMARY KEY,
  "last" INTEGER NOT NULL,
  "note" TEXT NOT NULL
) STRICT`,
    ],
    [UNDELIVERED_TABLE],
  ],
}

/** What an entry of the log has of an event besides its type and time. */
export interface LoggedEvent {
  readonly data: JsonValue
  readonly chain: JobChain | null
}

/** An event takes its place among the changes of its transaction. */
export function logEvent(tx: Tx, event: { readonly type: string; readonly text: string; readonly at: number }): void {
  tx.run({
    text: `INSERT INTO "_koyalite_changes" ("collection", "op", "doc_id", "old", "at") VALUES (?, 'insert', ?, ?, ?)`,
    params: [EVENT_ENTRIES, event.type, event.text, event.at],
  })
}

export interface SeqRange {
  readonly first: number
  readonly last: number
}

export interface NotedRange extends SeqRange {
  readonly note: ChangeNote
}

/** Of changes at the end of the log. Ranges never overlap: it replaces notes of parts of it. Notes of which the log has no change any more are removed. */
export function insertNote(tx: Tx, { first, last, note }: NotedRange): void {
  tx.run({
    text: `DELETE FROM "_koyalite_change_notes" WHERE "first" < (SELECT min("seq") FROM "_koyalite_changes")
      AND "last" < (SELECT min("seq") FROM "_koyalite_changes")`,
    params: [],
  })
  tx.run({ text: `DELETE FROM "_koyalite_change_notes" WHERE "first" >= ?`, params: [first] })
  const text = `INSERT INTO "_koyalite_change_notes" ("first", "last", "note") VALUES (?, ?, ?)`
  tx.run({ text, params: [first, last, JSON.stringify(note)] })
}

/** Notes of changes of a range, in order. */
export function notesOf(reads: Reads, { first, last }: SeqRange): readonly NotedRange[] {
  const text = `SELECT "first", "last", "note" FROM "_koyalite_change_notes" WHERE "first" <= ? AND "last" >= ?
    AND "first" >= coalesce((SELECT max("first") FROM "_koyalite_change_notes" WHERE "first" <= ?), 0) ORDER BY "first"`
  return reads.all({ text, params: [last, first, first] }).map((row) => ({
    ...{ first: Number(row[0]), last: Number(row[1]) },
    note: JSON.parse(String(row[2])) as ChangeNote,
  }))
}

/** How many entries there are after a number, gaps counted too, and when the first of them was made. Milliseconds since 1970. */
export function entriesAfter(reads: Reads, seq: number): { readonly count: number; readonly oldest: number | null } {
  const last = reads.get({ text: 'SELECT max("seq") FROM "_koyalite_changes"', params: [] })?.[0] as number | null
  const text = 'SELECT "at" FROM "_koyalite_changes" WHERE "seq" > ? ORDER BY "seq" LIMIT 1'
  const oldest = reads.get({ text, params: [seq] })?.[0] as number | undefined
  return { count: Math.max(0, (last ?? 0) - seq), oldest: oldest ?? null }
}

/** The oldest entry that the log still has; null where it has none. */
export function firstEntry(reads: Reads): { readonly seq: number; readonly at: number } | null {
  const row = reads.get({ text: 'SELECT "seq", "at" FROM "_koyalite_changes" ORDER BY "seq" LIMIT 1', params: [] })
  return row ? { seq: Number(row[0]), at: Number(row[1]) } : null
}

/** The last number before a time, by bisection: times grow with the numbers, except for corrections of the clock. */
export function seqBefore(reads: Reads, time: number, { first, last }: SeqRange): number {
  let [low, high] = [first - 1, last]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const text = 'SELECT "at" FROM "_koyalite_changes" WHERE "seq" >= ? ORDER BY "seq" LIMIT 1'
    const at = reads.get({ text, params: [middle] })?.[0]
    if (typeof at === 'number' && at < time) low = middle
    else high = middle - 1
  }
  return low
}

/** In a copy or a restored backup, what waited was the original's to deliver: every subscriber goes on from here. Returns how many that concerns. */
export function skipWaitingEvents(tx: Tx): number {
  tx.run({ text: 'DELETE FROM "_koyalite_undelivered_events"', params: [] })
  return tx.run({
    text: `UPDATE "_koyalite_cursors" SET "seq" = (SELECT coalesce(max("seq"), 0) FROM "_koyalite_changes"), "state" = 'live'
      WHERE "name" >= 'events.' AND "name" < 'events/'`,
    params: [],
  }).changes
}
