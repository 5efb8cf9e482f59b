const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,30}))?)?([Zz]|[+-]\d{2}:?\d{2})?)?$/

/**
 * The stored form `YYYY-MM-DDTHH:mm:ss.sssZ` of a point in time, or null if the text is not a timestamp.
 *
 * Takes ISO 8601 with `T` or a space, seconds and fraction optional (cut to milliseconds, never rounded up), an offset (converted)
 * or none (then it is UTC). A date alone is its midnight in UTC, since that is what people write into seeds and CSV files.
 * Impossible dates, hour 24, leap seconds and years outside 0000–9999 are refused.
 */
export function parseTimestamp(text: string): string | null {
  const parts = TIMESTAMP.exec(text)
  if (!parts) return null
  const number = (group: number) => Number(parts[group] ?? 0)
  const [year, month, day] = [number(1), number(2), number(3)]
  const [hour, minute, second] = [number(4), number(5), number(6)]
  const millisecond = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'))
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const offset = offsetMinutes(parts[8])
  if (offset === null) return null
  const date = new Date(0)
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute - offset, second, millisecond)
  const utcYear = date.getUTCFullYear()
  return utcYear < 0 || utcYear > 9999 ? null : date.toISOString()
}

function offsetMinutes(text: string | undefined): number | null {
  if (text === undefined || text === 'Z' || text === 'z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(-2))
  if (hours > 23 || minutes > 59) return null
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** How many days a month of the Gregorian calendar has; months count from 1. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
