import { describe, expect, test } from 'bun:test'
import {
  createApi,
  type EventStream,
  expectError,
  expectStatus,
  freePort,
  LiveSocket,
  openEventStream,
  until,
  useServer,
} from '@koyalite/testkit'

const server = useServer({
  port: freePort(),
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }',
  schema: `
version: 1
collections:
  notes:
    fields:
      id:       { type: int, primary: true, default: auto }
      owner_id: { type: uuid, nullable: true, references: users.id, onDelete: cascade }
      text:     { type: string, default: "" }
    rules: { read: "doc.owner_id == null || auth.id != null && doc.owner_id == auth.id" }
`,
})

const PASSWORD = 'a long enough password'
const STREAM = '/api/realtime/stream'
const note = async (text: string, owner_id: string | null = null) =>
  expectStatus(await server.api.post('/api/collections/notes', { text, owner_id }), 201).body.id as number
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function signUp() {
  const credentials = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD }
  const { access_token, refresh_token, user } = expectStatus(
    await server.anonymous.post('/api/auth/register', credentials),
    201,
  ).body
  return { ...credentials, token: access_token as string, refresh: refresh_token as string, id: user.id as string }
}

/** An open stream and its id. */
async function open(headers: Readonly<Record<string, string>> = {}): Promise<{ stream: EventStream; id: string }> {
  const stream = await openEventStream(`${server.process.url}${STREAM}`, headers, 'POST')
  const first = await stream.next()
  expect(first).toMatchObject({ event: 'connected', id: null, data: { type: 'connected' } })
  return { stream, id: first?.data.payload.id }
}
const send = (id: string, message: object, headers: Readonly<Record<string, string>> = {}) =>
  server.anonymous.post(`${STREAM}/${id}`, message, headers)
/** The next message that is not `progress`. */
async function next(stream: EventStream) {
  for (let event = await stream.next(); event !== null; event = await stream.next())
    if (event.event !== 'progress') return event
  return null
}

