import type { Retention } from '@koyalite/kernel'
import { Cron } from 'croner'

/** When to back up, and what to keep. */
export interface SchedulePlan {
  /** A cron line, in local time; null: never. */
  readonly schedule: string | null
  readonly keep: Retention
}

export interface LastRun {
  readonly at: string
  readonly ok: boolean
  /** Where the backup is, or why there is none. */
  readonly message: string
}

export interface BackupSchedule {
  plan(): SchedulePlan
  /** The next time, ISO; null: never. */
  next(): string | null
  last(): LastRun | null
  /** Throws a RangeError for a cron line that cannot be read; the plan before stays. */
  follow(plan: SchedulePlan): void
  /**
   * Follows the plan of the settings, if that is another one than when they were read last: what somebody has set since then is not undone by a reload that
   * has nothing to do with it.
   */
  followSettings(plan: SchedulePlan): void
  stop(): void
}

/** Why a cron line cannot be followed; null where it can. */
export function scheduleProblem(line: string): string | null {
  try {
    const job = new Cron(line, { paused: true })
    const next = job.nextRun()
    job.stop()
    return next === null ? 'it names no time that is still to come' : null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
  }
}

/**
 * Outlives reloads of the project. Only a server follows one: a command would not live long enough.
 * Runs `backup` when the plan says so; one that takes longer than the time between two is not started twice. Does not keep the process alive.
 */
export function createBackupSchedule(backup: (plan: SchedulePlan) => Promise<string>): BackupSchedule {
  let plan: SchedulePlan = { schedule: null, keep: { count: 7 } }
  let job: Cron | null = null
  let last: LastRun | null = null
  let ofSettings = ''
  const run = async () => {
    const at = new Date().toISOString()
    try {
      last = { at, ok: true, message: await backup(plan) }
    } catch (error) {
      last = { at, ok: false, message: error instanceof Error ? error.message : String(error) }
    }
  }
  const follow = (next: SchedulePlan) => {
    const problem = next.schedule === null ? null : scheduleProblem(next.schedule)
    if (problem !== null) throw new RangeError(problem)
    job?.stop()
    plan = next
    job = next.schedule === null ? null : new Cron(next.schedule, { protect: true, unref: true, catch: true }, run)
  }
  return {
    plan: () => plan,
    next: () => job?.nextRun()?.toISOString() ?? null,
    last: () => last,
    follow,
    followSettings(next) {
      const read = JSON.stringify(next)
      if (read !== ofSettings) follow(next)
      ofSettings = read
    },
    stop() {
      job?.stop()
      job = null
    },
  }
}
