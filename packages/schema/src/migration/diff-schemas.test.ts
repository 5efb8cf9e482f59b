import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { schemaOf } from '../testing/migration-database'
import { arbitrarySchema } from '../testing/schema-arbitrary'
import { diffSchemas } from './diff-schemas'
import { formatHint } from './difference'

const KEY = 'id: { type: uuid, primary: true, default: auto }'

function lines(from: string, to: string): readonly string[] {
  return diffSchemas(schemaOf(`version: 1\n${from}`), schemaOf(`version: 1\n${to}`)).map(
    ({ kind, line, reason }) =>
      `${kind === 'additive' ? 'a' : 'D'} ${line}${reason === undefined ? '' : ` (${reason})`}`,
  )
}

const posts = (fields: string, rest = '') => `collections: { posts: { fields: { ${KEY}, ${fields} }${rest} } }`

test('D1: a schema does not differ from itself', () => {
  fc.assert(
    fc.property(arbitrarySchema, (schema) => diffSchemas(schema, schema).length === 0),
    { numRuns: 50 },
  )
})

test('D2: collections may come by themselves, but not go', () => {
  const with1 = posts('title: { type: string }')
  expect(lines('collections: {}', with1)).toEqual(['a + posts'])
  expect(lines(with1, 'collections: {}')).toEqual(['D - posts (its documents would be lost)'])
})

describe('D3: new fields', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{ type: int, nullable: true }', 'a + posts.x'],
    ['{ type: int, default: 0 }', 'a + posts.x'],
    ['{ type: timestamp, default: now }', 'a + posts.x'],
    ['{ type: date, default: today }', 'a + posts.x'],
    ['{ type: int, nullable: true, unique: true }', 'a + posts.x'],
    ['{ type: uuid, nullable: true, unique: true, default: auth.id }', 'a + posts.x'],
    [
      '{ type: uuid, default: auth.id }',
      'D + posts.x (it is required, and its default is for new documents only: existing ones need a value)',
    ],
    ['{ type: int }', 'D + posts.x (it is required and has no default: existing documents need a value)'],
    [
      '{ type: int, default: 0, unique: true }',
      'D + posts.x (it is unique: existing documents cannot all get the same default)',
    ],
  ]
  for (const [field, line] of cases) {
    test(field, () => expect(lines(posts('a: { type: int }'), posts(`a: { type: int }, x: ${field}`))).toEqual([line]))
  }
})

describe('D4: changed fields', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['{ type: int }', '{ type: float }', 'D ~ posts.x: type int → float (its type changes)'],
    ['{ type: string }', '{ type: text }', 'a ~ posts.x: type string → text'],
    ['{ type: int }', '{ type: int, nullable: true }', 'a ~ posts.x: nullable false → true'],
    [
      '{ type: int, nullable: true }',
      '{ type: int }',
      'D ~ posts.x: nullable true → false (existing documents may have no value)',
    ],
    [
      '{ type: int }',
      '{ type: int, unique: true }',
      'D ~ posts.x: unique false → true (existing documents may have equal values)',
    ],
    ['{ type: int, unique: true }', '{ type: int }', 'a ~ posts.x: unique true → false'],
    ['{ type: int }', '{ type: int, index: true }', 'a ~ posts.x: index false → true'],
    ['{ type: int }', '{ type: int, default: 3 }', 'a ~ posts.x: default none → 3'],
    ['{ type: uuid }', '{ type: uuid, default: auth.id }', 'a ~ posts.x: default none → auth.id'],
    ['{ type: int }', '{ type: int, internal: true }', 'a ~ posts.x: internal false → true'],
    ['{ type: int, max: 3 }', '{ type: int, max: 4 }', 'a ~ posts.x: max 3 → 4'],
    ['{ type: int, max: 3 }', '{ type: int, max: 2 }', 'D ~ posts.x: max 3 → 2 (existing values may not fit)'],
    ['{ type: int }', '{ type: int, min: 0 }', 'D ~ posts.x: min none → 0 (existing values may not fit)'],
    [
      '{ type: date, min: 2026-01-01 }',
      '{ type: date, min: 2026-02-01 }',
      'D ~ posts.x: min 2026-01-01 → 2026-02-01 (existing values may not fit)',
    ],
    ['{ type: date, max: 2026-01-01 }', '{ type: date, max: 2026-02-01 }', 'a ~ posts.x: max 2026-01-01 → 2026-02-01'],
    ['{ type: string }', '{ type: date }', 'D ~ posts.x: type string → date (its type changes)'],
    ['{ type: date }', '{ type: date, default: today }', "a ~ posts.x: default none → (date('now'))"],
    ['{ type: int, min: 0 }', '{ type: int }', 'a ~ posts.x: min 0 → none'],
    ['{ type: string, maxLength: 3 }', '{ type: string, maxLength: 9 }', 'a ~ posts.x: maxLength 3 → 9'],
    [
      '{ type: string, minLength: 3 }',
      '{ type: string, minLength: 9 }',
      'D ~ posts.x: minLength 3 → 9 (existing values may not fit)',
    ],
    ['{ type: string, enum: [a] }', '{ type: string, enum: [a, b] }', 'a ~ posts.x: enum [a] → [a, b]'],
    [
      '{ type: string, enum: [a, b] }',
      '{ type: string, enum: [a] }',
      'D ~ posts.x: enum [a, b] → [a] (existing values may not fit)',
    ],
    ['{ type: string, pattern: a }', '{ type: string }', 'a ~ posts.x: pattern a → none'],
    [
      '{ type: string }',
      '{ type: string, format: email }',
      'D ~ posts.x: format none → email (existing values may not fit)',
    ],
    [
      '{ type: json }',
      '{ type: json, schema: { type: array } }',
      'D ~ posts.x: schema added (existing values may not fit)',
    ],
    [
      '{ type: uuid }',
      '{ type: uuid, references: users.id }',
      'D ~ posts.x: references none → users.id (existing values may be broken references)',
    ],
    ['{ type: uuid, references: users.id }', '{ type: uuid }', 'a ~ posts.x: references users.id → none'],
    [
      '{ type: uuid, references: users.id }',
      '{ type: uuid, references: users.id, onDelete: cascade }',
      'a ~ posts.x: onDelete restrict → cascade',
    ],
    ['{ type: int }', '{ type: int, column: y }', "a ~ posts.x: column 'x' → 'y'"],
    ['{ type: int }', '{ type: int, clients: { name: z } }', 'a ~ posts.x: name in clients'],
    ['{ type: int }', '{ type: int, write: "false" }', 'a ~ posts.x: write rule'],
  ]
  for (const [from, to, line] of cases) {
    test(`${from} → ${to}`, () => expect(lines(posts(`x: ${from}`), posts(`x: ${to}`))).toEqual([line]))
  }
})

