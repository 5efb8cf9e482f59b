import { describe, expect, test } from 'bun:test'
import type { CollectionInfo, FieldInfo } from '../fields/field'
import { columnsText, parseColumns } from './columns/columns-text'
import { readDataSearch, sortOf, sortText } from './data-search'
import { conditionText, parseCondition } from './filters/condition'
import { askFor, askForText } from './filters/condition-filter'
import { fieldAt } from './filters/field-at'
import { listRequest, pageAddress } from './source/list-request'

function field(name: string, more: Partial<FieldInfo> = {}): FieldInfo {
  return {
    ...{ name, type: 'string', description: null, primary: false, nullable: true, unique: false, indexed: false },
    ...{
      internal: false,
      enum: null,
      default: null,
      updates: false,
      references: null,
      min_length: null,
      max_length: null,
    },
    ...{ min: null, max: null, format: null, pattern: null, json_schema: null, rules: { read: null, write: null } },
    ...more,
  }
}

function collection(name: string, fields: readonly FieldInfo[], label: string | null): CollectionInfo {
  return {
    ...{ name, table: name, description: null, key: 'id', label, audited: false, adopted: false, fields, indexes: [] },
    ...{ rules: { create: null, read: null, update: null, delete: null }, policies: [], documents: null },
  }
}

const to = (name: string) => ({ collection: name, field: 'id', on_delete: 'restrict' as const })
const AUTHORS = collection('authors', [field('id', { type: 'uuid', primary: true }), field('name')], 'name')
const BOOKS = collection(
  'books',
  [
    field('id', { type: 'int', primary: true }),
    field('title'),
    field('price', { type: 'float' }),
    field('author_id', { type: 'uuid', references: to('authors') }),
    field('meta', { type: 'json' }),
    field('secret', { internal: true }),
  ],
  'title',
)
const ALL = [AUTHORS, BOOKS]
const fieldOf = (path: string) => fieldAt(path, BOOKS, ALL) ?? undefined

describe('conditions in the address', () => {
  test.each(['country:is:DE', '-price:gte:12.5', 'title:contains:a:b -c', 'author.name:starts:Ü', 'title:unset'])(
    '%s comes back',
    (text) => {
      const condition = parseCondition(text)
      expect(condition && conditionText(condition)).toBe(text)
    },
  )

  test.each(['', 'title', 'title:looks:x', ':is:x', 'title:constructor:x'])('%j is none', (text) => {
    expect(parseCondition(text)).toBeNull()
  })

  test('what is no such value is left out, and numbers are read as texts', () => {
    expect(
      readDataSearch({ filter: ['a:is:1', 'nonsense', 3], q: 42, sort: true, cols: {}, as: 'root', where: '', doc: 7 }),
    ).toEqual({
      filter: ['a:is:1'],
      q: '42',
      sort: 'true',
      doc: '7',
    })
    expect(readDataSearch({ filter: 'a:is:1', as: 'user:9' })).toEqual({ filter: ['a:is:1'], as: 'user:9' })
  })

  test('an order comes back', () => {
    expect(sortOf({ sort: '-price,title' })).toEqual([
      { column: 'price', isDescending: true },
      { column: 'title', isDescending: false },
    ])
    expect(sortText(sortOf({ sort: '-price,title' }))).toBe('-price,title')
    expect(sortOf({ sort: ',-' })).toEqual([])
  })
})

