import type { JsonValue, Schema } from '@koyalite/schema'
import type { CelFacts } from '../memory/cel-environment'
import type { RandomSource } from './random-source'
import { type Documents, NOBODY, schemaOf, userFacts } from './test-world'

const USERS = ['u1', 'u2', 'u3'] as const
const TEAMS = ['t1', 't2'] as const

/** Values that collide often: equal ones, neighbours, and those that kinds and encodings are confused about. */
export const STRINGS = ['', 'a', 'b', 'B', 'ab', 'é', '😀', '\uffee', 'u1', 't1', '1', 'true'] as const
export const INTS = [-3, -1, 0, 1, 2, 3, 10, 9007199254740991, -9007199254740991] as const
export const DOUBLES = [-1.5, 0, 0.5, 1, 2, 3, 1e300] as const
export const TIMES = [
  '1969-12-31T23:59:59.999Z',
  '2024-02-29T12:00:00.000Z',
  '2026-01-02T03:04:05.678Z',
  '9999-12-31T23:59:59.999Z',
] as const
export const DATES = ['1969-12-31', '2024-02-29', '2026-01-02', '2026-01-03', '9999-12-31'] as const
export const JSON_KEYS = ['a', 'b', 'c d'] as const
export const ENUM_WORDS = ['draft', 'published'] as const

export interface RandomWorld {
  readonly schema: Schema
  readonly documents: Documents
  readonly actors: readonly CelFacts[]
}

/** A schema with random nullability, documents for it, callers. */
export function randomWorld(random: RandomSource): RandomWorld {
  const nullable = (): string => (random.chance(0.6) ? ', nullable: true' : '')
  const schema = schemaOf(`
version: 1
types: { status: { enum: [${ENUM_WORDS.join(', ')}] } }
collections:
  teams:
    fields:
      id: { type: string, primary: true }
      name: { type: string${nullable()} }
      level: { type: int${nullable()} }
      data: { type: json${nullable()} }
      owner_id: { type: uuid, references: users.id, onDelete: set null, nullable: true }
  members:
    fields:
      id: { type: string, primary: true }
      team: { type: string, references: teams.id${nullable()} }
      user: { type: uuid, references: users.id${nullable()} }
      rank: { type: int${nullable()} }
      active: { type: bool${nullable()} }
  docs:
    fields:
      id: { type: string, primary: true }
      s: { type: string${nullable()} }
      s2: { type: text${nullable()} }
      i: { type: int${nullable()} }
      i2: { type: int${nullable()} }
      d: { type: float${nullable()} }
      b: { type: bool${nullable()} }
      t: { type: timestamp${nullable()} }
      day: { type: date${nullable()} }
      j: { type: json${nullable()} }
      e: { type: status${nullable()} }
      author_id: { type: uuid, references: users.id, nullable: true }
      team_id: { type: string, references: teams.id${nullable()} }
`)
  return {
    schema,
    documents: randomDocuments(random, schema),
    actors: [
      NOBODY,
      userFacts('u1', { a: 1, b: ['a', 'u1', null, 2], c: { a: 't1' } }),
      userFacts('u2', randomJson(random, 2), 'admin'),
    ],
  }
}

function randomDocuments(random: RandomSource, schema: Schema): Documents {
  const orNull = <T extends JsonValue>(collection: string, field: string, value: T): T | null => {
    const isNullable = schema.collections.get(collection)?.fields.get(field)?.nullable === true
    return isNullable && random.chance(0.35) ? null : value
  }
  const now = TIMES[1]
  return {
    users: USERS.slice(0, 2).map((id) => ({
      id,
      email: `${id}@example.com`,
      role: 'user',
      verified: random.chance(0.5),
      metadata: random.chance(0.3) ? null : randomJson(random, 2),
      created_at: now,
      updated_at: now,
    })),
    teams: TEAMS.map((id) => ({
      id,
      name: orNull('teams', 'name', random.pick(STRINGS)),
      level: orNull('teams', 'level', random.pick(INTS)),
      data: orNull('teams', 'data', randomJson(random, 2) ?? true),
      owner_id: random.chance(0.4) ? null : random.pick(USERS),
    })),
    members: Array.from({ length: random.below(4) }, (_, index) => ({
      id: `m${index}`,
      team: orNull('members', 'team', random.pick([...TEAMS, 'gone'])),
      user: orNull('members', 'user', random.pick(USERS)),
      rank: orNull('members', 'rank', random.pick(INTS)),
      active: orNull('members', 'active', random.chance(0.5)),
    })),
    docs: Array.from({ length: 6 }, (_, index) => ({
      id: `d${index}`,
      s: orNull('docs', 's', random.pick(STRINGS)),
      s2: orNull('docs', 's2', random.pick(STRINGS)),
      i: orNull('docs', 'i', random.pick(INTS)),
      i2: orNull('docs', 'i2', random.pick(INTS)),
      d: orNull('docs', 'd', random.pick(DOUBLES)),
      b: orNull('docs', 'b', random.chance(0.5)),
      t: orNull('docs', 't', random.pick(TIMES)),
      day: orNull('docs', 'day', random.pick(DATES)),
      j: orNull('docs', 'j', randomJson(random, 3) ?? {}),
      e: orNull('docs', 'e', random.pick(ENUM_WORDS)),
      author_id: random.chance(0.3) ? null : random.pick(USERS),
      team_id: orNull('docs', 'team_id', random.pick([...TEAMS, 'gone'])),
    })),
  }
}

export function randomJson(random: RandomSource, depth: number): JsonValue {
  const kind = random.below(depth > 0 ? 10 : 5)
  if (kind === 0) return null
  if (kind === 1) return random.chance(0.5)
  if (kind === 2) return random.pick([0, 1, 2, -1, 1.5, 10])
  if (kind <= 4) return random.pick(STRINGS)
  if (kind <= 6) return Array.from({ length: random.below(4) }, () => randomJson(random, depth - 1))
  const keys = JSON_KEYS.filter(() => random.chance(0.6))
  return Object.fromEntries(keys.map((key) => [key, randomJson(random, depth - 1)]))
}
