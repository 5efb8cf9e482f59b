import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { SqlValue } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { SQL_FUNCTIONS } from '../../sql/sql-functions'
import { ruleScope } from '../check/cel-scope'
import { checkCondition } from '../check/check-cel'
import { compileToPredicate } from '../testing/compile-predicate'
import { NOBODY, schemaOf } from '../testing/test-world'
import { compileToSql } from './compile-sql'
import { findNobodies } from './sql-nobody'

/** What other programs stored in every column of an adopted table, whatever type schema.yaml says it has. */
const FOREIGN: readonly SqlValue[] = [
  null,
  0,
  1,
  5,
  1.5,
  'abc',
  '',
  '5',
  'yesterday',
  '2024-01-31',
  '2024-01-31 10:00:00',
  '2024-01-31T10:00:00.000Z',
  '0000-00-00',
  '0000-01-01',
  '2024-02-31',
  '9999-12-31',
  '0000-00-00T00:00:00.000Z',
  '2023-02-29T10:00:00.000Z',
  '2024-01-31T24:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
]

const CONDITIONS = [
  'doc.n > 3',
  'doc.n <= 3',
  '!(doc.n > 3)',
  'doc.n + 1 > 3',
  'doc.n == 5',
  'doc.n != 5',
  'doc.n in [5, 6]',
  '!(doc.n in [5, 6])',
  'doc.n > 3 || doc.id == 0',
  'doc.f >= 1.5',
  'doc.f * 2.0 < 4.0',
  "doc.name < 'b'",
  "!(doc.name < 'b')",
  "doc.name != 'abc'",
  "doc.name.startsWith('a')",
  "!doc.name.startsWith('a')",
  'size(doc.name) < 4',
  "doc.name + '!' > 'b'",
  "doc.at > timestamp('2023-01-01T00:00:00Z')",
  "!(doc.at > timestamp('2023-01-01T00:00:00Z'))",
  "date(doc.at) >= date('2024-01-31')",
  'doc.at.getFullYear() == 2024',
  "doc.due > date('2023-01-01')",
  "!(doc.due > date('2023-01-01'))",
  "timestamp(doc.due) > timestamp('2023-01-01T00:00:00Z')",
  'doc.ok',
  '!doc.ok',
  'doc.ok ? doc.n > 3 : doc.n < 3',
  '(doc.id > 3 ? doc.n : 1) > 3',
  '(doc.id > 3 ? doc.n : 1) != 5',
  'docs.exists(one, one.id == doc.id && one.n > 3)',
  'doc.parent.n > 3',
  '!(doc.parent.n > 3)',
]

let schema: Schema
let collection: Collection
let db: Database
let documents: readonly Readonly<Record<string, SqlValue>>[]

beforeAll(async () => {
  const parsed = schemaOf(`
version: 1
collections:
  docs:
    fields:
      id: { type: int, primary: true }
      n: { type: int, nullable: true }
      f: { type: float, nullable: true }
      name: { type: string, nullable: true }
      at: { type: timestamp, nullable: true }
      due: { type: date, nullable: true }
      ok: { type: bool, nullable: true }
      parent_id: { type: int, nullable: true, references: docs.id }
`)
  collection = { ...(parsed.collections.get('docs') as Collection), untyped: true }
  schema = { ...parsed, collections: new Map([...parsed.collections, ['docs', collection]]) }
  const columns = [...collection.fields.keys()]
  documents = FOREIGN.map((value, id) =>
    Object.fromEntries(columns.map((name) => [name, name === 'id' || name === 'parent_id' ? id : value])),
  )
  db = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
  await db.migrate((tx) => {
    tx.exec(`CREATE TABLE "docs" (${columns.map((name) => `"${name}"`).join(', ')})`)
    for (const document of documents) {
      const places = columns.map(() => '?').join(', ')
      tx.run({
        text: `INSERT INTO "docs" VALUES (${places})`,
        params: columns.map((name) => stored(document[name] ?? null)),
      })
    }
  })
})
afterAll(() => db.close())

/** A whole number is an INTEGER. */
function stored(value: SqlValue): SqlValue {
  return Number.isInteger(value) ? BigInt(value as number) : value
}

test.each(CONDITIONS)('%s: what is of another type is an error in SQL as in memory', (source) => {
  const checked = checkCondition(source, ruleScope(schema, collection, { old: false, requestParts: [] }))
  const aliases = { doc: 'd0' }
  const nobodies = findNobodies(checked.root, { aliases }).of(NOBODY)
  const sql = compileToSql(checked, { aliases, nobodies }).sql(NOBODY)
  const rows = db.all({ text: `SELECT (${sql.text}) FROM "docs" AS d0 ORDER BY "id"`, params: sql.params })
  const inSql = rows.map(([value]) => (value === null ? 'error' : value === 1))
  const evaluate = compileToPredicate(checked)
  const shown = documents.map((one) => ({ ...one, ok: one.ok === 0 || one.ok === 1 ? one.ok === 1 : (one.ok ?? null) }))
  const inMemory = shown.map((doc) =>
    evaluate({
      ...NOBODY,
      documents: { doc },
      follow: (_, key, value) => shown[documents.findIndex((one) => one[key.name] === value)] ?? null,
      rows: () => shown,
    }),
  )
  const named = (truths: readonly unknown[]) => FOREIGN.map((value, index) => [value, truths[index]])
  expect(named(inSql)).toEqual(named(inMemory))
})
