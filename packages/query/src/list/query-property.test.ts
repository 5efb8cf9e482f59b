import { afterAll, beforeAll, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import fc from 'fast-check'
import { READ_ALL } from '../access/read-access'
import { compareText } from '../filter/compare-text'
import { conditionPredicate, type JsonDocument } from '../filter/testing/condition-predicate'
import { parseLiveQuery } from '../live/parse-live-query'
import { type Fixture, openFixture, SCOPE } from '../testing/open-fixture'
import { parseListQuery } from './parse-list-query'

/** A seed that a failed run printed, to run it again. */
const REPLAY: number | null = null
const SEED = REPLAY ?? Math.floor(Math.random() * 2 ** 31)
const options = { seed: SEED, numRuns: 300 }

let db: Fixture
let docs: readonly JsonDocument[] = []

beforeAll(async () => {
  console.log(`query-property.test.ts: seed ${SEED}`)
  db = await openFixture(`
version: 1
types: { shade: { enum: [light, dark] } }
collections:
  groups: { fields: { id: { type: string, primary: true }, name: { type: string, nullable: true }, next_id: { type: string, nullable: true, references: groups.id } } }
  things:
    fields:
      id:    { type: int, primary: true, default: auto }
      text:  { type: string, nullable: true }
      label: { type: string, index: true }
      whole: { type: int, nullable: true, index: true }
      real:  { type: float, nullable: true }
      yes:   { type: bool, nullable: true }
      shade: { type: shade, nullable: true }
      at:    { type: timestamp, nullable: true }
      day:   { type: date, nullable: true }
      data:  { type: json, nullable: true }
      group_id: { type: string, nullable: true, references: groups.id }
    indexes:
      - { name: label_at, fields: [label, at] }
      - { name: label_whole_text, fields: [label, whole, text], order: desc }
`)
  await db.insert('groups', { id: 'a', name: 'A' }, { id: 'b', name: null }, { id: 'c', name: 'a', next_id: 'a' })
  const [things] = fc.sample(fc.array(thing, { minLength: 60, maxLength: 60 }), { seed: SEED, numRuns: 1 })
  for (const one of things ?? []) await db.insert('things', one)
  docs = db.list('things', 'limit=500').docs
})
afterAll(() => db.close())

// Few different values, so that ties and hits are frequent; among them what is easily mixed up.
const TEXTS = [
  '',
  'a',
  'A',
  'b',
  'ab',
  'null',
  '\\',
  'a,b',
  '%',
  '_',
  '1',
  'true',
  'é',
  'É',
  '\uffee',
  '😀',
  'a%b',
  '"',
  "'",
]
const NUMBERS = [0, 1, -1, 1.5, 2, 10, 1e21, -1e-7, 9007199254740991, 0.1, 0.30000000000000004]
const TIMES = [
  '2024-01-01T00:00:00.000Z',
  '2024-01-01T00:00:00.001Z',
  '2024-06-01T12:00:00.000Z',
  '0001-01-01T00:00:00.000Z',
]

const DAYS = ['2024-01-01', '2024-02-29', '2024-03-01', '0001-01-01', '9999-12-31']

const text = fc.constantFrom(...TEXTS)
const whole = fc.constantFrom(...NUMBERS.filter(Number.isInteger).filter(Number.isSafeInteger))
const real = fc.oneof(fc.constantFrom(...NUMBERS), fc.double({ noNaN: true, noDefaultInfinity: true }))
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(text, fc.constantFrom(...NUMBERS), fc.boolean(), fc.constant(null))
const json: fc.Arbitrary<JsonValue> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('k', '0', 'a'), fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxKeys: 3 }),
)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4, nil: null })

const thing = fc.record({
  text: maybe(text),
  label: text,
  whole: maybe(whole),
  real: maybe(real),
  yes: maybe(fc.boolean()),
  shade: maybe(fc.constantFrom('light', 'dark')),
  at: maybe(fc.constantFrom(...TIMES)),
  day: maybe(fc.constantFrom(...DAYS)),
  data: json,
  group_id: maybe(fc.constantFrom('a', 'b', 'c')),
})

const escaped = (value: string) => value.replace(/[\\,]/g, '\\$&')
const asText = (value: JsonValue) => (typeof value === 'string' ? value : JSON.stringify(value))
const jsonText = json.map((value) => JSON.stringify(value))

const comparable = (field: string, value: fc.Arbitrary<string>, operators: readonly string[]) =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...operators), value).map(([operator, given]) => `${field}:${operator}:${given}`),
    fc
      .tuple(
        fc.constantFrom('in', 'nin'),
        fc.array(fc.oneof(value, fc.constant('null')), { minLength: 1, maxLength: 4 }),
      )
      .map(([operator, given]) => `${field}:${operator}:${given.map(escaped).join(',')}`),
    fc.constantFrom('eq', 'ne').map((operator) => `${field}:${operator}:null`),
  )

const ORDER = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte']
const TEXT = [...ORDER, 'like', 'contains']
const like = fc
  .array(fc.constantFrom('%', '_', 'a', 'B', 'é', '\\', '1'), { maxLength: 5 })
  .map((parts) => parts.join(''))
