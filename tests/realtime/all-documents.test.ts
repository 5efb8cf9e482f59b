import { beforeAll, describe, expect, test } from 'bun:test'
import {
  expectError,
  expectStatus,
  freePort,
  LiveList,
  LiveSocket,
  openEventStream,
  rawWebSocket,
  serverMessage,
  useServer,
} from '@koyalite/testkit'
import { PersistentList } from '../fixtures/persistent-list'

const server = useServer({
  port: freePort(),
  schema: `
version: 1
collections:
  notes:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: text, default: "" }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
`,
})

/** About 6 MB, more than two of the sockets' buffers take. */
const [COUNT, BYTES] = [3000, 2000]
const ALL = { collection: 'notes', limit: null, sort: ['id'] }
const PART = 256 * 1024

const write = async (text: string) =>
  expectStatus(await server.api.post('/api/collections/notes', { text }), 201).body.id as number

beforeAll(async () => {
  for (let from = 0; from < COUNT; from += 250) {
    const docs = Array.from({ length: 250 }, (_, n) => ({ text: `${from + n} ${'é'.repeat(BYTES / 2)}` }))
    expectStatus(await server.api.post('/api/collections/notes', docs), 201)
  }
})

describe('P all documents of a list', () => {
  test('P1 a WebSocket has them in parts of at most 256 KB, and every change after them', async () => {
    const socket = await rawWebSocket(`${server.process.url}/api/realtime`)
    socket.frame(1, JSON.stringify({ id: 1, type: 'subscribe', payload: ALL }))
    const list = new LiveList()
    const sizes: number[] = []
    while (list.states.length === 0) {
      const { payload } = await socket.next()
      const message = serverMessage(JSON.parse(payload.toString()))
      if (message.type !== 'snapshot') continue
      sizes.push(payload.length)
      list.show(message.payload as never)
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(PART)
    expect(sizes.length).toBeGreaterThan(20)
    expect(list.docs.length).toBe(COUNT)
    const id = await write('one more')
    list.change((serverMessage(await socket.message()) as { payload: unknown }).payload as never)
    expect(list.docs.at(-1)?.id).toBe(id)
    socket.cut()
    expectStatus(await server.api.delete(`/api/collections/notes/${id}`), 204)
  })

  test('P1 an event stream has the same; its ids continue from whole states only', async () => {
    const url = `${server.process.url}/api/collections/notes/live?limit=all&sort=id`
    const stream = await openEventStream(url)
    const list = new LiveList()
    const ids: (string | null)[] = []
    while (list.states.length === 0) {
      const event = await stream.next()
      if (event?.event !== 'snapshot') continue
      ids.push(event.id)
      list.show(event.data.payload)
    }
    expect(ids.filter((id) => id !== null)).toEqual([list.resume ?? ''])
    expect([list.docs.length, ids.at(-1)]).toEqual([COUNT, list.resume])
    await stream.close()
    const id = await write('missed')
    const again = await openEventStream(url, { 'last-event-id': list.resume ?? '' })
    expect(await again.next()).toMatchObject({ event: 'subscribed', data: { payload: { resumed: true } } })
    expect(await again.next()).toMatchObject({
      event: 'delta',
      data: { payload: { changes: { inserts: [{ doc: { id } }] } } },
    })
    await again.close()
    expectStatus(await server.api.delete(`/api/collections/notes/${id}`), 204)
    const offset = await fetch(`${url}&offset=1`)
    expect(await offset.json()).toMatchObject({ error: { code: 'INVALID_REQUEST' } })
    expectError(await server.api.list('notes', { limit: 'all' }), 'INVALID_REQUEST')
  })

  test('OpenAPI names the parameters of both streams, and the server takes each', async () => {
    const { paths } = (await server.api.get('/api/openapi.json')).body
    for (const path of ['/api/collections/notes/live', '/api/collections/notes/aggregate/live']) {
      const names = paths[path].get.parameters
        .filter((parameter: { in: string }) => parameter.in === 'query')
        .map(({ name }: { name: string }) => name)
      expect(names).toContain('since')
      for (const name of names) {
        const response = await fetch(`${server.process.url}${path}?${name}=`)
        // A stream does not end.
        if (response.status === 200) await response.body?.cancel()
        else
          expect({ name, text: await response.text() }).not.toMatchObject({ text: expect.stringContaining('Unknown') })
      }
    }
    expect(JSON.stringify(paths['/api/collections/notes/live'].get.parameters)).toContain('{"const":"all"}')
    expect(Object.keys(paths)).toContain('/api/realtime/stream/{id}')
  })

  test('P2 P3 on a slow line while others write: one snapshot, then one delta, and the list is right', async () => {
    const socket = await rawWebSocket(`${server.process.url}/api/realtime`)
    socket.frame(1, JSON.stringify({ id: 1, type: 'subscribe', payload: ALL }))
    socket.pause()
    const made: number[] = []
    for (let n = 0; n < 20; n++) made.push(await write(`new ${n}`))
    expectStatus(await server.api.delete('/api/collections/notes/5'), 204)
    const list = new LiveList()
    let begun = 0
    socket.resume()
    while (!list.docs.some(({ id }) => id === made.at(-1))) {
      const message = serverMessage(await socket.message())
      if (message.type === 'delta') list.change(message.payload as never)
      if (message.type !== 'snapshot') continue
      if ('part' in message.payload && message.payload.part === 0) begun++
      list.show(message.payload as never)
    }
    expect(begun).toBe(1)
    expect(list.docs.length).toBe(COUNT + 20 - 1)
    expect(list.states.length).toBeLessThanOrEqual(3)
    socket.cut()
    for (const id of made) expectStatus(await server.api.delete(`/api/collections/notes/${id}`), 204)
  })

  test('S1 kill -9, also in the middle of a snapshot: who comes back has all, by a delta if they had all before', async () => {
    const list = new PersistentList(server.process.url, ALL)
    await list.until((docs) => docs.length === COUNT - 1)
    const midway = await LiveSocket.open(server.process.url)
    const partial = midway.follow(ALL)
    await midway.until(() => partial.list.hasParts)
    await server.restart('SIGKILL')
    const id = await write('after the restart')
    await list.until((docs) => docs.at(-1)?.id === id)
    expect(list.returns).toBeGreaterThan(0)
    await list.stop()
    const back = await LiveSocket.open(server.process.url)
    const followed = back.follow(ALL, partial)
    await back.until(() => followed.list.docs.length === COUNT)
    await back.close()
  })
})
