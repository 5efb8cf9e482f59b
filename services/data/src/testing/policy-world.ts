import type { Actor } from '@koyalite/contracts'
import { checkRules } from '@koyalite/query'
import { randomCondition } from '@koyalite/query/testing/random-expression'
import type { RandomSource } from '@koyalite/query/testing/random-source'
import { DATES, DOUBLES, ENUM_WORDS, INTS, randomJson, STRINGS, TIMES } from '@koyalite/query/testing/random-world'
import { type JsonValue, OPERATIONS, type Operation, parseSchema } from '@koyalite/schema'
import { openTestApi, type TestApi, user } from './open-api'

export type Document = Readonly<Record<string, JsonValue>>

/** A policy as its author wrote it; the short form is a permit without a name. */
export interface WrittenPolicy {
  readonly on: readonly Operation[]
  readonly effect: 'permit' | 'restrict'
  readonly using: string | null
  readonly check: string | null
}

/** A schema with random rules, random documents behind the real routes, and who may ask. */
export interface PolicyWorld {
  readonly api: TestApi
  readonly policies: Readonly<Record<string, readonly WrittenPolicy[]>>
  /** Rules of fields, by `collection.field`. */
  readonly fieldRules: Readonly<Record<string, { readonly read?: string; readonly write?: string }>>
  readonly actors: readonly Actor[]
}

const [ANN, BEN, CARL] = ['a', 'b', 'c'].map((end) => `00000000-0000-7000-8000-00000000000${end}`) as [
  string,
  string,
  string,
]
const PEOPLE = [ANN, BEN, CARL] as const
const TEAMS = ['t1', 't2'] as const

export async function openPolicyWorld(random: RandomSource): Promise<PolicyWorld> {
  const nullable = Object.fromEntries(NULLABLE.map((name) => [name, random.chance(0.6)]))
  const fieldRules: Record<string, { read?: string; write?: string }> = {}
  for (const name of ['s', 'i', 'j', 'e']) {
    if (random.chance(0.3)) fieldRules[`docs.${name}`] = { read: rule(random, 'read') }
  }
  for (const name of ['i2', 'b']) if (random.chance(0.4)) fieldRules[`docs.${name}`] = { write: rule(random, 'create') }
  const policies: Record<string, readonly WrittenPolicy[]> = {
    docs: docsPolicies(random),
    teams: relatedPolicies(random, [
      'true',
      'doc.level != 1',
      'doc.owner_id == auth.id',
      'doc.data.a == 1',
      'auth.id != null',
    ]),
    members: relatedPolicies(random, ['true', 'doc.user == auth.id', 'doc.active', "doc.team.owner.role == 'admin'"]),
    users: relatedPolicies(random, [
      'true',
      'doc.id == auth.id',
      'auth.verified',
      "doc.role == 'admin' || auth.role == 'admin'",
    ]),
  }
  const api = await openTestApi(schemaText({ nullable, fieldRules, policies }))
  await store(api, random, nullable)
  const metadata = { a: 1, b: ['a', 'u1', null, 2], c: { a: 't1' } }
  const actors: Actor[] = [
    { kind: 'anonymous' },
    user(ANN, { metadata, claims: metadata, verified: true }),
    user(BEN, { metadata: randomJson(random, 2), claims: randomJson(random, 2), role: 'admin', verified: false }),
    user(CARL, { metadata: null }),
    { kind: 'service_key', id: 'k', scopes: [{ scope: 'data:read', collections: ['docs', 'teams'] }] },
    { kind: 'service_key', id: 'w', scopes: [{ scope: 'data:write' }] },
    { kind: 'operator', id: 'o', email: 'o@example.com', role: 'viewer', sessionId: 's' },
  ]
  return { api, policies, fieldRules, actors }
}

const NULLABLE = [
  's',
  's2',
  'i',
  'i2',
  'd',
  'b',
  't',
  'day',
  'j',
  'e',
  'team_id',
  'name',
  'level',
  'data',
  'rank',
  'active',
]

