import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { parseMigration } from '@koyalite/schema'
import { openDatabase } from '@koyalite/sqlite'
import { openMigrationProject, parseText, schemaOf } from '../testing/migration-project'
import { freshStructure, structureOf } from '../testing/structure-of'
import { bringUpToDate } from './bring-up-to-date'
import { draftFile } from './draft-file'
import { migrationStatus } from './migration-status'
import { rollBack } from './roll-back'

const file = (version: number, ...operations: string[]) =>
  `version: ${version}\nname: m${version}\noperations:\n${operations.map((line) => `  - { ${line} }\n`).join('')}`

test('a fresh database is made as schema.yaml says; files before it are noted, not run', async () => {
  await using project = await openMigrationProject()
  project.write('migrations/001_m1.yaml', file(1, 'type: rename_field, collection: posts, from: a, to: b'))
  expect(await project.migrate(schemaOf('b: { type: int }'))).toMatchObject({
    kind: 'applied',
    changes: ['+ users', '+ posts'],
  })
  expect(await project.migrate(schemaOf('b: { type: int }'))).toMatchObject({ kind: 'applied', changes: [] })
  expect(project.rows('SELECT version, schema_before FROM _koyalite_migrations')).toEqual([[1, '']])
})

test('nothing is begun if something is held back at the end', async () => {
  await using project = await openMigrationProject()
  const first = schemaOf('a: { type: int }, b: { type: int }')
  await project.migrate(first)
  project.write('migrations/001_m1.yaml', file(1, 'type: rename_field, collection: posts, from: a, to: c'))
  const before = structureOf(project.database)
  expect(await project.migrate(schemaOf('c: { type: int }, d: { type: int, nullable: true }'))).toMatchObject({
    kind: 'held_back',
    differences: [{ line: '- posts.b' }],
  })
  expect(structureOf(project.database)).toEqual(before)
})

test('files are applied one by one; those before one that fails stay applied', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }'))
  await project.database.write((tx) => tx.exec("INSERT INTO posts (a) VALUES ('x'), ('7')"))
  project.write('migrations/001_m1.yaml', file(1, 'type: rename_field, collection: posts, from: a, to: b'))
  project.write('migrations/002_m2.yaml', file(2, 'type: alter_field, collection: posts, field: b'))
  const target = schemaOf('b: { type: int }')
  const failed = await project.migrate(target)
  expect(failed).toMatchObject({ kind: 'failed', migrations: [{ version: 1 }] })
  expect(failed).toMatchObject({
    problems: [
      "migrations/002_m2.yaml failed and was rolled back: posts.b has values that are not of type int (1 document: id 1 has 'x'): add a fill that converts them",
    ],
  })
  expect(failed.schema.collections.get('posts')?.fields.has('b')).toBe(true)
  expect(project.rows('SELECT b FROM posts ORDER BY id')).toEqual([['x'], ['7']])
  project.write(
    'migrations/002_m2.yaml',
    file(2, 'type: alter_field, collection: posts, field: b, fill: "CAST(b AS INTEGER)"'),
  )
  expect(await project.migrate(target)).toMatchObject({ kind: 'applied', migrations: [{ version: 2 }] })
  expect(project.rows('SELECT b FROM posts ORDER BY id')).toEqual([[0], [7]])
  expect(structureOf(project.database)).toEqual(await freshStructure(target))
  // One for each file that has replaced values; none for the attempt that failed.
  expect(readdirSync(`${project.dir}/data/snapshots`)).toHaveLength(1)
})

test('the copy made before a migration has every write that was there before it', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int, default: 0 }'))
  project.write('migrations/001_m1.yaml', file(1, 'type: drop_field, collection: posts, field: x'))
  const insert = { text: "INSERT INTO posts (a) VALUES ('a')", params: [] }
  let running = true
  const writers = Array.from({ length: 4 }, async () => {
    while (running) await project.database.write((tx) => tx.run(insert))
  })
  const context = await project.context(schemaOf('a: { type: string }'))
  let documents = -1
  const migrated = await bringUpToDate({
    ...context,
    record: (tx) => {
      documents = Number(tx.get({ text: 'SELECT count(*) FROM posts', params: [] })?.[0])
    },
  })
  running = false
  await Promise.all(writers)
  const [applied] = migrated.migrations
  const copy = await openDatabase({ path: applied?.snapshot ?? '' })
  expect(copy.get({ text: 'SELECT count(*) FROM posts', params: [] })).toEqual([documents])
  await copy.close()
})

