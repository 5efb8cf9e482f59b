import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, ANYONE, type AuditEvent, SYSTEM } from '@koyalite/contracts'
import { createHttpApp, createHttpMetrics, type HttpAppOptions, NO_LOG, type Route } from '@koyalite/kernel'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { type Audit, createAudit } from './create-audit'
import { AUDIT_TABLES } from './store/audit-log'

const VIEWER: Actor = { kind: 'operator', id: 'op1', email: 'viewer@example.com', role: 'viewer', sessionId: 's' }
const ANN: Actor = {
  kind: 'user',
  id: 'u1',
  email: 'ann@example.com',
  role: 'user',
  verified: true,
  metadata: null,
  claims: null,
  sessionId: 's',
}
const DAY = 86_400_000

let database: Database
let audit: Audit
const clock = { now: Date.parse('2026-01-01T00:00:00Z') }

beforeEach(async () => {
  database = await openDatabase({ path: ':memory:' })
  await database.migrate((tx) => {
    for (const text of AUDIT_TABLES.steps.flat()) tx.exec(text)
  })
  audit = createAudit({ database, now: () => clock.now })
})
afterEach(() => database.close())

const event = (name: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  event: name,
  outcome: 'success',
  actor: { kind: 'system', id: null, name: null },
  ...more,
})
const record = (...events: AuditEvent[]) =>
  database.write((tx) => {
    for (const one of events) audit.record(tx, one)
  })

async function get(
  path: string,
  actor: Actor = SYSTEM,
  { routes = audit.routes, beforeAccess }: Partial<Pick<HttpAppOptions, 'routes' | 'beforeAccess'>> = {},
) {
  const settings = {
    host: '127.0.0.1',
    url: null,
    cors: { origins: ['*'], credentials: false },
    headers: {},
    max_body: 1000,
    trust_proxy: false,
  }
  const app = createHttpApp({
    routes,
    ...(beforeAccess && { beforeAccess }),
    settings,
    log: NO_LOG,
    metrics: createHttpMetrics(),
    authenticate: () => actor,
    checkHost: false,
  })
  const response = await app.fetch(new Request(`http://localhost${path}`), { ip: '192.0.2.9' })
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  return { status: response.status, body: (await response.json()) as any }
}
const verify = async (query = '') => (await get(`/api/admin/audit/verify${query}`)).body
const sql = (text: string) => database.write((tx) => tx.run({ text, params: [] }))

