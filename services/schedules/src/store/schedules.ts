import type { JsonValue, Reads, ScheduleSpec, SqlValue, Tx } from '@koyalite/contracts'

/** Times are milliseconds since 1970. */
export interface Schedule extends ScheduleSpec {
  readonly name: string
  /** The function whose manifest states it; null: it was made with the admin API. */
  readonly owner: string | null
  readonly function: string
  /** The next firing that nothing has come of yet; null: there is none any more. */
  readonly dueAt: number | null
  /** When that happens: later by the jitter. */
  readonly fireAt: number | null
  /** Firings before this were missed, whenever the server was there. */
  readonly watchedFrom: number
  readonly pausedAt: number | null
  readonly pauseReason: PauseReason | null
  /** The job of the last firing that had one. */
  readonly lastJob: string | null
  readonly createdAt: number
  readonly updatedAt: number
}

export type PauseReason = 'operator' | 'copy'

const COLUMNS = [
  ...[
    'name',
    'owner',
    'function',
    'cron',
    'timezone',
    'overlap',
    'missed',
    'jitter_ms',
    'payload',
    'due_at',
    'fire_at',
  ],
  ...['watched_from', 'paused_at', 'pause_reason', 'last_job', 'created_at'],
  'updated_at',
]
const SELECTED = COLUMNS.map((column) => `"${column}"`).join(', ')
const SELECT = `SELECT ${SELECTED} FROM "_koyalite_schedules"`

export function insertSchedule(tx: Tx, schedule: Schedule): void {
  const text = `INSERT INTO "_koyalite_schedules" (${SELECTED}) VALUES (${COLUMNS.map(() => '?').join(', ')})`
  tx.run({ text, params: toRow(schedule) })
}

/** Stores all of a schedule anew. */
export function updateSchedule(tx: Tx, schedule: Schedule): void {
  const [name, ...rest] = toRow(schedule)
  const set = COLUMNS.slice(1).map((column) => `"${column}" = ?`)
  const text = `UPDATE "_koyalite_schedules" SET ${set.join(', ')} WHERE "name" = ?`
  tx.run({ text, params: [...rest, name ?? null] })
}

/** Moves a schedule on to its next firing. */
export function moveOn(
  tx: Tx,
  name: string,
  { dueAt, fireAt, lastJob }: Pick<Schedule, 'dueAt' | 'fireAt' | 'lastJob'>,
): void {
  const text = `UPDATE "_koyalite_schedules" SET "due_at" = ?, "fire_at" = ?, "last_job" = ? WHERE "name" = ?`
  tx.run({ text, params: [dueAt, fireAt, lastJob, name] })
}

export function setLastJob(tx: Tx, name: string, lastJob: string): void {
  const text = `UPDATE "_koyalite_schedules" SET "last_job" = ? WHERE "name" = ?`
  tx.run({ text, params: [lastJob, name] })
}

export function deleteSchedule(tx: Tx, name: string): boolean {
  tx.run({ text: `DELETE FROM "_koyalite_schedule_firings" WHERE "schedule" = ?`, params: [name] })
  return tx.run({ text: `DELETE FROM "_koyalite_schedules" WHERE "name" = ?`, params: [name] }).changes > 0
}

export function findSchedule(reads: Reads, name: string): Schedule | null {
  const row = reads.get({ text: `${SELECT} WHERE "name" = ?`, params: [name] })
  return row === undefined ? null : toSchedule(row)
}

export interface SchedulePage {
  /** Only of this function. */
  readonly function?: string | undefined
  /** By name. */
  readonly after: string | null
  readonly limit: number
}

/** By name. */
export function listSchedules(reads: Reads, { function: of, after, limit }: SchedulePage): readonly Schedule[] {
  const page = [after ?? '', limit]
  const sql =
    of === undefined
      ? { text: `${SELECT} WHERE "name" > ? ORDER BY "name" LIMIT ?`, params: page }
      : { text: `${SELECT} WHERE "function" = ? AND "name" > ? ORDER BY "name" LIMIT ?`, params: [of, ...page] }
  return reads.all(sql).map(toSchedule)
}

