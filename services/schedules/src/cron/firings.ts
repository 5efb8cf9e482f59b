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
    if (found === null) return null
    if (found < span.end) return found
    // By the clocks of today. Whatever they show by then, there is none long before; where they are about to change, what they show may come twice.
    from = span.end - from > SHIFT_MS ? Math.max(span.end, found - SHIFT_MS) : span.end
  }
}

/** More than any two clocks on walls differ by. */
const SHIFT_MS = 2 * 86_400_000

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

/** The next times at which it fires, at most `count`: the first one, and those of the next 20 years, since days of rare patterns are searched for long. */
export function nextFirings(times: FiringTimes, after: number, count: number): readonly number[] {
  const found: number[] = []
  for (
    let at = nextFiring(times, after);
    at !== null && found.length < count && (found.length === 0 || at < after + FURTHEST_MS);
    at = nextFiring(times, at)
  )
    found.push(at)
  return found
}

const FURTHEST_MS = 20 * 366 * 86_400_000

/** How many times it fires from one of its firings on, up to `until`: at most `limit`. */
export function countFirings(
  times: FiringTimes,
  { from, until, limit }: { readonly from: number; readonly until: number; readonly limit: number },
): number {
  let count = 0
  for (let at: number | null = from; at !== null && at <= until && count < limit; at = nextFiring(times, at)) count++
  return count
}

/** The first firing at `from` or later, as if the zone's offset stayed what it is in this span: it is one if it is before the end of the span. */
function firstWithin(pattern: CronPattern, span: OffsetSpan, from: number): number | null {
  const { start, offset, before } = span
  // Clocks were put back: this part of the day has been there already.
  const repeatedUntil = pattern.hasFixedHours && before > offset ? start + before : Number.NEGATIVE_INFINITY
  const wall = pattern.after(Math.max(from + offset, repeatedUntil) - 1)
  const skipped = pattern.hasFixedHours && before < offset ? firstSkipped(pattern, span, from) : null
  if (wall === null) return skipped
  return Math.min(skipped ?? Number.POSITIVE_INFINITY, wall - offset)
}

/** Clocks were put forward: times that the wall never showed are as if they had not been, yet. */
function firstSkipped(pattern: CronPattern, { start, offset, before }: OffsetSpan, from: number): number | null {
  const wall = pattern.after(Math.max(from, start) + before - 1)
  return wall !== null && wall < start + offset ? wall - before : null
}
