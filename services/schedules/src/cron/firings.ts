import { type CronPattern, cronPattern } from './cron-pattern'
import { type OffsetSpan, timeZone } from './time-zone'

/** When a schedule fires. */
export interface FiringTimes {
  /** A cron line of five fields, or of six with seconds first. */
  readonly cron: string
  /** Of the IANA database. */
  readonly timezone: string
}

/**
 * The first time after an instant at which a schedule fires, in milliseconds since 1970; null where there is none. What happens where clocks are put
 * forward or back: SPEC.md, T.
 */
export function nextFiring(times: FiringTimes, after: number): number | null {
  const pattern = cronPattern(times.cron)
  const zone = timeZone(times.timezone)
  let from = after + 1
  for (;;) {
    const span = zone.spanAt(from)
    const found = firstWithin(pattern, span, from)
    if (found === 'never') return null
    if (found !== 'later') return found
    from = span.end
  }
}

/** The last time up to `until` at which it fires. @param known one of its firings, not after `until` */
export function latestFiring(times: FiringTimes, known: number, until: number): number {
  // From a firing on, the next one is after `until` exactly where it is the last.
  let [before, last] = [known - 1, until]
  while (last - before > 1) {
    const middle = before + Math.floor((last - before) / 2)
    const next = nextFiring(times, middle)
    if (next === null || next > until) last = middle
    else before = middle
  }
  return last
}

/** The next times at which it fires, at most `count`. */
export function nextFirings(times: FiringTimes, after: number, count: number): readonly number[] {
  const found: number[] = []
  for (let at = nextFiring(times, after); at !== null && found.length < count; at = nextFiring(times, at))
    found.push(at)
  return found
}

/** How many times it fires from one of its firings on, up to `until`: at most `limit`. */
export function countFirings(
  times: FiringTimes,
  { from, until, limit }: { readonly from: number; readonly until: number; readonly limit: number },
): number {
  let count = 0
  for (let at: number | null = from; at !== null && at <= until && count < limit; at = nextFiring(times, at)) count++
  return count
}

/** The first firing at `from` or later, in a time in which the zone's offset is the same. */
function firstWithin(pattern: CronPattern, span: OffsetSpan, from: number): number | 'later' | 'never' {
  const { start, end, offset, before } = span
  // Clocks were put back: this part of the day has been there already.
  const repeatedUntil = pattern.hasFixedHours && before > offset ? start + before : Number.NEGATIVE_INFINITY
  const wall = pattern.after(Math.max(from + offset, repeatedUntil) - 1)
  const skipped = pattern.hasFixedHours && before < offset ? firstSkipped(pattern, span, from) : null
  if (wall === null && skipped === null) return 'never'
  const found = Math.min(skipped ?? Number.POSITIVE_INFINITY, wall === null ? Number.POSITIVE_INFINITY : wall - offset)
  return found < end ? found : 'later'
}

/** Clocks were put forward: times that the wall never showed are as if they had not been, yet. */
function firstSkipped(pattern: CronPattern, { start, offset, before }: OffsetSpan, from: number): number | null {
  const wall = pattern.after(Math.max(from, start) + before - 1)
  return wall !== null && wall < start + offset ? wall - before : null
}
