import { isCalendarDate } from '@koyalite/schema'
import { CelDate, CelDuration, CelTimestamp, FAILED, type Failed } from '../memory/cel-value'

const NANOS_PER_MS = 1_000_000n
const NANOS_PER_SECOND = 1_000_000_000n
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z. */
const MIN_TIMESTAMP = -62135596800n * NANOS_PER_SECOND
const MAX_TIMESTAMP = 253402300800n * NANOS_PER_SECOND - 1n
/** As many nanoseconds as 64 bits hold, about 292 years. */
const MAX_DURATION = 2n ** 63n - 1n

/** Numbers of many digits cost the square of their length, and no duration needs them. */
const MAX_DURATION_TEXT = 200

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** RFC 3339 text → timestamp; fails for other text and for dates that do not exist. */
export function parseTimestamp(text: string): CelTimestamp | Failed {
  const match = RFC3339.exec(text)
  if (match === null) return FAILED
  const part = (index: number): number => Number(match[index] ?? 0)
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)]
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return FAILED
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return FAILED
  const offset = (part(9) * 60 + part(10)) * (match[8] === '-' ? -60 : 60)
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset
  return timestampOf(BigInt(seconds) * NANOS_PER_SECOND + BigInt((match[7] ?? '').padEnd(9, '0')))
}

/** A timestamp, or a failure outside of the years 1 to 9999. */
export function timestampOf(nanos: bigint): CelTimestamp | Failed {
  return nanos < MIN_TIMESTAMP || nanos > MAX_TIMESTAMP ? FAILED : new CelTimestamp(nanos)
}

/** A duration, or a failure beyond 292 years. */
export function durationOf(nanos: bigint): CelDuration | Failed {
  return nanos < -MAX_DURATION || nanos > MAX_DURATION ? FAILED : new CelDuration(nanos)
}

/** As every timestamp of a document is stored; another program may have stored another form, of which no order is known. */
const STORED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The timestamp of a document, in its stored form; years outside of 1 to 9999 too. */
export function storedTimestamp(text: string): CelTimestamp | Failed {
  const ms = STORED.test(text) ? Date.parse(text) : Number.NaN
  // For the parser, February 31 is in March.
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString() === text
  return isReal ? new CelTimestamp(BigInt(ms) * NANOS_PER_MS) : FAILED
}

/** Text of the form `2026-01-31` → date; fails for other text and for days that do not exist. */
export function parseDate(text: string): CelDate | Failed {
  return isCalendarDate(text) ? new CelDate(text) : FAILED
}

/** The day of a timestamp in UTC; fails outside of the years 1 to 9999. */
export function dateOf(timestamp: CelTimestamp): CelDate | Failed {
  return parseDate(new Date(toMilliseconds(timestamp).ms).toISOString().slice(0, 10))
}

/** The midnight in UTC with which a day begins. */
export function midnightOf({ text }: CelDate): CelTimestamp {
  return new CelTimestamp(BigInt(Date.parse(text)) * NANOS_PER_MS)
}

const MS_PER_DAY = 86_400_000
/** More than there are between the first day and the last. */
const MAX_DAYS = 4_000_000n

/** The day that many days later; fails outside of the calendar. */
export function addDays({ text }: CelDate, days: bigint): CelDate | Failed {
  if (days < -MAX_DAYS || days > MAX_DAYS) return FAILED
  return parseDate(new Date(Date.parse(text) + Number(days) * MS_PER_DAY).toISOString().slice(0, 10))
}

/** How many days later `to` is. */
export function daysBetween(from: CelDate, to: CelDate): bigint {
  return BigInt((Date.parse(to.text) - Date.parse(from.text)) / MS_PER_DAY)
}

/** Milliseconds since 1970, rounded towards the past, and whether something was cut off. */
export function toMilliseconds(timestamp: CelTimestamp): { readonly ms: number; readonly exact: boolean } {
  let ms = timestamp.nanos / NANOS_PER_MS
  const exact = ms * NANOS_PER_MS === timestamp.nanos
  if (!exact && timestamp.nanos < 0n) ms -= 1n
  return { ms: Number(ms), exact }
}

/** Text with as many digits of the second's fraction as are needed. */
export function formatTimestamp(timestamp: CelTimestamp): string {
  const { ms } = toMilliseconds(timestamp)
  const whole = new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)
  return `${whole}${formatFraction(modulo(timestamp.nanos, NANOS_PER_SECOND))}Z`
}

/** Seconds with an `s` behind them. */
export function formatDuration(duration: CelDuration): string {
  const absolute = duration.nanos < 0n ? -duration.nanos : duration.nanos
  const sign = duration.nanos < 0n ? '-' : ''
  return `${sign}${absolute / NANOS_PER_SECOND}${formatFraction(absolute % NANOS_PER_SECOND)}s`
}

function formatFraction(nanos: bigint): string {
  return nanos === 0n ? '' : `.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}`
}

