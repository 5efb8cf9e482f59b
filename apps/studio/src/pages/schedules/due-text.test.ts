import { expect, test } from 'bun:test'
import { dueText, wallText } from './due-text'

const NOW = Date.parse('2026-03-29T00:30:00Z')

test.each([
  ['2026-03-29T00:30:00Z', 'now'],
  ['2026-03-29T00:30:45Z', 'in 45 s'],
  ['2026-03-29T00:31:30Z', 'in 90 s'],
  ['2026-03-29T00:42:59Z', 'in 12 min'],
  ['2026-03-29T03:30:00Z', 'in 3 h'],
  ['2026-04-05T00:30:00Z', 'in 7 d'],
  ['2026-03-28T22:00:00Z', '2 h ago'],
])('%s is %s', (at, text) => {
  expect(dueText(at, NOW)).toBe(text)
})

test('the wall is that of the zone, also where clocks are put forward', () => {
  expect(wallText('2026-03-29T01:30:00Z', 'Europe/Berlin')).toBe('Sun 29 Mar, 03:30 in Europe/Berlin')
  expect(wallText('2026-03-29T00:30:00Z', 'Europe/Berlin')).toBe('Sun 29 Mar, 01:30 in Europe/Berlin')
})
