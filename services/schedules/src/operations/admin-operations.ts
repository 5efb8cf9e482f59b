import {
  type Actor,
  AppError,
  type AuditEvent,
  auditedActor,
  type ErrorDetail,
  type ScheduleSpec,
  type Tx,
} from '@koyalite/contracts'
import { nextFiring } from '../cron/firings'
import { pushFiring } from '../firing/push-firing'
import { scheduleProblems } from '../schedule-problems'
import type { SchedulesContext } from '../schedules-context'
import { insertFiring } from '../store/firings'
import {
  deleteSchedule,
  findSchedule,
  insertSchedule,
  type Schedule,
  setLastJob,
  updateSchedule,
} from '../store/schedules'
import { changedSchedule, newSchedule } from './changed-schedule'

/** Who does it, for the audit log. */
export interface Doer {
  readonly actor: Actor
  readonly ip: string
  readonly requestId: string
}

export type NewSchedule = ScheduleSpec & Pick<Schedule, 'name' | 'function'>
export type ScheduleChange = Partial<ScheduleSpec & Pick<Schedule, 'function'>>

/** @throws AppError CONFLICT where the name is taken, VALIDATION_ERROR */
export function createSchedule(context: SchedulesContext, wanted: NewSchedule, doer: Doer): Promise<Schedule> {
  return written(context, (tx) => {
    requireNoProblems(scheduleProblems(wanted))
    if (findSchedule(tx, wanted.name) !== null)
      throw new AppError('CONFLICT', `There is a schedule '${wanted.name}' already.`)
    requireRunnable(tx, context, wanted)
    const schedule = newSchedule({ ...wanted, owner: null }, context.now())
    insertSchedule(tx, schedule)
    context.audit.record(tx, {
      ...audited('schedule.created', doer, wanted.name),
      details: { after: specOf(schedule) },
    })
    return schedule
  })
}

/** @throws AppError NOT_FOUND, CONFLICT for one of a manifest, VALIDATION_ERROR */
export function changeSchedule(
  context: SchedulesContext,
  name: string,
  { change, doer }: { readonly change: ScheduleChange; readonly doer: Doer },
): Promise<Schedule> {
  return written(context, (tx) => {
    const before = ownSchedule(tx, name)
    const after = changedSchedule(before, { ...before, ...change }, context.now())
    requireNoProblems(scheduleProblems({ ...before, ...change }))
    requireRunnable(tx, context, after)
    updateSchedule(tx, after)
    const details = { before: specOf(before), after: specOf(after) }
    context.audit.record(tx, { ...audited('schedule.changed', doer, name), details })
    return after
  })
}

/** @throws AppError NOT_FOUND, CONFLICT for one of a manifest */
export function removeSchedule(context: SchedulesContext, name: string, doer: Doer): Promise<Schedule> {
  return written(context, (tx) => {
    const schedule = ownSchedule(tx, name)
    deleteSchedule(tx, name)
    context.audit.record(tx, { ...audited('schedule.deleted', doer, name), details: { before: specOf(schedule) } })
    return schedule
  })
}

/** Fires nothing until it is resumed; what runs or waits goes on. @throws AppError NOT_FOUND */
export function pauseSchedule(context: SchedulesContext, name: string, doer: Doer): Promise<Schedule> {
  return written(context, (tx) => {
    const schedule = knownSchedule(tx, name)
    if (schedule.pausedAt !== null) return schedule
    const paused: Schedule = { ...schedule, pausedAt: context.now(), pauseReason: 'operator' }
    updateSchedule(tx, paused)
    context.audit.record(tx, audited('schedule.paused', doer, name))
    return paused
  })
}

