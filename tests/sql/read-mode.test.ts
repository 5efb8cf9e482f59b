import { beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { expectRows, linesOf, runSql, type SqlBody } from './sql-lines'

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id:     { type: int, primary: true, default: auto }
      title:  { type: string, maxLength: 100 }
      risk:   { type: float, nullable: true, internal: true, index: true }
      tags:   { type: json, nullable: true }
      author: { type: uuid, references: users.id, nullable: true }
    rules: { read: "true" }
  secrets:
    audit: true
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string }
`

describe('SQL that only reads', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  let operators: readonly TestOperator[] = []
  const headersOf = (role: string) => operators.find((one) => one.role === role)?.headers ?? {}
  const read = (sql: string, rest: Partial<SqlBody> = {}, role = 'admin') =>
    runSql(server, headersOf(role), { sql, ...rest })
  beforeAll(async () => {
    operators = await createOperators(server, 'admin', 'editor', 'viewer')
    for (const title of ['one', 'two', 'three'])
      expectStatus(await server.api.post('/api/collections/posts', { title, tags: ['a', { b: 1 }] }), 201)
    expectStatus(await server.api.post('/api/collections/secrets', { text: 'x' }), 201)
  }, 60_000)

  test('returns columns and rows of each statement, and whose fields they are', async () => {
    const answer = await read(`SELECT id, title AS t, count(*) OVER () FROM posts ORDER BY id; -- ; DELETE
      WITH a(x) AS (VALUES (1), (2)) SELECT x FROM a; PRAGMA table_info(posts)`)
    expect(answer.error).toBeNull()
    expect(linesOf(answer, 'statement').map(({ columns }) => columns.slice(0, 3))).toEqual([
      [
        { name: 'id', collection: 'posts', field: 'id' },
        { name: 't', collection: 'posts', field: 'title' },
        { name: 'count(*) OVER ()', collection: null, field: null },
      ],
      [{ name: 'x', collection: null, field: null }],
      [
        { name: 'cid', collection: null, field: null },
        { name: 'name', collection: null, field: null },
        { name: 'type', collection: null, field: null },
      ],
    ])
    expect(answer.rows.slice(0, 5)).toEqual([[1, 'one', 3], [2, 'two', 3], [3, 'three', 3], [1], [2]])
    expect(linesOf(answer, 'end').map(({ rows, cut, changed }) => ({ rows, cut, changed }))).toEqual([
      { rows: 3, cut: false, changed: null },
      { rows: 2, cut: false, changed: null },
      { rows: 4, cut: false, changed: null },
    ])
  })

  test('rounds nothing: large integers, bytes, infinity and odd text come as they are', async () => {
    const answer =
      await read(`SELECT 9223372036854775807, -9007199254740993, 9007199254740991, 0.1, x'00ff', 9e999, -9e999, '', NULL,
      char(0x2028, 10, 34), '<img src=x onerror=alert(1)>', json_extract('[1.5]', '$[0]')`)
    expectRows(answer, [
      [
        { $int: '9223372036854775807' },
        { $int: '-9007199254740993' },
        9007199254740991,
        0.1,
        { $blob: 'AP8=' },
        { $real: 'Infinity' },
        { $real: '-Infinity' },
        '',
        null,
        '\u2028\n"',
        '<img src=x onerror=alert(1)>',
        1.5,
      ],
    ])
  })

  test('a limit cuts, and says so', async () => {
    const counting = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 100000) SELECT x FROM r'
    const cut = await read(counting, { limit: 1000 })
    expect(linesOf(cut, 'end')).toMatchObject([{ rows: 1000, cut: true }])
    expect(cut.rows.length).toBe(1000)
    const all = await read(counting, { limit: 100_000 })
    expect(linesOf(all, 'end')).toMatchObject([{ rows: 100_000, cut: false }])
    expect(all.rows.map(([x]) => x)).toEqual(Array.from({ length: 100_000 }, (_, index) => index + 1))
  })

  test('what is wrong with the first statement is the error of the request, with a later one the last line', async () => {
    expect(await read('SELEC 1')).toMatchObject({ status: 403 })
    expect(await read('SELECT missing FROM posts')).toMatchObject({
      status: 400,
      error: { code: 'INVALID_REQUEST', message: 'no such column: missing' },
    })
    expect(await read('SELECT ?')).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('Parameters') },
    })
    expect(await read(' ; -- nothing')).toMatchObject({ status: 400 })
    const late = await read('SELECT 1; SELECT missing; SELECT 3')
    expect(late).toMatchObject({ status: 200, rows: [[1]], error: { code: 'INVALID_REQUEST', statement: 1 } as never })
  })

  test('a plan says in words how a statement reads, and the index that it needs', async () => {
    const answer = await read(`SELECT * FROM posts WHERE title = 'x'; DELETE FROM posts WHERE title = 'x'`, {
      mode: 'plan',
    })
    expect(answer.error).toMatchObject({ code: 'FORBIDDEN' })
    expect(linesOf(answer, 'plan')).toEqual([
      {
        type: 'plan',
        steps: [{ detail: 'SCAN main.posts', depth: 0, text: 'Reads all of posts', slow: true }],
        advice: [{ collection: 'posts', fields: ['title'], line: '- { name: idx_posts_title, fields: [title] }' }],
      },
    ])
    expectRows(await read('EXPLAIN QUERY PLAN SELECT 1'), [[1, 0, 0, 'SCAN CONSTANT ROW']])
  })

  const ATTACKS: readonly string[] = [
    // Writes, however they are written.
    'DELETE FROM posts',
    'delete from posts',
    '/* SELECT */ DELETE FROM posts',
    '-- SELECT\nDELETE FROM posts',
    'WITH x AS (SELECT 1) DELETE FROM posts',
    'WITH x AS (SELECT id FROM posts) DELETE FROM posts WHERE id IN x',
    "WITH x AS (SELECT 1) UPDATE posts SET title = 'gone'",
    "WITH x(t) AS (VALUES ('new')) INSERT INTO posts (title) SELECT t FROM x",
    "INSERT INTO posts (title) VALUES ('new')",
    "INSERT INTO posts (title) VALUES ('new') RETURNING id",
    "REPLACE INTO posts (id, title) VALUES (1, 'gone')",
    "UPDATE posts SET title = 'gone'",
    "UPDATE posts SET title = 'gone' RETURNING *",
    'SELECT 1; DELETE FROM posts',
    "SELECT ';'; DELETE FROM posts",
    'EXPLAIN DELETE FROM posts; DELETE FROM posts',
    '\uFEFFDELETE FROM posts',
    'DELETE FROM main.posts',
    // The schema.
    'DROP TABLE posts',
    'ALTER TABLE posts ADD COLUMN evil TEXT',
    'ALTER TABLE posts RENAME TO gone',
    'CREATE TABLE evil (x)',
    'CREATE TEMP TABLE evil (x)',
    'CREATE TEMP VIEW posts2 AS SELECT * FROM main.posts',
    'CREATE TRIGGER evil AFTER INSERT ON posts BEGIN SELECT 1; END',
    'DROP TRIGGER _koyalite_insert_posts',
    'CREATE VIRTUAL TABLE evil USING fts5(x)',
    'CREATE INDEX evil ON posts (title)',
    "UPDATE sqlite_schema SET sql = 'x'",
    'DELETE FROM sqlite_sequence',
    'REINDEX',
    'ANALYZE',
    'VACUUM',
    "VACUUM INTO '/tmp/koyalite-stolen.db'",
    // Settings, transactions, other files.
    'PRAGMA writable_schema = ON',
    'PRAGMA query_only = OFF',
    'PRAGMA query_only(0)',
    ' pragma  QUERY_ONLY = 0',
    'EXPLAIN PRAGMA query_only = 0',
    'EXPLAIN QUERY PLAN PRAGMA query_only = 0',
    '\uFEFFPRAGMA query_only = 0',
    'PRAGMA journal_mode = DELETE',
    'PRAGMA wal_checkpoint(TRUNCATE)',
    'PRAGMA key',
    "PRAGMA rekey = 'x'",
    'PRAGMA table_info(posts); PRAGMA foreign_keys = OFF',
    "ATTACH '/etc/passwd' AS x",
    "ATTACH ':memory:' AS x",
    'DETACH main',
    'BEGIN IMMEDIATE',
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT x',
    'RELEASE x',
    // What is not of collections.
    'SELECT * FROM _koyalite_accounts',
    'SELECT * FROM main._koyalite_operators',
    'SELECT * FROM "_koyalite_sessions"',
    'SELECT (SELECT group_concat(name) FROM _koyalite_keys)',
    'SELECT 1 FROM posts WHERE EXISTS (SELECT 1 FROM _koyalite_accounts)',
    'WITH a AS (SELECT * FROM _koyalite_audit) SELECT count(*) FROM a',
    'SELECT count(*) FROM _koyalite_one_time_tokens',
    'SELECT old FROM _koyalite_changes',
    'SELECT * FROM _koyalite_meta',
    'SELECT * FROM sqlite_stat4',
    'SELECT * FROM dbstat',
    'SELECT * FROM pragma_function_list',
    'SELECT * FROM pragma_database_list',
    'SELECT * FROM pragma_journal_mode',
    'SELECT * FROM fts5vocab',
    "SELECT load_extension('/tmp/evil.so')",
    "SELECT sqlite3mc_codec_data('main')",
    "SELECT fts3_tokenizer('simple')",
    'SELECT sqlite3mc_config(1)',
    // Internal fields: as values, as conditions, by an index, by a whole row.
    'SELECT risk FROM posts',
    'SELECT risk FROM main.posts',
    'SELECT count(*) FROM main.posts WHERE risk > 1',
    'SELECT id FROM main.posts ORDER BY risk',
    'SELECT * FROM main.posts',
    'SELECT max(risk) FROM main.posts',
    'SELECT 1 FROM main.posts INDEXED BY idx_posts_risk WHERE risk = 2',
  ]

  test(`refuses ${ATTACKS.length} statements, and everything is as it was`, async () => {
    expect(ATTACKS.length).toBeGreaterThan(60)
    const rowsOf = async (text: string) => (await read(text, {}, 'owner')).rows
    const fingerprint = async () => [
      await rowsOf('SELECT id, title FROM posts'),
      await rowsOf('SELECT name, sql FROM sqlite_schema ORDER BY 1'),
    ]
    const before = await fingerprint()
    const refused = async (sql: string) => {
      const { error, rows } = await read(sql)
      const code = /^(FORBIDDEN|INVALID_REQUEST)$/.test(error?.code ?? '') ? 'refused' : error
      expect({ sql, code }).toEqual({ sql, code: 'refused' })
      expect(JSON.stringify([error?.message, rows])).not.toMatch(/argon2|@example\.com/)
    }
    // As many as one operator may run at a time.
    const queue = ATTACKS.values()
    const work = async () => {
      for (const sql of queue) await refused(sql)
    }
    await Promise.all([work(), work(), work()])
    expect(await fingerprint()).toEqual(before)
    expect(readdirSync('/tmp')).not.toContain('koyalite-stolen.db')
  }, 120_000)

  test('a collection with internal fields is itself without them; owners may ask for all', async () => {
    expectRows(await read('SELECT * FROM posts WHERE id = 1'), [[1, 'one', '["a",{"b":1}]', null]])
    expectRows(await read('SELECT count(*) FROM posts'), [[3]])
    expect((await read('SELECT risk FROM posts', { internal: true })).status).toBe(403)
    expectRows(await read('SELECT risk FROM posts WHERE id = 1', { internal: true }, 'owner'), [[null]])
    expect((await read('SELECT count(*) FROM _koyalite_changes', { internal: true }, 'owner')).error).toBeNull()
    for (const table of ['accounts', 'operators', 'keys', 'sessions', 'one_time_tokens', 'mails', 'studio_items'])
      expect((await read(`SELECT * FROM _koyalite_${table}`, { internal: true }, 'owner')).error).not.toBeNull()
  })

  test('is for operators of every role and keys with its scope; each statement is recorded, and that audited documents were read', async () => {
    for (const role of ['owner', 'editor', 'viewer']) expectRows(await read('SELECT 1', {}, role), [[1]])
    const keyOf = async (scope: string) => {
      const { body } = expectStatus(await server.api.post('/api/admin/keys', { name: scope, scopes: [{ scope }] }), 201)
      return { authorization: `Bearer ${body.key}` }
    }
    expectRows(await runSql(server, await keyOf('sql'), { sql: 'SELECT 2' }), [[2]])
    const others = await Promise.all(['data:read', 'logs', 'schema'].map(keyOf))
    for (const headers of [...others, {}])
      expect((await runSql(server, headers, { sql: 'SELECT 1' })).error?.code).toMatch(/^(FORBIDDEN|UNAUTHENTICATED)$/)
    expect((await runSql(server, await keyOf('admin'), { sql: 'DELETE FROM posts', mode: 'write' })).status).toBe(403)
    expectRows(await read("SELECT text FROM secrets -- who's there"), [['x']])
    const { entries } = expectStatus(await server.api.get('/api/admin/audit?limit=2'), 200).body
    expect(entries.map(({ event }: { event: string }) => event)).toContain('sql.read')
    expect(JSON.stringify(entries)).toContain("who's there")
    expect(JSON.stringify(entries)).toContain('secrets')
    expect(entries[0].actor.name).toBe('admin@example.com')
  })

  test('no log has what statements said', () => {
    const logs = join(server.project.dir, 'data/logs')
    const text = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
    expect(text.join('')).not.toContain('argon2')
  })
})
