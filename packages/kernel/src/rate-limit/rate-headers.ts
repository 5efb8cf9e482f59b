import { AppError } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '../http/route'
import type { RateState } from './rate-limiter'

/** The state of a limit as clients read it: `RateLimit-Limit`, `-Remaining`, `-Reset` (seconds). */
export function rateHeaders(state: RateState): Record<string, string> {
  return {
    'ratelimit-limit': String(state.limit),
    'ratelimit-remaining': String(state.remaining),
    'ratelimit-reset': String(seconds(state.reset)),
  }
}

/** Reports the remainder of a limit to the client. Throws RATE_LIMITED, with the time to retry, if it was exceeded. */
export function requireAllowed(
  request: Pick<UnidentifiedRequest, 'reportRateLimit' | 'isUnlimited'>,
  state: RateState | null,
): void {
  if (state === null) return
  if (!state.allowed && !request.isUnlimited) throw rateLimited(state.retryAfter, rateHeaders(state))
  request.reportRateLimit(state)
}

/** @param retryAfter milliseconds */
export function rateLimited(retryAfter: number, headers: Readonly<Record<string, string>> = {}): AppError {
  const wait = seconds(retryAfter)
  return new AppError('RATE_LIMITED', `Too many requests. Try again in ${wait} ${wait === 1 ? 'second' : 'seconds'}.`, {
    headers: { ...headers, 'retry-after': String(wait) },
  })
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}
