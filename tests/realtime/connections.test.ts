import { describe, expect, test } from 'bun:test'
import {
  type ApiResponse,
  expectError,
  expectStatus,
  LiveSocket,
  OPCODES,
  rawWebSocket,
  until,
  useServer,
} from '@koyalite/testkit'

const MAX_SOCKETS = 8
const server = useServer({
  settings: `
server: { trust_proxy: true }
realtime: { max_sockets: ${MAX_SOCKETS}, max_subscriptions: 3 }
auth: { rate_limit: { register: 1000/minute } }
`,
  schema: `
version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string, nullable: true }
    rules: { read: "true" }
`,
})

const stats = async () => (await server.api.get('/api/admin/realtime')).body
/** Resolves when the server has noticed. */
async function untilStats(wanted: object): Promise<void> {
  await until(async () => Bun.deepMatch(wanted, await stats()))
}
const from = (ip: string) => ({ 'X-Forwarded-For': ip })
const open = (headers: Readonly<Record<string, string>>) => LiveSocket.open(server.process.url, { headers })
async function refusal(headers: Readonly<Record<string, string>>): Promise<ApiResponse> {
  const live = server.anonymous.get('/api/collections/notes/live', { headers })
  const socket = await rawWebSocket(`${server.process.url}/api/realtime`, headers)
  const response = await live
  expect(socket.status).toBe(response.status)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  socket.cut()
  return response
}

let people = 0
async function signUp(): Promise<string> {
  const email = `person${++people}@example.com`
  const response = await server.anonymous.post('/api/auth/register', { email, password: 'a long enough password' })
  return expectStatus(response, 201).body.access_token
}

describe('L1 limits', () => {
  test('of connections: three quarters for one address, and for one actor; the rest for others; none beyond', async () => {
    const sockets = await Promise.all(Array.from({ length: 6 }, () => open(from('192.0.2.1'))))
    expectError(await refusal(from('192.0.2.1')), 'RATE_LIMITED')
    sockets.push(await open(from('192.0.2.2')), await open({}))
    expectError(await refusal(from('192.0.2.3')), 'UNAVAILABLE')
    for (const socket of sockets.splice(0)) await socket.close()
    await untilStats({ connections: 0 })

    const authorization = `Bearer ${await signUp()}`
    for (let n = 0; n < 6; n++) sockets.push(await open({ authorization, ...from(`192.0.2.${n + 10}`) }))
    expectError(await refusal({ authorization, ...from('192.0.2.20') }), 'RATE_LIMITED')
    sockets.push(await open(from('192.0.2.20')))
    // There is room again as soon as somebody goes, however they go.
    await sockets.shift()?.cut()
    await untilStats({ connections: 6 })
    sockets.push(await open({ authorization, ...from('192.0.2.20') }))
    for (const socket of sockets) await socket.close()
    await untilStats({ connections: 0, subscriptions: 0 })
  })

  test('of subscriptions: one more is refused, until another has ended', async () => {
    const socket = await open({})
    const lists = [1, 2, 3].map((limit) => socket.follow({ collection: 'notes', limit }))
    const fourth = socket.follow({ collection: 'notes' })
    await socket.shown(fourth)
    expect(fourth.error?.code).toBe('RATE_LIMITED')
    const [first] = lists as [(typeof lists)[0]]
    await socket.shown(first)
    socket.unfollow(first)
    const fifth = socket.follow({ collection: 'notes' })
    await socket.shown(fifth)
    expect(fifth.error).toBeNull()
    await socket.close()
  })

  test('a flood of subscriptions is answered one by one, and leaves nothing', async () => {
    const socket = await open({})
    const lists = Array.from({ length: 5000 }, () => socket.follow({ collection: 'notes' }))
    await socket.until(() => lists.every(({ list, error }) => list.states.length > 0 || error !== null))
    const codes = lists.map(({ error }) => error?.code)
    expect(codes).toEqual([...Array(3).fill(undefined), ...Array(4997).fill('RATE_LIMITED')])
    expect(await stats()).toMatchObject({ connections: 1, subscriptions: 3 })
    await socket.cut()
    await untilStats({ connections: 0, subscriptions: 0, groups: 0 })
  })

  test('M2 B1 who does not read is not listened to; more messages than may wait close the connection', async () => {
    const socket = await rawWebSocket(`${server.process.url}/api/realtime`)
    await socket.message()
    socket.frame(OPCODES.text, JSON.stringify({ id: 1, type: 'subscribe', payload: { collection: 'notes', limit: 1 } }))
    await untilStats({ connections: 1, subscriptions: 1, groups: 1 })
    socket.pause()
    // Nobody evaluates anything for whoever is behind.
    while ((await stats()).groups > 0) {
      expectStatus(
        await server.api.put('/api/collections/notes/1', { text: crypto.randomUUID().repeat(10_000) }),
        200,
        201,
      )
    }
    for (let n = 0; n < 1001; n++) socket.frame(OPCODES.text, '{"type":"ping"}')
    await untilStats({ connections: 0, subscriptions: 0 })
    socket.resume()
    expect((await socket.ended()).code).toBe(1008)
  })
})

