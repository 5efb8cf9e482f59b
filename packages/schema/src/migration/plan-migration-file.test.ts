import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Schema } from '../model'
import { formatProblem } from '../problems'
import { arbitrarySchema } from '../schema-arbitrary'
import { diffSchemas } from './diff-schemas'
import { draftMigration } from './draft-migration'
import { anyEdit } from './edit-arbitrary'
import { documents, freshDatabase, keptObjects, populate, runSteps, schemaOf, structure } from './migration-database'
import { type Migration, parseMigration } from './migration-file'
import { sqlStep } from './migration-step'
import { planMigration } from './plan-migration'
import { type MigrationFilePlan, planMigrationFile, planPendingMigrations } from './plan-migration-file'
import { planRollback } from './plan-rollback'

type Database = ReturnType<typeof freshDatabase>

const KEY = 'id: { type: uuid, primary: true }'

function posts(fields: string, rest = ''): Schema {
  return schemaOf(`version: 1\ncollections: { posts: { fields: { ${KEY}, ${fields} } }${rest} }`)
}

function migration(...operations: readonly string[]): Migration {
  const text = `version: 1\nname: m\noperations:\n${operations.map((line) => `  - { ${line} }\n`).join('')}`
  const result = parseMigration(text, { file: 'm.yaml' })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.migration
}

/** Applies a file and what comes by itself, as a project does. */
function apply(database: Database, from: Schema, to: Schema, file: Migration): MigrationFilePlan {
  const planned = planMigrationFile(file, { from, to, keep: keptObjects(database) })
  if (!planned.ok) throw new Error(planned.problems.map(formatProblem).join('\n'))
  runSteps(database, planned.plan.steps)
  expect(structure(database)).toEqual(structure(freshDatabase(planned.plan.after)))
  const rest = planMigration(diffSchemas(planned.plan.after, to), planned.plan.after, to, {
    keep: keptObjects(database),
  })
  runSteps(database, rest.map(sqlStep))
  expect(structure(database)).toEqual(structure(freshDatabase(to)))
  return planned.plan
}

function rows(database: Database, sql: string): unknown[] {
  return database.query(sql).values()
}

test('F1: a field is renamed with its values, its indexes and the references to it', () => {
  const rest = (name: string) =>
    `, notes: { fields: { ${KEY}, post: { type: string, references: posts.${name} } }, indexes: [{ name: i, fields: [post] }] }`
  const [from, to] = [
    posts('slug: { type: string, unique: true }', rest('slug')),
    posts('handle: { type: string, unique: true }', rest('handle')),
  ]
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 's')")
  database.run("INSERT INTO notes VALUES ('n', 's')")
  const plan = apply(database, from, to, migration('type: rename_field, collection: posts, from: slug, to: handle'))
  expect(rows(database, 'SELECT handle FROM posts')).toEqual([['s']])
  expect(plan).toMatchObject({ destroys: false, reversibility: { reversible: true, losses: [] } })
})

test('F2: a collection is renamed with its documents, its indexes and the references to it', () => {
  const schema = (name: string) =>
    schemaOf(
      `version: 1\ncollections: { ${name}: { fields: { ${KEY}, up: { type: uuid, nullable: true, references: ${name}.id, index: true } } }, notes: { fields: { ${KEY}, post: { type: uuid, references: ${name}.id } } } }`,
    )
  const [from, to] = [schema('posts'), schema('articles')]
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'p')")
  database.run("INSERT INTO notes VALUES ('n', 'p')")
  database.run('CREATE TRIGGER _koyalite_insert_posts AFTER INSERT ON posts BEGIN SELECT 1; END')
  apply(database, from, to, migration('type: rename_collection, from: posts, to: articles'))
  expect(rows(database, 'SELECT * FROM articles')).toEqual([['p', 'p']])
  expect(keptObjects(database).some(({ type }) => type === 'trigger')).toBe(false)
})

