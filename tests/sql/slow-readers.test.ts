import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`
const ROWS = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x, hex(zeroblob(5000)) FROM r'

describe('who reads the rows of SQL slowly', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'auth: { rate_limit: { login: 1000/second } }\nsql: { timeout: 20s, fetch_timeout: 2s }',
  })
  let operators: readonly TestOperator[] = []
  const headersOf = (role: string) => operators.find((one) => one.role === role)?.headers ?? {}
  const ask = (role: string, body: object) =>
    fetch(`${server.process.url}/api/admin/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersOf(role) },
      body: JSON.stringify(body),
    })
  const running = async (role = 'owner') =>
    expectStatus(await server.anonymous.get('/api/admin/sql', { headers: headersOf(role) }), 200).body.running
  beforeAll(async () => {
    operators = await createOperators(server, 'admin', 'viewer')
  }, 60_000)

  /** Reads a little at a time, with a pause after each; what came, and how it ended. */
  async function readSlowly(response: Response, pauseMs: number) {
    const reader = response.body?.getReader()
    let last = ''
    let bytes = 0
    try {
      for (;;) {
        const next = await reader?.read()
        if (next === undefined || next.done) return { bytes, last, end: 'closed' }
        bytes += next.value.length
        last = (last + Buffer.from(next.value).toString('latin1')).slice(-300)
        await Bun.sleep(pauseMs)
      }
    } catch {
      return { bytes, last, end: 'cut off' }
    }
  }

  test('has so long for all of them, however often a little is taken', async () => {
    const response = await ask('viewer', { sql: ROWS, limit: 1_000_000, run: 'slow' })
    expect(response.status).toBe(200)
    const reading = readSlowly(response, 400)
    await until(async () => (await running()).length === 0)
    const { last, end } = await reading
    expect(end === 'cut off' || last.includes('"code":"QUERY_TIMEOUT"')).toBe(true)
  })

  test('holds a result that is complete no longer either, and takes a place until then', async () => {
    const rows = `WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 50) SELECT hex(zeroblob(250000)) FROM r`
    const unread = await Promise.all([1, 2, 3].map(() => ask('owner', { sql: rows, mode: 'dry_run' })))
    expect(unread.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await ask('owner', { sql: 'SELECT 1' })).status).toBe(503)
    await until(async () => (await running()).length === 0)
    expect((await ask('owner', { sql: 'SELECT 1' })).status).toBe(200)
    for (const { body } of unread) await body?.cancel()
  })

  test('while a reader that is quick gets every row, in pieces that make up the whole', async () => {
    const long = `SELECT replace(hex(zeroblob(400000)), '0', char(128512)) AS long UNION ALL SELECT 'end'`
    const text = await (await ask('owner', { sql: long })).text()
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.flatMap(({ rows }) => (Array.isArray(rows) ? rows : [])).map(([value]) => [...value].length)).toEqual([
      800_000, 3,
    ])
    expect(text).not.toContain('\ufffd')
  })
})