function modulo(a: bigint, b: bigint): bigint {
  const rest = a % b
  return rest < 0n ? rest + b : rest
}

const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  h: 3600n * NANOS_PER_SECOND,
  m: 60n * NANOS_PER_SECOND,
  s: NANOS_PER_SECOND,
  ms: NANOS_PER_MS,
  us: 1000n,
  µs: 1000n,
  ns: 1n,
}

/** `1h30m`, `-1.5s`, `0` → duration; fails for other text. */
export function parseDuration(text: string): CelDuration | Failed {
  if (text.length > MAX_DURATION_TEXT) return FAILED
  const match = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text)
  if (match === null) return text === '0' || text === '-0' || text === '+0' ? new CelDuration(0n) : FAILED
  let nanos = 0n
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|ms|s|m|h)/g)) {
    const size = UNIT_NANOS[unit] ?? 0n
    nanos += BigInt(whole || '0') * size
    // Digits beyond a nanosecond of an hour carry nothing.
    const digits = fraction.slice(0, 16)
    nanos += (BigInt(digits || '0') * size) / 10n ** BigInt(digits.length)
  }
  return durationOf(match[1] === '-' ? -nanos : nanos)
}

export type TimeField =
  | 'getFullYear'
  | 'getMonth'
  | 'getDate'
  | 'getDayOfMonth'
  | 'getDayOfWeek'
  | 'getDayOfYear'
  | 'getHours'
  | 'getMinutes'
  | 'getSeconds'
  | 'getMilliseconds'

/** A part of a timestamp, in UTC or in a zone (`Europe/Paris`, `+02:00`). Months, days of a year and of `getDayOfMonth` count from 0. */
export function timestampField(timestamp: CelTimestamp, field: TimeField, zone = 'UTC'): bigint | Failed {
  const { ms } = toMilliseconds(timestamp)
  const offset = zoneOffset(ms, zone)
  if (offset === FAILED) return FAILED
  const local = new Date(ms + offset)
  switch (field) {
    case 'getFullYear':
      return BigInt(local.getUTCFullYear())
    case 'getMonth':
      return BigInt(local.getUTCMonth())
    case 'getDate':
      return BigInt(local.getUTCDate())
    case 'getDayOfMonth':
      return BigInt(local.getUTCDate() - 1)
    case 'getDayOfWeek':
      return BigInt(local.getUTCDay())
    case 'getDayOfYear': {
      const newYear = new Date(local)
      newYear.setUTCMonth(0, 1)
      return BigInt(Math.round((local.getTime() - newYear.getTime()) / 86_400_000))
    }
    case 'getHours':
      return BigInt(local.getUTCHours())
    case 'getMinutes':
      return BigInt(local.getUTCMinutes())
    case 'getSeconds':
      return BigInt(local.getUTCSeconds())
    case 'getMilliseconds':
      return BigInt(local.getUTCMilliseconds())
  }
}

/** The whole of a duration in hours, minutes or seconds; its milliseconds within the second. */
export function durationField(duration: CelDuration, field: TimeField): bigint | Failed {
  switch (field) {
    case 'getHours':
      return duration.nanos / (3600n * NANOS_PER_SECOND)
    case 'getMinutes':
      return duration.nanos / (60n * NANOS_PER_SECOND)
    case 'getSeconds':
      return duration.nanos / NANOS_PER_SECOND
    case 'getMilliseconds':
      return (duration.nanos / NANOS_PER_MS) % 1000n
    default:
      return FAILED
  }
}

/** Milliseconds that a zone is ahead of UTC at a time. */
export function zoneOffset(ms: number, zone: string): number | Failed {
  if (zone === 'UTC' || zone === 'Z' || zone === '') return 0
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3])
    return (fixed[1] === '-' ? -minutes : minutes) * 60_000
  }
  const format = zoneFormat(zone)
  if (format === null) return FAILED
  const parts = new Map(format.formatToParts(ms).map((part) => [part.type, Number(part.value)]))
  const local = new Date(0)
  local.setUTCFullYear(parts.get('year') ?? 0, (parts.get('month') ?? 1) - 1, parts.get('day') ?? 1)
  local.setUTCHours(parts.get('hour') ?? 0, parts.get('minute') ?? 0, parts.get('second') ?? 0)
  return local.getTime() - Math.floor(ms / 1000) * 1000
}

const zoneFormats = new Map<string, Intl.DateTimeFormat | null>()

function zoneFormat(zone: string): Intl.DateTimeFormat | null {
  const known = zoneFormats.get(zone)
  if (known !== undefined) return known
  // Names come from expressions and documents: the cache must not grow with them.
  if (zoneFormats.size > 500) zoneFormats.clear()
  const format = createZoneFormat(zone)
  zoneFormats.set(zone, format)
  return format
}

function createZoneFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return null
  }
}