test('F3: a required field is added with a fill, which may read the row as it was', () => {
  const [from, to] = [posts('title: { type: string }'), posts('title: { type: string }, size: { type: int }')]
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'abc')")
  apply(database, from, to, migration('type: add_field, collection: posts, field: size, fill: length(title)'))
  expect(rows(database, 'SELECT size FROM posts')).toEqual([[3]])
})

test('F4: a field becomes required, of another type, stricter', () => {
  const [from, to] = [posts('age: { type: string, nullable: true }'), posts('age: { type: int, max: 100 }')]
  const fill = (sql: string) => migration(`type: alter_field, collection: posts, field: age, fill: "${sql}"`)
  const filled = () => {
    const database = freshDatabase(from)
    database.run("INSERT INTO posts VALUES ('p', '3'), ('q', NULL), ('r', '200')")
    return database
  }
  const database = filled()
  apply(database, from, to, fill('min(coalesce(CAST(age AS INTEGER), 0), 100)'))
  expect(rows(database, 'SELECT age FROM posts')).toEqual([[3], [0], [100]])
  expect(() => apply(filled(), from, to, fill('CAST(age AS INTEGER)'))).toThrow(
    'posts.age is required, but its fill is null for existing documents',
  )
  expect(() => apply(filled(), from, to, fill('coalesce(CAST(age AS INTEGER), 0)'))).toThrow(
    'posts.age has values that are more than 100',
  )
})

describe('F5: without a fill, values that do not fit are a clear error, and nothing happens', () => {
  const cases: readonly (readonly [from: string, to: string, values: string, message: string])[] = [
    ['{ type: string }', '{ type: int }', "('p', 'abc')", 'posts.x has values that are not of type int'],
    ['{ type: string }', '{ type: uuid }', "('p', 'abc')", 'posts.x has values that are not of type uuid'],
    [
      '{ type: string }',
      '{ type: timestamp }',
      "('p', '2026-02-31T00:00:00.000Z')",
      'posts.x has values that are not of type timestamp',
    ],
    ['{ type: float }', '{ type: int }', "('p', 1.5)", 'posts.x has values that are not of type int'],
    [
      '{ type: int, nullable: true }',
      '{ type: int }',
      "('p', NULL)",
      'posts.x is required, but it is null in existing documents',
    ],
    [
      '{ type: string }',
      '{ type: string, unique: true }',
      "('p', 'a'), ('q', 'a')",
      'posts.x cannot be unique: existing documents share a value',
    ],
    ['{ type: string }', '{ type: string, maxLength: 2 }', "('p', 'äöü')", 'posts.x has values that are longer than 2'],
    [
      '{ type: string, enum: [a, b] }',
      '{ type: string, enum: [a] }',
      "('p', 'b')",
      'posts.x has values that are not in its enum',
    ],
    [
      '{ type: uuid }',
      '{ type: uuid, references: users.id }',
      "('p', 'u')",
      'posts.x refers to documents of users that do not exist',
    ],
  ]
  for (const [before, after, values, message] of cases) {
    test(`${before} → ${after}`, () => {
      const [from, to] = [posts(`x: ${before}`), posts(`x: ${after}`)]
      const database = freshDatabase(from)
      database.run(`INSERT INTO posts VALUES ${values}`)
      const all = rows(database, 'SELECT * FROM posts')
      expect(() => apply(database, from, to, migration('type: alter_field, collection: posts, field: x'))).toThrow(
        message,
      )
      expect(rows(database, 'SELECT * FROM posts')).toEqual(all)
      expect(structure(database)).toEqual(structure(freshDatabase(from)))
    })
  }
})