/** What was due meanwhile was missed. @throws AppError NOT_FOUND */
export function resumeSchedule(context: SchedulesContext, name: string, doer: Doer): Promise<Schedule> {
  return written(context, (tx) => {
    const schedule = knownSchedule(tx, name)
    if (schedule.pausedAt === null) return schedule
    const resumed: Schedule = { ...schedule, pausedAt: null, pauseReason: null, watchedFrom: context.now() }
    updateSchedule(tx, resumed)
    context.audit.record(tx, audited('schedule.resumed', doer, name))
    return resumed
  })
}

/** One more firing, now, also of one that is paused. @returns the id of its job. @throws AppError NOT_FOUND, and what the queue says */
export async function runSchedule(context: SchedulesContext, name: string, doer: Doer): Promise<string> {
  const { database, jobs, audit } = context
  const { value } = await database.write((tx) => {
    const schedule = knownSchedule(tx, name)
    const now = context.now()
    const occasion = `manual-${Bun.randomUUIDv7()}`
    const pushed = pushFiring(tx, jobs, { schedule, occasion, retryUntil: nextFiring(schedule, now) })
    if (pushed.kind === 'refused') throw pushed.error
    const { job } = pushed
    setLastJob(tx, name, job)
    insertFiring(tx, name, {
      ...{ outcome: 'queued', cause: 'manual', dueAt: now, recordedAt: now, count: 1, error: null },
      job,
    })
    audit.record(tx, { ...audited('schedule.run', doer, name), details: { job } })
    return job
  })
  return value
}

/** @throws AppError NOT_FOUND */
export function knownSchedule(tx: Pick<Tx, 'get' | 'all'>, name: string): Schedule {
  const schedule = findSchedule(tx, name)
  if (schedule === null) throw new AppError('NOT_FOUND', `There is no schedule '${name}'.`)
  return schedule
}

function ownSchedule(tx: Tx, name: string): Schedule {
  const schedule = knownSchedule(tx, name)
  if (schedule.owner === null) return schedule
  throw new AppError(
    'CONFLICT',
    `The schedule '${name}' is stated by the manifest of the function ${schedule.owner}: change it there. It can be paused here.`,
  )
}

async function written(context: SchedulesContext, change: (tx: Tx) => Schedule): Promise<Schedule> {
  const { value } = await context.database.write(change)
  context.rescheduled()
  return value
}

function requireNoProblems(problems: readonly ErrorDetail[]): void {
  const details = problems.map((one) => ({ ...one, message: `${one.field}: ${one.message}` }))
  const [first] = details
  if (first !== undefined) throw new AppError('VALIDATION_ERROR', first.message, { details })
}

/** Pushes its job, and takes that back: what the queue refuses now it would refuse at each firing. */
function requireRunnable(tx: Tx, { jobs, isServed }: SchedulesContext, schedule: NewSchedule): void {
  const rolledBack = new Error('rolled back')
  try {
    tx.attempt(() => {
      const pushed = pushFiring(tx, jobs, { schedule, occasion: 'try', retryUntil: null })
      throw pushed.kind === 'queued' || pushed.error.code === 'QUEUE_FULL' ? rolledBack : pushed.error
    })
  } catch (error) {
    if (error === rolledBack) return
    if (!(error instanceof AppError) || error.code !== 'FUNCTION_NOT_FOUND') throw error
    if (isServed()) throw notRunnable(schedule.function, error)
  }
}

function notRunnable(name: string, cause: AppError): AppError {
  const message = `function: there is no function '${name}' that runs jobs; its manifest needs queue: true`
  return new AppError('VALIDATION_ERROR', message, {
    details: [{ field: 'function', code: 'unknown', message }],
    cause,
  })
}

function audited(event: string, { actor, ip, requestId }: Doer, name: string): AuditEvent {
  return { event, outcome: 'success', ...auditedActor(actor), target: { kind: 'schedule', id: name }, ip, requestId }
}

/** Payloads may hold what is not for the audit log. */
function specOf({ cron, timezone, overlap, missed, jitterMs, ...schedule }: Schedule) {
  return { function: schedule.function, cron, timezone, overlap, missed, jitter_ms: jitterMs }
}
