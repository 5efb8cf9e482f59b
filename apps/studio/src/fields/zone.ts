import { parseTimestamp } from '@koyalite/schema/timestamp'

/** `UTC`, or a name of the IANA database: `Europe/Berlin`. All timestamps of a page are shown in one. */
export type Zone = string

/** That of this computer. */
export function localZone(): Zone {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** `2026-11-29 17:05:14.120 Z`, or with an offset `2026-11-29 18:05:14 +01:00`: never without. @param at as the server stores it */
export function formatTimestamp(at: string, zone: Zone): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return at
  const offset = offsetAt(zone, time)
  const wall = new Date(time + offset * MINUTE).toISOString()
  const fraction = wall.slice(19, 23)
  return `${wall.slice(0, 10)} ${wall.slice(11, 19)}${fraction === '.000' ? '' : fraction} ${offsetMark(offset, zone)}`
}

function offsetMark(minutes: number, zone: Zone): string {
  if (minutes === 0 && zone === 'UTC') return 'Z'
  const size = Math.abs(minutes)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

export type TypedTime =
  | { readonly kind: 'time'; readonly at: string }
  /** Clocks were put back: it was that time twice. */
  | { readonly kind: 'twice'; readonly options: readonly [string, string] }
  /** Clocks were put forward. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'invalid' }

/** What somebody typed: with an offset it is that, without one it is a time of the zone. */
export function parseTimestampIn(typed: string, zone: Zone): TypedTime {
  const text = typed.trim().replace(/ +(Z|[+-]\d{2}:?\d{2})$/i, '$1')
  const asUtc = parseTimestamp(text)
  if (asUtc === null) return { kind: 'invalid' }
  if (zone === 'UTC' || /:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/i.test(text)) return { kind: 'time', at: asUtc }
  const wall = Date.parse(asUtc)
  const around = [offsetAt(zone, wall - DAY), offsetAt(zone, wall + DAY)]
  const times = [...new Set(around)]
    .filter((offset) => offsetAt(zone, wall - offset * MINUTE) === offset)
    .map((offset) => new Date(wall - offset * MINUTE).toISOString())
    .sort()
  const [first, second] = times
  if (first === undefined) return { kind: 'skipped' }
  return second === undefined ? { kind: 'time', at: first } : { kind: 'twice', options: [first, second] }
}

/** Minutes by which clocks of a zone are ahead of UTC at a time. */
function offsetAt(zone: Zone, time: number): number {
  if (zone === 'UTC') return 0
  const name =
    formatterOf(zone)
      .formatToParts(time)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d+):?(\d+)?/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

const formatters = new Map<Zone, Intl.DateTimeFormat>()

/** Making one takes a hundred times as long as using it. */
function formatterOf(zone: Zone): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    formatters.set(zone, formatter)
  }
  return formatter
}

/** `3 hours ago`, `in 2 days`. @param now milliseconds since 1970 */
export function relativeTime(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const)
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(seconds / size), unit)
}

const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const
