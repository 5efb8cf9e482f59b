import { describe, expect, test } from 'bun:test'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import { conflictsOf, readChanges } from './document-changes'
import { mergeTexts, mergeValues } from './merge-values'

function field(name: string, change: Partial<FieldInfo> = {}): FieldInfo {
  return {
    ...{ name, type: 'string', description: null, primary: false, nullable: true, unique: false, indexed: false },
    ...{ internal: false, enum: null, default: null, updates: false, references: null, min_length: null },
    ...{ max_length: null, min: null, max: null, format: null, pattern: null, json_schema: null },
    rules: { read: null, write: null },
    ...change,
  }
}

const BOOKS: CollectionInfo = {
  ...{ name: 'books', table: 'books', description: null, key: 'id', label: 'title', audited: false, adopted: false },
  fields: [
    field('title', { nullable: false }),
    field('pages', { type: 'int', min: 1 }),
    field('meta', { type: 'json' }),
  ],
  ...{ indexes: [], policies: [], documents: null },
  rules: { create: null, read: null, update: null, delete: null },
}
const text = (typed: string) => ({ kind: 'text', text: typed }) as const
const UTC = { zone: 'UTC' }

describe('what is written', () => {
  test('only what differs from the document, however often it was touched', () => {
    const base = { title: 'a', pages: 3, meta: { a: 1, b: 2 } }
    const changes = { title: text('b'), pages: text('3'), meta: text('{"b":2,"a":1}') }
    expect(readChanges(BOOKS, { changes, base }, UTC)).toEqual({
      values: { title: 'b' },
      problems: {},
      changed: ['title'],
    })
  })

  test('of a new document only what was touched: the default is not sent, null and no characters are', () => {
    const changes = { title: text(''), pages: { kind: 'null' }, meta: { kind: 'default' } } as const
    expect(readChanges(BOOKS, { changes, base: null }, UTC).values).toEqual({ title: '', pages: null })
  })

  test('what cannot be read, or is not allowed, is a change that says why', () => {
    const { values, problems, changed } = readChanges(
      BOOKS,
      { changes: { title: { kind: 'null' }, pages: text('0') }, base: { title: 'a', pages: 3 } },
      UTC,
    )
    expect(values).toEqual({ pages: 0 })
    expect(problems).toMatchObject({ title: { message: 'A value is needed' }, pages: { message: 'At least 1' } })
    expect(changed).toEqual(['title', 'pages'])
  })
})

describe('two editors', () => {
  test('conflict only where both changed the same field to different values', () => {
    const base = { title: 'a', pages: 1, meta: null }
    const theirs = { title: 'b', pages: 2, meta: null }
    expect(conflictsOf({ title: 'c', meta: {} }, base, theirs)).toEqual([
      { field: 'title', base: 'a', mine: 'c', theirs: 'b' },
    ])
    expect(conflictsOf({ title: 'b' }, base, theirs)).toEqual([])
    expect(conflictsOf({ meta: { x: 1 } }, base, theirs)).toEqual([])
  })

  test('texts: lines of both, and neither lost where they meet', () => {
    const base = 'one\ntwo\nthree'
    expect(mergeTexts({ base, mine: 'ONE\ntwo\nthree', theirs: 'one\ntwo\nTHREE' })).toBe('ONE\ntwo\nTHREE')
    expect(mergeTexts({ base, mine: 'one\ntwo\nthree\nfour', theirs: 'zero\none\ntwo\nthree' })).toBe(
      'zero\none\ntwo\nthree\nfour',
    )
    expect(mergeTexts({ base, mine: 'one\nmine\nthree', theirs: 'one\ntheirs\nthree' })).toBe(
      'one\ntheirs\nmine\nthree',
    )
    expect(mergeTexts({ base: 'x', mine: 'mine', theirs: 'theirs' })).toBe('theirs\nmine')
  })

  test('objects: names of both; what cannot be two is not merged', () => {
    const base = { a: 1, b: { c: 1 }, gone: 1 }
    expect(mergeValues({ base, mine: { a: 2, b: { c: 1 }, gone: 1 }, theirs: { a: 1, b: { c: 1, d: 2 } } })).toEqual({
      a: 2,
      b: { c: 1, d: 2 },
    })
    expect(mergeValues({ base, mine: { ...base, a: 2 }, theirs: { ...base, a: 3 } })).toBeUndefined()
    expect(mergeValues({ base: 1, mine: 2, theirs: 3 })).toBeUndefined()
  })
})
