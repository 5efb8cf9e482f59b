import { numberFidelity } from '@koyalite/contracts'

const DURATION_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SIZE_UNITS = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const
const RATE_UNITS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

const WRITTEN_UNITS = [
  ['h', DURATION_UNITS.h],
  ['m', DURATION_UNITS.m],
  ['s', DURATION_UNITS.s],
] as const

/** So many in so much time. */
export interface Rate {
  readonly count: number
  /** Milliseconds. */
  readonly per: number
}

/** `500ms 30s 15m 24h 7d` → milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  return whole(amount, DURATION_UNITS[unit as keyof typeof DURATION_UNITS])
}

/** A duration as it is written: `90s`, in the largest unit that has it whole, hours at most, as days are not all equally long. */
export function formatDuration(ms: number): string {
  const [unit, size] = WRITTEN_UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1]
  return ms === 0 ? '0s' : `${ms / size}${unit}`
}

/** `512kb 10mb 1gb` → bytes (1 kb = 1024 bytes); null for anything else. */
export function parseSize(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(b|kb|mb|gb)$/.exec(text.toLowerCase()) ?? []
  return whole(amount, SIZE_UNITS[unit as keyof typeof SIZE_UNITS])
}

/** `5/minute`; null for anything else. */
export function parseRate(text: string): Rate | null {
  const [, count, unit] = /^(\d+)\/(second|minute|hour|day)$/.exec(text) ?? []
  const number = whole(count, 1)
  return number === null ? null : { count: number, per: RATE_UNITS[unit as keyof typeof RATE_UNITS] }
}

/** A rate as it is written: `5/minute`. */
export function formatRate({ count, per }: Rate): string {
  const unit = Object.entries(RATE_UNITS).find(([, ms]) => ms === per)?.[0]
  return `${count}/${unit ?? formatDuration(per)}`
}

/** A number of units, if it is a whole number: 1.1s is 1100 ms, though not in binary fractions; 0.4ms is not. */
function whole(amount: string | undefined, unit: number): number | null {
  if (amount === undefined || numberFidelity(amount) !== 'exact') return null
  const value = Number(amount) * unit
  const nearest = Math.round(value)
  return Number.isSafeInteger(nearest) && Math.abs(value - nearest) <= value * Number.EPSILON * 4 ? nearest : null
}
