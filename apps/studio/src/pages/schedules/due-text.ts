const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** `in 3 h`, `12 min ago`: how far away an instant is, in the largest unit that has two of it. */
export function dueText(at: string, now: number): string {
  const distance = Date.parse(at) - now
  const [size, unit] = UNITS.find(([size]) => Math.abs(distance) >= 2 * size) ?? [1_000, 's']
  const count = Math.floor(Math.abs(distance) / size)
  if (count === 0) return 'now'
  return distance > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`
}

/** `Tue 1 Dec, 08:00 in Europe/Berlin`: as the wall there shows it. */
export function wallText(at: string, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: timezone, weekday: 'short', day: 'numeric', month: 'short' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(new Date(at))
  const part = (name: string) => parts.find(({ type }) => type === name)?.value ?? ''
  return `${part('weekday')} ${part('day')} ${part('month')}, ${part('hour')}:${part('minute')} in ${timezone}`
}
