import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { linesOf, runSql, type SqlBody } from './sql-lines'

const SCHEMA = `version: 1
types: { state: { enum: [open, paid] } }
collections:
  users:
    fields: { name: { type: string, nullable: true } }
  orders:
    fields:
      id:    { type: int, primary: true, default: auto }
      state: { type: state, default: open }
      note:  { type: string, maxLength: 10, nullable: true }
      due:   { type: timestamp, nullable: true }
      extra: { type: json, nullable: true }
    rules: { read: "true" }
  lines:
    fields:
      id:    { type: int, primary: true, default: auto }
      order: { type: int, references: orders.id, onDelete: cascade, index: true }
      key:   { type: uuid, nullable: true, unique: true }
  hidden:
    fields:
      id:   { type: int, primary: true, default: auto }
      risk: { type: int, nullable: true, internal: true }
`

describe('SQL that writes', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  let operators: readonly TestOperator[] = []
  const headersOf = (role: string) => operators.find((one) => one.role === role)?.headers ?? {}
  const run = (sql: string, mode: string, role = 'admin', rest: Partial<SqlBody> = {}) =>
    runSql(server, headersOf(role), { sql, mode, ...rest })
  const orders = async () =>
    expectStatus(await server.api.get('/api/collections/orders?sort=id&limit=500'), 200).body.docs
  beforeAll(async () => {
    operators = await createOperators(server, 'admin', 'editor', 'viewer')
    const user = { email: 'ann@example.com', password: 'a long enough password' }
    expectStatus(await server.anonymous.post('/api/auth/register', user), 201)
    const answer = await run(
      `WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 20) INSERT INTO orders (id) SELECT x FROM r;
       INSERT INTO lines ("order") SELECT id FROM orders WHERE id <= 10`,
      'write',
    )
    expect(answer.error).toBeNull()
    expect(linesOf(answer, 'changes')).toMatchObject([
      {
        committed: true,
        collections: [
          { collection: 'lines', inserted: 10, updated: 0, deleted: 0, cascaded: 0 },
          { collection: 'orders', inserted: 20, updated: 0, deleted: 0, cascaded: 0 },
        ],
      },
    ])
  }, 60_000)

  test('a dry run says what would change, what cascades too, and leaves everything as it is', async () => {
    const before = await orders()
    const answer = await run('DELETE FROM orders', 'dry_run')
    expect(answer.error).toBeNull()
    expect(linesOf(answer, 'end')).toMatchObject([{ changed: 20, rows: 0 }])
    expect(linesOf(answer, 'changes')).toEqual([
      {
        type: 'changes',
        committed: false,
        action: null,
        collections: [
          { collection: 'lines', inserted: 0, updated: 0, deleted: 10, cascaded: 10 },
          { collection: 'orders', inserted: 0, updated: 0, deleted: 20, cascaded: 0 },
        ],
      },
    ])
    expect(await orders()).toEqual(before)
    const { entries } = expectStatus(await server.api.get('/api/admin/audit?limit=5'), 200).body
    expect(entries.filter(({ details }: { details: { mode?: string } }) => details?.mode === 'dry_run')).toEqual([])
  })

  test('a write is one transaction: the first statement that fails rolls all of them back', async () => {
    const before = await orders()
    const answer = await run(`UPDATE orders SET note = 'x'; INSERT INTO lines ("order") VALUES (999)`, 'write')
    expect(answer.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('FOREIGN KEY') })
    expect(await orders()).toEqual(before)
    expect(linesOf(answer, 'changes')).toEqual([])
  })

  test('can be undone: what cascaded comes back too', async () => {
    const before = await orders()
    const answer = await run('DELETE FROM orders WHERE id = 5', 'write')
    const [{ action } = { action: null }] = linesOf(answer, 'changes')
    expect((await orders()).length).toBe(before.length - 1)
    const undone = await fetch(`${server.process.url}/api/admin/changes/${action}/undo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersOf('admin') },
      body: '{}',
    })
    expect({ status: undone.status, text: undone.status === 200 ? '' : await undone.text() }).toEqual({
      status: 200,
      text: '',
    })
    expect(await orders()).toEqual(before)
    expect((await run('SELECT count(*) FROM lines WHERE "order" = 5', 'read')).rows).toEqual([[1]])
  })

  test('is seen by reads, live queries and the audit log', async () => {
    const stream = await fetch(`${server.process.url}/api/collections/orders/live?filter=id:eq:3`, {
      headers: { accept: 'text/event-stream' },
    })
    const events = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    const until = async (part: string) => {
      let text = ''
      while (!text.includes(part)) {
        const next = await events?.read()
        if (next === undefined || next.done === true) throw new Error(`ended without ${part}: ${text}`)
        text += next.value
      }
    }
    await until('"open"')
    const answer = await run(`UPDATE orders SET state = 'paid' WHERE id = 3 RETURNING id, state`, 'write')
    expect(answer).toMatchObject({ error: null, rows: [[3, 'paid']] })
    await until('"paid"')
    await events?.cancel()
    expect((await orders())[2]).toMatchObject({ id: 3, state: 'paid' })
    const { entries } = expectStatus(await server.api.get('/api/admin/audit?limit=1'), 200).body
    expect(entries[0]).toMatchObject({
      event: 'sql.written',
      actor: { name: 'admin@example.com' },
      details: { mode: 'write', changes: [{ collection: 'orders', updated: 1 }] },
    })
  })

  test.each([
    [`UPDATE orders SET state = 'lost' WHERE id = 1`, /orders 1: state/],
    [`UPDATE orders SET note = 'far too long for it' WHERE id = 1`, /orders 1: note/],
    [`UPDATE orders SET due = '2026-01-01' WHERE id = 1`, /orders 1: due/],
    [`UPDATE orders SET due = '2026-01-01T00:00:00Z' WHERE id = 1`, /due must be written as 2026/],
    [`UPDATE orders SET extra = '{"a"' WHERE id = 1`, /extra must be written as JSON/],
    [`UPDATE lines SET key = '00000000-0000-4000-8000-00000000ABCD' WHERE id = 1`, /key must be written as a UUID/],
    [`UPDATE lines SET key = 'x' WHERE id = 1`, /lines 1: key/],
    [`INSERT INTO orders (id, note) VALUES (-1.5, 'x')`, /datatype|REAL|store/i],
  ])('the schema holds: %s', async (sql, message) => {
    const before = await orders()
    for (const mode of ['dry_run', 'write']) {
      const { error } = await run(sql, mode)
      expect(error?.message).toMatch(message)
    }
    expect(await orders()).toEqual(before)
  })

  test('what is in order passes', async () => {
    const sql = `UPDATE orders SET note = 'ten signs.', due = '2026-01-01T00:00:00.000Z', extra = '{"a":[1]}' WHERE id = 1;
      UPDATE lines SET key = '00000000-0000-4000-8000-00000000abcd' WHERE id = 1`
    expect((await run(sql, 'write')).error).toBeNull()
    expect((await orders())[0]).toMatchObject({ note: 'ten signs.', extra: { a: [1] } })
  })

  test.each([
    'DROP TABLE orders',
    'ALTER TABLE orders ADD COLUMN x TEXT',
    'CREATE TABLE x (y)',
    'VACUUM',
    'PRAGMA foreign_keys = OFF',
    'COMMIT',
    'BEGIN; DELETE FROM orders',
    `ATTACH '/tmp/x' AS x`,
    'DELETE FROM _koyalite_audit',
    'DELETE FROM _koyalite_changes',
    `INSERT INTO _koyalite_changes (collection, op, doc_id, at) VALUES ('orders', 'delete', 1, 0)`,
    `UPDATE _koyalite_operators SET role = 'owner'`,
    'UPDATE sqlite_sequence SET seq = 0',
    `INSERT INTO orders (note) SELECT token_hash FROM _koyalite_sessions`,
    `UPDATE orders SET note = (SELECT password_hash FROM _koyalite_accounts)`,
    `UPDATE sqlite_schema SET sql = ''`,
    `UPDATE users SET role = 'admin'`,
    `UPDATE users SET verified = 1`,
    `UPDATE users SET claims = '{}'`,
    `UPDATE main.users SET "role" = 'admin'`,
    `INSERT INTO users (id, email) VALUES ('00000000-0000-4000-8000-00000000abcd', 'x@example.com')`,
    'DELETE FROM users',
    'DELETE FROM hidden WHERE risk > 1',
    'UPDATE hidden SET risk = 1',
  ])('refuses %s', async (sql) => {
    const count = async () => expectStatus(await server.api.get('/api/admin/users?count=true&limit=1'), 200).body.total
    const before = { orders: await orders(), users: await count() }
    const { error } = await run(sql, 'write')
    expect(error?.code).toMatch(/^(FORBIDDEN|INVALID_REQUEST|CONFLICT)$/)
    expect({ orders: await orders(), users: await count() }).toEqual(before)
    expect(expectStatus(await server.api.get('/api/admin/audit/verify'), 200).body).toMatchObject({ ok: true })
  })

  test('is for owners and admins, who are persons', async () => {
    for (const role of ['editor', 'viewer'])
      for (const mode of ['write', 'dry_run'])
        expect(await run('DELETE FROM lines WHERE id = 0', mode, role)).toMatchObject({ status: 403 })
    const withKey = { authorization: `Bearer ${server.key}` }
    expect((await runSql(server, withKey, { sql: 'DELETE FROM lines WHERE id = 0', mode: 'write' })).status).toBe(403)
    expect((await run('UPDATE hidden SET risk = 1', 'write', 'owner')).error).toBeNull()
  })
})
