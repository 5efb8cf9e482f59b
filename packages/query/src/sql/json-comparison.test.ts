import { afterAll, beforeAll, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import { READ_ALL } from '../access/read-access'
import { compileCondition } from '../filter/condition-sql'
import { parseListQuery } from '../list/parse-list-query'
import { BLOG } from '../testing/blog'
import { type Fixture, openFixture, SCOPE } from '../testing/open-fixture'
import { jsonColumn } from './json-column'

const VALUES: readonly JsonValue[] = [
  { v: true },
  { v: 1 },
  { v: '1' },
  { v: 'true' },
  { v: null },
  { v: 'red', deep: { list: [{ b: 2 }, 'x'] } },
  { v: ['a', 1, true, { k: [1, 2], l: 0 }] },
  { v: { l: 0, k: [1, 2] } },
  { v: 1.5, '0': 'zero', 'a"b.c': 1, '{"$x': 2 },
  ['first', 'Second'],
]

let db: Fixture
beforeAll(async () => {
  db = await openFixture(BLOG)
  for (const [index, meta] of VALUES.entries()) {
    await db.insert('posts', { id: `0190aaaa-0000-7000-8000-00000000000${index}`, title: 't', meta })
  }
})
afterAll(() => db.close())

function found(filter: string): string {
  return db
    .list('posts', new URLSearchParams({ filter }))
    .docs.map((doc) => String(doc.id).at(-1))
    .join('')
}

function compiled(filter: string) {
  const query = parseListQuery(db.schema, db.collection('posts'), new URLSearchParams({ filter }), READ_ALL, SCOPE)
  return compileCondition(query.condition, 't', READ_ALL)
}

test.each([
  ['meta.v:eq:red', '5'],
  ['meta.v:eq:"red"', '5'],
  ['meta.v:eq:true', '0'],
  ['meta.v:eq:"true"', '3'],
  ['meta.v:eq:1', '1'],
  ['meta.v:eq:1.0', '1'],
  ['meta.v:eq:"1"', '2'],
  ['meta.v:eq:null', '49'],
  ['meta.v:ne:null', '01235678'],
  ['meta.v:eq:\\null', ''],
  ['meta.v:ne:1', '023456789'],
  ['meta.v:nin:1,true', '23456789'],
  ['meta.v:in:1,true,red,null', '01459'],
  ['meta.v:in:"1",{"k":[1\\,2]\\,"l":0}', '27'],
  ['meta.v:eq:{"k":[1,2],"l":0}', '7'],
  ['meta.v:eq:{"k":[2,1],"l":0}', ''],
  ['meta:eq:{"v":1}', '1'],
  ['meta:eq:["first","Second"]', '9'],
  ['meta.v:gt:1', '8'],
  ['meta.v:gte:1', '18'],
  ['meta.v:lt:2', '18'],
  ['meta.v:gt:"1"', '35'],
  ['meta.v:gt:r', '35'],
  ['meta.v:lte:1.5', '18'],
  ['meta.v:like:R%', '5'],
  ['meta.v:like:1%', '2'],
  ['meta.v:contains:a', '6'],
  ['meta.v:contains:1', '26'],
  ['meta.v:contains:"1"', '2'],
  ['meta.v:contains:true', '36'],
  ['meta.v:contains:ed', '5'],
  ['meta.v:contains:ED', ''],
  ['meta.v:contains:{"l":0,"k":[1,2]}', '6'],
  ['meta:contains:first', '9'],
  ['meta:contains:second', ''],
  ['meta.0:eq:first', '9'],
  ['meta.0:eq:zero', '8'],
  ['meta.1:eq:Second', '9'],
  ['meta.deep.list.0.b:eq:2', '5'],
  ['meta.deep.list.1:eq:x', '5'],
  ['meta.deep.list.7:eq:x', ''],
  ['meta.v.k:contains:2', '7'],
  ['meta.v.3.k.0:eq:1', '6'],
  ['meta.__proto__:ne:null', ''],
  ['meta.length:ne:null', ''],
  ['meta.{"$x:eq:2', '8'],
] as const)('%s', (filter, numbers) => {
  expect(found(filter)).toBe(numbers)
})

const META = jsonColumn('"t"."meta"')
const TAGS = jsonColumn('"t"."tags"')

test('the SQL compares the type, then the value; path and value are bound', () => {
  expect(compiled('meta.v:eq:red')).toEqual({
    text: `(json_type(${META}, ?) = 'text' AND json_extract(${META}, ?) = ?)`,
    params: ['$."v"', '$."v"', 'red'],
  })
  expect(compiled('meta.v:gt:1').text).toBe(
    `(json_type(${META}, ?) IN ('integer', 'real') AND json_extract(${META}, ?) > ?)`,
  )
  expect(compiled('tags:contains:a')).toEqual({
    text: `CASE json_type(${TAGS}, ?) WHEN 'text' THEN instr(json_extract(${TAGS}, ?), ?) > 0 WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each(${TAGS}, ?) AS "j" WHERE ("j"."type" = 'text' AND "j"."value" = ?)) END`,
    params: ['$', '$', 'a', '$', 'a'],
  })
})

test('a thousand lists are as good as one', () => {
  const many = Array.from({ length: 999 }, (_, index) => `[${index}]`)
  expect(found(`meta.v:in:${[...many, '{"k":[1\\,2]\\,"l":0}'].join(',')}`)).toBe('7')
  expect(compiled('meta.v:in:[1]').text).toBe(compiled('meta.v:in:[1],[2],{}').text)
})

test('an index or a key, whichever is there', () => {
  expect(compiled('meta.0:eq:x').params).toContain('$[0]')
  expect(compiled('meta.0:eq:x').params).toContain('$."0"')
})

test.each([
  ['meta.v:gt:true', "'gt' on 'meta.v' needs a number or a string; only eq and ne can be used with true."],
  ['meta.v:lte:null', "'lte' on 'meta.v' needs a number or a string"],
  ['meta.v:lt:[1]', "'lt' on 'meta.v' needs a number or a string"],
  ['meta.0.1.2:eq:1', "'meta.0.1.2' has more than 2 indexes."],
])('%s is refused', (filter, message) => {
  expect(() => found(filter)).toThrow(message)
  expect(() => found(filter)).toThrow(AppError)
})

test('numbers and nesting beyond reason are no trouble', () => {
  const inexact = "'meta.v' cannot be compared with that number: it cannot be represented exactly; write it in quotes"
  for (const filter of ['eq:1e999', 'in:1,-1e999', 'gt:750727362669608961', 'eq:{"a":[1.0000000000000001]}'])
    expect(() => found(`meta.v:${filter}`)).toThrow(inexact)
  expect(found('meta.v:eq:"750727362669608961"')).toBe('')
  expect(found('meta.v:lt:0.10000000000000001')).toBe(found('meta.v:lt:0.1'))
  expect(found(`meta.v:eq:${'['.repeat(5000)}${']'.repeat(5000)}`)).toBe('')
  expect(found(`meta.v:contains:${'['.repeat(5000)}`)).toBe('')
  expect(found('meta.999999999999:eq:1')).toBe('')
})

test('json written by others is compared by what it means', async () => {
  const other = await openFixture(BLOG)
  await other.insert('posts', { id: '0190aaaa-0000-7000-8000-000000000001', title: 't', meta: {} })
  await other.run({ text: `UPDATE posts SET meta = '{ "v" : "\\u0041", "n": 1.0 }'`, params: [] })
  expect(other.list('posts', { filter: 'meta.v:eq:A' }).docs).toHaveLength(1)
  expect(other.list('posts', { filter: 'meta.n:eq:1' }).docs).toHaveLength(1)
  expect(other.list('posts', { filter: 'meta:eq:{"n":1,"v":"A"}' }).docs).toHaveLength(1)
  await other.close()
})
