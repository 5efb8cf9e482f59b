import type { JobQueue, JobState, Reads } from '@koyalite/contracts'
import { formatDuration } from '@koyalite/kernel'
import { z } from 'zod'
import { isOverdue } from '../firing/fire-at'
import { listFirings, type RecordedFiring } from '../store/firings'
import type { Schedule } from '../store/schedules'

const JOB_STATES = [
  'waiting',
  'running',
  'retrying',
  'done',
  'dead',
  'cancelled',
] as const satisfies readonly JobState['state'][]

export const firingView = z.object({
  outcome: z
    .enum(['queued', 'skipped', 'missed', 'failed'])
    .describe('skipped: the job before was not done; missed: nobody was there; failed: there could be no job.'),
  cause: z.enum(['due', 'missed', 'manual']).describe('missed: it is made up for; manual: somebody asked for it.'),
  due_at: z.iso.datetime(),
  recorded_at: z.iso.datetime(),
  late_ms: z.int().describe('From when it was due to when it happened, jitter included.'),
  count: z
    .int()
    .describe('How many firings this stands for: more than 1 only where they were missed; 1000 or more are 1000.'),
  job: z
    .object({ id: z.string(), state: z.enum(JOB_STATES).nullable().describe('null: it is no longer kept.') })
    .nullable(),
  error: z.string().nullable().describe('Why there is no job.'),
})

export const scheduleView = z.object({
  name: z.string(),
  source: z.enum(['function', 'api']).describe('function: stated by the manifest of the function.'),
  function: z.string(),
  cron: z.string(),
  timezone: z.string(),
  overlap: z.enum(['skip', 'allow']),
  missed: z.enum(['run_once', 'skip']),
  jitter: z.string(),
  payload: z.unknown(),
  state: z
    .enum(['active', 'paused', 'overdue', 'ended'])
    .describe('overdue: by two periods; ended: there is no further time at which it fires.'),
  paused: z
    .object({
      at: z.iso.datetime(),
      reason: z.enum(['operator', 'copy']).describe('copy: this database is a copy of another project.'),
    })
    .nullable(),
  next_at: z.iso.datetime().nullable().describe('When it is due next; of one that is paused when it would have been.'),
  last: firingView.nullable().describe('What the last firing came to.'),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})

export interface ViewContext {
  readonly database: Reads
  readonly jobs: Pick<JobQueue, 'find' | 'isSensitive'>
  readonly now: () => number
}

export function viewSchedule(context: ViewContext, schedule: Schedule): z.output<typeof scheduleView> {
  const { name, owner, cron, timezone, overlap, missed, jitterMs, payload, dueAt, pausedAt, pauseReason } = schedule
  const [last] = listFirings(context.database, name, { before: null, limit: 1 })
  return {
    ...{
      name,
      source: owner === null ? 'api' : 'function',
      function: schedule.function,
      cron,
      timezone,
      overlap,
      missed,
    },
    ...{ jitter: formatDuration(jitterMs), payload: context.jobs.isSensitive(schedule.function) ? null : payload },
    state: stateOf(schedule, context.now()),
    paused: pausedAt === null ? null : { at: iso(pausedAt), reason: pauseReason ?? 'operator' },
    next_at: dueAt === null ? null : iso(dueAt),
    last: last === undefined ? null : viewFiring(context, last),
    ...{ created_at: iso(schedule.createdAt), updated_at: iso(schedule.updatedAt) },
  }
}

export function viewFiring(
  { database, jobs }: Pick<ViewContext, 'database' | 'jobs'>,
  firing: RecordedFiring,
): z.output<typeof firingView> {
  const { outcome, cause, dueAt, recordedAt, count, job, error } = firing
  return {
    ...{ outcome, cause, due_at: iso(dueAt), recorded_at: iso(recordedAt), late_ms: Math.max(0, recordedAt - dueAt) },
    ...{ count, job: job === null ? null : { id: job, state: jobs.find(database, job)?.state ?? null }, error },
  }
}

export function iso(at: number): string {
  return new Date(at).toISOString()
}

function stateOf(schedule: Schedule, now: number): 'active' | 'paused' | 'overdue' | 'ended' {
  if (schedule.pausedAt !== null) return 'paused'
  if (schedule.dueAt === null) return 'ended'
  return isOverdue(schedule, now) ? 'overdue' : 'active'
}
