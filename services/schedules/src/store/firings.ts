import type { Reads, SqlValue, Tx } from '@koyalite/contracts'

/** What a firing came to: a job, or nothing because the one before was not done, the server was not there, or there could be no job. */
export type FiringOutcome = 'queued' | 'skipped' | 'missed' | 'failed'

/** What came of a firing. Times are milliseconds since 1970. */
export interface Firing {
  readonly outcome: FiringOutcome
  /** `missed`: it is made up for. `manual`: somebody asked for it. */
  readonly cause: 'due' | 'missed' | 'manual'
  /** Of several that were missed, the first. */
  readonly dueAt: number
  readonly recordedAt: number
  /** More than one only where firings were missed. */
  readonly count: number
  readonly job: string | null
  /** Why there is no job, in a sentence. */
  readonly error: string | null
}

export interface RecordedFiring extends Firing {
  /** Ascending with time. */
  readonly id: number
}

/** Per schedule. */
const KEEP = 50

export function insertFiring(tx: Tx, schedule: string, firing: Firing): void {
  const { outcome, cause, dueAt, recordedAt, count, job, error } = firing
  tx.run({
    text: `INSERT INTO "_koyalite_schedule_firings"
      ("schedule", "outcome", "cause", "due_at", "recorded_at", "count", "job", "error") VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [schedule, outcome, cause, dueAt, recordedAt, count, job, error],
  })
  tx.run({
    text: `DELETE FROM "_koyalite_schedule_firings" WHERE "schedule" = ? AND "id" <= (
      SELECT "id" FROM "_koyalite_schedule_firings" WHERE "schedule" = ? ORDER BY "id" DESC LIMIT 1 OFFSET ?)`,
    params: [schedule, schedule, KEEP],
  })
}

/** Newest first. @param before an id; null: from the newest on */
export function listFirings(
  reads: Reads,
  schedule: string,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): readonly RecordedFiring[] {
  const text = `SELECT "id", "outcome", "cause", "due_at", "recorded_at", "count", "job", "error"
    FROM "_koyalite_schedule_firings" WHERE "schedule" = ? AND "id" < ? ORDER BY "id" DESC LIMIT ?`
  return reads.all({ text, params: [schedule, before ?? Number.MAX_SAFE_INTEGER, limit] }).map(toFiring)
}

type Cells = [number, FiringOutcome, Firing['cause'], number, number, number, string | null, string | null]

function toFiring(row: readonly SqlValue[]): RecordedFiring {
  // The order of the columns above.
  const [id, outcome, cause, dueAt, recordedAt, count, job, error] = row as Cells
  return { id, outcome, cause, dueAt, recordedAt, count, job, error }
}
