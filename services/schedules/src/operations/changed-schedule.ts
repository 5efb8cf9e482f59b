import type { ScheduleSpec } from '@koyalite/contracts'
import { dueAfter } from '../firing/fire-at'
import { hasOtherTimes } from '../schedule-problems'
import type { Schedule } from '../store/schedules'

/** A schedule as it begins: what was due before it was there is not its own. */
export function newSchedule(spec: ScheduleSpec & Pick<Schedule, 'name' | 'owner' | 'function'>, now: number): Schedule {
  const { name, owner, cron, timezone, overlap, missed, jitterMs, payload } = spec
  return {
    ...{ name, owner, function: spec.function, cron, timezone, overlap, missed, jitterMs, payload },
    ...dueAfter(spec, now),
    ...{ watchedFrom: now, pausedAt: null, pauseReason: null, lastJob: null, createdAt: now, updatedAt: now },
  }
}

/** With other times it begins anew; what else changes leaves the firing that it waits for. */
export function changedSchedule(
  schedule: Schedule,
  change: ScheduleSpec & Pick<Schedule, 'function'>,
  now: number,
): Schedule {
  const { cron, timezone, overlap, missed, jitterMs, payload } = change
  const next = { ...schedule, function: change.function, cron, timezone, overlap, missed, jitterMs, payload }
  const isAnew = hasOtherTimes(schedule, change)
  const isMoved = isAnew || schedule.jitterMs !== jitterMs
  const due = isMoved ? dueAfter(next, isAnew ? now : (schedule.dueAt ?? now) - 1) : {}
  return { ...next, ...due, ...(isAnew && { watchedFrom: now }), updatedAt: now }
}
