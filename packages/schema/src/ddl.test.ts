import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { createSchemaSql } from './ddl'
import { parseSchema } from './parse-schema'
import { BLOG, EVERYTHING } from './testing/example-schemas'

function freshDatabase(text: string): Database {
  const result = parseSchema(text, { file: 's' })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  const database = new Database(':memory:')
  database.run('PRAGMA foreign_keys = ON')
  for (const statement of createSchemaSql(result.schema)) database.run(statement)
  return database
}

test('defaults are what the file says, in stored form', () => {
  const database = freshDatabase(EVERYTHING)
  database.run("INSERT INTO users (id, email) VALUES ('u', 'a@example.com')")
  database.run("INSERT INTO posts (slug, author_id) VALUES ('s', 'u')")
  const row = database.query('SELECT *, typeof(score) AS score_type FROM posts').get() as Record<string, unknown>
  expect(row).toMatchObject({
    id: 1,
    title: "it's",
    status: 'draft',
    extra: '{"a":[1,null]}',
    score: 0,
    score_type: 'real',
    secret: null,
    view_count: -1,
    data: new Uint8Array([0, 255]),
    opened: 1,
    since: '2026-01-31T11:00:00.000Z',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    'Order By': null,
  })
})

test('automatic integer keys are never given twice', () => {
  const database = freshDatabase(EVERYTHING)
  database.run("INSERT INTO users (id, email) VALUES ('u', 'a@example.com')")
  const insert = () => database.run("INSERT INTO posts (slug, author_id) VALUES ('s', 'u')").lastInsertRowid
  expect(insert()).toBe(1)
  database.run('DELETE FROM posts')
  expect(insert()).toBe(2)
})

test('references, uniqueness, required values and types are enforced', () => {
  const database = freshDatabase(BLOG)
  database.run("INSERT INTO users (id, email) VALUES ('u', 'a@example.com')")
  database.run("INSERT INTO posts (id, title, slug, author_id) VALUES ('p', 't', 's', 'u')")
  database.run("INSERT INTO comments (id, post_id, content) VALUES ('c1', 'p', 'x')")
  database.run("INSERT INTO comments (id, post_id, content, parent_id) VALUES ('c2', 'p', 'x', 'c1')")
  const failing = [
    ["INSERT INTO users (id, email) VALUES ('v', 'a@example.com')", 'UNIQUE constraint failed: users.email'],
    ["INSERT INTO posts (id, title, slug, author_id) VALUES ('q', 't', 'q', 'nobody')", 'FOREIGN KEY'],
    ["INSERT INTO posts (id, slug, author_id) VALUES ('q', 'q', 'u')", 'NOT NULL constraint failed: posts.title'],
    ["UPDATE posts SET view_count = 'many'", 'cannot store TEXT value in INTEGER column'],
  ] as const
  for (const [statement, message] of failing) expect(() => database.run(statement)).toThrow(message)
  database.run("DELETE FROM comments WHERE id = 'c1'")
  expect(database.query('SELECT parent_id FROM comments').get()).toEqual({ parent_id: null })
  database.run('DELETE FROM users')
  expect(database.query('SELECT count(*) AS n FROM comments').get()).toEqual({ n: 0 })
})

test('indexes are as the file says', () => {
  const database = freshDatabase(BLOG)
  const indexes = database
    .query("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
    .all()
  expect(indexes).toEqual([
    { name: 'comments.post_id', sql: 'CREATE INDEX "comments.post_id" ON "comments" ("post_id")' },
    {
      name: 'idx_posts_published_date',
      sql: 'CREATE INDEX "idx_posts_published_date" ON "posts" ("published" DESC, "published_at" DESC)',
    },
    { name: 'posts.author_id', sql: 'CREATE INDEX "posts.author_id" ON "posts" ("author_id")' },
    { name: 'posts.slug', sql: 'CREATE UNIQUE INDEX "posts.slug" ON "posts" ("slug")' },
    { name: 'users.email', sql: 'CREATE UNIQUE INDEX "users.email" ON "users" ("email")' },
  ])
})
