import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { linesOf, runSql } from './sql-lines'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`
const ENDLESS = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r'
const ENDLESS_ROWS = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x FROM r'

describe('limits of SQL', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'auth: { rate_limit: { login: 1000/second } }\nsql: { timeout: 2s, max_rows: 5000 }',
  })
  let operators: readonly TestOperator[] = []
  const headersOf = (role: string) => operators.find((one) => one.role === role)?.headers ?? {}
  const run = (sql: string, rest: object = {}, signal?: AbortSignal) =>
    runSql(server, headersOf('owner'), { sql, ...rest }, signal)
  const running = async (): Promise<readonly { readonly run: string }[]> =>
    expectStatus(await server.api.get('/api/admin/sql'), 200).body.running
  beforeAll(async () => {
    operators = await createOperators(server, 'admin', 'viewer')
    expectStatus(await server.api.post('/api/collections/posts', { title: 'one' }), 201)
  }, 60_000)

  test('one that never ends is stopped, and the message names the limit', async () => {
    expect(await run(ENDLESS)).toMatchObject({
      status: 503,
      error: { code: 'QUERY_TIMEOUT', message: 'The statement was stopped after 2 s, the limit of sql.timeout.' },
    })
    await until(async () => (await running()).length === 0)
  })

  test('rows have a limit that no request can raise', async () => {
    const answer = await run(ENDLESS_ROWS, { limit: 100_000_000 })
    expect(linesOf(answer, 'end')).toMatchObject([{ rows: 5000, cut: true }])
  })

  test('ends when the caller goes away, and when it is stopped by name; others go on meanwhile', async () => {
    const gone = new AbortController()
    const first = run(ENDLESS, { run: 'first' }, gone.signal).catch(() => 'gone')
    const second = run(ENDLESS, { run: 'second' })
    await until(async () => (await running()).length === 2)
    for (let index = 0; index < 20; index++)
      expectStatus(await server.api.get('/api/collections/posts?filter=title:eq:one'), 200)
    expectStatus(await server.api.post('/api/collections/posts', { title: 'two' }), 201)
    gone.abort()
    expect(await first).toBe('gone')
    await until(async () => (await running()).length === 1)
    const stop = (role: string) =>
      fetch(`${server.process.url}/api/admin/sql/second`, { method: 'DELETE', headers: headersOf(role) })
    expect((await stop('viewer')).status).toBe(403)
    expect((await stop('admin')).status).toBe(204)
    expect(await second).toMatchObject({ status: 400, error: { message: 'The statement was stopped.' } })
    await until(async () => (await running()).length === 0)
    expect((await stop('admin')).status).toBe(404)
  })

  test('one whose rows nobody takes holds nothing up, and ends with its caller', async () => {
    const gone = new AbortController()
    const response = await fetch(`${server.process.url}/api/admin/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersOf('owner') },
      body: JSON.stringify({ sql: `SELECT x, hex(zeroblob(5000)) FROM (${ENDLESS_ROWS})`, limit: 5000, run: 'slow' }),
      signal: gone.signal,
    })
    expect(response.status).toBe(200)
    gone.abort()
    await until(async () => (await running()).length === 0)
  })

  test('few run at once: one more is refused, and room is made again', async () => {
    const runs = [1, 2, 3].map((index) => run(ENDLESS, { run: `r${index}` }))
    await until(async () => (await running()).length === 3)
    expect(await run('SELECT 1')).toMatchObject({ status: 503, error: { code: 'UNAVAILABLE' } })
    await Promise.all(runs)
    await until(async () => (await running()).length === 0)
    expect((await run('SELECT 1')).rows).toEqual([[1]])
  })

  test('a write that takes too long is rolled back, and those that wait go on', async () => {
    const endless = run(`INSERT INTO posts (title) ${ENDLESS.replace('count(*)', "printf('%d', count(*))")}`, {
      mode: 'write',
    })
    await until(async () => (await running()).length === 1)
    const waiting = server.api.post('/api/collections/posts', { title: 'patient' })
    expect(await endless).toMatchObject({ status: 503, error: { code: 'QUERY_TIMEOUT' } })
    expectStatus(await waiting, 201)
    expect((await run('SELECT count(*) FROM posts')).rows).toEqual([[3]])
  })

  test('one that needs too much memory is stopped', async () => {
    const big = `SELECT length(a || b || c) FROM (SELECT hex(zeroblob(200000000)) AS a, hex(zeroblob(200000001)) AS b, hex(zeroblob(200000002)) AS c)`
    expect((await run(big)).error?.code).toMatch(/^(OUT_OF_RANGE|QUERY_TIMEOUT|INVALID_REQUEST|UNAVAILABLE)$/)
    expect((await run('SELECT 1')).rows).toEqual([[1]])
  })
})
