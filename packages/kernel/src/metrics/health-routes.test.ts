import { expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, SYSTEM } from '@koyalite/contracts'
import { createHttpApp } from '../http/http-app'
import { NO_LOG } from '../log/log'
import { type HealthCheck, healthRoutes } from './health-routes'
import { createMetrics } from './metrics'

const KEY: Actor = { kind: 'service_key', id: 'k', scopes: [{ scope: 'data:read' }] }
const LIMITED_KEY: Actor = { kind: 'service_key', id: 'k', scopes: [{ scope: 'admin', collections: ['posts'] }] }
const ADMIN_KEY: Actor = { kind: 'service_key', id: 'k', scopes: [{ scope: 'admin' }] }

async function ask(path: string, actor: Actor = ANONYMOUS, checks: readonly HealthCheck[] = []) {
  const metrics = createMetrics()
  metrics.register(
    { name: 'wal_bytes', help: 'Size of the WAL.', kind: 'gauge', read: () => 4096 },
    { name: 'queue_depth', help: 'Waiting.', kind: 'gauge', read: () => [{ labels: { queue: 'a"b' }, value: 2 }] },
    { name: 'absent', help: 'Nothing yet.', kind: 'gauge', read: () => null },
  )
  const app = createHttpApp({
    routes: healthRoutes({ metrics, checks, stats: () => ({ database: { path: '/secret/place' } }) }),
    settings: {
      host: '127.0.0.1',
      url: null,
      cors: { origins: ['*'], credentials: false },
      headers: {},
      max_body: 1000,
      trust_proxy: false,
    },
    log: NO_LOG,
    metrics: metrics.http,
    authenticate: () => actor,
  })
  const response = await app.fetch(new Request(`http://localhost${path}`), { ip: '' })
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
}

const BROKEN: HealthCheck = {
  name: 'disk',
  check: async () => {
    throw new Error('no space on /secret/place')
  },
}

test('live, ready and all is well', async () => {
  for (const path of ['/health', '/health/live', '/health/ready']) {
    expect(await ask(path, ANONYMOUS, [{ name: 'a', check: () => {} }])).toMatchObject({
      status: 200,
      text: '{"status":"ok"}',
    })
  }
})

test('a failed check makes it unavailable; why is for operators', async () => {
  for (const path of ['/health', '/health/ready']) {
    expect(await ask(path, KEY, [BROKEN])).toMatchObject({ status: 503, text: '{"status":"unavailable"}' })
    const { status, text } = await ask(path, SYSTEM, [{ name: 'a', check: () => {} }, BROKEN])
    expect(status).toBe(503)
    expect(JSON.parse(text).checks).toEqual([
      { name: 'a', ok: true },
      { name: 'disk', ok: false, reason: 'no space on /secret/place' },
    ])
  }
  expect((await ask('/health/live', ANONYMOUS, [BROKEN])).status).toBe(200)
})

test('numbers about the load are for operators', async () => {
  for (const actor of [ANONYMOUS, KEY, LIMITED_KEY]) {
    expect(Object.keys(JSON.parse((await ask('/health/stats', actor)).text))).toEqual(['status', 'uptime_seconds'])
  }
  for (const actor of [SYSTEM, ADMIN_KEY]) {
    expect(JSON.parse((await ask('/health/stats', actor)).text)).toMatchObject({
      requests: { in_flight: 1 },
      database: { path: '/secret/place' },
    })
  }
})

test('metrics are in the format of Prometheus', async () => {
  const { text, type } = await ask('/metrics')
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text).toContain(
    '# HELP koyalite_wal_bytes Size of the WAL.\n# TYPE koyalite_wal_bytes gauge\nkoyalite_wal_bytes 4096\n',
  )
  expect(text).toContain('koyalite_queue_depth{queue="a\\"b"} 2\n')
  expect(text).not.toContain('absent')
  for (const name of [
    'process_resident_memory_bytes',
    'process_uptime_seconds',
    'event_loop_lag_seconds',
    'http_requests_in_flight',
  ]) {
    expect(text).toMatch(new RegExp(`^koyalite_${name} \\d`, 'm'))
  }
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="(?:[^"\\]|\\.)*"(,[a-z]+="(?:[^"\\]|\\.)*")*\})? (\+Inf|[-\d.e+]+))$/,
    )
  }
})

test('a source can be taken out again; two of one name are a mistake', () => {
  const metrics = createMetrics()
  const source = { name: 'a', help: 'A.', kind: 'gauge', read: () => 1 } as const
  const remove = metrics.register(source)
  expect(() => metrics.register(source)).toThrow('two metrics named a')
  remove()
  expect(metrics.text()).not.toContain('koyalite_a ')
  metrics.register(source)
  expect(metrics.text()).toContain('koyalite_a 1\n')
})

test('one number can be asked for: of labels the sum, of nothing null', () => {
  const metrics = createMetrics()
  metrics.register(
    { name: 'one', help: 'One.', kind: 'gauge', read: () => 3 },
    { name: 'none', help: 'None.', kind: 'gauge', read: () => null },
    {
      name: 'many',
      help: 'Many.',
      kind: 'gauge',
      read: () => [1, 2].map((value) => ({ labels: { of: String(value) }, value })),
    },
  )
  expect(['one', 'none', 'many', 'absent'].map(metrics.value)).toEqual([3, null, 3, null])
})
