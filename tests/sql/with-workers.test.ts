import { describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { linesOf, runSql } from './sql-lines'

const ENDLESS = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r'

describe('SQL on an encrypted database, with workers', () => {
  const server = useServer({
    schema: `version: 1
collections: { posts: { fields: { id: { type: int, primary: true, default: auto }, title: { type: string } } } }
`,
    settings: 'sql: { timeout: 5m }',
    args: ['--workers', '2'],
    env: { KOYALITE_DATABASE_ENCRYPTION_KEY: 'a long passphrase for this test' },
  })
  const withKey = () => ({ authorization: `Bearer ${server.key}` })

  test('reads and streams', async () => {
    expectStatus(await server.api.post('/api/collections/posts', { title: 'one' }), 201)
    const sql = `SELECT title FROM posts; ${ENDLESS.replace('count(*)', 'x')} LIMIT 20000`
    const answer = await runSql(server, withKey(), { sql, limit: 20_000 })
    expect(answer).toMatchObject({ status: 200, error: null })
    expect(linesOf(answer, 'end').map(({ rows }) => rows)).toEqual([1, 20_000])
    expect((await runSql(server, withKey(), { sql: 'DELETE FROM posts' })).status).toBe(403)
  })

  test('ends when the caller of a worker goes away', async () => {
    const running = async () => expectStatus(await server.api.get('/api/admin/sql'), 200).body.running.length
    const gone = new AbortController()
    const endless = runSql(server, withKey(), { sql: ENDLESS }, gone.signal).catch(() => 'gone')
    await until(async () => (await running()) === 1)
    gone.abort()
    expect(await endless).toBe('gone')
    await until(async () => (await running()) === 0)
  })
})
