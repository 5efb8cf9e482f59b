import { describe, expect, test } from 'bun:test'
import { type ApiResponse, expectError, expectStatus, LiveSocket, rawRequest, useServer } from '@koyalite/testkit'

const APP = 'https://app.example.com'
const server = useServer({
  settings: `
server: { cors: { origins: ["${APP}"], credentials: true } }
auth: { rate_limit: { register: 1000/minute } }
`,
  schema: `
version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto } }
    rules: { read: "auth.id != null" }
`,
})

/** The key and the answer to it of RFC 6455 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

type Lines = Readonly<Record<string, string | null>>
interface Handshake {
  readonly path?: string
  readonly method?: string
}

/** The response to a handshake; a header that is null is left out. */
async function shake(
  lines: Lines = {},
  { path = '/api/realtime', method = 'GET' }: Handshake = {},
): Promise<ApiResponse> {
  const headers: Lines = {
    Host: `127.0.0.1:${server.process.port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': KEY,
    ...lines,
  }
  const text = Object.entries(headers).map(([name, value]) => (value === null ? '' : `${name}: ${value}\r\n`))
  const outcome = await rawRequest(server.process.port, `${method} ${path} HTTP/1.1\r\n${text.join('')}\r\n`, {
    bodiless: method === 'HEAD',
  })
  if (outcome.kind !== 'response') throw new Error(outcome.kind)
  return outcome.response
}

let people = 0
async function signUp(query = '') {
  const email = `person${++people}@example.com`
  const response = await server.anonymous.post(`/api/auth/register${query}`, {
    email,
    password: 'a long enough password',
  })
  return expectStatus(response, 201)
}

describe('a handshake', () => {
  test('is answered as RFC 6455 says, however its words are spelt', async () => {
    const spellings: readonly Lines[] = [
      {},
      { Upgrade: 'WebSocket', Connection: 'upgrade' },
      { Connection: 'keep-alive, Upgrade' },
      { Origin: APP },
    ]
    for (const lines of spellings) {
      const { status, headers } = await shake(lines)
      expect(status).toBe(101)
      expect(headers.get('upgrade')?.toLowerCase()).toBe('websocket')
      expect(headers.get('connection')?.toLowerCase()).toBe('upgrade')
      expect(headers.get('sec-websocket-accept')).toBe(ACCEPT)
    }
  })

  test('agrees to no compression and no other extension', async () => {
    for (const offer of ['permessage-deflate; client_max_window_bits', 'x-webkit-deflate-frame', 'nonsense; a="b"']) {
      const { status, headers } = await shake({ 'Sec-WebSocket-Extensions': offer })
      expect([status, headers.get('sec-websocket-extensions')]).toEqual([101, null])
    }
  })

  test.each([
    ['without a key', { 'Sec-WebSocket-Key': null }, 400],
    ['with a key that is too short', { 'Sec-WebSocket-Key': 'YQ==' }, 400],
    ['of another version', { 'Sec-WebSocket-Version': '8' }, 426],
    ['of no version', { 'Sec-WebSocket-Version': null }, 426],
    ['for another protocol', { Upgrade: 'h2c' }, 400],
    ['that upgrades to nothing', { Upgrade: null }, 400],
    ['whose connection is not to be upgraded', { Connection: 'keep-alive' }, 400],
    ['that says nothing of its connection', { Connection: null }, 400],
  ] as const)('%s is refused', async (_name, lines, status) => {
    const response = await shake(lines)
    expect(response.status).toBe(status)
    if (status === 426) expect(response.headers.get('sec-websocket-version')).toBe('13')
    else expectError(response, 'INVALID_REQUEST')
  })

  test('is a GET, to the one address that speaks WebSocket', async () => {
    expectError(await shake({ 'Content-Length': '0' }, { method: 'POST' }), 'METHOD_NOT_ALLOWED')
    expect((await shake({}, { method: 'HEAD' })).status).toBe(400)
    expectError(await shake({}, { path: '/api/nothing' }), 'NOT_FOUND')
    expectStatus(await shake({}, { path: '/health/live' }), 200)
    expectError(await server.anonymous.get('/api/realtime'), 'INVALID_REQUEST')
  })
})

describe('who opens it', () => {
  const follows = async (token: string | undefined, headers: Readonly<Record<string, string>> = {}) => {
    const socket = await LiveSocket.open(server.process.url, { ...(token === undefined ? {} : { token }), headers })
    const notes = socket.follow({ collection: 'notes' })
    await socket.shown(notes)
    await socket.close()
    return notes.error?.code ?? 'shown'
  }

  test('is told by a header; without one it is nobody', async () => {
    const { body } = await signUp()
    expect(await follows(undefined)).toBe('UNAUTHENTICATED')
    expect(await follows(body.access_token)).toBe('shown')
    expect(await follows(server.key)).toBe('shown')
  })

  test.each(['Bearer nonsense', 'Bearer kl_nonsense', 'Bearer ', 'Basic YTpi', 'nonsense'])(
    'a header that is no credential is a 401: %s',
    async (Authorization) => {
      expectError(await shake({ Authorization }), 'UNAUTHENTICATED')
    },
  )

  test('A4 is told by a cookie for pages of this server, of origins that CORS allows credentials, and for programs', async () => {
    const { headers } = await signUp('?cookies=true')
    const Cookie = headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    const own = [`http://127.0.0.1:${server.process.port}`, APP]
    for (const Origin of [...own, null]) expect((await shake({ Cookie, Origin })).status).toBe(101)
    const foreign = [
      'https://evil.example.com',
      'http://app.example.com',
      `${APP}.evil.example.com`,
      `${APP}:8443`,
      'http://127.0.0.1:1',
      'null',
    ]
    for (const Origin of foreign) expectError(await shake({ Cookie, Origin }), 'FORBIDDEN')
    expect(await follows(undefined, { Cookie })).toBe('shown')
    // The same for the other ways in.
    for (const path of ['/api/collections/notes/live', '/api/realtime/ticket']) {
      const method = path.endsWith('ticket') ? 'POST' : 'GET'
      const response = await server.anonymous.request(method, path, {
        headers: { Cookie, Origin: foreign[0] as string },
      })
      expectError(response, 'FORBIDDEN')
    }
    // What a page of another origin may do is what anybody may do.
    expect((await shake({ Origin: foreign[0] as string })).status).toBe(101)
    const token = (await signUp()).body.access_token
    expect((await shake({ Origin: foreign[0] as string, Authorization: `Bearer ${token}` })).status).toBe(101)
  })

  test('a cookie that has ended is a 401 that takes it away, on every way in; a ticket goes before it', async () => {
    const { headers, body } = await signUp('?cookies=true')
    const pairs = headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
    const Cookie = pairs.join('; ')
    const name = Cookie.match(/koyalite_access_\w+/)?.[0] ?? ''
    expectError(await shake({ Cookie: `${name}=nonsense` }), 'UNAUTHENTICATED')
    const out = await server.anonymous.post('/api/auth/logout', undefined, { Cookie, 'x-csrf-token': body.csrf_token })
    expectStatus(out, 204)
    expectError(await shake({ Cookie }), 'UNAUTHENTICATED')
    const stream = await server.anonymous.get('/api/collections/notes/live', { headers: { Cookie } })
    expectError(stream, 'UNAUTHENTICATED')
    expect(stream.headers.getSetCookie().filter((one) => one.includes('Max-Age=0'))).toHaveLength(3)
    const { ticket } = (await server.api.post('/api/realtime/ticket')).body
    expect((await shake({ Cookie }, { path: `/api/realtime?ticket=${ticket}` })).status).toBe(101)
  })

  test('is never told by a token in the URL', async () => {
    const { access_token } = (await signUp()).body
    for (const name of ['token', 'access_token', 'auth', 'authorization']) {
      expectError(await shake({}, { path: `/api/realtime?${name}=${access_token}` }), 'INVALID_REQUEST')
      const live = `/api/collections/notes/live?${name}=${access_token}`
      expect((await server.anonymous.get(live)).status).toBe(401)
    }
  })

  test('A5 may be told by a ticket, which opens one connection of either kind', async () => {
    const { access_token } = (await signUp()).body
    const asked = await server.anonymous.post('/api/realtime/ticket', {}, { authorization: `Bearer ${access_token}` })
    const { ticket, expires_in } = expectStatus(asked, 201).body
    expect(expires_in).toBe(30)
    expect((await shake({}, { path: `/api/realtime?ticket=${ticket}` })).status).toBe(101)
    for (const path of ['/api/realtime', '/api/collections/notes/live']) {
      expectError(await shake({}, { path: `${path}?ticket=${ticket}` }), 'UNAUTHENTICATED')
      expectError(await shake({}, { path: `${path}?ticket=` }), 'UNAUTHENTICATED')
    }
  })
})
