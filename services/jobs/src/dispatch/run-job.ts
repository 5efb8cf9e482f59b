import {
  AppError,
  type JobHandler,
  type JobLease,
  type JobOutcome,
  type JsonValue,
  type RunningJob,
} from '@koyalite/contracts'
import type { Job } from '../store/jobs-table'

/** How long a run that was told to end may take to do so: then its lease is void. */
const LEASE_MS = 60_000
const PROGRESS_EVERY_MS = 1_000

export interface RunContext {
  /** @returns whether the lease still holds */
  storeProgress(lease: JobLease, fraction: number): Promise<boolean>
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number
  /** Calls back once, unless the returned function is called before. */
  timer(ms: number, then: () => void): () => void
}

/** A run of a job in this process. */
export class JobRun {
  readonly job: Job
  readonly queue: string
  readonly lease: JobLease
  readonly #context: RunContext
  readonly #abort = new AbortController()
  readonly #lost = Promise.withResolvers<JobOutcome>()
  #why: 'timeout' | 'stop' | 'cancel' | null = null
  #clear: (() => void)[] = []
  #isOver = false
  #progressAt = Number.NEGATIVE_INFINITY
  /** What is to be stored when a second has passed since the last time. */
  #laterProgress: number | null = null

  constructor(job: Job, context: RunContext) {
    this.job = job
    this.queue = job.queue
    this.lease = { id: job.id, token: job.token }
    this.#context = context
  }

  /** Never rejects. After it the lease is worth nothing. */
  async run(handler: JobHandler): Promise<JobOutcome> {
    this.#after(handler.timeoutMs, () => this.end('timeout'))
    const outcome = await Promise.race([this.#handled(handler), this.#lost.promise])
    this.#isOver = true
    for (const clear of this.#clear) clear()
    return this.#asEnded(outcome, handler)
  }

  /** Tells it to end. */
  end(why: 'timeout' | 'stop' | 'cancel'): void {
    if (this.#why !== null || this.#isOver) return
    this.#why = why
    this.#abort.abort(new DOMException(REASONS[why], 'AbortError'))
    this.#after(LEASE_MS, () =>
      this.#lost.resolve({
        kind: 'crashed',
        error: {
          code: 'LEASE_LOST',
          message: `It went on for ${LEASE_MS / 1000} s after it was told to end (${REASONS[why]}).`,
        },
      }),
    )
  }

  async #handled(handler: JobHandler): Promise<JobOutcome> {
    const { id, name, payload, actor, chain, key, group, attempts } = this.job
    try {
      const value = JSON.parse(payload) as JsonValue
      const problems = handler.problems(value)
      if (problems.length > 0) {
        const message = problems.map(({ message }) => message).join('; ')
        return { kind: 'failed', isFinal: true, error: { code: 'VALIDATION_ERROR', message } }
      }
      const running: RunningJob = {
        ...{ id, name, actor, chain, key, group, lease: this.lease, payload: value, attempt: attempts },
        signal: this.#abort.signal,
        progress: (fraction) => this.#progress(fraction),
      }
      return await handler.run(running)
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL'
      return { kind: 'failed', error: { code, message: error instanceof Error ? error.message : String(error) } }
    }
  }

  /** What was told to end for a reason that is ours has not failed. */
  #asEnded(outcome: JobOutcome, { timeoutMs }: JobHandler): JobOutcome {
    if (outcome.kind === 'done' || this.#why === null || this.#why === 'cancel') return outcome
    if (this.#why === 'stop') return outcome.kind === 'crashed' ? outcome : { kind: 'interrupted' }
    if (outcome.kind === 'crashed') return outcome
    return { kind: 'failed', error: { code: 'JOB_TIMEOUT', message: `It did not end within ${timeoutMs} ms.` } }
  }

  async #progress(given: number): Promise<void> {
    if (this.#isOver) throw leaseLost(this.job.name)
    const fraction = Math.min(1, Math.max(0, Number.isFinite(given) ? given : 0))
    const wait = this.#progressAt + PROGRESS_EVERY_MS - this.#context.monotonic()
    if (wait <= 0) return this.#store(fraction)
    if (this.#laterProgress === null)
      this.#after(wait, () => void this.#store(this.#laterProgress ?? fraction).catch(() => {}))
    this.#laterProgress = fraction
  }

  async #store(fraction: number): Promise<void> {
    this.#progressAt = this.#context.monotonic()
    this.#laterProgress = null
    if (!(await this.#context.storeProgress(this.lease, fraction))) throw leaseLost(this.job.name)
  }

  #after(ms: number, then: () => void): void {
    this.#clear.push(this.#context.timer(ms, then))
  }
}

export function leaseLost(name: string): AppError {
  return new AppError(
    'LEASE_LOST',
    `This run of ${name} no longer counts: it took too long, was cancelled, or runs again.`,
  )
}

const REASONS = { timeout: 'its time is over', stop: 'the server stops', cancel: 'it was cancelled' } as const
