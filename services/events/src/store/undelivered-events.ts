import type { ProjectEvent, Reads, Tx } from '@koyalite/contracts'

/** An event that a subscriber was given many times, and could not take. */
export interface UndeliveredEvent {
  readonly subscriber: string
  readonly event: ProjectEvent
  readonly error: string
  /** When it was set aside. Milliseconds since 1970. */
  readonly at: number
}

export const UNDELIVERED_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_undelivered_events" (
  "subscriber" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "id" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "error" TEXT NOT NULL,
  PRIMARY KEY ("subscriber", "at", "id")
) STRICT, WITHOUT ROWID`

export function insertUndelivered(tx: Tx, { subscriber, event, error, at }: UndeliveredEvent): void {
  tx.run({
    text: `INSERT INTO "_koyalite_undelivered_events" ("subscriber", "at", "id", "event", "error") VALUES (?, ?, ?, ?, ?)`,
    params: [subscriber, at, event.id, JSON.stringify(event), error],
  })
}

export function countUndelivered(reads: Reads, subscriber: string): number {
  const text = `SELECT count(*) FROM "_koyalite_undelivered_events" WHERE "subscriber" = ?`
  return Number(reads.get({ text, params: [subscriber] })?.[0] ?? 0)
}

/** Those of a subscriber, in the order in which they were set aside. */
export function listUndelivered(reads: Reads, subscriber: string): readonly UndeliveredEvent[] {
  const text = `SELECT "event", "error", "at" FROM "_koyalite_undelivered_events" WHERE "subscriber" = ? ORDER BY "at", "id"`
  return reads.all({ text, params: [subscriber] }).map(([event, error, at]) => ({
    ...{ subscriber, error: String(error), at: Number(at) },
    event: JSON.parse(String(event)) as ProjectEvent,
  }))
}

export function removeUndelivered(tx: Tx, { subscriber, at, event }: UndeliveredEvent): void {
  tx.run({
    text: `DELETE FROM "_koyalite_undelivered_events" WHERE "subscriber" = ? AND "at" = ? AND "id" = ?`,
    params: [subscriber, at, event.id],
  })
}

/** Of a subscriber that there is no more. */
export function removeUndeliveredOf(tx: Tx, subscriber: string): void {
  tx.run({ text: `DELETE FROM "_koyalite_undelivered_events" WHERE "subscriber" = ?`, params: [subscriber] })
}
