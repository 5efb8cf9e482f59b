import { describe, expect, test } from 'bun:test'
import { createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'

const SCHEMA = `
version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: string, nullable: true } }
    rules: { read: "true", create: "request.ip == '203.0.113.9'" }
`
const PASSWORD = 'correct horse battery'

describe('dev', () => {
  const server = useServer({
    command: 'dev',
    schema: SCHEMA,
    settings: 'server: { trust_proxy: true }\n',
    env: { KOYALITE_AUTH_RATE_LIMIT_API: '20/hour' },
  })
  const mailbox = (headers: Record<string, string> = {}) => server.anonymous.get('/_/mail', { headers })

  test('shows its mailbox to this machine only, and lets no other origin read it', async () => {
    expectStatus(await mailbox(), 200)
    const refused: Record<string, string>[] = [
      { host: 'evil.example.com' },
      { host: 'localhost.evil.example.com' },
      { origin: 'https://evil.example.com' },
      { origin: 'null' },
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { via: '1.1 proxy' },
      { 'cf-ray': '1' },
      { 'x-real-ip': '127.0.0.1' },
    ]
    for (const headers of refused) expectError(await mailbox(headers), 'FORBIDDEN')
    for (const path of ['/_/mail', '/_/auth/setup', '/api/admin/users', '/api/admin/login']) {
      for (const origin of ['https://evil.example.com', 'http://localhost:3000']) {
        const asked = { origin, 'access-control-request-method': 'GET' }
        for (const response of [
          await server.anonymous.get(path, { headers: { origin } }),
          await server.anonymous.request('OPTIONS', path, { headers: asked }),
        ]) {
          expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
        }
      }
    }
  })

  test('tells callers on this machine of limits, and does not refuse them', async () => {
    const { anonymous } = server
    const left: (string | null)[] = []
    for (let n = 0; n < 30; n++) {
      const response = await anonymous.post('/api/auth/login', { email: 'a@example.com', password: `wrong ${n % 3}` })
      left.push(response.headers.get('ratelimit-remaining'))
      if (n < 8) expectError(response, 'UNAUTHENTICATED')
    }
    expect(left.at(-1)).toBe('0')
    const from = { 'x-forwarded-for': '203.0.113.50' }
    const statuses: number[] = []
    for (let n = 0; n < 21; n++) statuses.push((await anonymous.get('/health', { headers: from })).status)
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('addresses', () => {
  const server = useServer({ schema: SCHEMA, settings: 'server: { trust_proxy: [127.0.0.1, 10.0.0.0/8] }\n' })
  const create = (forwarded: string) =>
    server.anonymous.post('/api/collections/notes', {}, { 'x-forwarded-for': forwarded })

  test('rules see the client, whatever form the proxies write', async () => {
    for (const forwarded of [
      '203.0.113.9',
      '203.0.113.9:4711',
      '"203.0.113.9:4711"',
      '[::ffff:203.0.113.9]:4711',
      '198.51.100.1, ::ffff:cb00:7109, 10.1.2.3:80',
    ])
      expectStatus(await create(forwarded), 201)
    for (const forwarded of [
      '203.0.113.9, 203.0.113.10',
      '203.0.113.9, unknown',
      '203.0.113.9, 198.51.100.1, 10.0.0.1',
    ])
      expectError(await create(forwarded), 'UNAUTHENTICATED')
  })

  test('limits count the client by its /64, and the audit log knows it', async () => {
    const api = createApi(server.process.url)
    const register = (name: string, forwarded: string) =>
      api.request('POST', '/api/auth/register', {
        headers: { 'x-forwarded-for': forwarded },
        json: { email: `${name}@example.com`, password: PASSWORD },
      })
    for (const n of [1, 2, 3]) expectStatus(await register(`p${n}`, `[2001:DB8:1:2:0:0:0:${n}]:${5000 + n}`), 201)
    expectError(await register('p4', '2001:db8:1:2:ffff::1'), 'RATE_LIMITED')
    expectStatus(await register('p5', '2001:db8:1:3::1'), 201)
    const { entries } = expectStatus(await server.api.get('/api/admin/audit?limit=20'), 200).body
    expect(JSON.stringify(entries)).toContain('"2001:db8:1:2::3"')
  })
})
