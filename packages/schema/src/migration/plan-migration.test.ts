import { expect, test } from 'bun:test'
import { quoteName } from '@koyalite/contracts'
import fc from 'fast-check'
import type { Schema } from '../model'
import { emptySchema } from '../serialize-schema'
import { looseEdit } from '../testing/edit-arbitrary'
import {
  documents,
  freshDatabase,
  populate,
  preservedObjects,
  runSteps,
  schemaOf,
  structure,
} from '../testing/migration-database'
import { arbitrarySchema } from '../testing/schema-arbitrary'
import { diffSchemas } from './diff-schemas'
import { sqlStep } from './migration-step'
import { planMigration } from './plan-migration'

const collection = (fields: string, rest = '') =>
  schemaOf(
    `version: 1\ncollections: { posts: { fields: { id: { type: int, primary: true, default: auto }, ${fields} }${rest} } }`,
  )

function migrate(database: ReturnType<typeof freshDatabase>, from: Schema, to: Schema): void {
  const plan = planMigration(diffSchemas(from, to), from, to, { keep: preservedObjects(database) })
  runSteps(database, plan)
}

test('P1: from nothing, the plan makes a fresh database', () => {
  const to = collection('title: { type: string, unique: true }')
  const plan = planMigration(diffSchemas(emptySchema(), to), emptySchema(), to)
  const database = freshDatabase(emptySchema())
  runSteps(database, plan)
  expect(structure(database)).toEqual(structure(freshDatabase(to)))
})

test('P2: a destructive difference is refused', () => {
  const [from, to] = [collection('title: { type: string }'), collection('name: { type: int, default: 1 }')]
  expect(() => planMigration(diffSchemas(from, to), from, to)).toThrow(
    '- posts.title needs a migration file: its values would be lost',
  )
})

test('P3: a field is added in place where SQLite can, with its default for existing documents', () => {
  const from = collection('title: { type: string }')
  const to = collection(
    'title: { type: string }, views: { type: int, default: 7, index: true }, note: { type: text, nullable: true }',
  )
  const plan = planMigration(diffSchemas(from, to), from, to)
  expect(plan.map((step) => (step.kind === 'sql' ? step.text : step.kind))).toEqual([
    'ALTER TABLE "posts" ADD COLUMN "views" INTEGER NOT NULL DEFAULT 7',
    'ALTER TABLE "posts" ADD COLUMN "note" TEXT',
    'CREATE INDEX "posts.views" ON "posts" ("views")',
  ])
  const database = freshDatabase(from)
  database.run("INSERT INTO posts (title) VALUES ('a')")
  migrate(database, from, to)
  expect(database.query('SELECT * FROM posts').get()).toEqual({ id: 1, title: 'a', views: 7, note: null })
})

test('P3: a default that is no constant, or that only the server can give', () => {
  const from = collection('title: { type: string }')
  const to = collection(
    'title: { type: string }, day: { type: date, default: today }, owner: { type: uuid, nullable: true, default: auth.id, references: users.id }',
  )
  const database = freshDatabase(from)
  database.run("INSERT INTO posts (title) VALUES ('a')")
  migrate(database, from, to)
  const [row] = database.query("SELECT day IS date('now') AS today, owner FROM posts").values()
  expect(row).toEqual([1, null])
  expect(structure(database)).toEqual(structure(freshDatabase(to)))
})

test('P4: a rebuild keeps documents, foreign triggers and indexes, references to the table, and the numbers given', () => {
  const rest =
    ', comments: { fields: { id: { type: uuid, primary: true }, post: { type: int, references: posts.id, onDelete: cascade } } }'
  const schema = (fields: string) =>
    schemaOf(
      `version: 1\ncollections: { posts: { fields: { id: { type: int, primary: true, default: auto }, ${fields} } } ${rest} }`,
    )
  const from = schema('title: { type: string }')
  const to = schema('title: { type: string, nullable: true }, made: { type: timestamp, default: now }')
  const database = freshDatabase(from)
  for (const title of ['a', 'b', 'c']) database.query('INSERT INTO posts (title) VALUES (?)').run(title)
  database.run("INSERT INTO comments VALUES ('x', 1)")
  database.run('DELETE FROM posts WHERE id = 3')
  database.run('CREATE TABLE log (what TEXT)')
  database.run("CREATE TRIGGER mine AFTER INSERT ON posts BEGIN INSERT INTO log VALUES ('insert'); END")
  database.run("CREATE TRIGGER mine_too AFTER DELETE ON posts BEGIN INSERT INTO log VALUES ('delete'); END")
  database.run('CREATE INDEX my_index ON posts (title, id)')
  database.run('CREATE VIEW titles AS SELECT title FROM posts')

  migrate(database, from, to)

  expect(database.query('SELECT id, title FROM posts').values()).toEqual([
    [1, 'a'],
    [2, 'b'],
  ])
  expect(database.query('SELECT count(*) FROM comments').values()).toEqual([[1]])
  expect(database.query('SELECT count(*) FROM log').values()).toEqual([[0]])
  expect(database.query('SELECT count(*) FROM titles').values()).toEqual([[2]])
  expect(
    preservedObjects(database)
      .filter(({ type }) => type !== 'table')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['mine', 'mine_too', 'my_index', 'users.email'])
  expect(database.run('INSERT INTO posts (title) VALUES (NULL)').lastInsertRowid).toBe(4)
  database.run('DELETE FROM posts WHERE id = 1')
  expect(database.query('SELECT count(*) FROM comments').values()).toEqual([[0]])
})

