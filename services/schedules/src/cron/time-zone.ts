import { didYouMean } from '@koyalite/contracts'

/** A time in which a zone's distance to UTC is the same. Instants are milliseconds since 1970. */
export interface OffsetSpan {
  readonly start: number
  /** The first instant after it, as far as the zone was looked at: the same span may go on there. */
  readonly end: number
  /** What is added to an instant for the time on the wall. */
  readonly offset: number
  /** The offset before it. */
  readonly before: number
}

export interface TimeZone {
  readonly name: string
  spanAt(instant: number): OffsetSpan
}

/** @param name of the IANA database: `timeZoneProblem` has nothing to say about it */
export function timeZone(name: string): TimeZone {
  const known = zones.get(name)
  if (known !== undefined) return known
  const made = new KnownZone(name)
  zones.set(name, made)
  return made
}

/** Why there is no such zone; null where there is. */
export function timeZoneProblem(name: string): string | null {
  // What Intl also takes: a distance, which has no summer time.
  if (/^[A-Za-z]/.test(name) && isKnown(name)) return null
  return `there is no time zone '${name}'${suggestion(name)}; expected a name like Europe/Berlin, or UTC`
}

const zones = new Map<string, TimeZone>()

const DAY_MS = 86_400_000

class KnownZone implements TimeZone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  #spans: OffsetSpan[] = []

  constructor(name: string) {
    this.name = name
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: name, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  }

  spanAt(instant: number): OffsetSpan {
    if (instant < (this.#spans[0]?.start ?? Number.POSITIVE_INFINITY)) this.#begin(instant)
    while (instant >= this.#last().end) this.#lookAtYear()
    return this.#spans.findLast(({ start }) => start <= instant) as OffsetSpan
  }

  #begin(instant: number): void {
    const start = Date.UTC(new Date(instant).getUTCFullYear() - 1, 0)
    const offset = this.#offsetAt(start)
    this.#spans = [{ start, end: start, offset, before: offset }]
  }

  #last(): OffsetSpan {
    return this.#spans.at(-1) as OffsetSpan
  }

  /** No zone has ever had two changes within a day. */
  #lookAtYear(): void {
    const from = this.#last().end
    const until = Date.UTC(new Date(from).getUTCFullYear() + 1, 0)
    for (let day = from; day < until; day += DAY_MS) this.#lookUntil(Math.min(day + DAY_MS, until))
  }

  #lookUntil(end: number): void {
    const last = this.#last()
    const offset = this.#offsetAt(end)
    if (offset === last.offset) {
      this.#spans[this.#spans.length - 1] = { ...last, end }
      return
    }
    let [same, other] = [last.end, end]
    while (other - same > 1_000) {
      const middle = same + Math.floor((other - same) / 2_000) * 1_000
      if (this.#offsetAt(middle) === last.offset) same = middle
      else other = middle
    }
    this.#spans[this.#spans.length - 1] = { ...last, end: other }
    this.#spans.push({ start: other, end, offset, before: last.offset })
  }

  #offsetAt(instant: number): number {
    const part: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(instant)) part[type] = Number(value)
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000
  }
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function suggestion(name: string): string {
  const all = Intl.supportedValuesOf('timeZone')
  const word = name.toLowerCase().replace(/[\s-]+/g, '_')
  const city = all.find((zone) => zone.toLowerCase().endsWith(`/${word}`))
  if (city !== undefined) return ` (did you mean '${city}'?)`
  return didYouMean(
    name,
    all.filter((zone) => Math.abs(zone.length - name.length) <= 3),
  )
}