function docsPolicies(random: RandomSource): readonly WrittenPolicy[] {
  const policies: WrittenPolicy[] = []
  for (const operation of OPERATIONS) {
    if (random.chance(0.1)) continue
    policies.push({ on: [operation], effect: 'permit', using: rule(random, operation), check: null })
  }
  for (let count = random.below(5); count > 0; count--) {
    const operation = random.pick(OPERATIONS)
    const effect = random.chance(0.5) ? 'permit' : 'restrict'
    const mayCheck = operation === 'create' || operation === 'update'
    const using = mayCheck && random.chance(0.25) ? null : rule(random, operation)
    const check = using === null || (mayCheck && random.chance(0.5)) ? rule(random, operation) : null
    policies.push({ on: [operation], effect, using, check })
  }
  return policies
}

function relatedPolicies(random: RandomSource, rules: readonly string[]): readonly WrittenPolicy[] {
  if (random.chance(0.15)) return []
  return [{ on: ['read'], effect: 'permit', using: random.pick(rules), check: null }]
}

/** A random rule that the schema accepts. Half of them are made easier to fulfil, so that not nearly all is denied. */
function rule(random: RandomSource, operation: Operation): string {
  for (;;) {
    let source = randomCondition(random, 1 + random.below(3))
    if (operation === 'update' && random.chance(0.4)) {
      source = source.replace(/\bdoc\./g, (text) => (random.chance(0.5) ? 'old.' : text))
    }
    if (random.chance(0.5))
      source = `${source} || ${random.pick(['doc.b == true', 'doc.author_id == auth.id', 'doc.i != null', 'auth.id != null', '!(doc.j.a == 1)'])}`
    if (isAccepted(source, operation)) return source
  }
}

function isAccepted(source: string, operation: Operation): boolean {
  const policies = { docs: [{ on: [operation], effect: 'permit', using: source, check: null } as const] }
  const parsed = parseSchema(schemaText({ nullable: {}, fieldRules: {}, policies }), { file: 'schema.yaml' })
  return parsed.ok && checkRules(parsed.schema, { file: 'schema.yaml' }).length === 0
}

function schemaText({
  nullable,
  fieldRules,
  policies,
}: {
  readonly nullable: Readonly<Record<string, boolean>>
  readonly fieldRules: PolicyWorld['fieldRules']
  readonly policies: PolicyWorld['policies']
}): string {
  const field = (collection: string, name: string, type: string): string => {
    const rules = fieldRules[`${collection}.${name}`] ?? {}
    const options = [
      `type: ${type}`,
      ...(nullable[name] === true ? ['nullable: true'] : []),
      ...Object.entries(rules).map(([key, source]) => `${key}: ${JSON.stringify(source)}`),
    ]
    return `      ${name}: { ${options.join(', ')} }`
  }
  const rulesOf = (collection: string): string => {
    const written = policies[collection] ?? []
    // The first permit of an operation without a check stands in the short form.
    const short = new Map<Operation, WrittenPolicy>()
    for (const policy of written) {
      const [operation] = policy.on
      const fits = policy.effect === 'permit' && policy.using !== null && policy.check === null
      if (operation && fits && !short.has(operation)) short.set(operation, policy)
    }
    const long = written.filter((policy) => ![...short.values()].includes(policy))
    return [
      '    rules:',
      ...(short.size === 0 ? ['      {}'] : []),
      ...[...short].map(([operation, { using }]) => `      ${operation}: ${JSON.stringify(using)}`),
      ...(long.length > 0 ? ['    policies:'] : []),
      ...long.map(({ on, effect, using, check }, index) => {
        const parts = [using && `using: ${JSON.stringify(using)}`, check && `check: ${JSON.stringify(check)}`]
        return `      - { name: p${index}, on: [${on.join(', ')}], effect: ${effect}, ${parts.filter(Boolean).join(', ')} }`
      }),
    ].join('\n')
  }
  return `
version: 1
types: { status: { enum: [${ENUM_WORDS.join(', ')}] } }
roles:
  user: { permissions: [comments:write] }
  admin: { permissions: ["*"] }
collections:
  users:
${rulesOf('users').replace('    rules:', '    fields: { id: { type: uuid, primary: true, default: auto } }\n    rules:')}
  teams:
    fields:
      id: { type: string, primary: true }
${field('teams', 'name', 'string')}
${field('teams', 'level', 'int')}
${field('teams', 'data', 'json')}
      owner_id: { type: uuid, references: users.id, onDelete: set null, nullable: true }
${rulesOf('teams')}
  members:
    fields:
      id: { type: string, primary: true }
      team: { type: string, references: teams.id, nullable: true }
      user: { type: uuid, references: users.id, nullable: true }
${field('members', 'rank', 'int')}
${field('members', 'active', 'bool')}
${rulesOf('members')}
  docs:
    fields:
      id: { type: string, primary: true }
${field('docs', 's', 'string')}
${field('docs', 's2', 'text')}
${field('docs', 'i', 'int')}
${field('docs', 'i2', 'int')}
${field('docs', 'd', 'float')}
${field('docs', 'b', 'bool')}
${field('docs', 't', 'timestamp')}
${field('docs', 'day', 'date')}
${field('docs', 'j', 'json')}
${field('docs', 'e', 'status')}
      author_id: { type: uuid, references: users.id, nullable: true }
${field('docs', 'team_id', 'string').replace(' }', ', references: teams.id }')}
${rulesOf('docs')}
`
}

