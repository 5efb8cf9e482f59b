import type { JobQueue, Tx } from '@koyalite/contracts'
import { countFirings, latestFiring, nextFiring } from '../cron/firings'
import { type Firing, insertFiring } from '../store/firings'
import { moveOn, postpone, type Schedule } from '../store/schedules'
import { dueAfter, fireAt } from './fire-at'
import { isLastJobOpen, pushFiring } from './push-firing'

export interface Firer {
  readonly jobs: Pick<JobQueue, 'push' | 'find'>
  /** Milliseconds since 1970. */
  readonly now: number
  /** What was due before was missed: nobody was there. */
  readonly watchedFrom: number
}

/** What was due longer ago was missed, though somebody was there: the process was stopped, or the machine asleep. */
const LATE_MS = 60_000
/** So long after a start, or a deploy, a function may still be loaded; what waits for it is not missed yet. */
const FUNCTION_WAIT_MS = 50_000
const LOOK_AGAIN_MS = 2_000
/** Nobody needs to know exactly how many firings of each second a month has. */
const MAX_COUNTED = 1_000

/**
 * Makes the job of a schedule that is due, and moves the schedule on, in one transaction: a firing is never lost, and never has two jobs.
 * @returns what came of it, for the metrics: nothing yet, where its function is waited for
 */
export function fireSchedule(tx: Tx, schedule: Schedule, firer: Firer): readonly Firing[] {
  const { name, dueAt } = schedule
  if (dueAt === null) return []
  const firings = isMissed(schedule, dueAt, firer)
    ? fireMissed(tx, { schedule, firer, dueAt })
    : fire(tx, { schedule, firer, dueAt, cause: 'due' })
  if (firings === 'wait') {
    postpone(tx, name, firer.now + LOOK_AGAIN_MS)
    return []
  }
  for (const { firing } of firings) insertFiring(tx, name, firing)
  const { next, lastJob } = firings.at(-1) as Fired
  const due = next === null ? { dueAt: null, fireAt: null } : { dueAt: next, fireAt: fireAt(schedule, next) }
  moveOn(tx, name, { ...due, lastJob })
  return firings.map(({ firing }) => firing)
}

/** Moves a schedule on over all that is due: of a database that was restored, somebody may have seen to it. */
export function passOver(tx: Tx, schedule: Schedule, now: number): void {
  const { name, dueAt, lastJob } = schedule
  if (dueAt === null) return
  const latest = latestFiring(schedule, dueAt, now)
  insertFiring(tx, name, missed(schedule, { from: dueAt, until: latest, now }))
  moveOn(tx, name, { ...dueAfter(schedule, latest), lastJob })
}

interface Fired {
  readonly firing: Firing
  /** When the next one is due. */
  readonly next: number | null
  readonly lastJob: Schedule['lastJob']
}

interface DueFiring {
  readonly schedule: Schedule
  readonly firer: Firer
  readonly dueAt: number
}

function isMissed(schedule: Schedule, dueAt: number, firer: Firer): boolean {
  // Not when it is looked at next, which may be later: a function was waited for.
  const at = fireAt(schedule, dueAt)
  return at < firer.watchedFrom || dueAt < schedule.watchedFrom || at < firer.now - LATE_MS
}

/** The last one that was missed is made up for, if the schedule says so; those before it are counted. */
function fireMissed(tx: Tx, { schedule, firer, dueAt }: DueFiring): readonly Fired[] | 'wait' {
  const latest = latestFiring(schedule, dueAt, firer.now)
  const isMadeUpFor = schedule.missed === 'run_once'
  const until = isMadeUpFor ? latest - 1 : latest
  const passed = (): Fired => ({
    firing: missed(schedule, { from: dueAt, until, now: firer.now }),
    ...{ next: nextFiring(schedule, latest), lastJob: schedule.lastJob },
  })
  if (!isMadeUpFor) return [passed()]
  const last = fire(tx, { schedule, firer, dueAt: latest, cause: 'missed' })
  return last === 'wait' || until < dueAt ? last : [passed(), ...last]
}

function missed(
  schedule: Schedule,
  { from, until, now }: { readonly from: number; readonly until: number; readonly now: number },
): Firing {
  const count = countFirings(schedule, { from, until, limit: MAX_COUNTED })
  return { outcome: 'missed', cause: 'missed', dueAt: from, recordedAt: now, count, job: null, error: null }
}

function fire(tx: Tx, { schedule, firer, dueAt, cause }: DueFiring & Pick<Firing, 'cause'>): readonly Fired[] | 'wait' {
  const { jobs, now } = firer
  const next = nextFiring(schedule, dueAt)
  const about = { cause, dueAt, recordedAt: now, count: 1 }
  const ended = (outcome: 'skipped' | 'failed', error: string): readonly Fired[] => [
    { firing: { ...about, outcome, job: null, error }, next, lastJob: schedule.lastJob },
  ]
  if (schedule.overlap === 'skip' && isLastJobOpen(tx, jobs, schedule))
    return ended('skipped', 'the job of the firing before is not done yet')
  const occasion = new Date(dueAt).toISOString()
  const pushed = pushFiring(tx, jobs, { schedule, occasion, retryUntil: next })
  if (pushed.kind === 'queued') {
    const { job } = pushed
    return [{ firing: { ...about, outcome: 'queued', job, error: null }, next, lastJob: job }]
  }
  const { code, message } = pushed.error
  const since = Math.max(fireAt(schedule, dueAt), firer.watchedFrom, schedule.watchedFrom)
  if (code === 'FUNCTION_NOT_FOUND' && now - since < FUNCTION_WAIT_MS) return 'wait'
  return ended('failed', `${code}: ${message}`)
}
