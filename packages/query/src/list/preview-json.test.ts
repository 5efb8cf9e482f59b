import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { inexactNumbers } from '@koyalite/contracts'
import { type Collection, type JsonValue, parseSchema } from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import fc from 'fast-check'
import { READ_ALL, type ReadAccess } from '../access/read-access'
import { bound } from '../sql/deferred-sql'
import { columnOf, sql } from '../sql/sql-fragment'
import { SQL_FUNCTIONS } from '../sql/sql-functions'
import { SCOPE } from '../testing/open-fixture'
import { compileList } from './compile-list'
import { parseListQuery } from './parse-list-query'
import { previewed } from './projection'

/** A seed that a failed run printed, to run it again. */
const REPLAY: number | null = null
const SEED = REPLAY ?? Math.floor(Math.random() * 2 ** 31)

const parsed = parseSchema(
  `
version: 1
collections:
  loose:
    fields: &fields
      id:   { type: int, primary: true }
      text: { type: text, nullable: true }
      at:   { type: timestamp, nullable: true }
      int:  { type: int, nullable: true }
      real: { type: float, nullable: true }
      yes:  { type: bool, nullable: true }
      data: { type: json, nullable: true }
      raw:  { type: blob, nullable: true }
  strict: { fields: *fields }
  notes:
    fields:
      id: { type: int, primary: true }
      strict_id: { type: int, references: strict.id }
`,
  { file: 'schema.yaml' },
)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const loose: Collection = { ...(parsed.schema.collections.get('loose') as Collection), untyped: true }
const strict = parsed.schema.collections.get('strict') as Collection
const notes = parsed.schema.collections.get('notes') as Collection
const schema = { ...parsed.schema, collections: new Map(parsed.schema.collections).set('loose', loose) }

