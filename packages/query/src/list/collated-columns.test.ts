import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Collection, type Field, parseSchema } from '@koyalite/schema'
import { columnCollations, type Database, openDatabase } from '@koyalite/sqlite'
import fc from 'fast-check'
import { READ_ALL } from '../access/read-access'
import { compileAggregate, readGroups } from '../aggregate/compile-aggregate'
import { parseAggregateQuery } from '../aggregate/parse-aggregate'
import { compareText } from '../filter/compare-text'
import { conditionPredicate } from '../filter/testing/condition-predicate'
import { bound } from '../sql/deferred-sql'
import { SQL_FUNCTIONS } from '../sql/sql-functions'
import { SCOPE } from '../testing/open-fixture'
import { compileList, type ListPage } from './compile-list'
import { parseListQuery } from './parse-list-query'

const parsed = parseSchema(
  `version: 1
collections:
  people:
    fields:
      id:   { type: int, primary: true }
      name: { type: string }
      mail: { type: string, nullable: true }
      boss: { type: string, nullable: true, references: people.name }
`.replace('{ type: string }', '{ type: string, unique: true }'),
  { file: 'schema.yaml' },
)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))

let database: Database
let people: Collection
let schema: typeof parsed.schema
beforeAll(async () => {
  database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
  await database.write((tx) => {
    tx.exec(
      `CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE, mail TEXT COLLATE RTRIM, boss TEXT COLLATE NOCASE)`,
    )
    tx.exec('CREATE INDEX by_mail ON people (mail)')
  })
  const declared = parsed.schema.collections.get('people') as Collection
  const all = (text: string) => database.all({ text, params: [] })
  const found = columnCollations(all, 'people', ['id', 'name', 'mail', 'boss'])
  expect([...found]).toEqual([
    ['name', 'NOCASE'],
    ['mail', 'RTRIM'],
    ['boss', 'NOCASE'],
  ])
  const marked = (field: Field): Field => (found.has(field.column) ? { ...field, collated: true } : field)
  people = {
    ...declared,
    untyped: true,
    fields: new Map([...declared.fields].map(([name, field]) => [name, marked(field)])),
  }
  schema = { ...parsed.schema, collections: new Map(parsed.schema.collections).set('people', people) }
})
afterAll(() => database.close())

type Person = { readonly id: number; readonly name: string; readonly mail: string | null; readonly boss: string | null }

function list(parameters: Record<string, string>) {
  const query = parseListQuery(schema, people, new URLSearchParams(parameters), READ_ALL, SCOPE)
  const compiled = compileList(schema, query, READ_ALL)
  const page =
    compiled.assemble(database.all(bound(compiled.page))) ??
    (compiled.assemble(database.all(bound(compiled.exactPage))) as ListPage)
  return { query, compiled, docs: page.docs.map((text) => JSON.parse(text)), next: page.nextCursor }
}

const text = fc.constantFrom('a', 'A', 'b', 'B', 'ab', 'aB', 'a ', 'a  ', ' a', 'é', 'É', '_', '[', '')
const person = fc.record({ mail: fc.option(text), boss: fc.option(text) })

test('a condition as SQL is the condition in memory, and the order is that of code points', async () => {
  const filters = fc.oneof(
    fc.tuple(
      fc.constantFrom('name', 'mail', 'boss', 'boss.mail'),
      fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'),
      text,
    ),
    fc.tuple(
      fc.constantFrom('name', 'mail', 'boss'),
      fc.constantFrom('in', 'nin'),
      fc
        .array(
          text.filter((one) => one !== ''),
          { minLength: 1, maxLength: 3 },
        )
        .map((all) => all.join(',')),
    ),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { maxLength: 8 }),
      fc.array(filters, { minLength: 1, maxLength: 8 }),
      async (rows, asked) => {
        const names = ['a', 'B', 'ab', 'c', 'É', '_', '[', 'a ']
        await database.write((tx) => {
          tx.exec('DELETE FROM people')
          for (const [index, { mail, boss }] of rows.entries())
            tx.run({
              text: 'INSERT INTO people VALUES (?, ?, ?, ?)',
              params: [index, names[index] as string, mail, boss],
            })
        })
        const all: readonly Person[] = list({ limit: '500' }).docs
        const byName = new Map(all.map((one) => [one.name, one]))
        const scope = {
          follow: (_: unknown, value: unknown) => (byName.get(String(value)) as never) ?? null,
          holds: () => false,
        }
        for (const [field, operator, value] of asked) {
          const { query, docs } = list({ filter: `${field}:${operator}:${value}`, limit: '500' })
          const holds = conditionPredicate(query.condition, scope)
          expect(docs).toEqual(all.filter((one) => holds(one)))
        }
        for (const field of ['name', 'mail'] as const) {
          const sorted = all.toSorted((x, y) => {
            const [a, b] = [x[field], y[field]]
            if (a === null || b === null) return Number(b === null) - Number(a === null) || x.id - y.id
            return compareText(a, b) || x.id - y.id
          })
          const paged: unknown[] = []
          for (let cursor: string | null | undefined; cursor !== null; ) {
            const page = list({ sort: field, limit: '2', ...(cursor !== undefined && { cursor }) })
            paged.push(...page.docs)
            cursor = page.next
          }
          expect(paged).toEqual(sorted)
        }
        for (const name of ['a', 'A', 'É'])
          expect(list({ where: `doc.name == '${name}' || doc.mail == '${name}'`, limit: '500' }).docs).toEqual(
            all.filter((one) => one.name === name || one.mail === name),
          )
      },
    ),
    { numRuns: 40 },
  )
})

test('groups tell apart what the column holds to be equal, in every clause', async () => {
  await database.write((tx) => {
    tx.exec(
      `DELETE FROM people; INSERT INTO people (id, name, boss, mail) VALUES (1, 'x', 'a', 'm'), (2, 'y', 'A', 'm '), (3, 'z', 'a', 'm')`,
    )
  })
  const groups = (parameters: Record<string, string>) => {
    const query = parseAggregateQuery(schema, people, new URLSearchParams(parameters), READ_ALL, SCOPE)
    return readGroups(database.all(bound(compileAggregate(query, READ_ALL))), query.limit).map((text) =>
      JSON.parse(text),
    )
  }
  expect(groups({ group: 'boss' })).toEqual([
    { boss: 'A', count: 1 },
    { boss: 'a', count: 2 },
  ])
  expect(groups({ group: 'boss', having: 'boss:eq:a', values: 'count_distinct:mail,max:mail' })).toEqual([
    { boss: 'a', count_distinct_mail: 1, max_mail: 'm' },
  ])
  expect(groups({ values: 'count_distinct:boss,min:boss,max:mail' })).toEqual([
    { count_distinct_boss: 2, min_boss: 'A', max_mail: 'm ' },
  ])
})

test('an index of the column finds what is equal', () => {
  const plan = (parameters: Record<string, string>) => {
    const { compiled } = list(parameters)
    return database
      .all({ text: `EXPLAIN QUERY PLAN ${compiled.page.text}`, params: bound(compiled.page).params })
      .map((row) => String(row[3]))
      .join('; ')
  }
  expect(plan({ filter: 'name:eq:a' })).toContain('SEARCH d0 USING COVERING INDEX sqlite_autoindex_people_1 (name=?)')
  expect(plan({ filter: 'mail:in:a,b' })).toContain('SEARCH d0 USING COVERING INDEX by_mail (mail=?)')
})