const jsonOrdered = fc.oneof(text, fc.constantFrom(...NUMBERS)).map((value) => JSON.stringify(value))

const jsonFilter = fc.constantFrom('data', 'data.k', 'data.0', 'data.a', 'data.k.0', 'data.0.1').chain((path) =>
  fc.oneof(
    comparable(path, fc.oneof(jsonText, text), ['eq', 'ne', 'contains']),
    comparable(path, jsonOrdered, ['gt', 'gte', 'lt', 'lte']),
    like.map((pattern) => `${path}:like:${pattern}`),
  ),
)

const filter = fc.oneof(
  comparable('text', text, TEXT),
  comparable('label', text, TEXT),
  like.map((pattern) => `text:like:${pattern}`),
  comparable('whole', whole.map(asText), ORDER),
  comparable('real', real.map(asText), ORDER),
  comparable('yes', fc.constantFrom('true', 'false'), ['eq', 'ne']),
  comparable('shade', fc.constantFrom('light', 'dark'), ORDER),
  comparable('at', fc.constantFrom(...TIMES), ORDER),
  comparable('day', fc.constantFrom(...DAYS), ORDER),
  comparable('group.name', fc.constantFrom('A', 'a', 'x'), TEXT),
  comparable('group.next.name', fc.constantFrom('A', 'a'), TEXT),
  jsonFilter,
)

const jsonComparable = (path: string, value: fc.Arbitrary<JsonValue>, operators: readonly string[]) =>
  fc
    .oneof(
      fc.tuple(fc.constantFrom(...operators), value).map(([operator, given]) => ({ [`$${operator}`]: given })),
      fc
        .tuple(fc.constantFrom('$in', '$nin'), fc.array(maybe(value), { maxLength: 4 }))
        .map(([operator, given]) => ({ [operator]: given })),
      fc.constantFrom({ $eq: null }, { $ne: null }, { $not: { $eq: null } }, null),
    )
    .map((comparison) => ({ [path]: comparison }))

const jsonComparison = fc.oneof(
  jsonComparable('text', text, TEXT),
  jsonComparable('label', text, TEXT),
  like.map((pattern) => ({ text: { $like: pattern, $ne: 'a' } })),
  jsonComparable('whole', whole, ORDER),
  jsonComparable('real', real, ORDER),
  jsonComparable('yes', fc.boolean(), ['eq', 'ne']),
  jsonComparable('shade', fc.constantFrom('light', 'dark'), ORDER),
  jsonComparable('at', fc.constantFrom(...TIMES), ORDER),
  jsonComparable('group.name', fc.constantFrom('A', 'a', 'x'), TEXT),
  jsonComparable('data', json, ['eq', 'ne', 'contains']),
  jsonComparable('data.k', fc.oneof(text, fc.constantFrom(...NUMBERS)), ['eq', 'gt', 'lte']),
)

const { tree: jsonTree } = fc.letrec<{ tree: object }>((tie) => {
  const several = fc.array(tie('tree'), { minLength: 1, maxLength: 3 })
  return {
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      jsonComparison,
      several.map((of) => ({ $and: of })),
      several.map((of) => ({ $or: of })),
      tie('tree').map((of) => ({ $not: of })),
      fc.tuple(jsonComparison, tie('tree')).map(([one, other]) => ({ ...one, ...other })),
    ),
  }
})

const SORTABLE = [
  'text',
  'label',
  'whole',
  'real',
  'yes',
  'shade',
  'at',
  'day',
  'group.name',
  'group.next_id',
  'data.k',
  'data.0',
  'id',
]
const sort = fc
  .uniqueArray(fc.constantFrom(...SORTABLE), { minLength: 1, maxLength: 3 })
  .chain((fields) =>
    fc
      .array(fc.boolean(), { minLength: fields.length, maxLength: fields.length })
      .map((descending) => fields.map((field, index) => (descending[index] ? `-${field}` : field)).join(',')),
  )

const GROUPS: Record<string, JsonDocument> = {
  a: { id: 'a', name: 'A', next_id: null },
  b: { id: 'b', name: null, next_id: null },
  c: { id: 'c', name: 'a', next_id: 'a' },
}

function matching(filters: readonly string[]): number[] {
  const query = parseListQuery(db.schema, db.collection('things'), paramsOf(filters), READ_ALL, SCOPE)
  const holds = conditionPredicate(query.condition, {
    follow: (_, key) => GROUPS[String(key)] ?? null,
    holds: () => false,
  })
  return docs.filter(holds).map((doc) => Number(doc.id))
}

function paramsOf(filters: readonly string[], more: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams([
    ...filters.map((one): [string, string] => ['filter', one]),
    ...Object.entries({ limit: '500', ...more }),
  ])
}

const found = (filters: readonly string[]) => db.list('things', paramsOf(filters)).docs.map((doc) => Number(doc.id))

test('a filter finds in SQL what it finds in memory', () => {
  fc.assert(
    fc.property(fc.array(filter, { minLength: 1, maxLength: 2 }), (filters) => {
      expect(found(filters)).toEqual(matching(filters))
    }),
    { ...options, numRuns: 1500 },
  )
})

