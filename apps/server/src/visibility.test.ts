import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { schemaFileSchema } from '@koyalite/schema'
import { openProject, type Project } from './project'

setDefaultTimeout(60_000)

let project: Project | undefined
let dir: string | undefined
afterEach(async () => {
  await project?.close()
  if (dir !== undefined) rmSync(dir, { recursive: true })
})

async function open(mode: 'dev' | 'start', settings: Readonly<Record<string, string>> = {}): Promise<void> {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-visibility-'))
  writeFileSync(join(dir, 'schema.yaml'), 'version: 1\ncollections: {}\n')
  project = await openProject({ dir, mode, overrides: { 'database.path': ':memory:', ...settings } })
}

interface Sent {
  readonly key?: string
  readonly ip?: string
  readonly headers?: Readonly<Record<string, string>>
}

const AWAY = { ip: '192.0.2.7' }

async function get(path: string, { key, ip = '127.0.0.1', headers = {} }: Sent = {}) {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const request = new Request(`http://localhost${path}`, { headers: { ...headers, ...authorization } })
  const response = await (project as Project).current().app.fetch(request, { ip })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

async function control(path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const request = new Request(`http://localhost${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await (project as Project).current().control.fetch(request, { ip: '127.0.0.1' })).json()
}

async function keyFor(scope: string): Promise<string> {
  return ((await control('/api/admin/keys', { scopes: [{ scope }] })) as { key: string }).key
}

const statuses = async (path: string, ...all: readonly Sent[]) =>
  Promise.all(all.map(async (sent) => (await get(path, sent)).status))

describe('under start', () => {
  test('metrics are for operators, keys for logs, and this machine', async () => {
    await open('start')
    const [logs, admin, data] = [await keyFor('logs'), await keyFor('admin'), await keyFor('data:read')]
    const asked = [
      AWAY,
      { ...AWAY, key: data },
      { ...AWAY, key: 'kl_made_up' },
      { ...AWAY, key: logs },
      { ...AWAY, key: admin },
    ]
    expect(await statuses('/metrics', ...asked)).toEqual([401, 403, 401, 200, 200])
    expect(await statuses('/metrics', {})).toEqual([200])
  })

  test('who is not on this machine does not get metrics by saying so', async () => {
    await open('start')
    for (const headers of [
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { origin: 'https://evil.example.com' },
      { via: '1.1 localhost' },
    ]) {
      expect(await statuses('/metrics', { headers })).toEqual([401])
      expect(await statuses('/metrics', { ...AWAY, headers })).toEqual([401])
    }
  })

  test('the document describes the admin API to those who run the server', async () => {
    await open('start')
    const paths = async (sent: Sent) => Object.keys(JSON.parse((await get('/api/openapi.json', sent)).text).paths)
    const isAdmin = (path: string) => path.startsWith('/api/admin/')
    // Also here: a caller on this machine is nobody special.
    for (const sent of [AWAY, {}, { ...AWAY, key: 'kl_made_up' }, { ...AWAY, key: await keyFor('data:read') }]) {
      const found = await paths(sent)
      expect([found.filter(isAdmin), found.includes('/api/auth/login')]).toEqual([[], true])
      expect((await get('/api/openapi.json', sent)).text).not.toContain('/api/admin/')
    }
    expect((await paths({ ...AWAY, key: await keyFor('schema') })).filter(isAdmin).length).toBeGreaterThan(40)
    expect((await get('/api/openapi.json', AWAY)).headers.get('vary')).toContain('Authorization')
    expect(await statuses('/api/docs', AWAY)).toEqual([200])
  })
})

test('operators: their cookie counts too, where browsers send it; that of a user does not', async () => {
  await open('start', { 'server.docs': 'operators', 'server.url': 'https://app.example.com' })
  const account = { email: 'ann@example.com', password: 'correct horse battery' }
  await control('/api/admin/operators', { ...account, role: 'viewer' })
  await control('/api/auth/register', account)
  const cookiesOf = async (path: string) => {
    const request = new Request(`http://localhost${path}?cookies=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://app.example.com' },
      body: JSON.stringify(account),
    })
    const response = await (project as Project).current().app.fetch(request, { ip: '127.0.0.1' })
    expect(response.status).toBe(200)
    return response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  }
  const [operator, user] = [await cookiesOf('/api/admin/login'), await cookiesOf('/api/auth/login')]
  const asked = [operator, user].map((cookies) => ({ ...AWAY, headers: { cookie: cookies.join('; ') } }))
  expect(await statuses('/api/docs', ...asked)).toEqual([200, 401])
})

test('dev shows everything to everyone', async () => {
  await open('dev')
  for (const path of ['/metrics', '/api/docs', '/api/openapi.json', '/api/schema.json'])
    expect(await statuses(path, AWAY)).toEqual([200])
  expect((await get('/api/openapi.json', AWAY)).text).toContain('/api/admin/users')
})

describe.each(['dev', 'start'] as const)('a setting is stronger than %s', (mode) => {
  test('off: there is no such route, and nothing leads to it', async () => {
    await open(mode, { 'server.metrics': 'off', 'server.docs': 'off', 'server.openapi': 'off' })
    for (const path of ['/metrics', '/api/docs', '/api/openapi.json', '/api/schema.json'])
      expect(await statuses(path, {}, AWAY, { key: await keyFor('admin') })).toEqual([404, 404, 404])
    expect(JSON.parse((await get('/')).text).links).toEqual({ api: '/api', health: '/health' })
  })

  test('operators: nobody without a credential, but for metrics on this machine', async () => {
    await open(mode, { 'server.metrics': 'operators', 'server.docs': 'operators', 'server.openapi': 'operators' })
    const key = await keyFor('schema')
    for (const path of ['/api/docs', '/api/openapi.json', '/api/schema.json'])
      expect(await statuses(path, {}, AWAY, { ...AWAY, key }, { ...AWAY, key: await keyFor('data:read') })).toEqual([
        401, 401, 200, 403,
      ])
    expect(await statuses('/metrics', {}, AWAY, { ...AWAY, key: await keyFor('logs') })).toEqual([200, 401, 200])
  })

  test('public: everyone', async () => {
    await open(mode, { 'server.metrics': 'public' })
    expect(await statuses('/metrics', AWAY, { ...AWAY, key: 'kl_made_up' })).toEqual([200, 200])
  })
})

test('editors get the form of schema.yaml, the same for everyone', async () => {
  await open('start')
  const [here, away] = [await get('/api/schema.json'), await get('/api/schema.json', AWAY)]
  expect(away.headers.get('content-type')).toContain('application/json')
  expect(JSON.parse(away.text)).toEqual(schemaFileSchema())
  expect(here.text).toBe(away.text)
})

test('a page without its document is not served', async () => {
  await open('start', { 'server.openapi': 'off' })
  expect(await statuses('/api/docs', {})).toEqual([404])
})
