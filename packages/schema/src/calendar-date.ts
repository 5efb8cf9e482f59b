import { daysIn } from './timestamp'

/** Whether a text is a real day of the calendar, from 0001-01-01 to 9999-12-31: the stored form of a date. Such texts sort as the days do. */
export function isCalendarDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? []
  if (!year || !month || !day || month > 12) return false
  return day <= daysIn(year, month)
}