test('a copy that was just made stays, also where the clock has gone back', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int, default: 0 }'))
  mkdirSync(`${project.dir}/data/snapshots`)
  for (const year of [2998, 2999]) writeFileSync(`${project.dir}/data/snapshots/${year}0101T000000000Z-later.db`, '')
  project.write('migrations/001_m1.yaml', file(1, 'type: drop_field, collection: posts, field: x'))
  const { migrations } = await project.migrate(schemaOf('a: { type: string }'))
  expect(existsSync(migrations[0]?.snapshot ?? '')).toBe(true)
  expect(readdirSync(`${project.dir}/data/snapshots`)).toHaveLength(2)
})

describe('the change log', () => {
  test('gets no row from a migration, and goes on over renames and rebuilds', async () => {
    await using project = await openMigrationProject()
    const notes =
      '  notes:\n    fields: { id: { type: int, primary: true, default: auto }, post: { type: int, references: posts.id, onDelete: cascade } }'
    await project.migrate(schemaOf('a: { type: string }', notes))
    await project.database.write((tx) =>
      tx.exec("INSERT INTO posts (a) VALUES ('1'); INSERT INTO notes (post) VALUES (1)"),
    )
    project.write(
      'migrations/001_m1.yaml',
      file(
        1,
        'type: rename_collection, from: posts, to: articles',
        'type: rename_field, collection: articles, from: a, to: b',
        'type: alter_field, collection: articles, field: b',
      ),
    )
    const log = () => project.rows('SELECT seq, collection, op, doc_id, old FROM _koyalite_changes')
    const before = log()
    const target = parseText(
      `version: 1\ncollections:\n  articles:\n    fields: { id: { type: int, primary: true, default: auto }, b: { type: int } }\n${notes.replace('posts.id', 'articles.id')}`,
    )
    expect(await project.migrate(target)).toMatchObject({ kind: 'applied' })
    expect(log()).toEqual(before)
    await project.database.write((tx) => tx.exec('UPDATE articles SET b = 2; DELETE FROM articles'))
    expect(log().slice(before.length)).toEqual([
      [3, 'articles', 'update', 1, '{"b":1}'],
      // The cascade's own trigger runs first.
      [4, 'notes', 'delete', 1, '{"id":1,"post":1}'],
      [5, 'articles', 'delete', 1, '{"id":1,"b":2}'],
    ])
  })

  test('gets the triggers of this version where another one has made them', async () => {
    await using project = await openMigrationProject()
    const schema = schemaOf('a: { type: string }')
    await project.migrate(schema)
    const triggers = () => project.rows(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`)
    const before = triggers()
    await project.database.migrate((tx) => {
      for (const [name, sql] of before) {
        tx.exec(`DROP TRIGGER "${name}"`)
        tx.exec(String(sql).replace(/CAST\(round.*?AS INTEGER\)/g, "unixepoch('subsec') * 1000"))
      }
      tx.exec(`UPDATE _koyalite_schema SET system = 'before'`)
    })
    expect(triggers()).not.toEqual(before)
    expect(await project.migrate(schema)).toMatchObject({ kind: 'applied', changes: [] })
    expect(triggers()).toEqual(before)
    await project.database.write((tx) => tx.exec("INSERT INTO posts (a) VALUES ('1')"))
    expect(project.rows('SELECT op FROM _koyalite_changes')).toEqual([['insert']])
  })

  test('keeps the triggers of tables that did not change', async () => {
    await using project = await openMigrationProject()
    await project.migrate(schemaOf('a: { type: string }'))
    const triggers = () =>
      project.rows(`SELECT rowid, name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'posts'`)
    const before = triggers()
    expect(before).toHaveLength(4)
    const more = '  other:\n    fields: { id: { type: int, primary: true } }'
    expect(await project.migrate(schemaOf('a: { type: string }', more))).toMatchObject({ changes: ['+ other'] })
    expect(triggers()).toEqual(before)
  })
})

test('a rebuild keeps what the schema does not know', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int }'))
  await project.database.migrate((tx) => {
    tx.exec('ALTER TABLE posts ADD COLUMN twice TEXT AS (a || a); ALTER TABLE posts ADD COLUMN other INTEGER')
    tx.exec("ALTER TABLE posts ADD CONSTRAINT short CHECK (length(a) < 9); INSERT INTO posts VALUES (1, 'b', 2, 3)")
  })
  project.write('migrations/001_m1.yaml', file(1, 'type: drop_field, collection: posts, field: x'))
  expect(await project.migrate(schemaOf('a: { type: string }'))).toMatchObject({ kind: 'applied' })
  expect(project.rows('SELECT * FROM posts')).toEqual([[1, 'b', 'bb', 3]])
  const insert = { text: 'INSERT INTO posts (a) VALUES (?)', params: ['123456789'] }
  await expect(project.database.write((tx) => tx.run(insert))).rejects.toThrow('a value is not allowed')
  // What is computed from a field, or checks it, does not go with it, unless its author says so.
  project.write('migrations/002_m2.yaml', file(2, 'type: drop_field, collection: posts, field: a'))
  expect(await project.migrate(schemaOf('b: { type: int, default: 1 }'))).toMatchObject({
    problems: [
      expect.stringContaining('posts.a cannot be dropped: the generated column twice depends on it. Remove that'),
    ],
  })
  const drops = ['COLUMN twice', 'CONSTRAINT short'].map((what) => `type: sql, up: ALTER TABLE posts DROP ${what}`)
  project.write('migrations/002_m2.yaml', file(2, ...drops, 'type: drop_field, collection: posts, field: a'))
  expect(await project.migrate(schemaOf('b: { type: int, default: 1 }'))).toMatchObject({ kind: 'applied' })
  expect(project.rows('SELECT id, b, other FROM posts')).toEqual([[1, 1, 3]])
})

test('a view or trigger that would no longer work holds a migration back; one that did not work before does not', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int }'))
  await project.database.migrate((tx) => {
    tx.exec('CREATE VIEW sums AS SELECT sum(x) FROM posts; CREATE VIEW dangling AS SELECT * FROM nowhere')
    tx.exec('CREATE TABLE log (x); CREATE TRIGGER t AFTER DELETE ON posts BEGIN INSERT INTO log VALUES (OLD.x); END')
  })
  const target = schemaOf('a: { type: string }')
  const drop = 'type: drop_field, collection: posts, field: x'
  project.write('migrations/001_m1.yaml', file(1, drop))
  expect(await project.migrate(target)).toMatchObject({
    problems: [
      'migrations/001_m1.yaml failed and was rolled back: the view sums would no longer work (no such column: x); a trigger of posts would no longer work (no such column: OLD.x): change or drop it first, with an sql operation',
    ],
  })
  project.write('migrations/001_m1.yaml', file(1, 'type: sql, up: "DROP VIEW sums; DROP TRIGGER t"', drop))
  expect(await project.migrate(target)).toMatchObject({ kind: 'applied' })
})

test.each([
  ['DROP TABLE posts', 'the table posts of posts would be missing'],
  ['ALTER TABLE posts RENAME COLUMN a TO other', 'posts would have no column a'],
  [
    'CREATE TABLE p AS SELECT * FROM posts; DROP TABLE posts; ALTER TABLE p RENAME TO posts',
    'id would not be the primary key',
  ],
  ['DROP INDEX "posts.a"', 'the index posts.a would be missing'],
  ['CREATE TEMP TABLE posts (id, a)', 'posts is temporary'],
  ['CREATE TRIGGER temp.t AFTER INSERT ON main.posts BEGIN DELETE FROM posts; END', 't is temporary'],
])('an sql operation that takes away what a collection needs is refused: %s', async (up, reason) => {
  await using project = await openMigrationProject()
  const schema = schemaOf('a: { type: string, unique: true }')
  await project.migrate(schema)
  await project.database.write((tx) => tx.exec("INSERT INTO posts (a) VALUES ('x')"))
  const before = structureOf(project.database)
  project.write('migrations/001_m1.yaml', file(1, `type: sql, up: ${JSON.stringify(up)}`))
  expect(await project.migrate(schema)).toMatchObject({ kind: 'failed', problems: [expect.stringContaining(reason)] })
  expect(structureOf(project.database)).toEqual(before)
  await project.database.write((tx) => tx.exec("INSERT INTO posts (a) VALUES ('y')"))
  expect(project.rows('SELECT a FROM main.posts ORDER BY id')).toEqual([['x'], ['y']])
})

test('an sql operation may make a temporary table that it drops again, and make a table anew as it was', async () => {
  await using project = await openMigrationProject()
  const schema = schemaOf('a: { type: string }')
  await project.migrate(schema)
  const copy = 'CREATE TEMP TABLE kept AS SELECT id, a FROM posts; DELETE FROM posts'
  const back = `CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL); INSERT INTO p SELECT * FROM kept; DROP TABLE kept; DROP TABLE posts; ALTER TABLE p RENAME TO posts`
  project.write('migrations/001_m1.yaml', file(1, `type: sql, up: "${copy}; ${back}"`))
  expect(await project.migrate(schema)).toMatchObject({ kind: 'applied' })
})

test('indexes and triggers of others outlive renames and rebuilds in one file', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string, index: true }'))
  await project.database.migrate((tx) => {
    tx.exec('CREATE INDEX theirs ON posts (a, id); CREATE TABLE log (x)')
    tx.exec('CREATE TRIGGER their_trigger AFTER UPDATE OF a ON posts BEGIN INSERT INTO log VALUES (NEW.a); END')
  })
  const operations = [
    'type: rename_field, collection: posts, from: a, to: b',
    'type: rename_collection, from: posts, to: articles',
    'type: alter_field, collection: articles, field: b, fill: "b || 1"',
  ]
  project.write('migrations/001_m1.yaml', file(1, ...operations))
  const target = parseText(
    'version: 1\ncollections: { articles: { fields: { id: { type: int, primary: true, default: auto }, b: { type: string, index: true } } } }',
  )
  expect(await project.migrate(target)).toMatchObject({ kind: 'applied' })
  const objects = "SELECT name, tbl_name FROM sqlite_schema WHERE name LIKE 'their%' ORDER BY name"
  expect(project.rows(objects)).toEqual([
    ['their_trigger', 'articles'],
    ['theirs', 'articles'],
  ])
  expect(
    project.rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'articles' ORDER BY name"),
  ).toEqual([['articles.b'], ['theirs']])
  await rollBack(await project.context(target), 1)
  expect(project.rows(objects)).toEqual([
    ['their_trigger', 'posts'],
    ['theirs', 'posts'],
  ])
})

test('a database of another program is not taken for our own', async () => {
  await using project = await openMigrationProject()
  await project.database.migrate((tx) => tx.exec('CREATE TABLE Posts (x)'))
  expect(await project.migrate(schemaOf('a: { type: string }'))).toMatchObject({
    kind: 'failed',
    problems: [expect.stringContaining('already has tables of another program (Posts)')],
  })
})

test('files can be left for later; what comes by itself waits with them', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }'))
  project.write('migrations/001_m1.yaml', file(1, 'type: rename_field, collection: posts, from: a, to: b'))
  const target = schemaOf('b: { type: string }')
  expect(await bringUpToDate(await project.context(target), 'none')).toMatchObject({
    kind: 'pending',
    files: ['migrations/001_m1.yaml'],
  })
})

test('a draft that loses data waits until somebody confirms it, and then is the same migration', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int }'))
  const target = schemaOf('a: { type: string }')
  const draft = await draftFile(await project.context(target), { name: 'drop x', answers: {} })
  if (!draft.ok) throw new Error(draft.problems.join())
  expect(draft).toMatchObject({ losses: ['the values of posts.x'], questions: [] })
  project.write(draft.file, draft.text)
  const waits = { kind: 'unconfirmed', drafts: [{ file: draft.file, losses: draft.losses }], files: [draft.file] }
  expect(await project.migrate(target)).toMatchObject(waits)
  expect(await bringUpToDate(await project.context(target), 'none')).toMatchObject({ kind: 'pending' })
  expect((await migrationStatus(await project.context(target))).migrations).toMatchObject([{ state: 'draft' }])
  expect(project.rows("SELECT name FROM pragma_table_info('posts')").flat()).toContain('x')
  expect(await bringUpToDate(await project.context(target), 'all')).toMatchObject({ kind: 'applied' })
  project.write(draft.file, `${draft.text}confirm: true\n`)
  expect(await project.migrate(target)).toMatchObject({ kind: 'applied', migrations: [] })
  project.write(draft.file, draft.text.replace('field: x', 'field: y'))
  expect(await project.migrate(target)).toMatchObject({ kind: 'failed' })
})

test('what documents hold cannot confirm or change a draft that names them', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int, nullable: true }'))
  const planted = ['b\nconfirm: true # ', 'c\r\nname: other', 'd\u2028confirm: true', 'e\u0085confirm: true']
  await project.database.write((tx) => {
    for (const value of [...planted, ...planted]) tx.run({ text: 'INSERT INTO posts (a) VALUES (?)', params: [value] })
  })
  const target = schemaOf(
    'a: { type: string }, x: { type: int, nullable: true }',
    '    indexes: [{ name: by_a, fields: [a], unique: true }]',
  )
  const draft = await draftFile(await project.context(target), { name: 'unique a', answers: {} })
  if (!draft.ok) throw new Error(draft.problems.join())
  const parsed = parseMigration(draft.text, { file: draft.file })
  expect(parsed).toMatchObject({ ok: true, migration: { name: 'unique_a', waits: false } })
  expect(
    draft.text
      .split(/[\r\n\u0085\u2028]+/)
      .filter((line) => !/^(#|version: 1$|name: unique_a$|description: |operations:$| {2}- |$)/.test(line)),
  ).toEqual([])
})

test('files that are there, but do not cover everything, are named with what is held back', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int }'))
  project.write('migrations/001_m1.yaml', file(1, 'type: rename_field, collection: posts, from: a, to: b'))
  expect(await project.migrate(schemaOf('b: { type: string }'))).toMatchObject({
    kind: 'held_back',
    differences: [{ line: '- posts.x' }],
    files: ['migrations/001_m1.yaml'],
  })
})

test('several migrations are rolled back, the last first; not one of them if one cannot be', async () => {
  await using project = await openMigrationProject()
  await project.migrate(schemaOf('a: { type: string }, x: { type: int }'))
  project.write('migrations/001_m1.yaml', file(1, 'type: drop_field, collection: posts, field: x'))
  project.write('migrations/002_m2.yaml', file(2, 'type: rename_field, collection: posts, from: a, to: b'))
  project.write('migrations/003_m3.yaml', file(3, 'type: rename_collection, from: posts, to: articles'))
  const target = parseText(
    'version: 1\ncollections: { articles: { fields: { id: { type: int, primary: true, default: auto }, b: { type: string } } } }',
  )
  expect(await project.migrate(target)).toMatchObject({ kind: 'applied' })
  const context = await project.context(target)
  expect(await rollBack(context, 3)).toMatchObject({
    kind: 'failed',
    migrations: [],
    problems: ['001_m1 cannot be rolled back: the values of posts.x are lost'],
  })
  expect(await rollBack(context, 2)).toMatchObject({
    kind: 'rolled_back',
    migrations: [{ version: 3 }, { version: 2 }],
  })
  expect(structureOf(project.database)).toEqual(await freshStructure(schemaOf('a: { type: string }')))
  expect(project.rows('SELECT version FROM _koyalite_migrations')).toEqual([[1]])
})
