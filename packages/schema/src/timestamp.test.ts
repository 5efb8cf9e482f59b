import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseTimestamp } from './timestamp'

const good: readonly (readonly [string, string])[] = [
  ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00.1239999Z', '2026-01-31T12:00:00.123Z'],
  ['2026-01-31T12:00:00.5', '2026-01-31T12:00:00.500Z'],
  ['2026-01-31t12:00z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31 12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
  ['2026-01-01T00:30:00+0100', '2025-12-31T23:30:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.000Z'],
]
for (const [text, stored] of good) test(`${text} is ${stored}`, () => expect(parseTimestamp(text)).toBe(stored))

const bad = [
  ...['', 'now', '2026', '2026-02-30', '2026-13-01', '2026-00-10', '2023-02-29T00:00:00Z', '2026-01-31T24:00:00Z'],
  ...['2026-01-31T23:59:60Z', '2026-01-31T12:00:00+24:00', '2026-1-31', '10000-01-01', '0000-01-01T00:00:00+01:00'],
  ...['2026-01-31T12:00:00.Z', '2026-01-31T12', '2026-01-31Z', ' 2026-01-31', '2026-01-31T12:00:00Z\n'],
]
for (const text of bad) test(`${JSON.stringify(text)} is none`, () => expect(parseTimestamp(text)).toBeNull())

test('every point in time is itself', () => {
  const date = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  fc.assert(fc.property(date, (time) => parseTimestamp(time.toISOString()) === time.toISOString()))
})
