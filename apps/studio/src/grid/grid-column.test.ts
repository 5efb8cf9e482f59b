import { expect, test } from 'bun:test'
import { columnsBetween } from './column-window'
import { reordered, toggledSort } from './grid-column'
import { memorySource } from './memory-source'

test('a click sorts up, down, and not at all; with Shift behind what is sorted by', () => {
  const up = toggledSort([], 'name', false)
  expect(up).toEqual([{ column: 'name', isDescending: false }])
  const down = toggledSort(up, 'name', false)
  expect(down).toEqual([{ column: 'name', isDescending: true }])
  expect(toggledSort(down, 'name', false)).toEqual([])
  expect(toggledSort(down, 'size', false)).toEqual([{ column: 'size', isDescending: false }])
  const both = toggledSort(down, 'size', true)
  expect(both.map(({ column }) => column)).toEqual(['name', 'size'])
  expect(toggledSort(toggledSort(both, 'name', true), 'name', true)).toEqual([
    { column: 'size', isDescending: false },
    { column: 'name', isDescending: false },
  ])
})

test('a column takes the place of the one that it is dropped on', () => {
  expect(reordered(['a', 'b', 'c', 'd'], 'd', 'b')).toEqual(['a', 'd', 'b', 'c'])
  expect(reordered(['a', 'b', 'c', 'd'], 'a', 'c')).toEqual(['b', 'c', 'a', 'd'])
  expect(reordered(['a', 'b'], 'a', 'gone')).toEqual(['a', 'b'])
})

test('only columns that can be seen are rendered', () => {
  const spans = Array.from({ length: 500 }, (_, at) => ({ left: at * 100, width: 100 }))
  expect(columnsBetween(spans, 0, 950)).toEqual({ first: 0, last: 9 })
  expect(columnsBetween(spans, 250, 1_000)).toEqual({ first: 2, last: 9 })
  expect(columnsBetween(spans, 49_000, 60_000)).toEqual({ first: 490, last: 499 })
  expect(columnsBetween([], 0, 100)).toEqual({ first: 0, last: -1 })
})

test('rows in memory are a source like others', async () => {
  const source = memorySource([['a'], ['b'], ['c']], (_, position) => String(position))
  expect([source.count, source.isExact, source.rowAt(1)?.[0], source.keyOf(source.rowAt(2) ?? [])]).toEqual([
    3,
    true,
    'b',
    '2',
  ])
  expect(await source.read({ first: 1, last: 2 }, {})).toEqual([['b'], ['c']])
})
