import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, AppError } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import fc from 'fast-check'
import { accessOf } from '../access/access-of'
import { compareText } from '../filter/compare-text'
import { conditionPredicate, type JsonDocument } from '../filter/testing/condition-predicate'
import { type Fixture, openFixture } from '../testing/open-fixture'
import { type Group, runAggregate } from '../testing/run-aggregate'
import { parseAggregateQuery } from './parse-aggregate'

// Aggregates in SQL against the plainest form of the same in memory: random documents, actors with different rights, random requests.

/** A seed that a failed run printed, to run it again. */
const REPLAY: number | null = null
const SEED = REPLAY ?? Math.floor(Math.random() * 2 ** 31)

const [ANN, BEN] = ['0190aaaa-0000-7000-8000-00000000000a', '0190aaaa-0000-7000-8000-00000000000b']
const SCHEMA = `
version: 1
types: { kind: { enum: [a, b] } }
collections:
  users: { fields: { name: { type: string, nullable: true } }, rules: { read: "auth.id == doc.id || auth.role == 'admin'" } }
  things:
    fields:
      id:     { type: int, primary: true, default: auto }
      kind:   { type: kind, nullable: true, index: true }
      owner:  { type: uuid, nullable: true, references: users.id }
      open:   { type: bool, default: false }
      whole:  { type: int, nullable: true }
      real:   { type: float, nullable: true }
      text:   { type: string, nullable: true }
      at:     { type: timestamp, nullable: true, index: true }
      due:    { type: date, nullable: true }
      data:   { type: json, nullable: true }
      own:    { type: int, nullable: true, read: "auth.id == doc.owner || auth.role == 'admin'" }
      staff:  { type: int, nullable: true, read: "auth.role == 'admin'" }
    rules: { read: "doc.open || doc.owner == auth.id || auth.role == 'admin'" }
`

const user = (id: string, role: string): Actor => ({
  ...{ kind: 'user', id, email: `${id.slice(-1)}@example.com`, role, verified: true },
  ...{ metadata: null, claims: null, sessionId: 's' },
})
const ACTORS: readonly Actor[] = [ANONYMOUS, user(ANN, 'user'), user(BEN, 'user'), user(BEN, 'admin')]
const NAMES: Readonly<Record<string, string | null>> = { [ANN]: 'Ann', [BEN]: null }

