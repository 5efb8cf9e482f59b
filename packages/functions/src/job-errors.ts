import { durationMs } from './duration'
import type { Duration } from './queue-types'

/** Found in errors of all copies of this package: that of the host, and that in the bundle of each function. */
const RETRY: unique symbol = Symbol.for('koyalite.functions.retry') as never
const ABORT: unique symbol = Symbol.for('koyalite.functions.abort') as never

export interface RetryOptions {
  /** When the job runs again. @default when its back-off says */
  readonly after?: Duration
  /** For operators. */
  readonly message?: string
  readonly cause?: unknown
}

/** Has the job run again: `throw new Retry({ after: '10m' })`. It counts as an error, as any other that a job throws. */
export class Retry extends Error {
  override readonly name = 'Retry'
  readonly [RETRY] = true
  /** Milliseconds; null: when the back-off says. */
  readonly after: number | null

  constructor({ after, message = 'The job asks to be run again.', cause }: RetryOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.after = after === undefined ? null : durationMs(after)
  }
}

/** Gives the job up at once: `throw new Abort('the account is closed')`. It is not run again. */
export class Abort extends Error {
  override readonly name = 'Abort'
  readonly [ABORT] = true
}

export function isRetry(error: unknown): error is Retry {
  return error instanceof Error && RETRY in error
}

export function isAbort(error: unknown): error is Abort {
  return error instanceof Error && ABORT in error
}