test('D5: indexes come and go, but a unique one is stricter', () => {
  const plain = posts('x: { type: int }')
  const indexed = (index: string) => posts('x: { type: int }', `, indexes: [{ name: i, ${index} }]`)
  expect(lines(plain, indexed('fields: [x]'))).toEqual(['a + posts index i'])
  expect(lines(indexed('fields: [x], unique: true'), plain)).toEqual(['a - posts index i'])
  expect(lines(indexed('fields: [x]'), indexed('fields: [x], order: desc'))).toEqual(['a ~ posts index i'])
  expect(lines(plain, indexed('fields: [x], unique: true'))).toEqual(['a + posts index i'])
  expect(lines(indexed('fields: [x]'), indexed('fields: [x], unique: true'))).toEqual([
    'D ~ posts index i (existing documents may have equal values)',
  ])
})

test('D6: rules, policies, roles and the rest of a collection change by themselves', () => {
  const to = posts(
    'x: { type: int }',
    ', singular: post, audit: true, rules: { read: "true" }, policies: [{ name: p, on: read, using: "true" }]',
  )
  expect(lines(posts('x: { type: int }'), `roles: { a: {} }\n${to}`)).toEqual([
    'a ~ posts read rule',
    'a ~ posts policies',
    'a ~ posts audit true',
    'a ~ posts singular',
    'a + role a',
  ])
})

test('D7: what keeps its column or table is renamed, and loses nothing', () => {
  const stays = "posts.name is renamed to posts.title: the column 'name' stays, and no data is lost"
  const differences = (from: string, to: string) =>
    diffSchemas(schemaOf(`version: 1\n${from}`), schemaOf(`version: 1\n${to}`)).map(
      ({ kind, line, reason, hint }) => [kind, line, reason, hint && formatHint(hint)] as const,
    )
  const renamed = [
    ['destructive', '- posts.name', 'a rename needs a migration file', stays],
    ['additive', '+ posts.title', undefined, stays],
  ] as const
  const named = (name: string, options: string) => posts(`${name}: { type: string${options} }`)
  expect(differences(named('name', ''), named('title', ', column: name'))).toEqual([...renamed])
  expect(differences(named('name', ', column: x'), named('title', ', column: x'))).toEqual(
    renamed.map(([kind, line, reason, hint]) => [kind, line, reason, hint.replace("'name'", "'x'")]),
  )
  // A field of another column that could be meant as well is not.
  expect(
    differences(named('name', ''), posts('other: { type: string }, title: { type: string, column: name }')).map(
      ([, line, , hint]) => [line, hint],
    ),
  ).toEqual([
    ['- posts.name', stays],
    ['+ posts.other', undefined],
    ['+ posts.title', stays],
  ])
  const table = "posts is renamed to articles: the table 'posts' stays, and no data is lost"
  const moved = posts('x: { type: int }').replace('posts: {', 'articles: { table: posts,')
  expect(differences(posts('x: { type: int }'), moved)).toEqual([
    ['destructive', '- posts', 'a rename needs a migration file', table],
    ['additive', '+ articles', undefined, table],
  ])
})

test('D7: what may have been renamed is named, and held back', () => {
  const hints = (from: string, to: string) =>
    diffSchemas(schemaOf(`version: 1\n${from}`), schemaOf(`version: 1\n${to}`)).flatMap(({ hint }) =>
      hint ? [formatHint(hint)] : [],
    )
  const fields = 'name: { type: string, nullable: true }, n: { type: int }'
  expect(hints(posts(fields), posts('title: { type: text, nullable: true }, n: { type: int }'))).toEqual([
    'posts.name may have been renamed to posts.title',
    'posts.name may have been renamed to posts.title',
  ])
  expect(hints(posts(fields), posts('m: { type: float, nullable: true }, n: { type: int }'))).toEqual([])
  expect(hints(posts(fields), posts(fields).replace('posts', 'articles'))).toEqual([
    'posts may have been renamed to articles',
    'posts may have been renamed to articles',
  ])
})
