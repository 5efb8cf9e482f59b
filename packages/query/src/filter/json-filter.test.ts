import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { READ_ALL } from '../access/read-access'
import { parseListQuery } from '../list/parse-list-query'
import { parseLiveQuery } from '../live/parse-live-query'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture, SCOPE } from '../testing/open-fixture'

let blog: Fixture
beforeAll(async () => {
  blog = await openFixture(BLOG)
})
afterAll(() => blog.close())

const KEY = '01890a5d-ac96-774b-bcce-b302099a8057'
const live = (filter: unknown) =>
  parseLiveQuery(blog.schema, blog.collection('posts'), { filter }, READ_ALL, { ...SCOPE, maxDocuments: 100 })
const rest = (...filters: string[]) => {
  const params = new URLSearchParams(filters.map((filter): [string, string] => ['filter', filter]))
  return parseListQuery(blog.schema, blog.collection('posts'), params, READ_ALL, SCOPE).condition
}
/** The comparisons of a condition, whatever they are wrapped in. */
const plain = (condition: unknown) =>
  JSON.parse(JSON.stringify(condition, (key, value) => (key === 'path' ? value.text : value)))

describe('a filter in JSON is the same condition as one of REST', () => {
  test.each([
    [{ title: 'x' }, 'title:eq:x'],
    [{ title: { $eq: 'x' } }, 'title:eq:x'],
    [{ title: { $ne: 'x' } }, 'title:ne:x'],
    [{ views: { $gt: 1 } }, 'views:gt:1'],
    [{ views: { $gte: 1 } }, 'views:gte:1'],
    [{ score: { $lt: 1.5 } }, 'score:lt:1.5'],
    [{ score: { $lte: 1.5 } }, 'score:lte:1.5'],
    [{ status: { $in: ['draft', 'published'] } }, 'status:in:draft,published'],
    [{ rank: { $nin: [1, null] } }, 'rank:nin:1,null'],
    [{ title: { $like: 'a%' } }, 'title:like:a%'],
    [{ title: { $contains: 'a' } }, 'title:contains:a'],
    [{ featured: true }, 'featured:eq:true'],
    [{ author_id: null }, 'author_id:eq:null'],
    [{ raw: { $ne: null } }, 'raw:ne:null'],
    [{ author_id: KEY.toUpperCase() }, `author_id:eq:${KEY}`],
    [{ created_at: { $gt: '2024-01-01T01:00:00+01:00' } }, 'created_at:gt:2024-01-01T00:00:00.000Z'],
    [{ 'meta.color': 'red' }, 'meta.color:eq:red'],
    [{ 'meta.n': 1 }, 'meta.n:eq:1'],
    [{ meta: { a: 1 } }, 'meta:eq:{"a":1}'],
    [{ tags: { $contains: 'x' } }, 'tags:contains:x'],
    [{ 'author.boss.name': 'Ann' }, 'author.boss.name:eq:Ann'],
  ])('%j', (filter, text) => {
    expect(plain(live(filter).condition)).toEqual(plain(rest(text)))
  })

  test('groups nest, and several entries must all hold', () => {
    const a = rest('title:eq:a')
    const b = rest('views:gt:1')
    const [one, two] = [plain(a).of[0], plain(b).of[0]]
    const condition = (filter: unknown) => plain(live(filter).condition).of[0]
    expect(condition({ title: 'a', views: { $gt: 1 } })).toEqual({ kind: 'all', of: [one, two] })
    expect(condition({ $or: [{ title: 'a' }, { views: { $gt: 1 } }] })).toEqual({ kind: 'any', of: [one, two] })
    expect(condition({ $and: [{ title: 'a' }] })).toEqual({ kind: 'all', of: [one] })
    expect(condition({ $not: { title: 'a' } })).toEqual({ kind: 'not', of: one })
    expect(condition({ views: { $not: { $gt: 1 } } })).toEqual({ kind: 'not', of: two })
    expect(condition({ meta: {} })).toMatchObject({ kind: 'compare', op: 'eq', value: {} })
    expect(condition({})).toBeUndefined()
  })
})