let database: Database
beforeAll(async () => {
  console.log(`preview-json.test.ts: seed ${SEED}`)
  database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
  await database.write((tx) => {
    tx.exec(
      `CREATE TABLE loose (id INTEGER PRIMARY KEY, text TEXT, at DATETIME, int INTEGER, real REAL, yes BOOLEAN, data JSON, raw BLOB)`,
    )
    tx.exec(
      `CREATE TABLE strict (id INTEGER PRIMARY KEY, text TEXT, at TEXT, int INTEGER, real REAL, yes INTEGER, data TEXT, raw BLOB) STRICT`,
    )
    tx.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY, strict_id INTEGER) STRICT`)
  })
})
afterAll(() => database.close())

type Doc = Readonly<Record<string, JsonValue>>
type Note = { readonly type: string; readonly bytes?: number }

interface Page {
  readonly texts: readonly string[]
  readonly docs: readonly Doc[]
  readonly nextCursor: string | null
}

function page(collection: Collection, parameters: string, isPreview: boolean, access: ReadAccess = READ_ALL): Page {
  const query = parseListQuery(schema, collection, new URLSearchParams(parameters), access, SCOPE)
  const asked = isPreview ? { ...query, projection: previewed(query.projection) } : query
  const list = compileList(schema, asked, access)
  const found = list.assemble(database.all(bound(list.page)))
  if (found === null) throw new Error('no page')
  return { texts: found.docs, docs: found.docs.map((text) => JSON.parse(text) as Doc), nextCursor: found.nextCursor }
}

const notesOf = (doc: Doc | undefined) => doc?._shown as unknown as Readonly<Record<string, Note>>
const blob = (bytes: Uint8Array) => `x'${bytes.toHex()}'`
const asText = (text: string) => `CAST(${blob(new TextEncoder().encode(text))} AS TEXT)`

/** Around the bounds, in characters of one to four bytes. */
const LONG = fc
  .tuple(fc.constantFrom('a', 'é', '€', '😀'), fc.constantFrom(1, 64, 191, 193, 255, 256, 257, 300, 1030))
  .map(([character, length]) => character.repeat(length))
const INTEGERS = fc.oneof(
  fc.constantFrom('9007199254740991', '9007199254740992', '-9007199254740991', '-9007199254740992'),
  fc.constantFrom('9223372036854775807', '-9223372036854775808', '0', '1'),
)
const JSONS = fc.oneof(
  fc.json({ maxDepth: 2 }),
  INTEGERS.map((integer) => `{"a":[${integer}]}`),
  LONG.map((text) => JSON.stringify({ text })),
  fc.constantFrom('1e400', '[0.1,12345678901234567890]', '"9007199254740993"', '{"a":', 'no json, 9007199254740993 "'),
)
const TEXTS = fc.oneof(LONG, fc.string({ unit: 'binary', maxLength: 300 }), JSONS)
const BLOBS = fc
  .oneof(
    fc.uint8Array({ maxLength: 200 }),
    LONG.map((text) => new TextEncoder().encode(text)),
  )
  .map(blob)
const REALS = fc.constantFrom('0.5', '1e300', '9e999', '9007199254740993.0')
const ANY = fc.oneof(TEXTS.map(asText), JSONS.map(asText), BLOBS, INTEGERS, REALS, fc.constant('NULL'))
const orNull = (values: fc.Arbitrary<string>) => fc.option(values, { nil: 'NULL', freq: 6 })
const LOOSE = fc.tuple(ANY, ANY, ANY, ANY, ANY, ANY, ANY)
const STRICT = fc.tuple(
  ...[TEXTS.map(asText), TEXTS.map(asText), INTEGERS, REALS, INTEGERS, JSONS.map(asText), BLOBS].map(orNull),
)

async function store({ table }: Collection, rows: readonly (readonly string[])[]): Promise<void> {
  await database.write((tx) => {
    tx.exec(`DELETE FROM ${table}`)
    for (const [index, row] of rows.entries()) tx.exec(`INSERT INTO ${table} VALUES (${index}, ${row.join(', ')})`)
  })
}

/** A preview against the plain list: what is not noted is the same and exact; what is noted is the beginning of the same. */
function check(collection: Collection): void {
  const plain = page(collection, '', false)
  const shown = page(collection, '', true)
  expect(shown.docs.length).toBe(plain.docs.length)
  for (const [index, doc] of shown.docs.entries()) {
    const whole = plain.docs[index] as Doc
    const inexact = new Set(inexactNumbers(plain.texts[index] as string).map(({ path }) => path[0]))
    expect(Object.keys(doc)).toEqual([...Object.keys(whole), '_shown'])
    for (const [name, value] of Object.entries(whole)) {
      const note = notesOf(doc)[name]
      if (note === undefined) {
        expect(doc[name]).toEqual(value)
        // A real is what SQLite shows of it, however many digits that has.
        if (collection.fields.get(name)?.type === 'json' && typeof value === 'object')
          expect(inexact.has(name)).toBe(false)
        if (Number.isInteger(value) && Math.abs(value as number) < 1e18)
          expect(inexact.has(name) && name === 'int').toBe(false)
      } else checkNoted(note, doc[name], value)
    }
  }
}

function checkNoted(note: Note, shown: JsonValue | undefined, value: JsonValue): void {
  if (typeof shown !== 'string') throw new Error(`a preview is a text, not ${shown}`)
  expect([...shown].length).toBeLessThanOrEqual(256)
  if (note.type === 'int') {
    expect(note.bytes).toBeUndefined()
    expect(Number.isSafeInteger(Number(shown))).toBe(false)
    expect(Number(shown)).toBe(value as number)
  } else if (note.type === 'blob') {
    expect(note.bytes).toBeGreaterThan(192)
    if (typeof value === 'string' && /^[\w+/]+=*$/.test(value)) expect(value.startsWith(shown)).toBe(true)
  } else if (note.type === 'text') {
    expect(note.bytes).toBeGreaterThan(256)
    // SQLite's functions end at a zero.
    expect([...(value as string)].slice(0, 256).join('').startsWith(shown)).toBe(true)
  } else {
    expect(note.type).toBe('json')
    if (note.bytes === undefined) expect(inexactNumbers(shown).length).toBeGreaterThan(0)
    else expect(note.bytes).toBeGreaterThan(256)
  }
}

describe('previews of whatever is stored are the beginnings of what the plain list shows, or exactly that', () => {
  for (const [collection, rows] of [[loose, LOOSE] as const, [strict, STRICT] as const]) {
    test(`in a ${collection.name} table`, async () => {
      const property = fc.asyncProperty(
        fc.array(rows as fc.Arbitrary<string[]>, { minLength: 1, maxLength: 6 }),
        async (values) => {
          await store(collection, values)
          check(collection)
        },
      )
      await fc.assert(property, { seed: SEED, numRuns: 60 })
    })
  }
})

test('what is cut, what has digits that JavaScript would lose, and how both are named', async () => {
  const big = '9223372036854775807'
  await store(strict, [
    [asText('é'.repeat(256)), 'NULL', '1', '1.5', '1', asText('{"a":1}'), `zeroblob(192)`],
    [asText('é'.repeat(257)), 'NULL', big, '1.5', '0', asText(`{"a":${big}}`), `zeroblob(193)`],
    ['NULL', 'NULL', '-1', 'NULL', 'NULL', asText(`{"a":"${'x'.repeat(2000)}"}`), 'NULL'],
  ])
  const { docs } = page(strict, '', true)
  expect(docs[0]).toMatchObject({ text: 'é'.repeat(256), data: { a: 1 }, yes: true, _shown: {} })
  expect(docs[1]).toMatchObject({ text: 'é'.repeat(256), int: big, data: `{"a":${big}}`, raw: 'A'.repeat(256) })
  expect(notesOf(docs[1])).toEqual({
    text: { type: 'text', bytes: 514 },
    int: { type: 'int' },
    data: { type: 'json' },
    raw: { type: 'blob', bytes: 193 },
  })
  expect(docs[2]?.data).toBe(`{"a":"${'x'.repeat(250)}`)
  expect(notesOf(docs[2])).toEqual({ data: { type: 'json', bytes: 2008 } })
})

test('with fields and expand, which are previews too; pages go on by the same cursors', async () => {
  const long = asText('x'.repeat(1000))
  await store(strict, [[long, 'NULL', '1', 'NULL', 'NULL', 'NULL', 'NULL']])
  await store(notes, [['0'], ['0']])
  const parameters = 'fields=id,strict.text&expand=strict&limit=1'
  const first = page(notes, parameters, true)
  const expanded = { text: 'x'.repeat(256), _shown: { text: { type: 'text', bytes: 1000 } } }
  expect(first.docs).toEqual([{ id: 0, strict: expanded, _shown: {} }])
  expect(first.nextCursor).toBe(page(notes, parameters, false).nextCursor)
})

test('of a field that the caller may not read in a document, nothing is said', async () => {
  const long = asText('x'.repeat(1000))
  await store(strict, [
    [long, 'NULL', '1', 'NULL', 'NULL', 'NULL', 'NULL'],
    [long, 'NULL', '2', 'NULL', 'NULL', 'NULL', 'NULL'],
  ])
  const access: ReadAccess = {
    rows: () => ({ kind: 'all' }),
    field: (_, { name }) => {
      if (name === 'data' || name === 'raw') return { kind: 'none' }
      if (name !== 'text') return { kind: 'all' }
      return {
        kind: 'where',
        sql: (alias) => sql`${columnOf(alias, 'int')} = ${columnOf(alias, 'id')} + 1 AND ${columnOf(alias, 'id')} = 0`,
      }
    },
  }
  const { docs } = page(strict, 'fields=id,text', true, access)
  expect(docs).toEqual([
    { id: 0, text: 'x'.repeat(256), _shown: { text: { type: 'text', bytes: 1000 } } },
    { id: 1, _shown: {} },
  ])
})

test('of many fields', async () => {
  const names = Array.from({ length: 900 }, (_, index) => `f${index}`)
  const fields = names.map((name) => `      ${name}: { type: json, nullable: true }`).join('\n')
  const source = `version: 1\ncollections:\n  wide:\n    fields:\n      id: { type: int, primary: true }\n${fields}\n`
  const wide = parseSchema(source, { file: 'schema.yaml' })
  if (!wide.ok) throw new Error(JSON.stringify(wide.problems))
  const collection = wide.schema.collections.get('wide') as Collection
  await database.write((tx) => {
    tx.exec(`CREATE TABLE wide (id INTEGER PRIMARY KEY, ${names.join(' TEXT, ')} TEXT) STRICT`)
    tx.exec(`INSERT INTO wide (id, f899) VALUES (1, '"${'x'.repeat(500)}"')`)
  })
  const { docs } = page(collection, '', true)
  expect(Object.keys(docs[0] ?? {})).toHaveLength(902)
  expect(notesOf(docs[0])).toEqual({ f899: { type: 'json', bytes: 502 } })
})