describe('what the API is asked for', () => {
  const asked = (...texts: readonly string[]) =>
    askFor(
      texts.flatMap((text) => parseCondition(text) ?? []),
      fieldOf,
    )

  test('values have the type of the field', () => {
    expect(
      asked('price:gte:12.5', 'title:is:12.5', 'meta.plan:is:pro', 'meta.seats:gt:3', 'title:unset', 'id:in:1, 2')
        .filters,
    ).toEqual([
      { price: { $gte: 12.5 } },
      { title: { $eq: '12.5' } },
      { 'meta.plan': { $eq: 'pro' } },
      { 'meta.seats': { $gt: 3 } },
      { title: { $eq: null } },
      { id: { $in: [1, 2] } },
    ])
  })

  test('what is switched off does not count', () => {
    expect(asked('-title:is:x')).toEqual({ filters: [], expressions: [], values: [] })
  })

  test('wildcards in a value are characters like others', () => {
    expect(asked('title:contains:new').filters).toEqual([{ title: { $like: '%new%' } }])
    expect(asked('title:contains:100%_A')).toEqual({
      filters: [],
      expressions: ['(doc.title.lowerAscii().contains($1))'],
      values: ['100%_a'],
    })
    expect(askForText(['title', 'name'], null, '50%')).toEqual({
      filters: [],
      expressions: ['(doc.title.lowerAscii().contains($1) || doc.name.lowerAscii().contains($1))'],
      values: ['50%'],
    })
  })

  test('a page has the columns that are shown, and the labels of their references, in one request', () => {
    const request = listRequest(BOOKS, ALL, { search: {}, columns: ['title', 'author_id'] })
    const address = new URL(
      pageAddress(request, { cursor: 'c', offset: 0, limit: 200, detail: 'preview' }),
      'http://example.com',
    )
    expect(Object.fromEntries(address.searchParams)).toEqual({
      preview: 'true',
      fields: 'id,title,author_id,author.id,author.name',
      expand: 'author',
      limit: '200',
      cursor: 'c',
    })
  })

  test('as somebody else neither fields nor labels are asked for: what they may not read is an error, and no null', () => {
    const request = listRequest(BOOKS, ALL, { search: { as: 'anonymous' }, columns: ['author_id'] })
    expect(Object.fromEntries(request.shown)).toEqual({ preview: 'true' })
    expect(request.whole).toEqual([])
  })

  test('a field that is gone is no condition and no order; a path leads along references and into json', () => {
    const { asked: parameters } = listRequest(BOOKS, ALL, {
      search: { filter: ['gone:is:1', 'title:is:x'], sort: '-gone,title' },
      columns: ['title'],
    })
    expect(parameters).toEqual([
      ['filter', '{"title":{"$eq":"x"}}'],
      ['sort', 'title'],
    ])
    expect([
      fieldAt('gone', BOOKS, ALL),
      fieldAt('secret', BOOKS, ALL),
      fieldAt('author.gone', BOOKS, ALL),
      fieldAt('meta.a.b', BOOKS, ALL),
    ]).toEqual([null, null, null, undefined])
    expect(fieldAt('author.name', BOOKS, ALL)?.name).toBe('name')
  })

  test('values of several expressions are counted on', () => {
    const request = listRequest(BOOKS, ALL, {
      search: { where: 'doc.price > 1', filter: ['title:contains:a_'], q: 'b%' },
      columns: ['title'],
    })
    expect(request.asked).toEqual([
      ['where', '(doc.price > 1) && (doc.title.lowerAscii().contains($1)) && (doc.title.lowerAscii().contains($2))'],
      ['params', '["a_","b%"]'],
    ])
  })
})

describe('columns in the address', () => {
  const IDS = ['id', 'title', 'price', 'meta']

  test('say order, pins, widths and what is hidden', () => {
    const layout = { order: ['price', 'id'], hidden: ['meta'], pinned: ['title'], widths: { price: 90 } }
    expect(columnsText(layout, IDS)).toBe('title!,price~90,id')
    expect(columnsText(parseColumns('title!,price~90,id', IDS), IDS)).toBe('title!,price~90,id')
    expect(parseColumns('title!,price~90,id', IDS)).toEqual({
      order: ['title', 'price', 'id'],
      pinned: ['title'],
      widths: { price: 90 },
      hidden: ['meta'],
    })
  })

  test('are not said where they are as in the schema, and no column at all is no layout', () => {
    expect(columnsText({ order: [], hidden: [], pinned: [], widths: {} }, IDS)).toBeUndefined()
    expect(parseColumns('gone,!,~5', IDS).hidden).toEqual([])
  })
})
