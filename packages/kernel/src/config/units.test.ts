import { expect, test } from 'bun:test'
import { formatDuration, formatRate, parseDuration, parseRate, parseSize } from './units'

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1.5s', 1500],
  ['0s', 0],
  ['1.1s', 1100],
  ['0.001s', 1],
  ['0.4ms', null],
  ['1.0000000000000001s', null],
  ['15', null],
  ['15 m', null],
  ['-1s', null],
  ['1w', null],
  ['', null],
  ['99999999999999999d', null],
])('duration %j', (text, expected) => {
  expect(parseDuration(text)).toBe(expected)
})

test.each([
  ['512kb', 524_288],
  ['10MB', 10_485_760],
  ['1gb', 1_073_741_824],
  ['7b', 7],
  ['1.5kb', 1536],
  ['1.5b', null],
  ['1', null],
  ['1tb', null],
  ['kb', null],
])('size %j', (text, expected) => {
  expect(parseSize(text)).toBe(expected)
})

test.each([
  ['5/minute', { count: 5, per: 60_000 }],
  ['1000/second', { count: 1000, per: 1000 }],
  ['3/hour', { count: 3, per: 3_600_000 }],
  ['5/fortnight', null],
  ['/minute', null],
  ['5 / minute', null],
])('rate %j', (text, expected) => {
  expect(parseRate(text)).toEqual(expected)
})

test.each([
  ['0s', 0],
  ['500ms', 500],
  ['1500ms', 1500],
  ['90s', 90_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
])('a duration is written as %j', (text, ms) => {
  expect([formatDuration(ms), parseDuration(text)]).toEqual([text, ms])
})

test.each(['5/minute', '1000/second', '3/hour', '1/day'])('a rate is written as %j', (text) => {
  const rate = parseRate(text)
  expect(rate && formatRate(rate)).toBe(text)
})

test('a rate of another time', () => {
  expect(formatRate({ count: 5, per: 10_000 })).toBe('5/10s')
})