describe('what operators see', () => {
  test('open connections of both kinds, subscriptions, shared evaluations, messages, lag; in metrics, too', async () => {
    const before = (await stats()).delivered
    const sockets = [await open({}), await open({})]
    const lists = sockets.map((socket) => socket.follow({ collection: 'notes', sort: ['-id'] }))
    for (const [n, socket] of sockets.entries()) await socket.shown(lists[n] as (typeof lists)[0])
    const stream = await fetch(`${server.process.url}/api/collections/notes/live`)
    await untilStats({ connections: 3, subscriptions: 3, groups: 2, delivered: before + 3, lag: 0 })
    const created = expectStatus(await server.api.post('/api/collections/notes', { text: 'x' }), 201)
    for (const [n, socket] of sockets.entries()) {
      await socket.until(() => lists[n]?.list.docs.some(({ id }) => id === created.body.id) ?? false)
    }
    await untilStats({ delivered: before + 6, lag: 0 })
    const { text } = await server.api.get('/metrics')
    const metric = (name: string) =>
      Number(new RegExp(`^koyalite_realtime_${name}(?:\\{.*\\})? (\\d+)$`, 'm').exec(text)?.[1])
    expect(['connections', 'subscriptions', 'groups', 'lag_changes'].map(metric)).toEqual([3, 3, 2, 0])
    expect(metric('messages_total')).toBe(before + 6)
    await stream.body?.cancel()
    for (const socket of sockets) await socket.cut()
    await untilStats({ connections: 0, subscriptions: 0, groups: 0, lag: 0 })
  })

  test('nobody else sees it', async () => {
    expectError(await server.anonymous.get('/api/admin/realtime'), 'UNAUTHENTICATED')
    const authorization = `Bearer ${await signUp()}`
    expectError(await server.anonymous.get('/api/admin/realtime', { headers: { authorization } }), 'FORBIDDEN')
  })
})

describe('a client that goes', () => {
  const follow = JSON.stringify({ id: 1, type: 'subscribe', payload: { collection: 'notes' } })
  test.each([
    ['without a word', (socket) => socket.cut()],
    ['with the end of what it sends', (socket) => socket.finish()],
    [
      'in the middle of a frame',
      (socket) => {
        socket.bytes(Uint8Array.of(0x81, 0x85, 1, 2))
        socket.finish()
      },
    ],
    [
      'in the middle of a message',
      (socket) => {
        socket.frame(OPCODES.text, '{', { fin: false })
        socket.cut()
      },
    ],
    ['with a close', (socket) => socket.frame(OPCODES.close, '')],
  ] as [string, (socket: Awaited<ReturnType<typeof rawWebSocket>>) => void][])(
    '%s leaves nothing behind',
    async (_name, go) => {
      const socket = await rawWebSocket(`${server.process.url}/api/realtime`)
      await socket.message()
      socket.frame(OPCODES.text, follow)
      await socket.message()
      await untilStats({ connections: 1, subscriptions: 1 })
      go(socket)
      await untilStats({ connections: 0, subscriptions: 0, groups: 0 })
      await socket.ended()
    },
  )

  test('a HEAD of an event stream opens none', async () => {
    const response = await server.anonymous.head('/api/collections/notes/live')
    expect(response.headers.get('content-type')).toStartWith('text/event-stream')
    await untilStats({ connections: 0, subscriptions: 0, groups: 0 })
  })
})
