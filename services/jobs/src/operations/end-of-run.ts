import type { JobError, JobHandler, JobOutcome, Tx } from '@koyalite/contracts'
import { endJob, hasFollower, restartJob, retryJob } from '../store/end-run'
import type { Job } from '../store/jobs-table'

export interface EndContext {
  /** Null: nobody handles such jobs any more. */
  readonly handler: JobHandler | null
  readonly now: number
  /** From 0 to 1, for jitter. */
  random(): number
  /** A job is given up. */
  onDead(tx: Tx, job: Job, error: JobError): void
}

/** Queues that have something to run by it, and what it came to. */
export interface RunEnd {
  readonly ready: readonly string[]
  readonly state: Job['state']
}

/** What the process of a run took with it. */
export const LOST = {
  kind: 'crashed',
  error: { code: 'WORKER_LOST', message: 'The server ended while this job ran.' },
} as const satisfies JobOutcome

/** Who pushed with its key, to replace it, does not want it to be tried again. */
const REPLACED: JobError = {
  code: 'REPLACED',
  message: 'It did not succeed, and a later push with its key replaced it.',
}

const MAX_CRASHES = 3
const MAX_LOSSES = 20
const CRASH_BASE_MS = 10_000
const LOSS_BASE_MS = 1_000
const LONGEST_RETRY_MS = 3_600_000
/** As far as a push may be. */
const FURTHEST_MS = 10 * 366 * 86_400_000
const JITTER = 0.2
const MAX_RESULT = 256 * 1024
const MAX_MESSAGE = 4_000

/** Ends a run that holds its lease. SPEC.md, section R. */
export function endRun(tx: Tx, job: Job, outcome: JobOutcome, context: EndContext): RunEnd {
  if (outcome.kind === 'done') return done(tx, job, outcome.result, context)
  const error = outcome.kind === 'interrupted' ? null : shortened(outcome.error)
  if (job.isCancelling) return over(tx, job, { state: 'cancelled', error }, context)
  if (hasFollower(tx, job.seq)) return over(tx, job, { state: 'cancelled', error: REPLACED }, context)
  const wait = waitOf(job, outcome, context)
  if (wait === null) return dead(tx, counted(job, outcome), error ?? LOST.error, context)
  const { errors, crashes, losses, attempts, ms } = wait
  const runAt = context.now + ms
  if (error !== null && job.retryUntil !== null && runAt > job.retryUntil)
    return dead(tx, counted(job, outcome), error, context)
  const isDue = ms === 0
  retryJob(tx, job, { runAt, errors, crashes, losses, attempts, error, isDue })
  return { ready: isDue ? [job.queue] : [], state: 'retrying' }
}

/** With this failure. */
function counted(job: Job, { kind }: JobOutcome): Job {
  if (kind === 'failed') return { ...job, errors: job.errors + 1 }
  return kind === 'crashed' ? { ...job, crashes: job.crashes + 1 } : job
}

function done(tx: Tx, job: Job, value: unknown, context: EndContext): RunEnd {
  if (job.rerun !== null) return again(tx, job, null, context)
  const result = context.handler?.showsResult === true ? JSON.stringify(value ?? null) : null
  const isKept = result !== null && Buffer.byteLength(result) <= MAX_RESULT
  return over(tx, job, { state: 'done', result: isKept ? result : null, error: null }, context)
}

function dead(tx: Tx, job: Job, error: JobError, context: EndContext): RunEnd {
  // What was pushed meanwhile is another piece of work.
  if (job.rerun !== null) return again(tx, job, error, context)
  const end = over(tx, job, { state: 'dead', error }, context)
  context.onDead(tx, job, error)
  return end
}

function again(tx: Tx, job: Job, error: JobError | null, { now }: EndContext): RunEnd {
  restartJob(tx, job, { now, error })
  return { ready: [job.queue], state: 'waiting' }
}

function over(
  tx: Tx,
  job: Job,
  end: {
    readonly state: 'done' | 'dead' | 'cancelled'
    readonly result?: string | null
    readonly error: JobError | null
  },
  { handler, now }: EndContext,
): RunEnd {
  return { ready: endJob(tx, job, handler?.groupConcurrency ?? 1, { result: null, ...end, now }), state: end.state }
}

interface Wait {
  readonly ms: number
  readonly errors: number
  readonly crashes: number
  readonly losses: number
  readonly attempts: number
}

/** How long until it is tried again; null: never. */
function waitOf(
  job: Job,
  outcome: Exclude<JobOutcome, { kind: 'done' }>,
  { handler, random }: EndContext,
): Wait | null {
  const { errors, crashes, losses, attempts, maxAttempts } = job
  const before = { errors, crashes, losses, attempts }
  const spread = (ms: number) => Math.round(ms * (1 - JITTER + 2 * JITTER * random()))
  const mayRepeat = handler === null || handler.retryAfterMs(1) !== null
  switch (outcome.kind) {
    case 'interrupted':
      return { ...before, attempts: attempts - 1, ms: asked(outcome.retryAfterMs ?? 0) }
    case 'failed': {
      const count = errors + 1
      if (outcome.isFinal === true || (maxAttempts !== null && count >= maxAttempts)) return null
      const planned = handler === null ? CRASH_BASE_MS : handler.retryAfterMs(count)
      if (planned === null) return null
      return { ...before, errors: count, ms: asked(outcome.retryAfterMs ?? spread(planned)) }
    }
    case 'crashed': {
      if (!mayRepeat || maxAttempts === 1) return null
      if (outcome === LOST) {
        const ms = spread(doubled(LOSS_BASE_MS, losses))
        return losses + 1 >= MAX_LOSSES ? null : { ...before, losses: losses + 1, ms }
      }
      const ms = spread(doubled(CRASH_BASE_MS, crashes))
      return crashes + 1 >= MAX_CRASHES ? null : { ...before, crashes: crashes + 1, ms }
    }
  }
}

/** Code may ask for anything. What cannot be stored would hold up all that ends with it. */
function asked(ms: number): number {
  return Number.isFinite(ms) ? Math.round(Math.min(FURTHEST_MS, Math.max(0, ms))) : 0
}

function doubled(base: number, times: number): number {
  return Math.min(LONGEST_RETRY_MS, base * 2 ** times)
}

function shortened({ code, message }: JobError): JobError {
  return { code, message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message }
}
