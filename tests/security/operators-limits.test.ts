import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, until, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { BLOG } from '../fixtures/schemas'
import { runSql } from '../sql/sql-lines'

describe('operators and what they may make the server do', () => {
  const server = useServer({ schema: BLOG, settings: 'name: blog\nauth: { rate_limit: { login: 1000/second } }' })
  let operators: readonly TestOperator[] = []
  beforeAll(async () => {
    operators = await createOperators(server, 'admin', 'viewer')
  }, 60_000)
  const operator = (role: string) => operators.find((one) => one.role === role) as TestOperator

  test('no row of SQL, and no rows of a write, are larger than the server can pass on', async () => {
    const { headers } = operator('viewer')
    for (const sql of [
      'SELECT zeroblob(16000000)',
      'SELECT hex(zeroblob(9000000))',
      "SELECT replace(hex(zeroblob(2000000)), '0', char(1))",
    ])
      expect({ sql, error: (await runSql(server, headers, { sql })).error }).toMatchObject({
        sql,
        error: { code: 'OUT_OF_RANGE' },
      })
    const { rows } = await runSql(server, headers, { sql: 'SELECT length(hex(zeroblob(9000000)))' })
    expect(rows).toEqual([[18_000_000]])
    const many = `INSERT INTO authors (id, name) VALUES ('00000000-0000-4000-8000-00000000abcd', 'written');
      WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 100) SELECT hex(zeroblob(500000)) FROM r`
    const written = await runSql(server, operator('owner').headers, { sql: many, mode: 'write' })
    expect(written.error).toMatchObject({ code: 'OUT_OF_RANGE' })
    expect((await runSql(server, headers, { sql: 'SELECT count(*) FROM authors' })).rows).toEqual([[0]])
  })

  test('what somebody types into the SQL console is for those who may write by it', async () => {
    const [owner, viewer] = [operator('owner'), operator('viewer')]
    const secret = 'known-to-the-owner'
    const endless = `WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*), '${secret}' FROM r`
    const gone = new AbortController()
    const run = runSql(server, owner.headers, { sql: endless, run: 'own' }, gone.signal).catch(() => null)
    const listed = async ({ headers }: TestOperator) =>
      expectStatus(await server.anonymous.get('/api/admin/sql', { headers }), 200).body.running
    await until(async () => (await listed(owner)).length === 1)
    expect(await listed(owner)).toMatchObject([{ run: 'own', sql: endless, by: owner.email }])
    expect(await listed(operator('admin'))).toMatchObject([{ sql: endless }])
    expect(await listed(viewer)).toMatchObject([{ run: 'own', sql: null, by: owner.email }])
    gone.abort()
    await run
    await runSql(server, viewer.headers, { sql: "SELECT 'of the viewer'" })
    const entries = async ({ headers }: TestOperator) =>
      expectStatus(await server.anonymous.get('/api/admin/audit?event=sql.read&limit=50', { headers }), 200).body
        .entries
    const details = (all: { details: object; actor: { name: string } }[], { email }: TestOperator) =>
      all.filter(({ actor }) => actor.name === email).map((one) => one.details)
    const seen = await entries(viewer)
    expect(JSON.stringify(seen)).not.toContain(secret)
    expect(details(seen, owner)).toContainEqual({ mode: 'read', withheld: true })
    expect(details(seen, viewer)).toContainEqual({ sql: "SELECT 'of the viewer'", mode: 'read' })
    expect(JSON.stringify(await entries(operator('admin')))).toContain(secret)
    await until(async () => (await listed(owner)).length === 0)
  })

  test('errors of the SQL console are about the statement', async () => {
    const { headers } = operator('viewer')
    for (const [sql, message] of [
      ['SELECT ?', /^Parameters have no values here/],
      ['SELECT :a', /^Parameters have no values here/],
      ['SELEC 1', /^Only SELECT/],
      ['SELECT 1 FROM absent', 'no such table: absent'],
      ['SELECT (', 'incomplete input'],
      ["SELECT json('{')", 'malformed JSON'],
      ['SELECT abs(-9223372036854775807 - 1)', 'integer overflow'],
    ] as const)
      expect((await runSql(server, headers, { sql })).error?.message).toMatch(message)
  })

  test('a test mail goes only where an owner says: the response has what that server answers', async () => {
    let connections = 0
    const open = (socket: { write(text: string): unknown }) => {
      connections++
      socket.write('220 internal\r\n')
    }
    const data = (socket: { write(text: string): unknown }) => void socket.write('550 no\r\n')
    using inside = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { open, data } })
    const email = { transport: 'smtp', url: `smtp://127.0.0.1:${inside.port}` }
    const send = (role: string, given: object) =>
      operator(role).api.post('/api/admin/mail/test', { to: 'a@example.com', email: given })
    expectError(await send('admin', email), 'FORBIDDEN')
    expectError(await send('admin', { api_key: 'x' }), 'FORBIDDEN')
    expect(connections).toBe(0)
    expectStatus(await send('admin', { transport: 'log', from: 'b@example.com' }), 200)
    expect(expectStatus(await send('owner', email), 200).body).toMatchObject({ ok: false })
    expect(connections).toBe(1)
  })

  test('changes of settings at the same time are all made', async () => {
    const changes = [{ 'backups.keep': 5 }, { 'logs.keep': '4d' }, { 'server.max_body': '3mb' }, { name: 'notes' }]
    const made = await Promise.all(changes.map((set) => operator('owner').api.patch('/api/admin/settings', { set })))
    expect(made.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const { options } = expectStatus(await operator('owner').api.get('/api/admin/settings'), 200).body
    const setTo = (path: string) => options.find((one: { path: string }) => one.path === path)?.value
    expect(['backups.keep', 'logs.keep', 'server.max_body', 'name'].map(setTo)).toEqual([5, '4d', '3mb', 'notes'])
  })

  test('a viewer makes the server plan nothing', async () => {
    const plan = (role: string, body: object) => operator(role).api.post('/api/admin/schema/plan', body)
    expectError(await plan('viewer', { source: BLOG }), 'FORBIDDEN')
    expectError(await plan('viewer', { edits: [{ type: 'drop_collection', collection: 'posts' }] }), 'FORBIDDEN')
    expectStatus(await plan('viewer', {}), 200)
    expectStatus(await plan('admin', { source: BLOG }), 200)
  })
})
