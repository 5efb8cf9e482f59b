import { describe, expect, test } from 'bun:test'
import { type ApiResponse, createApi, createKey, expectError, expectStatus, useServer } from '@koyalite/testkit'

const SCHEMA = `
version: 1
collections:
  rooms:
    fields: { id: { type: string, primary: true } }
    rules: { read: "true" }
`
const PASSWORD = 'correct horse battery'
let addresses = 0
/** An address that nobody has used before, as the proxy in front tells it. */
const address = () => `198.51.100.${++addresses}`

const limitOf = ({ headers }: ApiResponse) =>
  ['limit', 'remaining', 'reset'].map((name) => {
    const value = headers.get(`ratelimit-${name}`)
    return value === null ? null : Number(value)
  })

describe('configured limits', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: [
      'server: { trust_proxy: true }',
      'auth: { rate_limit: { login: 12/hour, register: 1000/minute, routes: { "GET /api/collections/rooms": 4/hour, "* /api/collections/:collection/:id": 5/hour } } }',
    ].join('\n'),
    env: { KOYALITE_AUTH_RATE_LIMIT_API: '30/hour' },
  })
  const from = (ip: string, headers: Record<string, string> = {}) => ({
    headers: { 'x-forwarded-for': ip, ...headers },
  })

  test('every response reports the remainder of the tightest limit, and a refusal when to retry', async () => {
    const ip = address()
    for (let left = 29; left >= 27; left--) {
      const response = await server.anonymous.get('/health', from(ip))
      expect(limitOf(expectStatus(response, 200))).toEqual([30, left, expect.any(Number)])
    }
    expect(limitOf(await server.anonymous.get('/api/auth/me', from(ip)))).toEqual([30, 26, expect.any(Number)])
    const rooms: ApiResponse[] = []
    for (let i = 0; i < 5; i++) rooms.push(await server.anonymous.get('/api/collections/rooms', from(ip)))
    expect(rooms.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429])
    expect(rooms.map((response) => limitOf(response).slice(0, 2))).toEqual([
      [4, 3],
      [4, 2],
      [4, 1],
      [4, 0],
      [4, 0],
    ])
    const refused = rooms.at(-1) as ApiResponse
    expectError(refused, 'RATE_LIMITED')
    // A token bucket: a quarter of the hour brings the next one.
    expect(Number(refused.headers.get('retry-after'))).toBeWithin(880, 901)
  })

  test('an address is limited, and others are not affected', async () => {
    const [used, fresh] = [address(), address()]
    const statuses: number[] = []
    for (let i = 0; i < 31; i++) statuses.push((await server.anonymous.get('/health', from(used))).status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(30)
    expect(statuses.at(-1)).toBe(429)
    expectStatus(await server.anonymous.get('/health', from(fresh)), 200)
  })

  test('a key is limited across addresses, and others are not affected', async () => {
    const [one, other] = [await createKey(server.project), await createKey(server.project)]
    const ask = (key: string) => createApi(server.process.url, key).get('/api/admin/roles', from(address()))
    const statuses: number[] = []
    for (let i = 0; i < 31; i++) statuses.push((await ask(one)).status)
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 200), 429])
    expectStatus(await ask(other), 200)
  })

  test('an account is limited across addresses and sessions', async () => {
    const email = 'ann@example.com'
    const body = { email, password: PASSWORD }
    const { access_token } = expectStatus(
      await server.anonymous.request('POST', '/api/auth/register', { ...from(address()), json: body }),
      201,
    ).body
    const statuses: number[] = []
    for (let i = 0; i < 31; i++) {
      const headers = { authorization: `Bearer ${access_token}` }
      statuses.push((await server.anonymous.get('/api/auth/me', from(address(), headers))).status)
    }
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 200), 429])
  })

  test('a route has its own limit, shared by all its documents', async () => {
    const ip = address()
    const statuses: number[] = []
    for (let i = 0; i < 6; i++)
      statuses.push((await server.anonymous.get(`/api/collections/rooms/${i}`, from(ip))).status)
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429])
    expectStatus(await server.anonymous.get('/api/collections/rooms', from(ip)), 200)
  })

  test('batches and arrays count each operation', async () => {
    const key = await createKey(server.project)
    const api = createApi(server.process.url, key)
    const ip = address()
    const batch = (count: number, name: string) => {
      const operations = Array.from({ length: count }, (_, i) => ({
        op: 'upsert',
        collection: 'rooms',
        id: `${name}${i}`,
        data: {},
      }))
      return api.request('POST', '/api/batch', { ...from(ip), json: { operations } })
    }
    expect(limitOf(expectStatus(await batch(20, 'a'), 200)).slice(0, 2)).toEqual([30, 10])
    expectError(await batch(20, 'b'), 'RATE_LIMITED')
    const array = Array.from({ length: 9 }, (_, i) => ({ id: `c${i}` }))
    const created = await api.request('POST', '/api/collections/rooms', { ...from(ip), json: array })
    expect(limitOf(expectStatus(created, 201)).slice(0, 2)).toEqual([30, 0])
    expectError(await batch(1, 'd'), 'RATE_LIMITED')
  })

  test('wrong passwords lock an account, whether it exists or not, from any address', async () => {
    const email = 'ben@example.com'
    expectStatus(
      await server.anonymous.request('POST', '/api/auth/register', {
        ...from(address()),
        json: { email, password: PASSWORD },
      }),
      201,
    )
    const login = (password: string, who = email) =>
      server.anonymous.request('POST', '/api/auth/login', { ...from(address()), json: { email: who, password } })
    const wrong: ApiResponse[] = []
    for (let i = 0; i < 10; i++) wrong.push(await login('wrong password'))
    expect(wrong.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401))
    expect(limitOf(wrong[0] as ApiResponse).slice(0, 2)).toEqual([12, 11])
    const locked = await login(PASSWORD)
    expectError(locked, 'RATE_LIMITED')
    expect(Number(locked.headers.get('retry-after'))).toBeWithin(20, 31)
    // An address that nobody has is locked like one that somebody has.
    for (let i = 0; i < 10; i++) await login('wrong password', 'nobody@example.com')
    const unknown = await login(PASSWORD, 'nobody@example.com')
    expectError(unknown, 'RATE_LIMITED')
    expect(Number(unknown.headers.get('retry-after'))).toBeWithin(20, 31)
  })
})

describe('without settings', () => {
  const server = useServer({ schema: SCHEMA, env: { KOYALITE_AUTH_RATE_LIMIT_API: undefined } })

  test('loopback callers are exempt from the general limit, but not from the sign-in limit', async () => {
    expect(limitOf(await server.anonymous.get('/api/collections/rooms'))).toEqual([null, null, null])
    const login = () => server.anonymous.post('/api/auth/login', { email: 'a@example.com', password: 'wrong password' })
    const responses: ApiResponse[] = []
    for (let i = 0; i < 6; i++) responses.push(await login())
    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429])
    expect(responses.map((response) => limitOf(response)[1])).toEqual([4, 3, 2, 1, 0, 0])
    const { headers } = await server.anonymous.post('/api/auth/register', {
      email: 'b@example.com',
      password: PASSWORD,
    })
    expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual(['3', '2'])
  })
})