test('F6: values that fit are converted without a fill', () => {
  const cases = [
    ['{ type: string }', '{ type: int }', "'42'", 42],
    [
      '{ type: string }',
      '{ type: uuid }',
      "'0190163D-8694-739B-AEA5-966C26F8AD91'",
      '0190163d-8694-739b-aea5-966c26f8ad91',
    ],
    ['{ type: int }', '{ type: float }', '3', 3],
    ['{ type: int }', '{ type: bool }', '1', 1],
    ['{ type: bool }', '{ type: string }', '1', 'true'],
    ['{ type: string }', '{ type: json }', "'a'", '"a"'],
    ['{ type: json }', '{ type: string }', '\'"a"\'', 'a'],
    ['{ type: int, nullable: true }', '{ type: int, default: 7 }', 'NULL', 7],
  ] as const
  for (const [before, after, value, expected] of cases) {
    const [from, to] = [posts(`x: ${before}`), posts(`x: ${after}`)]
    const database = freshDatabase(from)
    database.run(`INSERT INTO posts VALUES ('p', ${value})`)
    const isAdditive = diffSchemas(from, to).every(({ kind }) => kind === 'additive')
    expect(isAdditive).toBe(false)
    apply(database, from, to, migration('type: alter_field, collection: posts, field: x'))
    expect(rows(database, 'SELECT x FROM posts')).toEqual([[expected]])
  }
})

test('F7: what comes by itself is there before the operations, so that they can fill it', () => {
  const from = posts('tag: { type: string }')
  const to = posts(
    'tag_name: { type: string, nullable: true }',
    `, tags: { fields: { id: { type: string, primary: true } } }`,
  )
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'a'), ('q', 'a')")
  apply(
    database,
    from,
    to,
    migration(
      'type: sql, up: "INSERT INTO tags SELECT DISTINCT tag FROM posts; UPDATE posts SET tag_name = \'x\' || tag"',
      'type: drop_field, collection: posts, field: tag',
    ),
  )
  expect(rows(database, 'SELECT tag_name FROM posts')).toEqual([['xa'], ['xa']])
  expect(rows(database, 'SELECT * FROM tags')).toEqual([['a']])
})

test('F8: files follow the names through the ones after them', () => {
  const from = posts('a: { type: string }')
  const to = schemaOf(
    `version: 1\ncollections: { articles: { fields: { ${KEY}, c: { type: string }, size: { type: int, max: 9 }, up: { type: uuid, nullable: true, references: articles.id } } } }`,
  )
  const files = [
    migration(
      'type: rename_field, collection: posts, from: a, to: b',
      'type: add_field, collection: posts, field: length, fill: length(b)',
    ),
    migration(
      'type: rename_collection, from: posts, to: articles',
      'type: rename_field, collection: articles, from: b, to: c',
    ),
    migration('type: rename_field, collection: articles, from: length, to: size'),
  ]
  const planned = planPendingMigrations(files, { from, to })
  if (!planned.ok) throw new Error(planned.problems.map(formatProblem).join('\n'))
  expect(planned.rest).toEqual([])
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'abc')")
  for (const plan of planned.plans) {
    runSteps(database, plan.steps)
    expect(plan.steps.length).toBeGreaterThan(0)
  }
  expect(structure(database)).toEqual(structure(freshDatabase(to)))
  expect(rows(database, 'SELECT c, size FROM articles')).toEqual([['abc', 3]])
})

describe('F9: operations that do not fit are refused, with their place', () => {
  const from = posts(
    'a: { type: string }',
    `, notes: { fields: { ${KEY}, post: { type: uuid, references: posts.id } } }`,
  )
  const to = posts('a: { type: blob }', `, notes: { fields: { ${KEY}, post: { type: uuid, references: posts.id } } }`)
  const cases: readonly (readonly [operation: string, problem: string])[] = [
    ['type: rename_field, collection: post, from: a, to: b', "there is no collection 'post' (did you mean 'posts'?)"],
    ['type: rename_field, collection: posts, from: b, to: c', "there is no field 'posts.b'"],
    ['type: rename_field, collection: posts, from: a, to: id', "'posts.id' is there already"],
    ['type: rename_field, collection: users, from: email, to: mail', "'users.email' is built in"],
    ['type: rename_collection, from: users, to: people', "'users' is built in and cannot be renamed"],
    ['type: rename_collection, from: posts, to: notes', "there is a collection 'notes' already"],
    ['type: drop_collection, collection: users', "'users' is built in and cannot be dropped"],
    ['type: drop_collection, collection: posts', "'notes.post' still refers to 'posts': drop or alter it too"],
    [
      'type: drop_field, collection: posts, field: id',
      'the primary key cannot be dropped: make a new collection, and copy the documents with an sql operation',
    ],
    ['type: add_field, collection: posts, field: a', "'posts.a' is there already (to change it: alter_field)"],
    [
      'type: add_field, collection: posts, field: z',
      "the schema does not say what 'posts.z' shall be: it is not there, or dropped by a later operation",
    ],
    [
      'type: alter_field, collection: posts, field: a',
      'posts.a cannot become blob by itself: give a fill that converts its values',
    ],
    ['type: add_index, collection: posts, index: i', "the schema has no index 'i' in 'posts'"],
  ]
  for (const [operation, problem] of cases) {
    test(operation, () => {
      const planned = planMigrationFile(migration(operation), { from, to })
      expect(planned.ok ? [] : planned.problems.map(formatProblem)).toEqual([`m.yaml:4:5 ${problem}`])
    })
  }
})

