import { describe, expect, test } from 'bun:test'
import { expectStatus, OPCODES, type RawWebSocket, rawWebSocket, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: `
version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
    rules: { read: "true" }
`,
})
const url = () => `${server.process.url}/api/realtime`

async function open(headers: Readonly<Record<string, string>> = {}): Promise<RawWebSocket> {
  const socket = await rawWebSocket(url(), headers)
  expect(socket.status).toBe(101)
  expect((await socket.message()).type).toBe('connected')
  return socket
}

const ping = JSON.stringify({ id: 'p', type: 'ping' })
const PONG = expect.objectContaining({ id: 'p', type: 'pong' })

describe('frames', () => {
  test('a message may come in fragments, with a ping in between, and byte by byte', async () => {
    const socket = await open()
    socket.frame(OPCODES.text, ping.slice(0, 5), { fin: false })
    socket.frame(OPCODES.continuation, ping.slice(5, 9), { fin: false })
    socket.frame(OPCODES.ping, 'between')
    socket.frame(OPCODES.continuation, '', { fin: false })
    socket.frame(OPCODES.continuation, ping.slice(9))
    const answer = await socket.next()
    expect(answer).toMatchObject({ opcode: OPCODES.pong })
    expect(answer.payload.toString()).toBe('between')
    expect(await socket.message()).toEqual(PONG)
    const text = Buffer.from('{"id":"p","type":"ping","payload":"😀é"}')
    for (let at = 0; at < text.length; at++) {
      const opcode = at === 0 ? OPCODES.text : OPCODES.continuation
      socket.frame(opcode, text.subarray(at, at + 1), { fin: at === text.length - 1 })
    }
    expect(await socket.message()).toEqual(PONG)
    socket.cut()
  })

  test('pings are answered with their payload; a pong that nobody asked for is ignored', async () => {
    const socket = await open()
    for (const payload of ['', 'x', 'y'.repeat(125)]) {
      socket.frame(OPCODES.ping, payload)
      const answer = await socket.next()
      expect([answer.opcode, answer.payload.toString()]).toEqual([OPCODES.pong, payload])
    }
    socket.frame(OPCODES.pong, 'unasked')
    socket.frame(OPCODES.text, ping)
    expect(await socket.message()).toEqual(PONG)
    socket.cut()
  })

  test('large messages of every length encoding are read', async () => {
    const socket = await open()
    for (const size of [125, 126, 65_535, 65_536, 500_000]) {
      socket.frame(OPCODES.text, JSON.stringify({ id: 'p', type: 'ping', payload: 'x'.repeat(size) }))
      expect(await socket.message()).toEqual(PONG)
    }
    socket.cut()
  })

  test.each([
    ['an unmasked frame', (socket: RawWebSocket) => socket.frame(OPCODES.text, ping, { masked: false }), [1002]],
    ['a reserved bit', (socket: RawWebSocket) => socket.frame(OPCODES.text, ping, { reserved: 2 }), [1002]],
    [
      'compression that was not agreed',
      (socket: RawWebSocket) => socket.frame(OPCODES.text, ping, { reserved: 4 }),
      [1002],
    ],
    ['an unknown opcode', (socket: RawWebSocket) => socket.frame(3, ping), [1002]],
    ['an unknown control opcode', (socket: RawWebSocket) => socket.frame(11, ''), [1002]],
    ['a continuation of nothing', (socket: RawWebSocket) => socket.frame(OPCODES.continuation, ping), [1002]],
    ['a ping in fragments', (socket: RawWebSocket) => socket.frame(OPCODES.ping, 'x', { fin: false }), [1002]],
    ['a long ping', (socket: RawWebSocket) => socket.frame(OPCODES.ping, 'x'.repeat(126)), [1002]],
    [
      'UTF-8 that is none',
      (socket: RawWebSocket) => socket.frame(OPCODES.text, Buffer.from([0x7b, 0xff, 0x7d])),
      [1007],
    ],
    ['half a character', (socket: RawWebSocket) => socket.frame(OPCODES.text, Buffer.from([0xf0, 0x9f, 0x98])), [1007]],
    [
      'a surrogate in UTF-8',
      (socket: RawWebSocket) => socket.frame(OPCODES.text, Buffer.from([0xed, 0xa0, 0x80])),
      [1007],
    ],
    ['a binary message', (socket: RawWebSocket) => socket.frame(OPCODES.binary, ping), [1003]],
    ['a message that is too long', (socket: RawWebSocket) => socket.frame(OPCODES.text, 'x'.repeat(1_100_000)), [1009]],
  ])('%s ends the connection', async (_name, send, codes) => {
    const socket = await open()
    send(socket)
    const { code } = await socket.ended()
    // A server may cut the connection without a word where the frames themselves are broken.
    expect([...codes, null]).toContain(code)
    await stillServes()
  })

  test('two messages whose fragments are mixed end the connection', async () => {
    const socket = await open()
    socket.frame(OPCODES.text, '{"type":', { fin: false })
    socket.frame(OPCODES.text, ping)
    expect([1002, null]).toContain((await socket.ended()).code)
  })

  test('a frame that promises more than anybody may send ends the connection before it comes', async () => {
    const socket = await open()
    socket.bytes(Uint8Array.from([0x81, 0xff, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]))
    expect([1009, 1002, null]).toContain((await socket.ended()).code)
  })
})

