import type { Rate } from '../config/units'

/** One count that a request is charged to: `login` of the address 192.0.2.1. */
export interface Charge {
  /** Kind of limit and whom it counts, such as `login ip 192.0.2.1`. */
  readonly bucket: string
  /** Null: no limit. */
  readonly rate: Rate | null
}

/** What is left of the tightest limit after a charge. */
export interface RateState {
  readonly allowed: boolean
  readonly limit: number
  /** Whole requests that would still be allowed now. */
  readonly remaining: number
  /** Milliseconds until a request that was refused would be allowed; 0 if it was allowed. */
  readonly retryAfter: number
  /** Milliseconds until the limit is whole again. */
  readonly reset: number
}

export interface RateLimiter {
  /**
   * Charges all of them, or none where one refuses: a refused request costs nothing, so that waiting helps.
   * Null where no limit applies.
   * @param cost how many requests it counts as; more than a whole limit is refused while anything of it is used
   */
  take(charges: readonly Charge[], cost?: number): RateState | null
}

export interface RateLimiterOptions {
  /** Milliseconds. */
  readonly now?: () => number
  /** Maximum number of buckets; beyond it the least recently used are evicted. */
  readonly maxBuckets?: number
}

const MAX_BUCKETS = 100_000

interface Bucket {
  tokens: number
  at: number
}

/**
 * Token buckets: `5/minute` is five at once, then one every twelve seconds.
 * In memory: a restart resets them, and each process counts separately.
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { now = () => performance.now(), maxBuckets = MAX_BUCKETS } = options
  const buckets = new Map<string, Bucket>()

  /** The bucket as of now, last in the map's order: the first is the one untouched for longest. */
  function refilled(name: string, rate: Rate, time: number): Bucket {
    const known = buckets.get(name)
    if (known === undefined) {
      if (buckets.size >= maxBuckets) evictOldest()
      const fresh: Bucket = { tokens: rate.count, at: time }
      buckets.set(name, fresh)
      return fresh
    }
    // A clock that was set back takes nothing away.
    const elapsed = Math.max(0, time - known.at)
    known.tokens = Math.min(rate.count, known.tokens + (elapsed * rate.count) / rate.per)
    known.at = time
    buckets.delete(name)
    buckets.set(name, known)
    return known
  }

  function evictOldest(): void {
    let left = Math.ceil(maxBuckets / 10)
    for (const name of buckets.keys()) {
      if (left-- === 0) return
      buckets.delete(name)
    }
  }

  return {
    take(charges, cost = 1) {
      const time = now()
      const limited: { bucket: Bucket; rate: Rate }[] = []
      for (const { bucket, rate } of charges) {
        if (rate !== null) limited.push({ bucket: refilled(bucket, rate, time), rate })
      }
      const refused = limited.filter(({ bucket, rate }) => bucket.tokens < Math.min(cost, rate.count))
      if (refused.length === 0) for (const { bucket } of limited) bucket.tokens = Math.max(0, bucket.tokens - cost)
      let tightest: RateState | null = null
      for (const { bucket, rate } of refused.length > 0 ? refused : limited) {
        const state = stateOf(bucket, rate, refused.length > 0 ? cost : 0)
        if (tightest === null || isTighter(state, tightest)) tightest = state
      }
      return tightest
    },
  }
}

/** @param wanted what was refused; 0 if nothing was */
function stateOf({ tokens }: Bucket, rate: Rate, wanted: number): RateState {
  const perToken = rate.per / rate.count
  return {
    allowed: wanted === 0,
    limit: rate.count,
    remaining: Math.floor(tokens),
    retryAfter: wanted === 0 ? 0 : Math.max(0, (Math.min(wanted, rate.count) - tokens) * perToken),
    reset: (rate.count - tokens) * perToken,
  }
}

/** Whether one of two states, both of charges that were allowed or both refused, leaves a client less. */
export function isTighter(a: RateState, b: RateState): boolean {
  return a.allowed ? a.remaining < b.remaining : a.retryAfter > b.retryAfter
}