test('F10: a unique index on existing fields is an operation', () => {
  const schema = (index: string) =>
    schemaOf(
      `version: 1\ncollections: { posts: { fields: { ${KEY}, a: { type: int }, b: { type: int } }, indexes: [${index}] } }`,
    )
  const [from, to] = [schema(''), schema('{ name: i, fields: [a, b], unique: true }')]
  const file = migration('type: add_index, collection: posts, index: i')
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 1, 1), ('q', 1, 2)")
  apply(database, from, to, file)
  const shared = freshDatabase(from)
  shared.run("INSERT INTO posts VALUES ('p', 1, 1), ('q', 1, 1)")
  expect(() => apply(shared, from, to, file)).toThrow(
    'index i of posts cannot be unique: existing documents share a value',
  )
})

test('R1: a rollback takes the operations back, and keeps what came by itself', () => {
  const before = posts('name: { type: string }, age: { type: int, nullable: true }')
  const to = posts(
    'title: { type: string }, age: { type: int }, city: { type: string }, note: { type: text, nullable: true }',
  )
  const file = migration(
    'type: rename_field, collection: posts, from: name, to: title',
    "type: alter_field, collection: posts, field: age, fill: 'coalesce(age, 0)'",
    `type: add_field, collection: posts, field: city, fill: "'Paris'"`,
    `type: sql, up: "UPDATE posts SET note = 'x'", down: "UPDATE posts SET note = 'y'"`,
  )
  const database = freshDatabase(before)
  database.run("INSERT INTO posts VALUES ('p', 'n', NULL)")
  const { after, reversibility } = apply(database, before, to, file)
  expect(reversibility).toEqual({
    reversible: true,
    losses: ['the values that the fill replaced in posts.age stay replaced', 'the values of posts.city go with it'],
  })
  const rollback = planRollback(file, { before, after, current: to })
  if (!rollback.ok) throw new Error(rollback.reasons.join())
  runSteps(database, rollback.steps)
  expect(structure(database)).toEqual(
    structure(
      freshDatabase(
        posts('name: { type: string }, age: { type: int, nullable: true }, note: { type: text, nullable: true }'),
      ),
    ),
  )
  expect(rows(database, 'SELECT name, age, note FROM posts')).toEqual([['n', 0, 'y']])
})

test('R2: what cannot be rolled back says so beforehand', () => {
  const [from, to] = [posts('a: { type: string }, b: { type: json }'), posts('b: { type: int }')]
  const file = migration(
    'type: drop_field, collection: posts, field: a',
    'type: alter_field, collection: posts, field: b, fill: 0',
    'type: sql, up: SELECT 1',
  )
  const database = freshDatabase(from)
  const { after, reversibility } = apply(database, from, to, file)
  expect(reversibility).toEqual({
    reversible: false,
    reasons: ['the values of posts.a are gone', "an sql operation has no 'down'"],
  })
  expect(planRollback(file, { before: from, after, current: to })).toEqual({
    ok: false,
    reasons: ['the values of posts.a are gone', "an sql operation has no 'down'"],
  })
})