let db: Fixture
let things: readonly JsonDocument[] = []

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4, nil: null })
const TIMES = [
  '2026-01-01T00:00:00.000Z',
  '2025-12-31T23:30:00.000Z',
  '2026-03-29T00:59:59.999Z',
  '2026-03-29T01:00:00.000Z',
  '2026-10-25T00:30:00.000Z',
  '2026-10-25T01:30:00.000Z',
  '2026-11-01T05:30:00.000Z',
  '2026-11-01T06:30:00.000Z',
  '2024-02-29T12:00:00.000Z',
]
const thing = fc.record({
  kind: maybe(fc.constantFrom('a', 'b')),
  owner: maybe(fc.constantFrom(ANN, BEN)),
  open: fc.boolean(),
  whole: maybe(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(2 ** 40, -(2 ** 40)))),
  // Exact in whatever order they are added.
  real: maybe(fc.integer({ min: -8, max: 8 }).map((n) => n / 4)),
  text: maybe(fc.constantFrom('', 'a', 'A', 'é', '😀', '\uffee', 'null', '1')),
  at: maybe(
    fc.oneof(
      fc.constantFrom(...TIMES),
      fc
        .date({ min: new Date('1905-01-01'), max: new Date('2095-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    ),
  ),
  due: maybe(fc.constantFrom('2026-01-01', '2025-12-29', '2026-03-29', '2024-02-29')),
  data: maybe(fc.record({ k: fc.constantFrom(null, 1, 1.5, '1', true, 'true', ['x']) })),
  own: maybe(fc.integer({ min: 0, max: 2 })),
  staff: maybe(fc.integer({ min: 0, max: 2 })),
})

beforeAll(async () => {
  console.log(`aggregate-property.test.ts: seed ${SEED}`)
  db = await openFixture(SCHEMA)
  await db.insert('users', { id: ANN, email: 'ann@example.com', name: NAMES[ANN] ?? null })
  await db.insert('users', { id: BEN, email: 'ben@example.com', name: NAMES[BEN] ?? null })
  const [sample = []] = fc.sample(fc.array(thing, { minLength: 80, maxLength: 80 }), { seed: SEED, numRuns: 1 })
  things = sample.map((one, index) => ({ id: index + 1, ...one }))
  await db.insert('things', ...things)
})
afterAll(() => db.close())

// --- Requests

const PATHS = ['kind', 'owner', 'open', 'whole', 'real', 'text', 'at', 'due', 'own', 'owner.name', 'data.k'] as const
const DAYS = ['day', 'week', 'month', 'year'] as const
const BUCKETS = ['hour', ...DAYS] as const
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', '-03:30']

interface Key {
  readonly name: string
  readonly path: string
  readonly bucket: (typeof BUCKETS)[number] | null
}
interface Value {
  readonly name: string
  readonly call: string
  readonly path: string | null
}
interface Request {
  readonly keys: readonly Key[]
  readonly values: readonly Value[]
  readonly filter: string | null
  readonly having: { readonly on: number; readonly op: string; readonly value: string } | null
  readonly sort: readonly { readonly on: number; readonly descending: boolean }[]
  readonly limit: number | null
  readonly zone: string
  readonly actor: Actor
}

const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PATHS).map((path) => ({ path, bucket: null })) },
  { weight: 2, arbitrary: fc.constantFrom(...BUCKETS).map((bucket) => ({ path: 'at' as const, bucket })) },
  { weight: 1, arbitrary: fc.constantFrom(...DAYS).map((bucket) => ({ path: 'due' as const, bucket })) },
)
const value = fc.oneof(
  fc.constant({ call: 'count', path: null }),
  fc.record({ call: fc.constantFrom('count', 'count_distinct'), path: fc.constantFrom(...PATHS) }),
  fc.record({ call: fc.constantFrom('sum', 'avg', 'min', 'max'), path: fc.constantFrom('whole', 'real', 'own') }),
  fc.record({
    call: fc.constantFrom('min', 'max'),
    path: fc.constantFrom('text', 'at', 'due', 'kind', 'owner', 'owner.name'),
  }),
)
const filter = fc.constantFrom(
  null,
  'kind:eq:a',
  'whole:gt:0',
  'own:ne:null',
  'own:gte:1',
  'owner.name:eq:Ann',
  'text:in:a,A,null',
  'at:lt:2026-06-01',
  'data.k:eq:1',
  'id:gt:1000',
)

const request: fc.Arbitrary<Request> = fc
  .record({
    keys: fc.uniqueArray(key, { maxLength: 3, selector: ({ path, bucket }) => `${path}:${bucket}` }),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: ({ call, path }) => `${call}:${path}` }),
    filter,
    having: maybe(
      fc.record({
        on: fc.nat(),
        op: fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'),
        value: fc.constantFrom('null', '0', '1', '2', '-1'),
      }),
    ),
    sort: fc.array(fc.record({ on: fc.nat(), descending: fc.boolean() }), { maxLength: 2 }),
    limit: maybe(fc.integer({ min: 1, max: 5 })),
    zone: fc.constantFrom(...ZONES),
    actor: fc.constantFrom(...ACTORS),
  })
  .map((one) => ({
    ...one,
    keys: one.keys.map((asked, index) => ({ ...asked, name: `k${index}` })),
    values: one.values.map((asked, index) => ({ ...asked, name: `v${index}` })),
  }))

function paramsOf({ keys, values, filter, having, sort, limit, zone }: Request): URLSearchParams {
  const params = new URLSearchParams({ timezone: zone })
  if (keys.length > 0) {
    params.set(
      'group',
      keys.map(({ name, path, bucket }) => [path, ...(bucket ? [bucket] : []), 'as', name].join(':')).join(),
    )
  }
  params.set(
    'values',
    values.map(({ name, call, path }) => [call, ...(path ? [path] : []), 'as', name].join(':')).join(),
  )
  if (filter !== null) params.set('filter', filter)
  const names = [...keys, ...values].map(({ name }) => name)
  if (having !== null) params.set('having', `${names[having.on % names.length]}:${having.op}:${having.value}`)
  const order = new Map(sort.map(({ on, descending }) => [names[on % names.length], descending]))
  if (order.size > 0) params.set('sort', [...order].map(([name, descending]) => (descending ? '-' : '') + name).join())
  if (limit !== null) params.set('limit', String(limit))
  return params
}

