import type { JobActor, JobState } from '@koyalite/contracts'
import { z } from 'zod'
import type { Jobs } from '../create-jobs'
import { HOW_TO_RELEASE } from '../operations/operator-actions'
import type { Job } from '../store/jobs-table'

export const JOB_STATES = [
  'waiting',
  'running',
  'retrying',
  'done',
  'dead',
  'cancelled',
] as const satisfies readonly JobState['state'][]

const failure = z.object({ code: z.string(), message: z.string() })
const time = z.iso.datetime()

/** What the enqueuer sees. */
export const ownJob = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(JOB_STATES),
  progress: z.number().nullable().describe('From 0 to 1.'),
  attempt: z.int().describe('Which run it is in, or how many it had.'),
  result: z.unknown().describe('Of a function whose manifest says `queue: { result: true }`.'),
  error: z.object({ code: z.string() }).nullable(),
  created_at: time,
  finished_at: time.nullable(),
})

export const listedJob = z.object({
  id: z.string(),
  name: z.string(),
  queue: z.string(),
  state: z.enum(JOB_STATES),
  why: z.string().nullable().describe('Why it waits; null where it does not.'),
  priority: z.int(),
  run_at: time,
  attempt: z.int(),
  errors: z.int(),
  crashes: z.int(),
  progress: z.number().nullable(),
  key: z.string().nullable(),
  group: z.string().nullable(),
  actor: z.string().nullable().describe('Who pushed it: `user:<id>`; null: nobody.'),
  chain: z.object({ root: z.string(), depth: z.int() }).nullable(),
  error: failure.nullable(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
})

export const jobDetail = listedJob.extend({
  payload: z.unknown().describe('Null where the manifest says `sensitive: true`.'),
  result: z.unknown(),
  sensitive: z.boolean(),
})

export function ownJobOf(jobs: Jobs, job: Job): z.input<typeof ownJob> {
  const isShown = jobs.handler(job.name)?.showsResult === true
  return {
    ...{ id: job.id, name: job.name, state: job.state, progress: job.progress, attempt: job.attempts },
    result: isShown ? parsedJson(job.result) : null,
    error: job.error === null || job.state === 'done' ? null : { code: job.error.code },
    created_at: iso(job.createdAt),
    finished_at: isoOrNull(job.finishedAt),
  }
}

export function listedJobOf(jobs: Jobs, job: Job): z.input<typeof listedJob> {
  return {
    ...{ id: job.id, name: job.name, queue: job.queue, state: job.state, priority: job.priority },
    ...{ errors: job.errors, crashes: job.crashes, progress: job.progress, key: job.key, group: job.group },
    ...{ attempt: job.attempts, chain: job.chain, error: job.error, why: whyItWaits(jobs, job) },
    actor: job.actor === null ? null : actorText(job.actor),
    run_at: iso(job.runAt),
    created_at: iso(job.createdAt),
    started_at: isoOrNull(job.startedAt),
    finished_at: isoOrNull(job.finishedAt),
  }
}

export function jobDetailOf(jobs: Jobs, job: Job): z.input<typeof jobDetail> {
  const isSensitive = jobs.isSensitive(job.name)
  return {
    ...listedJobOf(jobs, job),
    payload: isSensitive ? null : parsedJson(job.payload),
    result: isSensitive ? null : parsedJson(job.result),
    sensitive: isSensitive,
  }
}

/** In words, for who looks at one that does not run. */
function whyItWaits(jobs: Jobs, job: Job): string | null {
  switch (job.stage) {
    case 'running':
    case 'over':
      return null
    case 'later':
      return job.state === 'retrying' ? `It is retried at ${iso(job.runAt)}.` : `It is scheduled for ${iso(job.runAt)}.`
    case 'behind':
      return job.behind === null
        ? `Other jobs of its group '${job.group}' run first.`
        : 'The job with the same key is running; this one is next.'
    case 'unhandled':
      return `No function runs jobs named '${job.name}' at the moment.`
    case 'held':
      return `It waited when this project was copied or restored: ${HOW_TO_RELEASE}`
    case 'ready':
      return whyNotYet(jobs, job)
  }
}

function whyNotYet({ dispatcher, settings }: Jobs, { queue: name, crashes }: Job): string {
  const queue = dispatcher.queue(name)
  const concurrency = queue.concurrency(settings())
  if (queue.pausedAt !== null) return `The queue '${name}' is paused.`
  if (queue.isAlone) return `A job that crashed before has the queue '${name}' to itself.`
  if (crashes > 0) return `It crashed before, so it waits until nothing else in the queue '${name}' is running.`
  if (queue.running >= concurrency)
    return `The queue '${name}' is running its maximum of ${concurrency} jobs (concurrency).`
  if (queue.rateWait(settings(), performance.now()) > 0) return `The queue '${name}' has reached its rate.`
  return 'It waits for its turn.'
}

function actorText(actor: JobActor): string {
  switch (actor.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'system':
      return actor.function === undefined ? 'system' : `system:${actor.function}`
    case 'user':
      return actor.impersonator === undefined ? `user:${actor.id}` : `user:${actor.id} (by ${actor.impersonator.email})`
    default:
      return `${actor.kind}:${actor.id}`
  }
}

function parsedJson(json: string | null): unknown {
  return json === null ? null : JSON.parse(json)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}