function draft(from: Schema, to: Schema, answer?: 'rename' | 'drop'): string {
  return draftMigration({ from, to, version: 1, name: 'draft', ...(answer && { answer: () => answer }) })
}

function parsed(text: string): Migration {
  const result = parseMigration(text, { file: 'm.yaml' })
  if (!result.ok) throw new Error(`${result.problems.map(formatProblem).join('\n')}\n${text}`)
  return result.migration
}

test('G1: a possible rename is offered, never guessed', () => {
  const [from, to] = [
    posts('name: { type: string }, n: { type: int }'),
    posts('title: { type: string, maxLength: 9 }, n: { type: int }'),
  ]
  expect(draft(from, to)).toBe(
    `version: 1
name: draft
description: draft
operations:
  - { type: add_field, collection: posts, field: title, fill: "''" }
`.replace(
      / {2}- .*\n/,
      `  # posts.name may have been renamed to posts.title. Choose one of these: it was renamed, or it is dropped with what is in it.
  # - { type: rename_field, collection: posts, from: name, to: title }
  # - { type: drop_field, collection: posts, field: name }
`,
    ),
  )
  const renamed = parsed(draft(from, to, 'rename'))
  expect(renamed.operations.map(({ type }) => type)).toEqual(['rename_field', 'alter_field'])
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'a', 1)")
  apply(database, from, to, renamed)
  expect(rows(database, 'SELECT title FROM posts')).toEqual([['a']])
})

/** Messages of checks: the plan did not fit the documents, which is a reason to refuse and no fault. */
const REFUSAL = /^[a-z_0-9]+\.[a-z_0-9]+ (has values|cannot be|is required|refers)|^index |^references to nothing/

/** Whether the steps ran; if they were refused, nothing has happened. Anything but a refusal is thrown. */
function runs(database: Database, schema: Schema, run: () => void): boolean {
  const [tables, stored] = [structure(database), documents(database, schema)]
  try {
    run()
    return true
  } catch (error) {
    if (!(error instanceof Error) || !REFUSAL.test(error.message)) throw error
    expect(structure(database)).toEqual(tables)
    expect(documents(database, schema)).toEqual(stored)
    return false
  }
}

test('G2: any walk of edits, by drafted files, ends like a fresh database or is refused and leaves all as it was', () => {
  const answer = fc.constantFrom<('rename' | 'drop')[]>('rename', 'drop')
  const walk = fc.tuple(arbitrarySchema, fc.array(anyEdit, { minLength: 1, maxLength: 5 }), answer)
  let applied = 0
  const property = fc.property(walk, ([start, edits, reply]) => {
    let schema = start
    const database = freshDatabase(schema)
    edits.forEach((edit, round) => {
      populate(database, schema, round)
      const before = documents(database, schema)
      const target = edit(schema)
      if (diffSchemas(schema, target).every(({ kind }) => kind === 'additive')) return
      const file = parsed(draft(schema, target, reply))
      const planned = planMigrationFile(file, { from: schema, to: target })
      if (!planned.ok) throw new Error(planned.problems.map(formatProblem).join('\n'))
      if (!runs(database, schema, () => apply(database, schema, target, file))) return
      applied++
      for (const [name, rowsAfter] of documents(database, target)) {
        expect(rowsAfter.size).toBe(before.get(name)?.size ?? rowsAfter.size)
      }
      const { after, reversibility } = planned.plan
      const rollback = planRollback(file, { before: schema, after, current: target })
      expect(rollback.ok).toBe(reversibility.reversible)
      schema = target
      if (!rollback.ok || !runs(database, target, () => runSteps(database, rollback.steps))) return
      expect(structure(database)).toEqual(structure(freshDatabase(rollback.schema)))
      schema = rollback.schema
    })
  })
  fc.assert(property, { numRuns: 40, includeErrorInReport: true })
  expect(applied).toBeGreaterThan(0)
}, 60_000)
