import { expect, test } from 'bun:test'
import { durationText, numberText, sizeText } from './quantities'

test.each([
  [0, '0 ms'],
  [0.004, '< 0.01 ms'],
  [0.42, '0.42 ms'],
  [9.96, '10 ms'],
  [84.4, '84 ms'],
  [1_284, '1.28 s'],
  [150_000, '2.5 min'],
  [11_520_000, '3.2 h'],
  [345_600_000, '4 d'],
])('%p milliseconds are %p', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 KB'],
  [12_400_000, '12.4 MB'],
  [999_950_000, '1 GB'],
  [3_100_000_000_000_000, '3100 TB'],
])('%p bytes are %p', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

test.each([
  [0.25, '0.25'],
  [3_140, '3,140'],
  [1_230_000, '1.2M'],
])('the number %p is %p', (value, text) => {
  expect(numberText(value)).toBe(text)
})
