import { expect, test } from 'bun:test'
import { Pending } from './pending'

const changed = (key: string, from: number, seq = from) => Pending.ofDocument(key, { from, seq })

test('G2 groups that were told the same have the same', () => {
  const [a, b] = [changed('a', 1), changed('b', 2)]
  const both = a.with(b)
  expect(both).toMatchObject({ keys: ['a', 'b'], from: 1, seq: 2 })
  expect(a.with(b)).toBe(both)
  expect(both.with(b)).toBe(both)
  expect(a.with(a)).toBe(a)
})

test('G4 from the first change to the last', () => {
  const [first, later, gone] = [changed('a', 1), changed('a', 3, 4), changed('b', 5)]
  expect(first.with(later).with(gone)).toMatchObject({ keys: ['a', 'b'], from: 1, seq: 5 })
})
