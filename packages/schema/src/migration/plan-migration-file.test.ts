import { describe, expect, test } from 'bun:test'
import { formatProblem } from '../problems'
import { freshDatabase, preservedObjects, runSteps, schemaOf, structure } from '../testing/migration-database'
import { apply, KEY, migration, posts, rows } from '../testing/migration-project'
import { diffSchemas } from './diff-schemas'
import { planMigrationFile, planPendingMigrations } from './plan-migration-file'

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
  expect(preservedObjects(database).some(({ type }) => type === 'trigger')).toBe(false)
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
    "posts.age has values that are not valid (1 document: id 'r' has 200, which must be at most 100): add a fill",
  )
})

test.each([
  ['string', 'date', '2026-01-31', '2026-01-31'],
  ['text', 'date', '0001-01-01', '0001-01-01'],
  ['timestamp', 'date', '2026-01-31T00:00:00.000Z', '2026-01-31'],
  ['date', 'timestamp', '2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['date', 'string', '2026-01-31', '2026-01-31'],
  ['date', 'json', '2026-01-31', '"2026-01-31"'],
])('F5: a %s becomes a %s without a fill where nothing is lost', (before, after, stored, becomes) => {
  const [from, to] = [posts(`x: { type: ${before} }`), posts(`x: { type: ${after} }`)]
  const database = freshDatabase(from)
  database.run(`INSERT INTO posts VALUES ('p', '${stored}')`)
  apply(database, from, to, migration('type: alter_field, collection: posts, field: x'))
  expect(rows(database, 'SELECT x FROM posts')).toEqual([[becomes]])
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
    ['{ type: string }', '{ type: date }', "('p', '2026-02-30')", 'posts.x has values that are not of type date'],
    ['{ type: string }', '{ type: date }', "('p', 'now')", 'posts.x has values that are not of type date'],
    [
      '{ type: timestamp }',
      '{ type: date }',
      "('p', '2026-02-01T00:00:00.001Z')",
      'posts.x has values that are not of type date',
    ],
    [
      '{ type: date }',
      '{ type: date, max: 2026-01-31 }',
      "('p', '2026-01-31'), ('q', '2026-02-01')",
      "(1 document: id 'q' has '2026-02-01', which must not be after 2026-01-31)",
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
      'posts.x cannot be unique: existing documents have equal values',
    ],
    [
      '{ type: string }',
      '{ type: string, maxLength: 2 }',
      "('p', 'äöü')",
      "posts.x has values that are not valid (1 document: id 'p' has 'äöü', which must have at most 2 characters): add a fill that changes them (alter_field … fill), or relax posts.x in schema.yaml",
    ],
    [
      '{ type: string, enum: [a, b] }',
      '{ type: string, enum: [a] }',
      "('p', 'b')",
      `(1 document: id 'p' has 'b', which must be one of "a")`,
    ],
    [
      '{ type: string }',
      '{ type: string, pattern: "^[a-z]+$" }',
      "('p', 'a'), ('q', 'B'), ('r', 'C1')",
      "(2 documents: id 'q' has 'B', which must match ^[a-z]+$, id 'r' has 'C1', which must match ^[a-z]+$)",
    ],
    [
      '{ type: string }',
      '{ type: string, format: email }',
      "('p', 'a@example.com'), ('q', 'nobody')",
      "(1 document: id 'q' has 'nobody', which must be",
    ],
    [
      '{ type: json }',
      '{ type: json, schema: { type: array, items: { type: string } } }',
      `('p', '["a"]'), ('q', '["a",1]'), ('r', '{}')`,
      `(2 documents: id 'q' has '["a",1]', which`,
    ],
    [
      '{ type: json, schema: { type: array, maxItems: 3 } }',
      '{ type: json, schema: { type: array, maxItems: 1 } }',
      `('p', '[1]'), ('q', '[1,2]')`,
      `(1 document: id 'q' has '[1,2]', which`,
    ],
    [
      '{ type: uuid }',
      '{ type: uuid, references: users.id }',
      "('p', 'u')",
      'posts.x references documents of users that do not exist',
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

describe('F5: what a fill gives is checked like what a client sends', () => {
  const cases: readonly (readonly [to: string, fill: string, message: string])[] = [
    ['{ type: uuid }', "'0190163D-8694-739B-AEA5-966C26F8AD91'", "must be written as '0190163d-8694-"],
    ['{ type: uuid }', "'none'", 'must be a UUID'],
    ['{ type: timestamp }', "'2026-01-02T03:04:05Z'", "must be written as '2026-01-02T03:04:05.000Z'"],
    ['{ type: timestamp }', "'yesterday'", 'which must be'],
    ['{ type: date }', "'2026-02-30'", 'which must be a date such as 2026-01-31'],
    ['{ type: bool }', '2', 'is not of type bool'],
    ['{ type: json }', "'{'", 'is not JSON'],
    ['{ type: int }', '9007199254740993', 'must be at most 9007199254740991'],
    ['{ type: string }', "'a' || char(0)", 'which'],
    [
      '{ type: string, unique: true }',
      "'a'",
      'posts.x cannot be unique: existing documents have equal values (2 documents: ',
    ],
    [
      '{ type: uuid, references: users.id }',
      "'0190163d-8694-739b-aea5-966c26f8ad91'",
      'that do not exist (2 documents',
    ],
  ]
  for (const [after, fill, message] of cases) {
    test(`${after} filled with ${fill}`, () => {
      const [from, to] = [posts('y: { type: int }'), posts(`y: { type: int }, x: ${after}`)]
      const database = freshDatabase(from)
      database.run("INSERT INTO posts VALUES ('p', 1), ('q', 2)")
      const file = migration(`type: add_field, collection: posts, field: x, fill: "${fill}"`)
      expect(() => apply(database, from, to, file)).toThrow(message)
      expect(structure(database)).toEqual(structure(freshDatabase(from)))
    })
  }
})

test('F5: all documents are looked at, however many, and the first are named', () => {
  const schema = (field: string) =>
    schemaOf(
      `version: 1\ncollections: { posts: { fields: { id: { type: int, primary: true, column: key }, x: ${field} } } }`,
    )
  const [from, to] = [schema('{ type: string }'), schema('{ type: string, pattern: "[02468]$" }')]
  const database = freshDatabase(from)
  database.run(
    'WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 4999) INSERT INTO posts SELECT n, n FROM i',
  )
  expect(() => apply(database, from, to, migration('type: alter_field, collection: posts, field: x'))).toThrow(
    /\(2500 documents: id 1 has '1', which .*, id 3 has '3', .*, id 5 has '5', [^,]*, …\): add a fill/,
  )
  const fill = migration(`type: alter_field, collection: posts, field: x, fill: "x || '0'"`)
  apply(database, from, to, fill)
  expect(rows(database, 'SELECT count(*) FROM posts')).toEqual([[4999]])
})

test('F5: only what is stricter is checked: documents that never met the rest are left alone', () => {
  const [from, to] = [
    posts('x: { type: string, maxLength: 1 }'),
    posts('x: { type: string, maxLength: 1, unique: true }'),
  ]
  const database = freshDatabase(from)
  database.run("INSERT INTO posts VALUES ('p', 'too long')")
  apply(database, from, to, migration('type: alter_field, collection: posts, field: x'))
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
    ['type: rename_field, collection: posts, from: a, to: id', "'posts.id' already exists"],
    ['type: rename_field, collection: users, from: email, to: mail', "'users.email' is built in"],
    ['type: rename_collection, from: users, to: people', "'users' is built in and cannot be renamed"],
    ['type: rename_collection, from: posts, to: notes', "a collection 'notes' already exists"],
    ['type: drop_collection, collection: users', "'users' is built in and cannot be dropped"],
    ['type: drop_collection, collection: posts', "'notes.post' still references 'posts': drop or alter it too"],
    [
      'type: drop_field, collection: posts, field: id',
      'the primary key cannot be dropped: create a new collection, and copy the documents with an sql operation',
    ],
    ['type: add_field, collection: posts, field: a', "'posts.a' already exists (use alter_field to change it)"],
    [
      'type: add_field, collection: posts, field: z',
      "the target schema does not define 'posts.z': it is missing, or dropped by a later operation",
    ],
    [
      'type: alter_field, collection: posts, field: a',
      'posts.a cannot be converted to blob automatically: add a fill that converts its values',
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

test('F11: a unique index on existing fields is an operation', () => {
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
    'index i of posts cannot be unique: existing documents have equal values',
  )
})
