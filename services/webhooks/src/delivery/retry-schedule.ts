const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Waits before each further attempt, as Standard Webhooks recommends them: about 76 hours, which is longer than a weekend. */
const WAITS: readonly number[] = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE],
  ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
]

const JITTER = 0.2
/** A receiver may ask for more patience than that; it does not get more. */
const LONGEST_RETRY_AFTER_MS = 24 * HOUR

/**
 * How long to wait after a failed attempt; null: it was the last.
 * @param made how many attempts there were
 * @param asked what the receiver asked for, in milliseconds
 * @param random from 0 to 1
 */
export function waitAfter(made: number, asked: number | null, random: number): number | null {
  const wait = WAITS[made - 1]
  if (wait === undefined) return null
  return Math.max(Math.round(wait * (1 + JITTER * (2 * random - 1))), Math.min(asked ?? 0, LONGEST_RETRY_AFTER_MS))
}

/** The header `Retry-After`, seconds or a date, in milliseconds from now; null where it says nothing. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND
  const at = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
