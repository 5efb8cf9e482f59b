import { expect, test } from 'bun:test'
import { rangeSearch, rangeText, timeRange } from './time-range'

const NOW = Date.UTC(2026, 10, 29, 17, 5)

test('the latest range ends now', () => {
  expect(timeRange('1h', NOW)).toEqual({ from: NOW - 3_600_000, to: NOW, isLatest: true })
  expect(timeRange('7d', NOW).from).toBe(NOW - 7 * 86_400_000)
})

test('a chosen range comes back as it was written', () => {
  const text = rangeText(NOW + 400, NOW + 61_500)
  expect(text).toBe('2026-11-29T17:05Z..2026-11-29T17:06:02Z')
  expect(timeRange(text, 0)).toEqual({ from: NOW, to: NOW + 62_000, isLatest: false })
  expect(rangeSearch(text)).toBe(text)
})

test('a drag within a second is a second', () => {
  expect(rangeText(NOW, NOW)).toBe('2026-11-29T17:05Z..2026-11-29T17:05:01Z')
})

test.each([
  undefined,
  3,
  '2h',
  '',
  'toString',
  '2026-11-29T17:05Z',
  '2026-11-29T18:00Z..2026-11-29T17:00Z',
  '2026-13-29T17:05Z..2026-14-29T17:00Z',
])('%p is no range', (value) => {
  expect(rangeSearch(value)).toBeNull()
})
