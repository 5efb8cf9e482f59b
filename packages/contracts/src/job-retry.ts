/** When a job is tried again: after `baseMs`, twice as long each time, at most `maxMs`; `maxAttempts` runs in all. */
export interface RetryPolicy {
  readonly maxAttempts: number
  readonly baseMs: number
  readonly maxMs: number
}

/** Eleven hours in all. */
export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 20, baseMs: 10_000, maxMs: 3_600_000 }

/** Milliseconds from an error to the next attempt; null after the last one. @param errors 1 for the first */
export function retryDelay({ maxAttempts, baseMs, maxMs }: RetryPolicy, errors: number): number | null {
  if (errors >= maxAttempts) return null
  return Math.min(maxMs, baseMs * 2 ** (errors - 1))
}