describe('the parameter filter of REST takes it too, where its value begins with {', () => {
  const text = JSON.stringify

  test('as the same condition', () => {
    const filter = { $or: [{ title: 'a' }, { views: { $not: { $gt: 1 } } }], 'author.name': { $ne: null } }
    expect(plain(rest(text(filter)))).toEqual(plain(live(filter).condition))
    expect(plain(rest('{}'))).toEqual({ kind: 'all', of: [] })
    expect(plain(rest('{}', 'views:gt:1', '{ }'))).toEqual(plain(rest('views:gt:1')))
  })

  test('several of both forms must all hold', () => {
    const of = (...filters: string[]) => plain(rest(...filters)).of
    expect(of(text({ title: 'a' }), 'views:gt:1', text({ title: { $ne: 'b' } }))).toEqual([
      ...of('title:eq:a'),
      ...of('views:gt:1'),
      ...of('title:ne:b'),
    ])
    const many = text({ $or: Array.from({ length: 25 }, () => ({ title: 'a' })) })
    expect(() => rest(many, many)).not.toThrow()
    expect(() => rest(many, many, 'title:eq:a')).toThrow('at most 50')
    expect(() => rest('title:eq:a', many, many)).toThrow('at most 50')
  })

  test('a cursor belongs to the filter in it', async () => {
    const db = await openFixture(BLOG)
    await db.insert('posts', { id: KEY, title: 'a' }, { id: KEY.replace(/7$/, '8'), title: 'a' })
    const list = (filter: object, cursor?: string) =>
      db.list('posts', { filter: text(filter), limit: '1', ...(cursor === undefined ? {} : { cursor }) })
    const first = list({ title: 'a' })
    expect(list({ title: 'a' }, first.nextCursor as string).docs.map(({ id }) => id)).toEqual([KEY.replace(/7$/, '8')])
    expect(() => list({ title: { $ne: 'b' } }, first.nextCursor as string)).toThrow('cursor')
    await db.close()
  })

  test.each([
    ['{', 'is not valid JSON'],
    ['{"title":"a"', 'is not valid JSON'],
    ['{title:eq:a}', 'is not valid JSON'],
    ['{"title":"a"} or true', 'is not valid JSON'],
    [' {"title":"a"}', 'field:operator:value'],
    ['[{"title":"a"}]', 'field:operator:value'],
    ['{"score":{"$gt":9007199254740993}}', 'filter.score.$gt is 9007199254740993'],
    ['{"score":1e999}', 'filter.score is 1e999'],
    ['{"meta":{"a":[1,12345678901234567890]}}', 'filter.meta.a.1 is 12345678901234567890'],
    ['{"__proto__":1}', 'Unknown field'],
    ['{"title":{"constructor":1}}', 'Unknown operator'],
    ['{"secret":"x"}', "Unknown field 'secret'"],
    ['{"author.secret":"x"}', 'Unknown field'],
    ['{"$or":[]}', 'at least one filter'],
    ['{"title":{}}', 'at least one operator'],
  ])('%s is INVALID_FILTER', (filter, message) => {
    expect(() => rest(filter)).toThrow(expect.objectContaining({ code: 'INVALID_FILTER' }))
    expect(() => rest(filter)).toThrow(message)
  })

  test('a number written with digits that are not needed is the same number', () => {
    expect(plain(rest('{"score":0.10000000000000001}'))).toEqual(plain(rest('score:eq:0.1')))
  })
})

describe('what makes no sense is INVALID_FILTER', () => {
  const deep = (depth: number): unknown => (depth === 0 ? { title: 'a' } : { $not: deep(depth - 1) })
  test.each([
    [[], 'object'],
    [{ titel: 'x' }, "did you mean 'title'"],
    [{ secret: 'x' }, "Unknown field 'secret'"],
    [{ views: 'x' }, 'is an int'],
    [{ views: 1.5 }, 'is an int'],
    [{ views: { $gt: null } }, 'null cannot be ordered'],
    [{ views: { $regex: 'x' } }, "Unknown operator '$regex'"],
    [{ views: { gt: 1 } }, "did you mean '$gt'"],
    [{ views: { $like: '1' } }, 'does not apply'],
    [{ raw: 'x' }, 'is a blob'],
    [{ status: 'drafted' }, "did you mean 'draft'"],
    [{ status: { $in: 'draft' } }, 'list of values'],
    [{ title: { $like: 1 } }, 'takes a string'],
    [{ $gt: 1 }, 'belongs to a field'],
    [{ $nor: [] }, '$nor'],
    [{ $or: { title: 'a' } }, 'list of filters'],
    [{ $not: [] }, 'object'],
    [{ title: { $not: 'x' } }, 'object of operators'],
    [{ $or: [] }, 'at least one filter'],
    [{ $and: [] }, 'at least one filter'],
    [{ $not: {} }, 'must not be empty'],
    [{ $or: [{}] }, 'must not be empty'],
    [{ $and: [{ title: 'a' }, {}] }, 'must not be empty'],
    [{ title: 'a', $not: { $not: {} } }, 'must not be empty'],
    [{ title: {} }, 'at least one operator'],
    [{ 'author.name': {} }, 'at least one operator'],
    [{ title: { $not: {} } }, 'at least one operator'],
    [{ meta: { $not: {} } }, 'at least one operator'],
    [deep(30), 'nests'],
    [{ $and: Array.from({ length: 60 }, () => ({ title: 'a' })) }, 'at most 50'],
    [{ title: 'a\u0000' }, 'string'],
  ])('%j', (filter, message) => {
    expect(() => live(filter)).toThrow(expect.objectContaining({ code: 'INVALID_FILTER' }))
    expect(() => live(filter)).toThrow(message)
  })
})