describe('closing', () => {
  test.each([
    ['a code and a reason', Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from('bye')]), [1000]],
    ['a code', Buffer.from([0x03, 0xe8]), [1000]],
    ['a code of an application', Buffer.from([0x0f, 0xa0]), [4000]],
    ['nothing', Buffer.alloc(0), [1005, 1000]],
    ['half a code', Buffer.from([0x03]), [1002, 1000, 1005]],
    ['a code that may not be sent', Buffer.from([0x03, 0xed]), [1002, 1000, 1005]],
    ['a reason that is no UTF-8', Buffer.from([0x03, 0xe8, 0xff]), [1002, 1007, 1000, 1005]],
  ])('a close frame with %s is answered', async (_name, payload, codes) => {
    const socket = await open()
    socket.frame(OPCODES.close, payload)
    expect([...codes, null]).toContain((await socket.ended()).code)
  })

  test('after a close frame nothing is answered', async () => {
    const socket = await open()
    socket.frame(OPCODES.close, Buffer.from([0x03, 0xe8]))
    socket.frame(OPCODES.text, ping)
    await socket.ended()
    const rest: unknown[] = []
    for (;;) {
      const frame = await socket.next().catch(() => null)
      if (frame === null) break
      if (frame.opcode !== OPCODES.close) rest.push(frame)
    }
    expect(rest).toEqual([])
  })

  test('a connection that is cut leaves nothing behind', async () => {
    const socket = await open()
    socket.frame(OPCODES.text, JSON.stringify({ id: 1, type: 'subscribe', payload: { collection: 'notes' } }))
    await socket.message()
    socket.cut()
    for (;;) {
      const { connections, subscriptions } = (await server.api.get('/api/admin/realtime')).body
      if (connections === 0 && subscriptions === 0) break
      await Bun.sleep(5)
    }
  })
})

describe('handshakes', () => {
  test('a request that is none is a 400', async () => {
    expectStatus(await server.anonymous.get('/api/realtime'), 400)
    expectStatus(await server.anonymous.post('/api/realtime', {}), 405)
  })

  test.each([
    ['another version', { 'Sec-WebSocket-Version': '12' }],
    ['no key', { 'Sec-WebSocket-Key': '' }],
    ['another protocol', { Upgrade: 'h2c' }],
  ])('%s is refused', async (_name, headers) => {
    const socket = await rawWebSocket(url(), headers)
    expect(socket.status).toBeGreaterThanOrEqual(400)
    expect(socket.status).toBeLessThan(500)
    socket.cut()
  })

  test('a credential that is not good is a 401, a good one is somebody', async () => {
    const refused = await rawWebSocket(url(), { Authorization: 'Bearer kl_nonsense' })
    expect(refused.status).toBe(401)
    refused.cut()
    const accepted = await open({ Authorization: `Bearer ${server.key}` })
    accepted.cut()
  })

  test('a cookie counts for pages of this server only', async () => {
    const Cookie = 'koyalite_access=nonsense'
    for (const headers of [{ Cookie }, { Cookie, Origin: 'https://evil.example.com' }]) {
      const socket = await rawWebSocket(url(), headers)
      expect([401, 403]).toContain(socket.status)
      socket.cut()
    }
  })

  test('a ticket opens one connection', async () => {
    const { ticket } = expectStatus(await server.api.post('/api/realtime/ticket', {}), 201).body
    const first = await rawWebSocket(`${url()}?ticket=${ticket}`)
    expect(first.status).toBe(101)
    const second = await rawWebSocket(`${url()}?ticket=${ticket}`)
    expect(second.status).toBe(401)
    for (const socket of [first, second]) socket.cut()
  })
})

async function stillServes(): Promise<void> {
  const socket = await open()
  socket.frame(OPCODES.text, ping)
  expect(await socket.message()).toEqual(PONG)
  socket.cut()
}