/** What the manifest of a function states. */
export function listDeclared(reads: Reads, owner: string): readonly Schedule[] {
  const text = `${SELECT} WHERE "owner" IS NOT NULL AND "owner" = ? ORDER BY "name"`
  return reads.all({ text, params: [owner] }).map(toSchedule)
}

/** The first owner after one, by name; null where there is none. */
export function nextOwner(reads: Reads, after: string): string | null {
  const text = `SELECT min("owner") FROM "_koyalite_schedules" WHERE "owner" IS NOT NULL AND "owner" > ?`
  return (reads.get({ text, params: [after] })?.[0] as string | null | undefined) ?? null
}

/** Those whose time has come, the longest ago first. */
export function listDue(reads: Reads, now: number, limit: number): readonly Schedule[] {
  const text = `${SELECT} WHERE "paused_at" IS NULL AND "fire_at" <= ? ORDER BY "fire_at" LIMIT ?`
  return reads.all({ text, params: [now, limit] }).map(toSchedule)
}

/** Those with a firing that nothing has come of yet, the longest ago first. */
export function listLate(reads: Reads, now: number, limit: number): readonly Schedule[] {
  const text = `${SELECT} WHERE "paused_at" IS NULL AND "due_at" <= ? ORDER BY "due_at" LIMIT ?`
  return reads.all({ text, params: [now, limit] }).map(toSchedule)
}

/** Looks at a schedule again only later. */
export function postpone(tx: Tx, name: string, until: number): void {
  tx.run({ text: `UPDATE "_koyalite_schedules" SET "fire_at" = ? WHERE "name" = ?`, params: [until, name] })
}

/** When the next one is due; null where none is. */
export function nextFireAt(reads: Reads): number | null {
  const text = `SELECT min("fire_at") FROM "_koyalite_schedules" WHERE "paused_at" IS NULL AND "fire_at" > ?`
  return (reads.get({ text, params: [0] })?.[0] as number | null | undefined) ?? null
}

/** Those of a database that turned out to be a copy fire nothing by themselves. @returns how many */
export function pauseCopiedSchedules(tx: Tx, now: number): number {
  if (!hasTable(tx)) return 0
  const text = `UPDATE "_koyalite_schedules" SET "paused_at" = ?, "pause_reason" = 'copy' WHERE "paused_at" IS NULL AND "fire_at" > ?`
  return tx.run({ text, params: [now, 0] }).changes
}

/** How many are paused because this database is a copy. */
export function countCopied(reads: Reads): number {
  const text = `SELECT count(*) FROM "_koyalite_schedules" WHERE "paused_at" IS NOT NULL AND "pause_reason" = 'copy'`
  return Number(reads.get({ text, params: [] })?.[0] ?? 0)
}

/** A database of a version without schedules has none. */
export function hasTable(reads: Reads): boolean {
  return reads.get({ text: `SELECT 1 FROM sqlite_schema WHERE name = '_koyalite_schedules'`, params: [] }) !== undefined
}

function toRow(schedule: Schedule): SqlValue[] {
  const { name, owner, cron, timezone, overlap, missed, jitterMs, payload, dueAt, fireAt, watchedFrom } = schedule
  const { pausedAt, pauseReason, lastJob, createdAt, updatedAt } = schedule
  return [
    ...[name, owner, schedule.function, cron, timezone, overlap, missed, jitterMs, JSON.stringify(payload)],
    ...[dueAt, fireAt, watchedFrom, pausedAt, pauseReason, lastJob, createdAt, updatedAt],
  ]
}

type Cells = [
  ...[string, string | null, string, string, string, Schedule['overlap'], Schedule['missed'], number, string],
  ...[number | null, number | null, number, number | null, PauseReason | null, string | null, number, number],
]

function toSchedule(row: readonly SqlValue[]): Schedule {
  // The order of COLUMNS, whose types the table checks.
  const [name, owner, of, cron, timezone, overlap, missed, jitterMs, payload, ...times] = row as Cells
  const [dueAt, fireAt, watchedFrom, pausedAt, pauseReason, lastJob, createdAt, updatedAt] = times
  return {
    ...{ name, owner, function: of, cron, timezone, overlap, missed, jitterMs },
    ...{ payload: JSON.parse(payload) as JsonValue, dueAt, fireAt, watchedFrom, pausedAt, pauseReason, lastJob },
    ...{ createdAt, updatedAt },
  }
}
