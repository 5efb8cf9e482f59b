import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError, type SqlValue } from '@koyalite/contracts'
import { type Collection, parseSchema } from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import fc from 'fast-check'
import { READ_ALL } from '../access/read-access'
import { compileAggregate, readGroups } from '../aggregate/compile-aggregate'
import { parseAggregateQuery } from '../aggregate/parse-aggregate'
import { bound } from '../sql/deferred-sql'
import { SQL_FUNCTIONS } from '../sql/sql-functions'
import { SCOPE } from '../testing/open-fixture'
import { compileGet } from './compile-get'
import { compileList, type ListPage } from './compile-list'
import { parseGetQuery, parseListQuery } from './parse-list-query'

/** A seed that a failed run printed, to run it again. */
const REPLAY: number | null = null
const SEED = REPLAY ?? Math.floor(Math.random() * 2 ** 31)

const parsed = parseSchema(
  `
version: 1
collections:
  loose:
    fields: &fields
      id:   { type: string, primary: true }
      text: { type: text, nullable: true }
      at:   { type: timestamp, nullable: true }
      day:  { type: date, nullable: true }
      uuid: { type: uuid, nullable: true }
      int:  { type: int, nullable: true }
      real: { type: float, nullable: true }
      yes:  { type: bool, nullable: true }
      data: { type: json, nullable: true }
      raw:  { type: blob, nullable: true }
  strict: { fields: *fields }
`,
  { file: 'schema.yaml' },
)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const loose: Collection = { ...(parsed.schema.collections.get('loose') as Collection), untyped: true }
const strict = parsed.schema.collections.get('strict') as Collection
const schema = { ...parsed.schema, collections: new Map(parsed.schema.collections).set('loose', loose) }

let database: Database
beforeAll(async () => {
  console.log(`foreign-values.test.ts: seed ${SEED}`)
  database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
  await database.write((tx) => {
    // The affinities that the declared types have, and the collation, are part of what comes with a foreign file.
    tx.exec(
      `CREATE TABLE loose (id PRIMARY KEY, text TEXT COLLATE NOCASE, at DATETIME, day DATE, uuid UUID, int INTEGER, real REAL, yes BOOLEAN, data JSON, raw BLOB)`,
    )
    tx.exec(
      `CREATE TABLE strict (id TEXT PRIMARY KEY, text TEXT, at TEXT, day TEXT, uuid TEXT, int INTEGER, real REAL, yes INTEGER, data TEXT, raw BLOB) STRICT`,
    )
  })
})
afterAll(() => database.close())