async function store(api: TestApi, random: RandomSource, nullable: Readonly<Record<string, boolean>>): Promise<void> {
  const orNull = <T extends JsonValue>(name: string, value: T): T | null =>
    nullable[name] === true && random.chance(0.35) ? null : value
  const operations = [
    ...PEOPLE.map((id, index) => ({
      collection: 'users',
      data: {
        id,
        email: `u${index}@example.com`,
        role: index === 1 ? 'admin' : 'user',
        verified: random.chance(0.5),
        metadata: randomJson(random, 2),
        claims: randomJson(random, 2),
      },
    })),
    ...TEAMS.map((id) => ({
      collection: 'teams',
      data: {
        id,
        name: orNull('name', random.pick(STRINGS)),
        level: orNull('level', random.pick(INTS)),
        data: orNull('data', randomJson(random, 2) ?? true),
        owner_id: random.chance(0.4) ? null : random.pick(PEOPLE),
      },
    })),
    ...Array.from({ length: random.below(4) }, (_, index) => ({
      collection: 'members',
      data: {
        id: `m${index}`,
        team: random.chance(0.2) ? null : random.pick(TEAMS),
        user: random.chance(0.2) ? null : random.pick(PEOPLE),
        rank: orNull('rank', random.pick(INTS)),
        active: orNull('active', random.chance(0.5)),
      },
    })),
    ...Array.from({ length: 6 }, (_, index) => ({
      collection: 'docs',
      data: { id: `d${index}`, ...randomFields(random, nullable) },
    })),
  ]
  const response = await api.system('POST', '/batch', {
    operations: operations.map((one) => ({ op: 'create', ...one })),
  })
  if (response.status !== 200) throw new Error(JSON.stringify(response.body))
}

/** Values for all fields of a document of `docs`, except its key. */
export function randomFields(random: RandomSource, nullable: Readonly<Record<string, boolean>>): Document {
  const orNull = <T extends JsonValue>(name: string, value: T): T | null =>
    nullable[name] === true && random.chance(0.35) ? null : value
  return {
    s: orNull('s', random.pick(STRINGS)),
    s2: orNull('s2', random.pick(STRINGS)),
    i: orNull('i', random.pick(INTS)),
    i2: orNull('i2', random.pick(INTS)),
    d: orNull('d', random.pick(DOUBLES)),
    b: orNull('b', random.chance(0.5)),
    t: orNull('t', random.pick(TIMES)),
    day: orNull('day', random.pick(DATES)),
    j: orNull('j', randomJson(random, 3) ?? {}),
    e: orNull('e', random.pick(ENUM_WORDS)),
    author_id: random.chance(0.3) ? null : random.pick(PEOPLE),
    team_id: orNull('team_id', random.pick(TEAMS)),
  }
}
