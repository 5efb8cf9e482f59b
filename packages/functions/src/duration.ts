import type { Duration } from './queue-types'

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** @returns milliseconds. @throws TypeError */
export function durationMs(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? []
  const ms = typeof duration === 'number' ? duration : Number(amount) * UNITS[unit as keyof typeof UNITS]
  if (Number.isFinite(ms) && ms >= 0) return Math.round(ms)
  throw new TypeError(`a duration is milliseconds, or a text like 30s, 10m or 24h, not ${JSON.stringify(duration)}`)
}