function run(params: URLSearchParams, actor: Actor): readonly Group[] {
  const access = accessOf(db.schema, actor, { method: 'GET', ip: '', time: 0, headers: {} })
  const scope = { auth: access.auth, now: '2026-06-01T12:00:00.000Z' }
  return runAggregate(db, 'things', params, { access: access.read, scope, bind: (sql) => access.bind(sql) })
}

// --- The same in memory

function isAdmin(actor: Actor): boolean {
  return actor.kind === 'user' && actor.role === 'admin'
}

function isAs(actor: Actor, id: JsonValue | undefined): boolean {
  return actor.kind === 'user' && actor.id === id
}

/** What the actor may read, written out from the rules by hand. */
function readable(actor: Actor): readonly JsonDocument[] {
  return things
    .filter(({ open, owner }) => open === true || isAs(actor, owner) || isAdmin(actor))
    .map((doc) => {
      const { staff: _, ...shown } = doc
      return isAs(actor, doc.owner) || isAdmin(actor) ? shown : { ...shown, own: null }
    })
}

function followed(actor: Actor, owner: JsonValue): JsonDocument | null {
  if (typeof owner !== 'string' || !(isAs(actor, owner) || isAdmin(actor))) return null
  return { id: owner, name: NAMES[owner] ?? null }
}

function valueAt(actor: Actor, doc: JsonDocument, path: string): JsonValue {
  if (path === 'owner.name') return followed(actor, doc.owner ?? null)?.name ?? null
  if (path === 'data.k') return (doc.data as JsonDocument | null)?.k ?? null
  return doc[path] ?? null
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const
    format = new Intl.DateTimeFormat('en-CA', { ...parts, timeZone, hourCycle: 'h23' })
    formats.set(timeZone, format)
  }
  return format
}

/** By Intl, which knows time zones by itself. */
function label(time: JsonValue, bucket: Key['bucket'], zone: string): JsonValue {
  if (typeof time !== 'string' || bucket === null) return time
  const parts = new Map(
    formatOf(zone)
      .formatToParts(new Date(time))
      .map(({ type, value }) => [type, value]),
  )
  const [year, month, day, hour] = ['year', 'month', 'day', 'hour'].map((name) => parts.get(name as 'year') ?? '')
  switch (bucket) {
    case 'hour':
      return `${year}-${month}-${day}T${hour}`
    case 'day':
      return `${year}-${month}-${day}`
    case 'month':
      return `${year}-${month}`
    case 'year':
      return `${year}`
    case 'week': {
      // The week of a day is that of its Thursday.
      const thursday = new Date(`${year}-${month}-${day}T00:00:00Z`)
      thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7))
      const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1)
      const week = 1 + Math.floor((thursday.getTime() - newYear) / (7 * 86_400_000))
      return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
    }
  }
}

/** Null, numbers, texts; what is inside of json as JSON text, except for numbers. */
function comparable(value: JsonValue, path: string | null): string | number | null {
  if (path === 'data.k' && value !== null && typeof value !== 'number') return JSON.stringify(value)
  return typeof value === 'boolean' ? Number(value) : (value as string | number | null)
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  if (typeof a === 'number') return typeof b === 'number' ? Math.sign(a - b) : -1
  return typeof b === 'number' ? 1 : compareText(a, b)
}

function computed(call: string, values: readonly JsonValue[], path: string | null): JsonValue {
  const present = values.filter((value) => value !== null)
  const numbers = present.filter((value) => typeof value === 'number')
  const ordered = present.toSorted((a, b) => compare(comparable(a, path), comparable(b, path)))
  switch (call) {
    case 'count':
      return present.length
    case 'count_distinct':
      return new Set(present.map((value) => comparable(value, path))).size
    case 'sum':
      return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0)
    case 'avg':
      return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length
    case 'min':
      return ordered[0] ?? null
    default:
      return ordered.at(-1) ?? null
  }
}

