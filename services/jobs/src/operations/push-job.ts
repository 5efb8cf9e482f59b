import {
  AppError,
  type ErrorDetail,
  type JobActor,
  type JobHandler,
  type NewJob,
  type PushedJob,
  type Tx,
} from '@koyalite/contracts'
import { findKeptKey, findLivingKey, insertJob, replaceWaiting, setRerun } from '../store/insert-job'
import type { Given, Job } from '../store/jobs-table'

export interface Pushing {
  readonly handler: JobHandler
  readonly now: number
}

export interface Pushed {
  readonly job: PushedJob
  /** Queues that have something to run by it. */
  readonly ready: readonly string[]
  /** It waits for a time. */
  readonly dueAt: number | null
}

const MAX_PAYLOAD = 256 * 1024
const MAX_NAME = 200
const MAX_DEPTH = 16
const FURTHEST_MS = 10 * 366 * 86_400_000

/** SPEC.md, section P. @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, CHAIN_TOO_DEEP */
export function pushJob(tx: Tx, job: NewJob, { handler, now }: Pushing): Pushed {
  const payload = JSON.stringify(job.payload)
  requireValid(job, payload, { handler, now })
  const { name, actor, chain, priority = 0, onConflict = 'keep', group = null } = job
  // One that lies back would be a priority of its own.
  const runAt = Math.max(now, job.runAt ?? now)
  const given: Given = { payload, actor, chain }
  const uniqueKey = job.key === undefined ? null : uniqueKeyOf(job, job.key, handler.keyScope)
  const living = uniqueKey === null ? null : findLivingKey(tx, uniqueKey)
  const kept = uniqueKey === null || living !== null ? null : findKeptKey(tx, uniqueKey, now)
  if (kept !== null) return { job: { id: seenBy(actor, kept), created: false }, ready: [], dueAt: null }
  const isReplaced = living !== null && onConflict === 'replace'
  if (living !== null && living.state !== 'running' && isReplaced) {
    const at = { runAt, priority, now, groupConcurrency: handler.groupConcurrency }
    const ready = replaceWaiting(tx, living, { ...given, ...at })
    return { job: { id: living.id, created: false }, ready, dueAt: runAt }
  }
  if (living !== null && !isReplaced) {
    if (living.state === 'running' && onConflict === 'rerun') setRerun(tx, living.seq, given)
    return { job: { id: seenBy(actor, living), created: false }, ready: [], dueAt: null }
  }
  // What was to run once more is replaced as well.
  if (living !== null) setRerun(tx, living.seq, null)
  const id = job.id ?? Bun.randomUUIDv7()
  const queue = job.queue ?? handler.queue
  const isReady = insertJob(tx, {
    ...given,
    ...{ id, name, queue, priority, runAt, now, group, uniqueKey },
    key: job.key ?? null,
    keyUntil: job.keyForMs === undefined ? null : now + job.keyForMs,
    groupConcurrency: handler.groupConcurrency,
    behind: living?.seq ?? null,
    maxAttempts: job.maxAttempts ?? null,
    retryUntil: job.retryUntil ?? null,
  })
  return { job: { id, created: true }, ready: isReady ? [queue] : [], dueAt: isReady ? null : runAt }
}

/** Everything that makes a key another one. */
function uniqueKeyOf(
  { name, actor }: Pick<NewJob, 'name' | 'actor'>,
  key: string,
  keyScope: JobHandler['keyScope'],
): string {
  return JSON.stringify([name, keyScope === 'all' ? '*' : enqueuerOf(actor), key])
}

/** Anonymous callers are one enqueuer: their keys meet, their jobs are nobody's to see. */
function enqueuerOf(actor: JobActor | null): string {
  if (actor === null) return 'none'
  if (actor.kind === 'anonymous') return 'anonymous'
  return `${actor.kind}:${actor.kind === 'system' ? (actor.function ?? '') : actor.id}`
}

/** The id of a job that was there before, for who pushed another with its key. */
function seenBy(actor: JobActor | null, { id, actor: owner }: Job): string | null {
  const isNobody = actor?.kind === 'anonymous' || owner?.kind === 'anonymous'
  return isNobody || enqueuerOf(actor) !== enqueuerOf(owner) ? null : id
}

function requireValid(job: NewJob, payload: string | undefined, { handler, now }: Pushing): void {
  if (payload === undefined) throw invalid([{ field: 'payload', code: 'type', message: 'payload must be JSON' }])
  const bytes = Buffer.byteLength(payload)
  if (bytes > MAX_PAYLOAD) {
    const advice = 'store what is large in a document, and push its id'
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `The payload of ${job.name} has ${bytes} bytes; 256 KB are allowed: ${advice}.`,
    )
  }
  if (job.chain !== null && job.chain.depth >= MAX_DEPTH)
    throw new AppError(
      'CHAIN_TOO_DEEP',
      `${job.name} was pushed by a job that was pushed by a job, ${MAX_DEPTH} times: is there a circle?`,
    )
  const details = [...optionProblems(job, now), ...handler.problems(job.payload)]
  if (details.length > 0) throw invalid(details)
}

function optionProblems(job: NewJob, now: number): readonly ErrorDetail[] {
  const { priority = 0, key, group, runAt = now, keyForMs = 0, queue } = job
  const found: ErrorDetail[] = []
  const add = (field: string, message: string) => found.push({ field, code: 'invalid', message: `${field} ${message}` })
  if (!Number.isInteger(priority) || Math.abs(priority) > 10) add('priority', 'must be a whole number from -10 to 10')
  for (const [field, text] of [
    ['key', key],
    ['group', group],
    ['queue', queue],
  ] as const)
    if (text !== undefined && (text === '' || text.length > MAX_NAME))
      add(field, `must have 1 to ${MAX_NAME} characters`)
  if (!Number.isSafeInteger(runAt) || runAt > now + FURTHEST_MS)
    add('run_at', 'must be a time, at most ten years from now')
  if (!Number.isSafeInteger(keyForMs) || keyForMs < 0 || keyForMs > FURTHEST_MS)
    add('key_for', 'must be a duration, at most ten years')
  return found
}

function invalid(details: readonly ErrorDetail[]): AppError {
  return new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('; '), { details })
}
