import type { AuditTrail, DeclaredSchedule, JobQueue, ScheduleHealth, Schedules } from '@koyalite/contracts'
import type { Log, Metrics, Route, Tasks } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { isOverdue } from './firing/fire-at'
import { fireDue } from './firing/fire-due'
import { createFiringCounts } from './firing/firing-counts'
import { type ClockSources, watchClock } from './firing/watched-clock'
import { scheduleRoutes } from './http/schedule-routes'
import { declareSchedules, removeOtherOwners } from './operations/declare-schedules'
import { scheduleProblems } from './schedule-problems'
import type { SchedulesContext } from './schedules-context'
import { countCopied, listLate, nextFireAt } from './store/schedules'

export interface SchedulesOptions {
  readonly database: Database
  readonly audit: Pick<AuditTrail, 'record'>
  readonly jobs: Pick<JobQueue, 'push' | 'find' | 'isSensitive'>
  readonly tasks: Pick<Tasks, 'add'>
  readonly metrics: Pick<Metrics, 'register'>
  readonly log: Pick<Log, 'error'>
  readonly clock?: ClockSources
}

export interface SchedulesService extends Schedules {
  health(): ScheduleHealth
  readonly routes: readonly Route[]
  /** A server begins: functions are there to run, and what is due fires. */
  start(): void
  /** Fires what is due now, as the timer does. Resolves when nothing is any more. */
  fire(): Promise<void>
  close(): void
}

/** A clock that is put forward, or a database that was reset, is noticed within this, whatever is due next. */
const LOOK_EVERY_MS = 15_000
const MAX_OVERDUE = 100

/** Functions that run by themselves: a table of what is due next, and one timer for all of it. */
export function createSchedules(options: SchedulesOptions): SchedulesService {
  const { database, jobs, log } = options
  const sources = options.clock ?? { now: Date.now, elapsed: () => performance.now() }
  const clock = watchClock(sources)
  let isServed = false
  /** What functions state, by function: a reset of the database takes it away. */
  const declared = new Map<string, readonly DeclaredSchedule[]>()
  let epoch = database.feed.epoch
  const health = (): ScheduleHealth => {
    const now = sources.now()
    const overdue = (isServed ? listLate(database, now, MAX_OVERDUE) : []).filter((one) => isOverdue(one, now))
    return {
      overdue: overdue.map(({ name, dueAt }) => ({ name, dueAt: dueAt ?? now })),
      pausedAsCopies: countCopied(database),
    }
  }
  const counts = createFiringCounts(() => health().overdue.length)
  const unregister = options.metrics.register(...counts.metrics)
  const context: SchedulesContext = {
    ...{ database, jobs, audit: options.audit, now: sources.now },
    isServed: () => isServed,
    rescheduled() {
      clock.look()
      task.reschedule()
    },
  }
  const task = options.tasks.add({
    name: 'schedules.fire',
    summary: 'Makes jobs of schedules that are due',
    schedule: {
      describe: () => 'when a schedule is due',
      next(now) {
        const next = nextFireAt(database)
        return next === null && declared.size === 0 ? null : Math.min(next ?? now + LOOK_EVERY_MS, now + LOOK_EVERY_MS)
      },
    },
    async run(signal) {
      if (epoch !== database.feed.epoch) {
        epoch = database.feed.epoch
        for (const [owner, list] of declared) await declareSchedules(context, owner, list)
      }
      const fired = await fireDue({ database, jobs, clock, counts, log, signal })
      return fired === 0 ? undefined : `${fired} firings`
    },
  })
  return {
    problems: scheduleProblems,
    declare(owner, list) {
      if (list.length > 0) declared.set(owner, list)
      else declared.delete(owner)
      task.reschedule()
      return declareSchedules(context, owner, list)
    },
    removeOthers(owners) {
      for (const owner of declared.keys()) if (!owners.includes(owner)) declared.delete(owner)
      return removeOtherOwners(context, owners)
    },
    health,
    routes: scheduleRoutes(context),
    start() {
      isServed = true
      clock.look()
    },
    fire: () => task.run(),
    close: () => unregister(),
  }
}
