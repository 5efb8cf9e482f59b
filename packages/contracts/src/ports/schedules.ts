import type { ErrorDetail } from '../errors'
import type { JsonValue } from '../json-value'

/** When a function runs by itself, and how. */
export interface ScheduleSpec {
  /** Five fields, or six with seconds first; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. */
  readonly cron: string
  /** Of the IANA database. */
  readonly timezone: string
  /** What happens where the job of the firing before still waits, runs or is to be retried. */
  readonly overlap: 'skip' | 'allow'
  /** What happens once the server is there again after firings that it was not there for: the last of them runs, or none. */
  readonly missed: 'run_once' | 'skip'
  /** Each firing is later by up to so many milliseconds, the same for a firing however often it is asked. */
  readonly jitterMs: number
  /** What the function is given. */
  readonly payload: JsonValue
}

export const DEFAULT_SCHEDULE: Omit<ScheduleSpec, 'cron'> = {
  timezone: 'UTC',
  overlap: 'skip',
  missed: 'run_once',
  jitterMs: 0,
  payload: {},
}

/** A schedule that the manifest of a function states. */
export interface DeclaredSchedule extends ScheduleSpec {
  /** Unique among all schedules of the project: that of the function, for its only one. */
  readonly name: string
}

/** Schedules of functions. services/schedules/SPEC.md. */
export interface Schedules {
  /** What is wrong with one, by its field: `cron`, `timezone`, `jitter`, `payload`. */
  problems(spec: ScheduleSpec): readonly ErrorDetail[]
  /**
   * From now on these are the schedules of a function, and no others: those with other names are removed. One that is there already stays as it is, paused or
   * not, and only what differs is changed. To be called for each function that serves; once it is known, whatever version that is.
   * @returns in sentences what could not be scheduled: names that are taken
   */
  declare(functionName: string, schedules: readonly DeclaredSchedule[]): Promise<readonly string[]>
  /** Removes what functions have declared that are no longer there. */
  removeOthers(functionNames: readonly string[]): Promise<void>
}

/** A schedule that should have fired, and has not. */
export interface OverdueSchedule {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly dueAt: number
}

/** How firing goes, for operators. */
export interface ScheduleHealth {
  /** By two of their periods or more; at most 100. */
  readonly overdue: readonly OverdueSchedule[]
  /** How many are paused because this database is a copy. */
  readonly pausedAsCopies: number
}