function expected(asked: Request): readonly Group[] {
  const { actor, keys, values, zone, limit, sort } = asked
  const access = accessOf(db.schema, actor, { method: 'GET', ip: '', time: 0, headers: {} })
  const query = parseAggregateQuery(db.schema, db.collection('things'), paramsOf(asked), access.read, {
    auth: access.auth,
    now: '2026-06-01T12:00:00.000Z',
  })
  const follow = (_: unknown, owner: JsonValue) => followed(actor, owner)
  const scope = { follow, holds: () => false }
  const docs = readable(actor).filter(conditionPredicate(query.condition, scope))
  const keysOf = (doc: JsonDocument) =>
    keys.map(({ path, bucket }) => label(valueAt(actor, doc, path), bucket, path === 'due' ? 'UTC' : zone))
  const groups = Map.groupBy(docs, (doc) => JSON.stringify(keysOf(doc)))
  if (keys.length === 0 && groups.size === 0) groups.set('[]', [])
  const rows = [...groups].map(([name, members]) => {
    const found = JSON.parse(name) as JsonValue[]
    return Object.fromEntries([
      ...keys.map((one, index) => [one.name, found[index] ?? null]),
      ...values.map(({ name, call, path }) => [
        name,
        computed(call, path === null ? members.map(() => true) : members.map((doc) => valueAt(actor, doc, path)), path),
      ]),
    ]) as Group
  })
  const names = [...keys, ...values].map(({ name }) => name)
  const pathOf = new Map([...keys, ...values].map(({ name, path }) => [name, path]))
  const order = new Map(sort.map(({ on, descending }) => [names[on % names.length] ?? '', descending]))
  const terms = [...order, ...keys.filter(({ name }) => !order.has(name)).map(({ name }) => [name, false] as const)]
  const termOf = (row: Group, name: string) => {
    const isKey = name.startsWith('k')
    return comparable(row[name] ?? null, isKey ? (pathOf.get(name) ?? null) : null)
  }
  return rows
    .filter(conditionPredicate(query.having, scope))
    .toSorted((a, b) => {
      for (const [name, descending] of terms) {
        const difference = compare(termOf(a, name), termOf(b, name))
        if (difference !== 0) return descending ? -difference : difference
      }
      return 0
    })
    .slice(0, limit ?? rows.length)
}

test('SQL has what the plainest code has, for every actor', () => {
  fc.assert(
    fc.property(request, (asked) => {
      const params = paramsOf(asked)
      let wanted: readonly Group[]
      try {
        wanted = expected(asked)
      } catch (error) {
        // A comparison that makes no sense for the type is refused, in both.
        if (!(error instanceof AppError && error.code === 'INVALID_FILTER')) throw error
        expect(() => run(params, asked.actor)).toThrow(error.message)
        return
      }
      expect({ params: params.toString(), groups: run(params, asked.actor) }).toEqual({
        params: params.toString(),
        groups: wanted,
      })
    }),
    { seed: SEED, numRuns: 500 },
  )
}, 60_000)

test('a field that is not readable does not exist in any clause, and no error tells it from one that is not there', () => {
  const clauses = [
    (name: string) => ({ group: name }),
    (name: string) => ({ values: `max:${name}` }),
    (name: string) => ({ values: `count:${name}` }),
    (name: string) => ({ values: `sum:${name}:as:x` }),
    (name: string) => ({ having: `${name}:gt:1` }),
    (name: string) => ({ sort: name }),
    (name: string) => ({ filter: `${name}:gt:1` }),
    (name: string) => ({ where: `doc.${name} > 1` }),
    (name: string) => ({ group: `${name}:month` }),
    (name: string) => ({ group: `owner.${name}` }),
  ]
  for (const actor of ACTORS.filter((one) => !isAdmin(one))) {
    for (const clause of clauses) {
      const errorOf = (name: string) => {
        try {
          run(new URLSearchParams(clause(name)), actor)
          return 'none'
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          return `${error.code} ${error.message}`.replaceAll(name, '…')
        }
      }
      expect(errorOf('staff')).toBe(errorOf('stuff').replace(/ \(did you mean '[^']*'\?\)/, ''))
      expect(errorOf('staff')).not.toBe('none')
    }
  }
})

test('what others own adds to nothing that shows it', () => {
  const sums = (actor: Actor) => run(new URLSearchParams('values=count,sum:own,count:own,max:own'), actor)[0]
  for (const actor of ACTORS) {
    const docs = readable(actor)
    const own = docs.flatMap(({ own }) => (typeof own === 'number' ? [own] : []))
    expect(sums(actor)).toEqual({
      count: docs.length,
      sum_own: own.length === 0 ? null : own.reduce((sum, n) => sum + n, 0),
      count_own: own.length,
      max_own: own.length === 0 ? null : Math.max(...own),
    })
  }
})
