import { expect, test } from 'bun:test'
import { changeText, nameToType } from './change-text'

const none = { inserted: 0, updated: 0, deleted: 0, cascaded: 0 }

test('says what a write would do, and what cascades', () => {
  const all = [
    { ...none, collection: 'lines', deleted: 12_004, cascaded: 12_004 },
    { ...none, collection: 'orders', deleted: 100_000 },
  ]
  expect(changeText(all, 'would')).toBe('would delete 100,000 orders, delete 12,004 lines (all cascade)')
  expect(nameToType(all)).toBe('orders')
  expect(changeText([{ ...none, collection: 'a', updated: 2, inserted: 1 }], 'has')).toBe('added 1 a, changed 2 a')
  expect(nameToType([{ ...none, collection: 'a', deleted: 12 }])).toBeNull()
  expect(changeText([], 'would')).toBe('would change nothing')
})
