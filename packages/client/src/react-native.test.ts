import { expect, mock, test } from 'bun:test'
import { until } from '@koyalite/testkit'
import { metadata } from './testing/blog'

test('when the application comes to the front, the server is asked at once whether it is there', async () => {
  const listeners = new Set<(state: string) => void>()
  const addEventListener = (_: 'change', listener: (state: string) => void) => {
    listeners.add(listener)
    return { remove: () => listeners.delete(listener) }
  }
  mock.module('react-native', () => ({ AppState: { addEventListener } }))
  const { createKoyalite } = await import('./react-native')
  const received: string[] = []
  const server = Bun.serve({
    port: 0,
    fetch: (request, own) => (own.upgrade(request) ? undefined : new Response()),
    websocket: {
      open: (socket) => void socket.send('{"type":"connected","payload":{"client_id":"1"}}'),
      message(socket, text) {
        const { id, type } = JSON.parse(String(text))
        received.push(type)
        if (type === 'ping') socket.send(JSON.stringify({ id, type: 'pong', payload: { seq: 'e.1' } }))
      },
    },
  })
  const koya = createKoyalite(metadata, { url: `http://127.0.0.1:${server.port}` })
  expect(listeners.size).toBe(0)
  const stop = koya.posts.subscribe({})
  await until(() => received.length === 2 && koya.realtime.status.getSnapshot().status === 'live')
  for (const tell of listeners) tell('background')
  // Not before the first ping has been answered.
  await until(() => {
    for (const tell of listeners) tell('active')
    return received.length > 2
  })
  expect(received.slice(0, 3)).toEqual(['subscribe', 'ping', 'ping'])
  stop()
  await until(() => listeners.size === 0)
  await server.stop(true)
})
