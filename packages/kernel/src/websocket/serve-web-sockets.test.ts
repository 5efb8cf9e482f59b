import { afterAll, expect, test } from 'bun:test'
import { type WebSocketData, webSocketOptions } from './serve-web-sockets'

const ended: string[] = []
let heard = () => {}

/** As the server has it, except for the time: the shortest that the native server keeps to. */
const server: Bun.Server<WebSocketData> = Bun.serve<WebSocketData>({
  hostname: '127.0.0.1',
  port: 0,
  websocket: { ...webSocketOptions(() => server), idleTimeout: 4 },
  fetch(request, socket) {
    const name = new URL(request.url).pathname
    const handler = {
      open() {},
      message() {},
      drain() {},
      close() {
        ended.push(name)
        heard()
      },
    }
    return socket.upgrade(request, { data: { handler } }) ? undefined : new Response(null, { status: 400 })
  },
})
afterAll(() => server.stop(true))

test('L2 a client that answers no ping is cut off; a silent one that does is not', async () => {
  // Answers pings by itself.
  const alive = new WebSocket(`ws://127.0.0.1:${server.port}/alive`)
  await new Promise((resolve) => alive.addEventListener('open', resolve))
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  const dead = await Bun.connect({ hostname: '127.0.0.1', port: server.port ?? 0, socket: { data() {} } })
  dead.write(`GET /dead HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n\r\n`)
  await new Promise<void>((resolve) => {
    heard = resolve
  })
  expect(ended).toEqual(['/dead'])
  expect(alive.readyState).toBe(WebSocket.OPEN)
  const { idleTimeout, sendPings } = webSocketOptions(() => server)
  expect({ idleTimeout, sendPings }).toEqual({ idleTimeout: 60, sendPings: true })
  alive.close()
}, 30_000)
