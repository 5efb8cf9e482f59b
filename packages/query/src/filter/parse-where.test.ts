import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import fc from 'fast-check'
import { READ_ALL, type ReadAccess } from '../access/read-access'
import { ruleScope } from '../cel/check/cel-scope'
import { checkCondition } from '../cel/check/check-cel'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture } from '../testing/open-fixture'

const ANN = '01890a5d-ac96-774b-bcce-b302099a8001'
const key = (n: number) => `0190aaaa-0000-7000-8000-00000000000${n}`

let db: Fixture
beforeAll(async () => {
  db = await openFixture(BLOG)
  await db.insert('users', { id: ANN, email: 'ann@example.com', name: 'Ann' })
  await db.insert(
    'posts',
    { id: key(1), title: 'one', author_id: ANN, views: 5, meta: { color: 'red' }, created_at: '2024-05-01T00:00:00Z' },
    { id: key(2), title: 'two', status: 'published', views: 1, created_at: '2024-05-02T00:00:00Z' },
    { id: key(3), title: 'three', views: 9, rank: 2, tags: ['a'], created_at: '2024-07-01T00:00:00Z' },
  )
})
afterAll(() => db.close())

const found = (where: string, more = {}, access: ReadAccess = READ_ALL) =>
  db
    .list('posts', { where, ...more }, access)
    .docs.map((doc) => String(doc.id).at(-1))
    .join('')

function refused(where: string, access?: ReadAccess): string {
  try {
    found(where, {}, access)
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_FILTER') return error.message
    throw error
  }
  throw new Error('it was taken')
}

test.each([
  ["doc.title == 'one'", '1'],
  ['doc.views > 1', '13'],
  ["doc.views > 1 && doc.status == 'draft'", '13'],
  ["doc.views == 1 || doc.meta.color == 'red'", '12'],
  ["doc.author.name == 'Ann'", '1'],
  ['doc.created_at < request.time', '12'],
  ['doc.rank == null', '12'],
  ['auth.id == null', '123'],
  ['false', ''],
])('%s', (where, posts) => {
  expect(found(where)).toBe(posts)
})

test('what errs is not true, nor is its negation', () => {
  expect(found("doc.author.name != 'Ann'")).toBe('')
  expect(found("!(doc.author.name == 'Ann')")).toBe('')
  expect(found('doc.rank > 1')).toBe('3')
  expect(found('!(doc.rank > 1)')).toBe('')
})

test('together with filters, sort, cursor and total', () => {
  const params = { filter: 'title:ne:three', sort: '-views', limit: '1', count: 'true' }
  const first = db.list('posts', { where: 'doc.views > 0', ...params })
  expect(first).toMatchObject({ docs: [{ title: 'one' }], total: 2 })
  expect(found('doc.views > 0', { ...params, cursor: first.nextCursor })).toBe('2')
  expect(() => found('doc.views > 1', { ...params, cursor: first.nextCursor })).toThrow('The cursor is invalid')
})

describe('refused', () => {
  test('with the place', () => {
    expect(refused('doc.titel == 1')).toBe(
      "'where' at character 5: unknown field 'titel' of posts (did you mean 'title'?).",
    )
    expect(refused('doc.title ==')).toStartWith("'where' at character")
    expect(refused('doc.title')).toContain('bool')
    expect(refused("doc.views == 'x'")).toContain("'where' at character")
    expect(refused('('.repeat(9000))).toContain("'where' at character")
    expect(refused("'; DROP TABLE posts; --")).toContain("'where' at character")
  })

  test('collections, and more of the request than its time', () => {
    expect(refused('users.exists(u, true)')).toContain('users')
    expect(refused("request.ip == ''")).toContain('ip')
  })

  test('what may not be read does not exist', () => {
    const noViews: ReadAccess = {
      ...READ_ALL,
      field: (_, field) => ({ kind: field.name === 'views' ? 'none' : 'all' }),
    }
    const never = refused('doc.qiews > 1', noViews)
    expect(refused('doc.views > 1', noViews).replace('views', 'qiews')).toBe(never)
    expect(refused("doc.secret == 's'").replaceAll('secret', 'qqqqqq')).toBe(refused("doc.qqqqqq == 's'"))
    expect(refused("doc.author.password_hint == 's'")).toContain('unknown field')
  })

  test('rows that may not be read are as absent', () => {
    const noUsers: ReadAccess = {
      ...READ_ALL,
      rows: (collection) => ({ kind: collection.name === 'users' ? 'none' : 'all' }),
    }
    expect(found("doc.author.name == 'Ann'", {}, noUsers)).toBe('')
  })
})