test('a filter in JSON finds over REST what it means in a live query, and in memory', () => {
  const scope = { follow: (_: unknown, key: JsonValue) => GROUPS[String(key)] ?? null, holds: () => false }
  fc.assert(
    fc.property(jsonTree, fc.option(filter, { nil: undefined }), (tree, more) => {
      const given = [JSON.stringify(tree, null, more === undefined ? 0 : 1), ...(more === undefined ? [] : [more])]
      const live = parseLiveQuery(db.schema, db.collection('things'), { filter: tree }, READ_ALL, {
        ...SCOPE,
        maxDocuments: 100,
      })
      const holds = conditionPredicate(live.condition, scope)
      const within = more === undefined ? docs.map((doc) => Number(doc.id)) : matching([more])
      expect(found(given)).toEqual(
        docs
          .filter(holds)
          .map((doc) => Number(doc.id))
          .filter((id) => within.includes(id)),
      )
    }),
    { ...options, numRuns: 1000 },
  )
})

test('ne is what eq leaves, nin what in leaves', () => {
  fc.assert(
    fc.property(filter, (one) => {
      const opposite = one.replace(
        /^([^:]+):(eq|in):/,
        (_, path, operator) => `${path}:${operator === 'eq' ? 'ne' : 'nin'}:`,
      )
      fc.pre(opposite !== one)
      expect([...found([one]), ...found([opposite])].sort((a, b) => a - b)).toEqual(docs.map((doc) => Number(doc.id)))
    }),
    options,
  )
})

test('pages by cursor, of any size and order, are one big sorted list', () => {
  fc.assert(
    fc.property(sort, fc.integer({ min: 1, max: 25 }), fc.array(filter, { maxLength: 1 }), (order, limit, filters) => {
      const expected = sorted(matching(filters), order)
      expect(db.list('things', paramsOf(filters, { sort: order })).docs.map((doc) => Number(doc.id))).toEqual(expected)
      const seen: number[] = []
      let cursor: string | null = null
      do {
        const more: Record<string, string> = {
          sort: order,
          limit: String(limit),
          ...(cursor === null ? {} : { cursor }),
        }
        const page = db.list('things', paramsOf(filters, more))
        seen.push(...page.docs.map((doc) => Number(doc.id)))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(seen).toEqual(expected)
    }),
    options,
  )
})

test('any text is a filter, a sort, a cursor, … or a clear error', () => {
  const parameter = fc.constantFrom('filter', 'sort', 'cursor', 'limit', 'offset', 'count', 'expand', 'fields', 'where')
  const piece = fc.oneof(
    fc.constantFrom(
      'text',
      'data',
      'group',
      'whole',
      ':',
      '::',
      'eq',
      'in',
      'contains',
      ',',
      '.',
      '-',
      '\\',
      'null',
      "'",
      '"',
      '\0',
      '[',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  const noise = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.array(fc.tuple(parameter, fc.oneof(noise, filter)), { maxLength: 3 }), (pairs) => {
      try {
        db.list('things', new URLSearchParams(pairs))
      } catch (error) {
        if (!(error instanceof AppError && error.status === 400)) throw error
      }
    }),
    { ...options, numRuns: 3000 },
  )
})

/** The plainest form of the contract's order: nulls first ascending, the key last. */
function sorted(ids: readonly number[], order: string): number[] {
  const keys = order.split(',').map((part) => ({ path: part.replace(/^-/, ''), sign: part.startsWith('-') ? -1 : 1 }))
  keys.push({ path: 'id', sign: keys.at(-1)?.sign ?? 1 })
  const byId = new Map(docs.map((doc) => [Number(doc.id), doc]))
  const rows = ids.map((id) => ({ id, values: keys.map(({ path }) => sortValue(byId.get(id) ?? {}, path.split('.'))) }))
  rows.sort((a, b) => {
    for (const [index, { sign }] of keys.entries()) {
      const difference = compare(a.values[index] ?? null, b.values[index] ?? null)
      if (difference !== 0) return sign * difference
    }
    return 0
  })
  return rows.map(({ id }) => id)
}

function sortValue(doc: JsonDocument, [first, ...rest]: readonly string[]): JsonValue {
  const name = String(first)
  if (rest.length === 0) return doc[name] ?? null
  if (name === 'group' || name === 'next') return sortValue(GROUPS[String(doc[`${name}_id`])] ?? {}, rest)
  const value = doc[name] ?? null
  if (typeof value !== 'object' || value === null) return null
  return (value as Record<string, JsonValue>)[String(rest[0])] ?? null
}

/** As SQLite orders: null, then numbers (true is 1), then text; lists and objects by their JSON text. */
function compare(a: JsonValue, b: JsonValue): number {
  const [x, y] = [sqlValue(a), sqlValue(b)]
  if (x === null || y === null) return Number(x !== null) - Number(y !== null)
  if (typeof x === 'number') return typeof y === 'number' ? Math.sign(x - y) : -1
  return typeof y === 'number' ? 1 : compareText(x, y)
}

function sqlValue(value: JsonValue): string | number | null {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