/** SQL of a value: parameters cannot be texts that are no Unicode, or integers of 64 bits. */
const bytes = (value: Uint8Array) => `x'${value.toHex()}'`
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }).map((text) => bytes(new TextEncoder().encode(text))),
  fc.uint8Array({ maxLength: 5 }).map(bytes),
  fc
    .constantFrom(
      '{"a":1}',
      '{"a":',
      '[1,"x",null]',
      '{a:1}',
      '"t"',
      'NaN',
      '1e999',
      '2024-01-01',
      '2024-05-06 07:08:09',
      'a',
      'A',
      'B',
      'true',
      '',
      '{}\0x',
    )
    .map((text) => bytes(new TextEncoder().encode(text))),
)
const TEXT = oddText.map((text) => `CAST(${text} AS TEXT)`)
const INT = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('0', '1', '2', '9007199254740993', '9007199254740992', '9007199254740994'),
)
const REAL = fc.oneof(
  fc.constantFrom('9e999', '-9e999', '0.5', '-0.0', '1e300', '9007199254740993.0'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((real) => `CAST('${real}' AS REAL)`),
)
const BLOB = fc.oneof(oddText, fc.constantFrom(`jsonb('{"admin":true}')`, `jsonb('[1]')`))
const ANY = fc.oneof(TEXT, INT, REAL, BLOB, fc.constant('NULL'))
const orNull = (values: fc.Arbitrary<string>) => fc.option(values, { nil: 'NULL', freq: 6 })

const looseRow = fc.tuple(ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY)
const strictRow = fc.tuple(...[TEXT, TEXT, TEXT, TEXT, INT, REAL, INT, TEXT, BLOB].map(orNull))
/** Keys that are none, beside those that are; and those that JSON does not carry. */
const oddKey = fc.constantFrom(
  ...['NULL', `x'00'`, `jsonb('1')`, '9007199254740993', '9007199254740992', '-9223372036854775808', '9e999', '1.5'],
  ...[`CAST(x'ff' AS TEXT)`, `CAST(x'61ff' AS TEXT)`, `CAST(x'efbfbd' AS TEXT)`, `CAST(x'61006200ff' AS TEXT)`],
)

const FILTERS = [
  ...[
    'text:eq:a',
    'text:gt:a',
    'text:contains:a',
    'text:like:%25a%25',
    'text:in:a,B',
    'text:eq:null',
    'at:lt:2024-05-06T07:08:09Z',
    'day:gte:2024-01-01',
    'day:in:2024-01-01,null',
  ],
  ...[
    'int:eq:1',
    'int:gt:0',
    'int:in:1,2',
    'int:eq:null',
    'real:gte:0.5',
    'real:lt:100',
    'real:eq:null',
    'yes:eq:true',
    'yes:eq:false',
  ],
  ...[
    'yes:eq:null',
    'data:eq:null',
    'data.a:eq:1',
    'data.0:gt:0',
    'data:contains:x',
    'data:eq:a',
    'data:in:1,true',
    'data.a.b:like:a',
    'raw:eq:null',
  ],
]
const WHERES = [
  ...[
    'doc.data.a == 1.0',
    'doc.data == null',
    "doc.data.exists(x, x == 'x')",
    'doc.int > 0',
    "doc.text.startsWith('a')",
    "doc.text.split(',').size() > 1",
  ],
  ...[
    'doc.yes',
    '!doc.yes',
    "doc.at > timestamp('2024-01-01T00:00:00Z')",
    "doc.day < date('2024-01-01') || doc.day + 1 > date(doc.at) || timestamp(doc.day) == doc.at",
    'doc.day.getFullYear() == 2024',
    'string(doc.int).size() > 2',
    'doc.real > 1.0',
    'doc.data.map(x, x).size() > 0',
  ],
]
const GROUPS = [
  'text',
  'at',
  'uuid',
  'int',
  'real',
  'yes',
  'data.a',
  'at:hour',
  'at:week',
  'at:year',
  'day:week',
  'day:month',
  'int,real,yes',
]
const VALUES = [
  ...['sum:int', 'avg:int', 'sum:real', 'avg:real', 'min:int', 'max:real', 'min:text', 'max:at', 'min:day', 'min:uuid'],
  ...['count:raw', 'count:data', 'count_distinct:text', 'count_distinct:data.a', 'count_distinct:int'],
]
const SORTS = [
  '',
  ...['text', 'at', 'day', 'uuid', 'int', 'real', 'yes', 'data.a'].flatMap((name) => [name, `-${name}`]),
]

type Doc = Readonly<Record<string, unknown>>

function page(collection: Collection, parameters: Readonly<Record<string, string>>) {
  const query = parseListQuery(schema, collection, new URLSearchParams(parameters), READ_ALL, SCOPE)
  const compiled = compileList(schema, query, READ_ALL)
  const { docs, nextCursor } =
    compiled.assemble(database.all(bound(compiled.page))) ??
    (compiled.assemble(database.all(bound(compiled.exactPage))) as ListPage)
  const total = compiled.total && Number(database.all(bound(compiled.total))[0]?.[0])
  return { texts: docs, docs: docs.map((text) => JSON.parse(text) as Doc), nextCursor, total }
}

function pages(collection: Collection, parameters: Readonly<Record<string, string>>): string[] {
  const texts: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const next = page(collection, { ...parameters, limit: '2', ...(cursor !== undefined && { cursor }) })
    texts.push(...next.texts)
    cursor = next.nextCursor
    expect(texts.length).toBeLessThan(100)
  }
  return texts
}

async function store(
  collection: Collection,
  rows: readonly (readonly string[])[],
  odd: readonly string[],
): Promise<void> {
  await database.write((tx) => {
    tx.exec(`DELETE FROM ${collection.table}`)
    for (const [index, row] of rows.entries()) {
      const key = odd[index] ?? `'k${index}'`
      const values = [key, ...row].join(', ')
      tx.exec(`INSERT OR IGNORE INTO ${collection.table} VALUES (${values})`)
    }
  })
}

