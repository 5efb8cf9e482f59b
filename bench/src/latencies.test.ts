import { expect, test } from 'bun:test'
import { Latencies } from './latencies'

test('percentiles are nearest ranks, however many values there are', () => {
  const latencies = new Latencies()
  expect(latencies.summary()).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 })
  for (let n = 200_000; n >= 1; n--) latencies.add(n)
  expect(latencies.summary()).toEqual({ count: 200_000, p50: 100_000, p95: 190_000, p99: 198_000, max: 200_000 })
})
