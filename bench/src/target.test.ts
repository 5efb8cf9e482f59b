import { expect, test } from 'bun:test'
import type { Cell } from './scenario'
import { figureBound, judge, timesAsFast } from './target'

const cell = (peer: string, repetition: number, rate: number): Cell => ({
  cell: 'reads',
  peer,
  repetition,
  result: { measured: { 'per second': rate }, failures: {} },
})

test('a ratio is the median of those within a repetition, and meets its target or misses it', () => {
  // The machine is half as fast in the second repetition, and much slower while the peer has its turn in the third.
  const cells = [
    cell('koyalite', 0, 800),
    cell('floor', 0, 1_000),
    cell('koyalite', 1, 400),
    cell('floor', 1, 500),
    cell('koyalite', 2, 800),
    cell('floor', 2, 100),
  ]
  expect(judge(timesAsFast('reads', { peer: 'floor', atLeast: 0.8 }), cells)).toMatchObject({ value: 0.8, mark: 'met' })
  expect(judge(timesAsFast('reads', { peer: 'floor', atLeast: 0.9 }), cells).mark).toBe('missed')
  expect(judge(figureBound('reads', 'per second', { below: 800 }), cells)).toMatchObject({ value: 800, mark: 'missed' })
})

test('what was not measured meets nothing', () => {
  expect(judge(timesAsFast('reads', { peer: 'pocketbase', atLeast: 8 }), [cell('koyalite', 0, 800)])).toMatchObject({
    value: undefined,
    mark: 'not measured',
  })
})