function checkReads(collection: Collection): void {
  const all = page(collection, { count: 'true', limit: '500' })
  expect(all.total).toBe(all.docs.length)
  for (const [index, doc] of all.docs.entries()) {
    // A key that JavaScript does not hold names no document.
    if (typeof doc.id === 'number' ? Math.abs(doc.id) >= 2 ** 53 : String(doc.id).includes('\ufffd')) continue
    const query = parseGetQuery(schema, collection, new URLSearchParams(), READ_ALL)
    const row = database.get(bound(compileGet(schema, collection, doc.id as SqlValue, query, READ_ALL)))
    expect(row?.[0]).toBe(all.texts[index] as string)
  }
  for (const filter of FILTERS) {
    const negated = filter.replace(/:eq:/, ':ne:').replace(/:in:/, ':nin:')
    const found = page(collection, { filter, limit: '500', count: 'true' })
    expect(found.total).toBe(found.docs.length)
    if (negated === filter) continue
    const others = page(collection, { filter: negated, limit: '500' })
    expect([...found.texts, ...others.texts].sort()).toEqual([...all.texts].sort())
  }
  for (const [name, shown] of [
    ['text', null],
    ['int', null],
    ['data', null],
    ['yes', null],
    ['yes', true],
    ['yes', false],
    ['int', 1],
  ] as const) {
    const found = page(collection, { filter: `${name}:eq:${shown}`, limit: '500' })
    expect(found.texts).toEqual(all.texts.filter((_, index) => all.docs[index]?.[name] === shown))
  }
  for (const where of WHERES) page(collection, { where, limit: '500', count: 'true' })
  for (const sort of SORTS) {
    const sorted = page(collection, sort ? { sort, limit: '500' } : { limit: '500' }).texts
    expect(sorted.toSorted()).toEqual(all.texts.toSorted())
    expect(pages(collection, sort ? { sort } : {})).toEqual([...sorted])
  }
  for (const group of GROUPS) {
    for (const timezone of group.startsWith('at:') ? ['UTC', 'America/New_York'] : ['UTC']) {
      const groups = aggregate(collection, { group, timezone, sort: '-count' }) ?? []
      expect(groups.reduce((sum, { count }) => sum + Number(count), 0)).toBe(all.docs.length)
    }
  }
  for (const values of VALUES) aggregate(collection, { values })
}

/** Null where a number is too large, which is no failure. */
function aggregate(collection: Collection, parameters: Readonly<Record<string, string>>): readonly Doc[] | null {
  const query = parseAggregateQuery(schema, collection, new URLSearchParams(parameters), READ_ALL, SCOPE)
  try {
    const rows = database.all(bound(compileAggregate(query, READ_ALL)))
    return readGroups(rows, query.limit).map((text) => JSON.parse(text) as Doc)
  } catch (error) {
    if (error instanceof AppError && error.code === 'OUT_OF_RANGE') return null
    throw error
  }
}

describe('V1 V4 V5 whatever other programs store can be read, filtered, sorted, paged and aggregated', () => {
  test('in a table of theirs', async () => {
    const rows = fc.array(looseRow, { minLength: 1, maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(rows, fc.uniqueArray(oddKey, { maxLength: 5 }), async (values, odd) => {
        await store(loose, values, odd)
        checkReads(loose)
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  test('in a table of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(strictRow, { minLength: 1, maxLength: 9 }), async (values) => {
        await store(strict, values, [])
        checkReads(strict)
      }),
      { seed: SEED, numRuns: 60 },
    )
  })
})

test('V2 V3 what is shown of a value that is none of its type', async () => {
  const show = async (column: string, value: string) => {
    await database.write((tx) => {
      tx.exec(`DELETE FROM loose; INSERT INTO loose (id, ${column}) VALUES ('k', ${value})`)
    })
    return page(loose, {}).docs[0]?.[column]
  }
  expect(await show('data', `'{"a":'`)).toBe('{"a":')
  expect(await show('data', `'{"a":1}'`)).toEqual({ a: 1 })
  expect(await show('data', `x'ff00'`)).toBe('/wA=')
  expect(await show('data', '1.5')).toBe(1.5)
  expect(await show('text', `x'ff00'`)).toBe('/wA=')
  expect(await show('text', `jsonb('{"admin":true}')`)).toEqual(expect.any(String))
  expect(await show('int', `'many'`)).toBe('many')
  expect(await show('int', '1.5')).toBe(1.5)
  expect(await show('yes', '2')).toBe(2)
  expect(await show('yes', `'yes'`)).toBe('yes')
  expect(await show('at', `'2024-05-06 07:08:09'`)).toBe('2024-05-06 07:08:09')
  expect(await show('at', '1700000000')).toBe(1700000000)
  expect(await show('day', `'06/05/2024'`)).toBe('06/05/2024')
  expect(await show('day', '20240506')).toBe(20240506)
  expect(await show('raw', `'text'`)).toBe('dGV4dA==')
  expect(await show('text', `CAST(x'61ff62' AS TEXT)`)).toBe('a\ufffdb')
})

test('V2 V3 sums of what is none of its type', async () => {
  const sum = async (...values: readonly string[]) => {
    await database.write((tx) => {
      tx.exec('DELETE FROM loose')
      for (const [index, value] of values.entries())
        tx.exec(`INSERT INTO loose (id, int) VALUES ('k${index}', ${value})`)
    })
    return aggregate(loose, { values: 'sum:int:as:sum,avg:int:as:avg,count:int:as:n' })?.[0]
  }
  expect(await sum('1', '2')).toEqual({ sum: 3, avg: 1.5, n: 2 })
  expect(await sum('1.5', '1')).toEqual({ sum: 2.5, avg: 1.25, n: 2 })
  expect(await sum(`'7 dwarfs'`, '1', `x'37'`, 'NULL')).toEqual({ sum: 1, avg: 1, n: 3 })
  expect(await sum(`'many'`)).toEqual({ sum: null, avg: null, n: 1 })
})
