import { expect, test } from 'bun:test'
import type { Actor } from '@koyalite/contracts'
import { parseSchema, type Schema } from '@koyalite/schema'
import fc from 'fast-check'
import { accessOf } from '../access/access-of'
import { ruleScope } from '../cel/check/cel-scope'
import { checkCondition } from '../cel/check/check-cel'
import { ANONYMOUS_FACTS, type CelFacts } from '../cel/memory/cel-environment'
import { compileToPredicate } from '../cel/testing/compile-predicate'
import { compileTerms } from './compile-terms'
import { liveDependencies } from './live-dependencies'
import { isRange, type LiveRoute, liveRoute } from './live-route'
import { type LiveParameters, parseLiveQuery } from './parse-live-query'

const schemaOf = (rules: string): Schema => {
  const parsed = parseSchema(
    `
version: 1
collections:
  rooms: { fields: { id: { type: string, primary: true }, owner: { type: uuid, references: users.id } } }
  members:
    fields:
      id: { type: int, primary: true, default: auto }
      user: { type: uuid, references: users.id }
      room: { type: string }
      role: { type: string, nullable: true }
      level: { type: int }
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      author: { type: uuid, references: users.id, nullable: true }
      room: { type: string, references: rooms.id, nullable: true }
      shown: { type: bool }
      seen: { type: bool, nullable: true }
      n: { type: int }
    ${rules}
`,
    { file: 'schema.yaml' },
  )
  if (parsed.ok) return parsed.schema
  throw new Error(JSON.stringify(parsed.problems))
}

const REQUEST = { method: 'GET', ip: '', time: 0, headers: {} }
const ANN: Actor = {
  ...{ kind: 'user', id: 'ann', email: 'ann@example.com', role: 'user', verified: true, metadata: null, claims: null },
  sessionId: 's',
}

function lookUp(rules: string, params: LiveParameters = {}) {
  const schema = schemaOf(rules)
  const collection = schema.collections.get('posts')
  if (!collection) throw new Error('there are posts')
  const access = accessOf(schema, ANN, REQUEST)
  const query = parseLiveQuery(schema, collection, params, access.read, {
    auth: access.auth,
    now: '',
    maxDocuments: 100,
  })
  const facts = { auth: access.auth, request: { ...REQUEST, body: null } }
  const nameOf = (term: NonNullable<LiveRoute>[number]) =>
    isRange(term) ? `${term.from}<${term.field.name}<${term.to}` : `${term.field.name}=${term.value}`
  const named = (terms: LiveRoute) => terms?.map(nameOf).join(' ') ?? null
  const { looksAt } = liveDependencies(schema, query, access.read)
  return {
    route: named(liveRoute(schema, query, access.read)(facts)),
    looksAt: [...looksAt].map(([name, demands]) => [name, demands?.map((demand) => named(demand(facts))) ?? null]),
  }
}

const read = (rule: string) => `rules: { read: "${rule}" }`

test.each([
  ['auth.id == doc.author', 'author=ann'],
  ['doc.author == auth.id && doc.n > 1', 'author=ann'],
  ["auth.role == 'admin' || doc.author == auth.id", 'author=ann'],
  ['doc.shown || doc.author == auth.id', 'shown=true author=ann'],
  ["(doc.room == 'a' || doc.room == 'b') && auth.verified", 'room=a room=b'],
  // What may be true for others, or is an error for others.
  ['doc.n > 1 || doc.author == auth.id', null],
  ['doc.seen || doc.author == auth.id', null],
  ['doc.author != auth.id', null],
  ['!(doc.author == auth.id)', null],
  ["auth.role == 'user' || doc.author == auth.id", null],
  ['doc.author == auth.id ? doc.shown : doc.n > 1', null],
  ['doc.room.owner == auth.id', null],
  ['auth.metadata.x == doc.room || doc.author == auth.id', null],
])('R1 a rule narrows the documents of a list: %s', (rule, route) => {
  expect(lookUp(read(rule)).route).toBe(route)
})

test('R1 the most telling of rule and filter', () => {
  expect(lookUp(read('doc.author == auth.id'), { filter: { shown: true } }).route).toBe('author=ann')
  expect(lookUp(read('doc.shown'), { filter: { room: 'a' } }).route).toBe('room=a')
  expect(lookUp(read('doc.shown'), { filter: { id: { $in: [1, 2] }, room: 'a' } }).route).toBe('id=1 id=2')
  expect(lookUp(read('true'), { filter: { $or: [{ room: 'a' }, { n: 1 }] } }).route).toBe(null)
})