describe('the log', () => {
  test('gives entries newest first, in pages', async () => {
    await record(...Array.from({ length: 5 }, (_, i) => event(`auth.event${i}`)))
    const first = (await get('/api/admin/audit?limit=2')).body
    expect(first.entries.map((entry: { event: string }) => entry.event)).toEqual(['auth.event4', 'auth.event3'])
    const second = (await get(`/api/admin/audit?limit=3&cursor=${first.next_cursor}`)).body
    expect(second.entries.map((entry: { seq: number }) => entry.seq)).toEqual([3, 2, 1])
    expect(second.next_cursor).toBeNull()
  })

  test('filters by event, area, actor, target, outcome and time', async () => {
    await record(event('auth.login', { actor: { kind: 'user', id: 'u1', name: 'ann@example.com' } }))
    clock.now += DAY
    await record(
      event('auth.login', { outcome: 'failure' }),
      event('authority.granted'),
      event('key.created', { target: { kind: 'key', id: 'k1' } }),
    )
    const count = async (query: string) => (await get(`/api/admin/audit?${query}`)).body.entries.length
    expect(await count('event=auth.login')).toBe(2)
    expect(await count('event=auth.*')).toBe(2)
    expect(await count('actor=u1')).toBe(1)
    expect(await count('actor_kind=user')).toBe(1)
    expect(await count('target=k1&target_kind=key')).toBe(1)
    expect(await count('outcome=failure')).toBe(1)
    expect(await count(`since=${new Date(clock.now).toISOString()}`)).toBe(3)
    expect(await count(`until=${new Date(clock.now - 1).toISOString()}`)).toBe(1)
    expect((await get('/api/admin/audit?events=x')).status).toBe(400)
    expect((await get('/api/admin/audit?since=yesterday')).status).toBe(400)
  })

  test('is for operators and keys with the scope logs', async () => {
    const key = (scope: 'logs' | 'data:read'): Actor => ({ kind: 'service_key', id: 'k', scopes: [{ scope }] })
    expect((await get('/api/admin/audit', VIEWER)).status).toBe(200)
    expect((await get('/api/admin/audit', key('logs'))).status).toBe(200)
    expect((await get('/api/admin/audit', key('data:read'))).status).toBe(403)
    expect((await get('/api/admin/audit', ANN)).status).toBe(403)
    for (const path of ['/api/admin/audit', '/api/admin/audit/verify'])
      expect((await get(path, ANONYMOUS)).status).toBe(401)
  })

  test('keeps an event only if the write it belongs to is committed', async () => {
    const failing = database.write((tx) => {
      audit.record(tx, event('auth.login'))
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    await record(event('key.created'))
    expect((await get('/api/admin/audit')).body.entries).toMatchObject([{ seq: 1, event: 'key.created' }])
  })

  test('masks what has the name of a secret, however deep', async () => {
    const details = {
      before: { jwt: { secret: null } },
      after: {
        jwt: { secret: 'hunter2hunter2' },
        password: { min_length: 8 },
        list: [{ api_key: 'k-1', apiKey: 'k-2' }],
      },
    }
    await record(event('settings.changed', { details }))
    const text = JSON.stringify((await get('/api/admin/audit')).body)
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('k-1')
    expect(text).not.toContain('k-2')
    expect(text).toContain('"secret":null')
  })
})

describe('the chain', () => {
  test('verifies what is whole, and an earlier head in it', async () => {
    expect(await verify()).toEqual({ ok: true, entries: 0, head: { seq: 0, hash: '0'.repeat(64) } })
    await record(event('a.a'), event('a.b'))
    const { head } = await verify()
    await record(event('a.c'))
    expect(await verify()).toMatchObject({ ok: true, entries: 3 })
    expect(await verify(`?head=${head.seq}:${head.hash}`)).toMatchObject({ ok: true })
    expect(await verify(`?head=2:${'ab'.repeat(32)}`)).toMatchObject({ ok: false, seq: 2 })
    expect((await get('/api/admin/audit/verify?head=nonsense')).status).toBe(400)
  })

  test('cannot be changed or shortened with SQL', async () => {
    await record(event('a.a'), event('a.b'))
    await expect(sql(`UPDATE "_koyalite_audit" SET "event" = 'a.x'`)).rejects.toThrow()
    await expect(sql(`DELETE FROM "_koyalite_audit" WHERE "seq" = 2`)).rejects.toThrow()
    await audit.prune(-DAY)
    await expect(sql(`UPDATE "_koyalite_audit_anchor" SET "seq" = 0`)).rejects.toThrow()
    await expect(sql(`DELETE FROM "_koyalite_audit_anchor"`)).rejects.toThrow()
  })

  const tampering: readonly (readonly [name: string, text: string, seq: number])[] = [
    ['a changed entry', `UPDATE "_koyalite_audit" SET "entry" = replace("entry", 'a.b', 'a.x') WHERE "seq" = 2`, 2],
    ['a changed column', `UPDATE "_koyalite_audit" SET "event" = 'a.x' WHERE "seq" = 2`, 2],
    ['a removed entry', `DELETE FROM "_koyalite_audit" WHERE "seq" = 2`, 3],
    ['a changed hash', `UPDATE "_koyalite_audit" SET "hash" = upper("hash") WHERE "seq" = 1`, 1],
    ['a removed beginning', `DELETE FROM "_koyalite_audit" WHERE "seq" = 1`, 2],
  ]
  test.each(tampering)('shows %s, made by somebody who removed the triggers', async (_name, text, seq) => {
    await record(event('a.a'), event('a.b'), event('a.c'))
    await sql('DROP TRIGGER "_koyalite_audit_no_update"')
    await sql('DROP TRIGGER "_koyalite_audit_no_delete"')
    await sql(text)
    expect(await verify()).toMatchObject({ ok: false, seq })
  })

  test('shows a removed end against a head that was noted', async () => {
    await record(event('a.a'), event('a.b'))
    const { head } = await verify()
    await sql('DROP TRIGGER "_koyalite_audit_no_delete"')
    await sql(`DELETE FROM "_koyalite_audit" WHERE "seq" = 2`)
    expect(await verify()).toMatchObject({ ok: true })
    expect(await verify(`?head=${head.seq}:${head.hash}`)).toMatchObject({ ok: false, seq: 2 })
  })

  test('stays whole over retention, which is itself an entry', async () => {
    await record(event('old.a'), event('old.b'))
    clock.now += 10 * DAY
    await record(event('new.a'))
    expect(await audit.prune(5 * DAY)).toBe(2)
    expect(await audit.prune(5 * DAY)).toBe(0)
    expect(await verify()).toMatchObject({ ok: true, entries: 2 })
    const { entries } = (await get('/api/admin/audit')).body
    expect(entries.map((entry: { event: string }) => entry.event)).toEqual(['audit.pruned', 'new.a'])
    clock.now += 10 * DAY
    expect(await audit.prune(5 * DAY)).toBe(2)
    expect(await verify()).toMatchObject({ ok: true, entries: 1 })
  })
})

test('what is done by impersonation is kept under both names, before it is done', async () => {
  const seen: number[] = []
  const route: Route = {
    method: 'GET',
    path: '/things/:id',
    access: ANYONE,
    handle: () => {
      seen.push(database.all({ text: 'SELECT 1 FROM "_koyalite_audit"', params: [] }).length)
      return { status: 200, body: '{}' }
    },
  }
  const served = { routes: [route], beforeAccess: audit.auditImpersonation }
  await get('/things/1', ANN, served)
  await get('/things/2', { ...ANN, impersonator: { id: 'op1', email: 'op@example.com' } }, served)
  expect(seen).toEqual([0, 1])
  expect((await get('/api/admin/audit')).body.entries).toMatchObject([
    {
      event: 'impersonation.request',
      actor: { kind: 'user', id: 'u1' },
      impersonator: { kind: 'operator', id: 'op1', name: 'op@example.com' },
      details: { path: '/things/2' },
      ip: '192.0.2.9',
    },
  ])
})
