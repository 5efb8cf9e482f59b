import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { diffLines } from './diff-lines'
import { planSummary } from './plan-summary'

test('what differs, with its neighbours', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].join('\n')
  expect(diffLines(before, before)).toEqual([])
  expect(diffLines(before, before.replace('e', 'E')).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'same b',
    'same c',
    'same d',
    'removed e',
    'added E',
    'same f',
    'same g',
    'same h',
    'gap ⋯',
  ])
})

test('what is added and what stays is the new text, what is removed and what stays the old one', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after)
      if (before === after || lines.some(({ kind }) => kind === 'gap')) return
      const of = (kind: string) => lines.filter((line) => line.kind === kind || line.kind === 'same')
      const [old, now] = [of('removed'), of('added')].map((found) => found.map((line) => line.text).join('\n'))
      expect(before).toContain(old ?? '?')
      expect(after).toContain(now ?? '?')
    }),
  )
})

test('a plan in a sentence', () => {
  const step = { risk: 'none', field: null, concerned: 0 }
  expect(
    planSummary([
      { ...step, change: '+ authors', collection: 'authors' },
      { ...step, change: '+ books', collection: 'books' },
    ]),
  ).toBe('Creates 2 tables, 0 documents concerned.')
  expect(
    planSummary([
      { ...step, change: '+ posts.city', collection: 'posts', field: 'city' },
      { ...step, change: '- posts', collection: 'posts', risk: 'loses_data', concerned: 3140 },
    ]),
  ).toBe('Adds 1 field, drops 1 collection, 3,140 documents concerned.')
})
