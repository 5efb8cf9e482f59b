import { nextFiring } from '../cron/firings'
import type { Schedule } from '../store/schedules'

/** When a firing happens: later than it is due by a part of the jitter that is the same each time, and never as late as the next one. */
export function fireAt(schedule: Pick<Schedule, 'name' | 'cron' | 'timezone' | 'jitterMs'>, dueAt: number): number {
  const { name, jitterMs } = schedule
  if (jitterMs === 0) return dueAt
  const next = nextFiring(schedule, dueAt)
  const range = next === null ? jitterMs : Math.min(jitterMs, next - dueAt)
  return dueAt + Number(Bun.hash(`${name} ${dueAt}`) % BigInt(range))
}

/** The next firing after an instant, and when it happens. */
export function dueAfter(
  schedule: Pick<Schedule, 'name' | 'cron' | 'timezone' | 'jitterMs'>,
  after: number,
): Pick<Schedule, 'dueAt' | 'fireAt'> {
  const dueAt = nextFiring(schedule, after)
  return { dueAt, fireAt: dueAt === null ? null : fireAt(schedule, dueAt) }
}

/** Whether two whole periods have passed since a firing was due of which nothing has come. */
export function isOverdue({ pausedAt, dueAt, ...schedule }: Schedule, now: number): boolean {
  if (pausedAt !== null || dueAt === null) return false
  const second = nextFiring(schedule, nextFiring(schedule, dueAt) ?? dueAt)
  return second !== null && second <= now
}
