import { byCron, cronProblem, type Retention, type Tasks } from '@koyalite/kernel'

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

/** The plan that the task `backups.create` follows. Outlives reloads of the project. */
export interface BackupSchedule {
  plan(): SchedulePlan
  /** The next time, ISO; null: never, or not before the server listens. */
  next(): string | null
  last(): LastRun | null
  /** Throws a RangeError for a cron line that cannot be read; the plan before stays. */
  follow(plan: SchedulePlan): void
  /**
   * Follows the plan of the settings, if that is another one than when they were read last: what somebody has set since then is not undone by a reload that
   * has nothing to do with it.
   */
  followSettings(plan: SchedulePlan): void
}

/** Makes a backup as the plan says, and returns where it is. */
export type MakeBackup = (plan: SchedulePlan) => Promise<string>

export function createBackupSchedule(tasks: Pick<Tasks, 'add'>, backup: MakeBackup): BackupSchedule {
  let plan: SchedulePlan = { schedule: null, keep: { count: 7 } }
  let ofSettings = ''
  const task = tasks.add({
    name: 'backups.create',
    summary: 'Makes a scheduled backup and removes old ones',
    schedule: byCron(() => plan.schedule),
    run: (signal) => unlessAborted(signal, backup(plan)),
  })
  const follow = (next: SchedulePlan) => {
    const problem = next.schedule === null ? null : cronProblem(next.schedule)
    if (problem !== null) throw new RangeError(problem)
    plan = next
    task.reschedule()
  }
  return {
    plan: () => plan,
    next: () => task.status().next,
    last() {
      const { last } = task.status()
      return last === null ? null : { at: last.at, ok: last.ok, message: last.message ?? '' }
    },
    follow,
    followSettings(next) {
      const read = JSON.stringify(next)
      if (read !== ofSettings) follow(next)
      ofSettings = read
    },
  }
}

/** A server that stops does not wait for a copy that takes minutes: what is half made is removed by the next backup. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = Promise.withResolvers<never>()
  const stop = () => stopped.reject(new Error('the server is shutting down'))
  signal.addEventListener('abort', stop)
  return Promise.race([work, stopped.promise]).finally(() => signal.removeEventListener('abort', stop))
}