test.each([
  [{ n: { $gt: 3 } }, '3<n<null'],
  [{ n: { $gte: 3, $lt: 5 } }, '3<n<5'],
  [{ $and: [{ n: { $lte: 5 } }, { id: { $gt: 1 } }, { n: { $gt: 3 } }] }, '3<n<5'],
  [{ n: { $gt: 3 }, shown: true }, '3<n<null'],
  [{ n: { $gt: 3 }, room: 'a' }, 'room=a'],
  [{ $or: [{ n: { $gt: 3 } }, { id: 1 }] }, null],
  [{ $not: { n: { $gt: 3 } } }, null],
])('R1 ranges of a filter: %j', (filter, route) => {
  expect(lookUp(read('true'), { filter }).route).toBe(route)
})

test('R1 of several permits each would do, restrictions hold all', () => {
  const policy = (effect: string, using: string) =>
    `      - { name: p${using.length}, on: [read], effect: ${effect}, using: "${using}" }`
  const some = [policy('permit', 'doc.author == auth.id'), policy('permit', 'doc.n > 1 && doc.shown')]
  expect(lookUp(`policies:\n${some.join('\n')}`).route).toBe(null)
  expect(lookUp(`policies:\n${[...some, policy('restrict', "doc.room == 'a'")].join('\n')}`).route).toBe('room=a')
})

test.each([
  ['members.exists(m, m.room == doc.room && m.user == auth.id)', [['members', ['user=ann']]]],
  ['members.exists_one(m, auth.id == m.user && m.level > 3)', [['members', ['user=ann']]]],
  ['members.filter(m, m.user == auth.id).exists(m, m.room == doc.room)', [['members', ['user=ann']]]],
  ['size(members.filter(m, m.user == auth.id && m.room == doc.room)) > 0', [['members', ['user=ann']]]],
  ['members.filter(m, m.user == auth.id).all(m, m.room != doc.room)', [['members', ['user=ann']]]],
  [
    "members.exists(m, m.user == auth.id) || members.exists(m, m.role == 'guest' && m.room == doc.room)",
    [['members', ['user=ann', 'role=guest']]],
  ],
  ['members.all(m, m.user == auth.id)', [['members', null]]],
  ['members.exists(m, m.user == auth.id || m.level > 3)', [['members', null]]],
  ['members.exists(m, m.user == doc.author)', [['members', null]]],
  ['members.exists(m, m.user == auth.id) || size(members) == 0', [['members', null]]],
  ['members.filter(m, m.level > 1).exists(m, m.user == auth.id)', [['members', null]]],
  [
    'rooms.exists(r, r.id == doc.room && members.exists(m, m.room == r.id && m.user == auth.id))',
    [
      ['rooms', null],
      ['members', ['user=ann']],
    ],
  ],
  ['doc.room.owner == auth.id', [['rooms', null]]],
])('R2 a rule narrows what it looks at: %s', (rule, looksAt) => {
  expect(lookUp(read(rule)).looksAt as unknown[]).toEqual(looksAt)
})

test('R1 who has none of what a condition demands does not fulfil it', () => {
  const schema = schemaOf(read('true'))
  const collection = schema.collections.get('posts')
  if (!collection) throw new Error('there are posts')
  const scope = ruleScope(schema, collection, { old: false, requestParts: [] })
  const atoms = [
    ...['doc.author == auth.id', "'ann' == doc.author", "doc.room == 'a'", 'doc.shown', 'doc.seen', 'doc.n > 1'],
    ...["auth.role == 'admin'", 'auth.verified', 'auth.id == null', 'auth.metadata.x == true', "doc.room < 'b'"],
    ...['doc.shown == auth.verified', 'doc.seen == true', 'doc.room == auth.role'],
  ]
  const condition = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...atoms),
      fc.tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('any').map((a) => `!(${a})`),
    ),
  })).any
  const maybe = <T>(...values: T[]) => fc.constantFrom<T | null>(null, ...values)
  const document = fc.record({
    ...{ author: maybe('ann', 'ben'), room: maybe('a', 'b', 'admin'), n: fc.constantFrom(1, 2) },
    ...{ shown: fc.boolean(), seen: maybe(true, false) },
  })
  const auth = fc
    .record({
      ...{ id: maybe('ann', 'ben'), role: maybe('admin', 'a'), verified: fc.boolean() },
      ...{ metadata: maybe({ x: true }, { x: false }) },
    })
    .map((known) => ({ ...ANONYMOUS_FACTS, ...known }))
  fc.assert(
    fc.property(condition, fc.array(fc.tuple(document, auth), { minLength: 5 }), (source, cases) => {
      const checked = checkCondition(source, scope)
      const terms = compileTerms(checked.root, ({ kind }) => kind === 'root')
      const holds = compileToPredicate(checked)
      for (const [doc, caller] of cases) {
        const facts: CelFacts = { auth: caller, request: { ...REQUEST, body: null } }
        const demanded = terms?.(facts) ?? null
        if (demanded === null) continue
        if (demanded.some(({ field, value }) => doc[field.name as keyof typeof doc] === value)) continue
        expect(holds({ ...facts, documents: { doc }, follow: () => null, rows: () => [] })).toBe(false)
      }
    }),
    { numRuns: 500 },
  )
})
