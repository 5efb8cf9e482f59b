import { expect, test } from 'bun:test'
import { LatencyCounts, mergeLatencies, NO_LATENCIES, percentile } from './latency-counts'

/** As they are in practice: many short ones, a long tail. From a fixed seed. */
function times(count: number, seed: number): readonly number[] {
  let state = seed
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  return Array.from({ length: count }, () => 0.2 * Math.exp(7 * random() ** 3))
}

function exact(all: readonly number[], share: number): number {
  return all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(all.length * share)) - 1] as number
}

function counted(all: readonly number[]) {
  const counts = new LatencyCounts()
  for (const ms of all) counts.add(ms)
  return counts
}

test.each([1, 2, 10, 1_000, 50_000])('percentiles of %p times are right within 5 %%', (count) => {
  const all = times(count, 7)
  const found = counted(all).read()
  for (const share of [0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1]) {
    const ratio = (percentile(found, share) as number) / exact(all, share)
    expect(ratio).toBeGreaterThan(0.95)
    expect(ratio).toBeLessThan(1.05)
  }
  expect(found.count).toBe(count)
  expect(found.maxMs).toBe(Math.max(...all))
})

test('those of several processes together are those of all their times', () => {
  const parts = [times(900, 1), times(90, 2).map((ms) => ms * 40), times(1, 3)]
  expect(mergeLatencies(parts.map((part) => counted(part).read()))).toEqual({
    ...counted(parts.flat()).read(),
    totalMs: expect.closeTo(counted(parts.flat()).totalMs, 6),
  })
})

test('of nothing there is no percentile, and what was taken is counted no more', () => {
  expect(percentile(NO_LATENCIES, 0.5)).toBeNull()
  expect(mergeLatencies([])).toEqual(NO_LATENCIES)
  const counts = counted([1, 2])
  expect(counts.take().count).toBe(2)
  expect(counts.read()).toEqual(NO_LATENCIES)
})

test.each([0, -1, Number.NaN, 1e-9, 1e12, Number.POSITIVE_INFINITY])('%p falls into a class', (ms) => {
  const { classes } = counted([ms]).read()
  expect(classes).toHaveLength(2)
})

test('a row of them is small, however many there were', () => {
  expect(counted(times(200_000, 5)).read().classes.length).toBeLessThanOrEqual(2 * 190)
})