describe('params', () => {
  const foundWith = (where: string, ...params: unknown[]) => found(where, { params: JSON.stringify(params) })
  const refusedWith = (where: string, ...params: unknown[]) => {
    try {
      foundWith(where, ...params)
    } catch (error) {
      if (error instanceof AppError && error.code === 'INVALID_FILTER') return error.message
      throw error
    }
    throw new Error('it was taken')
  }

  test.each<[where: string, params: unknown[], posts: string]>([
    ['doc.title == $1', ['one'], '1'],
    ["$1 == doc.title || doc.views > $2 && doc.status == 'draft'", ['two', 5], '23'],
    ['doc.views == $1', [5], '1'],
    ['doc.views < $1', [5.5], '12'],
    ['doc.views + $1 == $2', [1, 10], '3'],
    ['doc.score + $1 == $2', [1, 1], '123'],
    ['doc.score * $1 == 0.0', [2], '123'],
    ['doc.author_id == $1', [ANN], '1'],
    ['doc.author_id == $1', [ANN.toUpperCase()], '1'],
    ['doc.author.id == $1', [ANN], '1'],
    ['doc.id in $1', [[key(1), key(3)]], '13'],
    ['doc.id in [$1, $2]', [key(1), key(3).toUpperCase()], '13'],
    ['doc.status in $1', [['published', 'archived']], '2'],
    ['doc.status in $1', [[]], ''],
    ['doc.created_at < $1', ['2024-05-02T00:00:00Z'], '1'],
    ['$1 <= doc.created_at', ['2024-05-02T02:00:00+02:00'], '23'],
    ['doc.created_at in $1', [['2024-05-01T00:00:00Z']], '1'],
    ['doc.created_at > timestamp($1)', ['2024-06-01T00:00:00Z'], '3'],
    ['doc.created_at + duration($1) > $2', ['24h', '2024-05-02T12:00:00Z'], '23'],
    ['date(doc.created_at) == $1', ['2024-07-01'], '3'],
    ['doc.featured == $1', [false], '123'],
    ['doc.rank == $1', [2], '3'],
    ['doc.rank == $1', [null], '12'],
    ['doc.rank != $1', [null], '3'],
    ['doc.meta.color == $1', ['red'], '1'],
    ['doc.meta == $1', [{ color: 'red' }], '1'],
    ['doc.meta[$1] == $2', ['color', 'red'], '1'],
    ['doc.tags == $1', [['a']], '3'],
    ['$1 in doc.tags', ['a'], '3'],
    ['doc.title.startsWith($1)', ['t'], '23'],
    ['doc.title.matches($1)', ['^t.o$'], '2'],
    ['size(doc.title) > $1', [3], '3'],
    ['doc.title == $1 || doc.title == $1 + $2', ['one', 'x'], '1'],
  ])('%s with %j', (where, params, posts) => {
    expect(foundWith(where, ...params)).toBe(posts)
  })

  test('a value is never a part of the expression', () => {
    for (const text of ["one' || true || '", '"', "' || doc.title != '", '$1', '$2', '\\', 'null', 'doc.title', '*/'])
      expect(foundWith('doc.title == $1', text)).toBe('')
    expect(foundWith('doc.title == $1 + $2', "'", '$1')).toBe('')
  })

  test('inside of quotes it is text', () => {
    expect(found("doc.title == '$1'", { params: '[]' })).toBe('')
    expect(found("doc.title == '$1'")).toBe('')
    expect(refusedWith("doc.title == '$1'", 'one')).toBe(
      "'where' at character 1: 'params' has a value for $1, which the expression does not name: inside of quotes it is text, write it without them.",
    )
  })

  test('a null is no question whether the caller is somebody', () => {
    expect(found('auth.id == null')).toBe('123')
    expect(foundWith('auth.id == $1', null)).toBe('')
    expect(foundWith('auth.id != $1', null)).toBe('')
    expect(foundWith('auth.id in $1', [null])).toBe('')
    expect(refusedWith('auth == $1', null)).toContain('name a part of auth')
    expect(refusedWith('doc.author == $1', null)).toContain('name one of its fields')
  })

  test.each<[where: string, params: unknown[], message: string]>([
    ['doc.title == $2', ['one'], "at character 14: there is no $2: 'params' has 1 value"],
    ['doc.title == $1', [], "there is no $1: 'params' has 0 values"],
    ['doc.title == $1', ['one', 'two'], "'params' has a value for $2, which the expression does not name."],
    ['doc.title == $10', Array(10).fill('one'), "'params' has a value for $1, which the expression does not name."],
    ['doc.title == $0', ['one'], 'unexpected character: $'],
    ['doc.title == $01', ['one'], 'unexpected character: $'],
    ['doc.title == $x', ['one'], 'unexpected character: $'],
    ['doc.title == $1x', ['one'], 'unexpected character: $'],
    ['doc.$1 == 1', ['title'], 'expected a name'],
    ['doc[$1] == 1', ['title'], 'only a string literal'],
    ['$1', ['doc.title'], 'must be a bool'],
    ['$1(doc.title)', ['size'], 'unexpected token'],
    ['doc.tags.exists($1, true)', ['t'], ''],
    ['has($1)', ['doc.title'], 'has() takes one field'],
    ['doc.title == $1', [1], 'string == int is not supported'],
    ['doc.views == $1', ['1'], 'int == string is not supported'],
    ['doc.created_at > $1', ['yesterday'], '$1 is compared with a timestamp: send a date and time like'],
    ['doc.created_at > $1', [1714521600], 'timestamp > int is not supported'],
    ['date(doc.created_at) == $1', ['2024-02-30'], '$1 is compared with a date: send a date like'],
    ['doc.author_id == $1', ['ann'], '$1: author_id is a uuid: compare it with a uuid like'],
    ['doc.status == $1', ['draf'], "status is never 'draf' (did you mean 'draft'?)"],
    ['doc.status in $1', [['draft', 'x']], "status is never 'x'"],
    ['doc.title in $1', ['one'], 'must be a list or a map'],
    ['doc.title.matches($1)', ['('], 'not a valid RE2 pattern'],
    ['doc.title == $1', ['\ud800'], '$1 is not a valid text'],
    ['doc.title == $1', ['a\0'], '$1 is not a valid text'],
    ['doc.secret == $1', ['s'], "unknown field 'secret'"],
  ])('refused: %s with %j', (where, params, message) => {
    expect(refusedWith(where, ...params)).toContain(message)
  })

  test.each([
    ['x', 'it is not valid JSON'],
    ['{"a":1}', 'it is not a list'],
    ['null', 'it is not a list'],
    ['[9007199254740993]', 'params.0 is 9007199254740993, which JSON clients cannot represent exactly'],
    ['[1e999]', 'cannot represent exactly'],
    ['['.repeat(60) + ']'.repeat(60), 'nested more than 48 levels deep'],
  ])('refused: %s', (params, message) => {
    expect(() => found('doc.views == $1', { params })).toThrow(message)
  })

  test('more than an expression may have', () => {
    const many = (length: number) => Array(length).fill('x')
    expect(foundWith('doc.title in $1', many(1000))).toBe('')
    expect(refusedWith('doc.title in $1', many(1500))).toContain('more than 1500 parts')
    expect(refusedWith('doc.title in $1 || doc.title in $1', many(800))).toContain('more than 1500 parts')
    expect(refusedWith('doc.title == $1', ...many(101))).toContain('at most 100 values')
  })

  test('without a where', () => {
    expect(() => db.list('posts', { params: '["x"]' })).toThrow("'params' has the values of a 'where'")
    expect(() => db.list('posts', { params: '' })).toThrow("'params' is empty")
  })

  test('a cursor is of its values', () => {
    const page = { sort: 'title', limit: '1' }
    const { nextCursor } = db.list('posts', { where: 'doc.views > $1', params: '[0]', ...page })
    expect(found('doc.views > $1', { params: '[0]', ...page, cursor: nextCursor })).toBe('3')
    expect(() => found('doc.views > $1', { params: '[1]', ...page, cursor: nextCursor })).toThrow(
      'The cursor is invalid',
    )
  })

  test('rules have none', () => {
    const { schema, collection } = db
    const scope = ruleScope(schema, collection('posts'), { old: false, requestParts: ['time'] })
    expect(() => checkCondition('doc.title == $1', scope)).toThrow("$1 can only be used in a 'where', with 'params'")
  })

  test('it is as if the value were written out', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '1', 'a', 'é', '😀', '%', '_', '|', ' ') })
    fc.assert(
      fc.property(text, fc.integer({ min: -9, max: 9 }), (title, views) => {
        const written = `doc.title != ${JSON.stringify(title)} && doc.views > ${views}`
        expect(foundWith('doc.title != $1 && doc.views > $2', title, views)).toBe(found(written))
      }),
    )
  })
})