describe('N many lists over one event stream', () => {
  test('N1 what a WebSocket answers to messages comes in the stream, and each request is a 202', async () => {
    const { stream, id } = await open()
    // 128 bits.
    expect(Buffer.from(id.split('.')[1] ?? '', 'base64url').length).toBe(16)
    const say = async (message: object) => {
      const { status, text } = await send(id, message)
      expect({ status, text }).toEqual({ status: 202, text: '' })
      return (await next(stream))?.data
    }
    const subscribe = (name: number, payload: object) =>
      say({ id: name, type: 'subscribe', payload: { collection: 'notes', ...payload } })
    const first = await note('first')
    expect(await subscribe(1, { limit: 1, sort: ['-id'] })).toMatchObject({ id: 1, type: 'subscribed' })
    expect((await next(stream))?.data).toMatchObject({ id: 1, type: 'snapshot', payload: { docs: [{ id: first }] } })
    const other = await subscribe(2, { filter: { text: 'other' } })
    expect((await next(stream))?.event).toBe('snapshot')
    const made = await note('other')
    const changed = [await next(stream), await next(stream)].map(
      (event) => event?.data.payload.changes.inserts[0].doc.id,
    )
    expect(changed).toEqual([made, made])
    expect(await say({ id: 3, type: 'subscribe', payload: { collection: 'nothing' } })).toMatchObject({
      id: 3,
      type: 'error',
      payload: { code: 'COLLECTION_NOT_FOUND' },
    })
    expect(await say({ id: 4, type: 'publish' })).toMatchObject({ id: 4, payload: { code: 'INVALID_REQUEST' } })
    await send(id, { type: 'unsubscribe', payload: { subscription_id: other.payload.subscription_id } })
    await note('other')
    expect((await next(stream))?.event).toBe('delta')
    expect(await say({ id: 5, type: 'ping' })).toMatchObject({ id: 5, type: 'pong' })
    await stream.close()
    await until(async () => (await server.api.get('/api/admin/realtime')).body.connections === 0)
    expectError(await send(id, { type: 'ping' }), 'NOT_FOUND')
  })

  test('N2 only the actor of the stream, in the same session, can send to it', async () => {
    const ann = await signUp()
    const again = expectStatus(
      await server.anonymous.post('/api/auth/login', { email: ann.email, password: PASSWORD }),
      200,
    ).body
    const ben = await signUp()
    const { stream, id } = await open(bearer(ann.token))
    const ping = { id: 1, type: 'ping' }
    for (const headers of [{}, bearer(ben.token), bearer(again.access_token), bearer(server.key)])
      expectError(await send(id, ping, headers), 'NOT_FOUND')
    expectError(await send(id, ping, bearer('nonsense')), 'UNAUTHENTICATED')
    for (const wrong of ['', 'x', `1${id}`, `${id.slice(0, -1)}_`, '9.AAAAAAAAAAAAAAAAAAAAAA'])
      expect((await send(wrong, ping, bearer(ann.token))).status).toBe(404)
    const renewed = expectStatus(
      await server.anonymous.post('/api/auth/refresh', { refresh_token: ann.refresh }),
      200,
    ).body
    expectStatus(await send(id, ping, bearer(renewed.access_token)), 202)
    expect((await next(stream))?.event).toBe('pong')
    await stream.close()
    const nobody = await open()
    expectError(await send(nobody.id, ping, bearer(ann.token)), 'NOT_FOUND')
    // Whoever signs in says so as nobody; from then on the stream is theirs.
    const auth = { id: 2, type: 'auth', payload: { token: ann.token } }
    expectStatus(await send(nobody.id, auth), 202)
    expect((await next(nobody.stream))?.event).toBe('authenticated')
    expectError(await send(nobody.id, ping), 'NOT_FOUND')
    expectStatus(await send(nobody.id, ping, bearer(ann.token)), 202)
    await nobody.stream.close()
  })

  test('N2 cookies open a stream and send to it with their CSRF token only, for pages that may use them', async () => {
    const { email } = await signUp()
    const response = await fetch(`${server.process.url}/api/auth/login?cookies=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    })
    const cookie = response.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    const { csrf_token } = (await response.json()) as { csrf_token: string }
    const headers = { cookie, 'x-csrf-token': csrf_token }
    const status = async (path: string, sent: Readonly<Record<string, string>>) => {
      const answered = await fetch(`${server.process.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...sent },
        body: '{"type":"ping"}',
      })
      await answered.body?.cancel()
      return answered.status
    }
    expect(await status(STREAM, { cookie })).toBe(403)
    expect(await status(STREAM, { ...headers, origin: 'https://elsewhere.example.com' })).toBe(403)
    const { stream, id } = await open(headers)
    expect(await status(`${STREAM}/${id}`, { cookie })).toBe(403)
    expect(await status(`${STREAM}/${id}`, headers)).toBe(202)
    await stream.close()
  })

  test('N3 progress comes at once after a ping, and pong when what came before has been answered', async () => {
    const { stream, id } = await open()
    const started = performance.now()
    expectStatus(await send(id, { id: 1, type: 'ping' }), 202)
    const events = [await stream.next(), await stream.next()]
    // A hang is no progress; the measured 100 ms are for a machine that is not busy.
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(events.map((event) => event?.event).sort()).toEqual(['pong', 'progress'])
    expect(events[0]?.data.payload.seq).toBe(events[1]?.data.payload.seq)
    await stream.close()
  })

  test('N4 what is no JSON is said in the stream; a wrong type and a body that is too large are no message', async () => {
    const { stream, id } = await open()
    const post = (body: string, type = 'application/json') =>
      fetch(`${server.process.url}${STREAM}/${id}`, { method: 'POST', headers: { 'content-type': type }, body })
    expect((await post('{')).status).toBe(202)
    expect((await next(stream))?.data).toMatchObject({ type: 'error', payload: { code: 'INVALID_JSON' } })
    expect((await post('{}', 'text/plain')).status).toBe(415)
    expect((await post(`"${'x'.repeat(1_100_000)}"`)).status).toBe(413)
    await stream.close()
  })

  test('A1 A2 rights and credentials take effect as on a WebSocket', async () => {
    const ann = await signUp()
    const live = await LiveSocket.open(server.process.url, { token: ann.token, over: 'stream' })
    const list = live.follow({ collection: 'notes', filter: { owner_id: ann.id }, limit: null })
    const secret = await note('mine', ann.id)
    await live.until(() => list.list.docs.some((doc) => doc.id === secret))
    expectStatus(await createApi(server.process.url, ann.token).post('/api/auth/logout', {}), 204)
    await live.ended()
    expect(list.error?.code).toBe('UNAUTHENTICATED')
  })

  test('S1 over a restart: another stream continues by the tokens of the lists', async () => {
    const first = await LiveSocket.open(server.process.url, { over: 'stream' })
    const lists = [{ limit: null }, { filter: { text: 'one' } }].map((payload) =>
      first.follow({ collection: 'notes', sort: ['id'], ...payload }),
    )
    for (const list of lists) await first.shown(list)
    await server.restart()
    await first.ended()
    const missed = await note('one')
    const second = await LiveSocket.open(server.process.url, { over: 'stream' })
    const continued = lists.map((list) => second.follow(list.payload, list))
    for (const { list } of continued) await second.until(() => list.docs.at(-1)?.id === missed)
    expect(continued.map(({ list }) => list.isResumed)).toEqual([true, true])
    await second.close()
  })
})