test('P5: tables may change their names with each other', () => {
  const schema = (a: string, b: string) =>
    schemaOf(
      `version: 1\ncollections: { a: { table: ${a}, fields: { id: { type: uuid, primary: true } } }, b: { table: ${b}, fields: { id: { type: uuid, primary: true }, a: { type: uuid, references: a.id, index: true } } } }`,
    )
  const [from, to] = [schema('one', 'two'), schema('two', 'one')]
  const database = freshDatabase(from)
  database.run("INSERT INTO one VALUES ('x')")
  database.run("INSERT INTO two VALUES ('y', 'x')")
  migrate(database, from, to)
  expect(structure(database)).toEqual(structure(freshDatabase(to)))
  expect(database.query('SELECT * FROM one').values()).toEqual([['y', 'x']])
})

test('P6: a plan that fails leaves everything as it was', () => {
  const from = collection('title: { type: string }')
  const to = collection('title: { type: string, nullable: true }')
  const database = freshDatabase(from)
  database.run("INSERT INTO posts (title) VALUES ('a')")
  const before = structure(database)
  const plan = planMigration(diffSchemas(from, to), from, to)
  for (let last = 0; last < plan.length; last++) {
    const broken = [...plan.slice(0, last), sqlStep('SELECT * FROM nowhere')]
    expect(() => runSteps(database, broken)).toThrow('nowhere')
    expect(structure(database)).toEqual(before)
    expect(database.query('SELECT title FROM posts').values()).toEqual([['a']])
  }
})

test('P7: a field stops being unique also where the table itself says so', () => {
  const from = collection('slug: { type: string, unique: true }')
  const to = collection('slug: { type: string }')
  const database = freshDatabase(from)
  database.run('DROP TABLE posts')
  database.run('CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, slug TEXT NOT NULL UNIQUE) STRICT')
  migrate(database, from, to)
  expect(structure(database)).toEqual(structure(freshDatabase(to)))
})

test('P1: any walk of additive edits ends like a fresh database, keeps the data, and logs nothing', () => {
  const walk = fc.tuple(arbitrarySchema, fc.array(looseEdit, { minLength: 1, maxLength: 6 }))
  const property = fc.property(walk, ([start, edits]) => {
    let schema = start
    const database = freshDatabase(schema)
    edits.forEach((edit, round) => {
      populate(database, schema, round)
      const edited = edit(schema)
      const differences = diffSchemas(schema, edited)
      if (differences.some(({ kind }) => kind === 'destructive')) return
      const before = documents(database, schema)
      logEverything(database, schema)
      const refusal = failureOf(() => migrate(database, schema, edited))
      expect(database.query('SELECT count(*) AS n FROM log').get()).toEqual({ n: 0 })
      database.run('DROP TABLE log')
      for (const { name } of preservedObjects(database).filter(({ type }) => type === 'trigger'))
        database.run(`DROP TRIGGER ${quoteName(name)}`)
      if (refusal !== undefined) {
        // D5: only documents that share a value are in the way, and only of a new unique index.
        expect(refusal).toMatch(/^index .* cannot be unique: existing documents have equal values \(\d+ documents: /)
        expect(structure(database)).toEqual(structure(freshDatabase(schema)))
        expect(documents(database, schema)).toEqual(before)
        return
      }
      expect(structure(database)).toEqual(structure(freshDatabase(edited)))
      for (const [name, rows] of documents(database, edited)) {
        for (const [key, document] of before.get(name) ?? []) expect(rows.get(key)).toMatchObject(document)
        if (before.has(name)) expect(rows.size).toBe(before.get(name)?.size ?? 0)
      }
      schema = edited
    })
  })
  fc.assert(property, { numRuns: 40, includeErrorInReport: true })
}, 60_000)

function failureOf(run: () => void): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function logEverything(database: ReturnType<typeof freshDatabase>, schema: Schema): void {
  database.run('CREATE TABLE log (what TEXT)')
  for (const { table } of schema.collections.values()) {
    for (const event of ['INSERT', 'UPDATE', 'DELETE']) {
      database.run(
        `CREATE TRIGGER ${quoteName(`${event} ${table}`)} AFTER ${event} ON ${quoteName(table)} BEGIN INSERT INTO log VALUES ('x'); END`,
      )
    }
  }
}
