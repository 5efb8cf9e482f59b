/** A part of time that a page shows. */
export interface TimeRange {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
  /** The last hour, day or week, which moves on; false for one that was chosen. */
  readonly isLatest: boolean
}

export const LATEST_RANGES = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const
export type LatestRange = keyof typeof LATEST_RANGES

const SECOND = 1_000
const TIME = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)`
const CHOSEN = new RegExp(`^${TIME}\\.\\.${TIME}$`)

/** What `?range=` may be: `1h`, `24h`, `7d`, or two times of UTC: `2026-11-29T17:05Z..2026-11-29T18:00Z`. Null for anything else. */
export function rangeSearch(value: unknown): string | null {
  if (typeof value !== 'string') return null
  return isLatestRange(value) || chosenRange(value) !== null ? value : null
}

/** @throws Error for a text that `rangeSearch` does not take */
export function timeRange(text: string, now: number): TimeRange {
  if (isLatestRange(text)) return { from: now - LATEST_RANGES[text], to: now, isLatest: true }
  const chosen = chosenRange(text)
  if (chosen === null) throw new Error(`not a range of time: ${text}`)
  return chosen
}

/** As `?range=` says it, to whole seconds. @param from milliseconds since 1970 */
export function rangeText(from: number, to: number): string {
  return `${textOf(Math.floor(from / SECOND))}..${textOf(Math.max(Math.ceil(to / SECOND), Math.floor(from / SECOND) + 1))}`
}

export function isLatestRange(text: string): text is LatestRange {
  return Object.hasOwn(LATEST_RANGES, text)
}

function chosenRange(text: string): TimeRange | null {
  const [, start = '', end = ''] = CHOSEN.exec(text) ?? []
  const [from, to] = [Date.parse(start), Date.parse(end)]
  return from < to ? { from, to, isLatest: false } : null
}

function textOf(seconds: number): string {
  return new Date(seconds * SECOND).toISOString().replace(/(:00)?\.000Z$/, 'Z')
}
