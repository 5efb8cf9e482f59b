import { describe, expect, test } from 'bun:test'
import {
  type Api,
  expectStatus,
  LiveSocket,
  openEventStream,
  rawWebSocket,
  serverMessage,
  useServer,
} from '@koyalite/testkit'

const SCHEMA = `
version: 1
collections:
  notes:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string, default: "" }
    rules: { read: "true" }
`
/** A condition of about so many bytes, no two the same. */
let made = 0
const long = (bytes: number) => {
  const part = `doc.text != '${'x'.repeat(200)}'`
  return [`doc.id != ${++made}`, ...Array.from({ length: Math.floor(bytes / (part.length + 4)) }, () => part)].join(
    ' && ',
  )
}
const fill = async (api: Api, count: number) =>
  expectStatus(
    await api.post(
      '/api/collections/notes',
      Array.from({ length: count }, () => ({})),
    ),
    201,
  )

describe('L3 what subscriptions say is bounded in bytes', () => {
  const server = useServer({ schema: SCHEMA })

  test('of a connection: 128 kB together, of which what ends is given back', async () => {
    const socket = await LiveSocket.open(server.process.url)
    const all = Array.from({ length: 24 }, () => socket.follow({ collection: 'notes', where: long(8000) }))
    await socket.ping()
    const refused = all.filter(({ error }) => error !== null)
    expect(all.length - refused.length).toBe(16)
    expect(new Set(refused.map(({ error }) => error?.code))).toEqual(new Set(['RATE_LIMITED']))
    expect(refused[0]?.error?.message).toContain('128 kB')
    // It goes on with what it has, and with more when there is room.
    const small = socket.follow({ collection: 'notes', limit: 1 })
    await socket.shown(small)
    for (const one of all.slice(0, 3)) socket.unfollow(one)
    const late = socket.follow({ collection: 'notes', where: long(8000) })
    await socket.shown(late)
    expect([small.error, late.error]).toEqual([null, null])
    // One that is refused for another reason takes no room.
    for (let n = 0; n < 40; n++) socket.follow({ collection: 'nothing', where: long(8000) })
    const last = socket.follow({ collection: 'notes', where: long(8000) })
    await socket.shown(last)
    expect(last.error).toBeNull()
    await socket.close()
  })
})

describe('L4 of all connections', () => {
  const server = useServer({ schema: SCHEMA, settings: 'realtime: { memory: 4mb, max_documents: 60 }' })

  test('as much memory as realtime.memory says: REALTIME_BUSY, until others end; event streams too', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => LiveSocket.open(server.process.url)))
    const all = sockets.flatMap((socket) =>
      Array.from({ length: 10 }, () => socket.follow({ collection: 'notes', where: long(8000) })),
    )
    for (const socket of sockets) await socket.ping()
    const busy = all.filter(({ error }) => error?.code === 'REALTIME_BUSY')
    expect(busy.length).toBeGreaterThan(5)
    expect(all.filter(({ error }) => error === null).length).toBeGreaterThan(20)
    const metrics = (await server.api.get('/metrics')).text
    const metric = (name: string) => Number(new RegExp(`^koyalite_realtime_${name} (\\d+)`, 'm').exec(metrics)?.[1])
    expect(metric('busy_total')).toBe(busy.length)
    expect(metric('memory_bytes')).toBeGreaterThan(3 * 1024 * 1024)
    expect(metric('memory_bytes')).toBeLessThanOrEqual(4 * 1024 * 1024)
    const url = `${server.process.url}/api/collections/notes/live?where=${encodeURIComponent(long(8000))}`
    const refused = await fetch(url)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
    expect(await refused.json()).toMatchObject({ error: { code: 'REALTIME_BUSY' } })
    for (const socket of sockets) await socket.close()
    for (;;) {
      const response = await fetch(url)
      await response.body?.cancel()
      if (response.status === 200) break
    }
  })

  test('the lists of a connection show realtime.max_documents together, as they begin and as they grow', async () => {
    await fill(server.api, 40)
    const socket = await LiveSocket.open(server.process.url)
    const first = socket.follow({ collection: 'notes', limit: 200, sort: ['-id'] })
    await socket.shown(first)
    const second = socket.follow({ collection: 'notes', limit: 200, filter: { id: { $gt: 0 } } })
    await socket.shown(second)
    expect(second.error?.code).toBe('TOO_MANY_DOCUMENTS')
    expect(second.list.states).toEqual([])
    const third = socket.follow({ collection: 'notes', limit: 20 })
    await socket.shown(third)
    expect(third.error).toBeNull()
    await fill(server.api, 5)
    await socket.until(() => third.error !== null)
    expect([first.error, third.error?.code]).toEqual([null, 'TOO_MANY_DOCUMENTS'])
    expect(first.list.docs.length).toBe(45)
    await fill(server.api, 20)
    await socket.until(() => first.error !== null)
    await socket.close()
    const stream = await openEventStream(`${server.process.url}/api/collections/notes/live?limit=200`)
    expect(await stream.next()).toMatchObject({ event: 'error', data: { payload: { code: 'TOO_MANY_DOCUMENTS' } } })
    expect(await stream.next()).toBeNull()
  })
})

describe('L5 messages count against the general limit', () => {
  const server = useServer({ schema: SCHEMA, env: { KOYALITE_AUTH_RATE_LIMIT_API: '40/hour' } })

  test('each is one; what is beyond is refused by its id; who does not stop is cut off', async () => {
    const socket = await rawWebSocket(`${server.process.url}/api/realtime`)
    await socket.message()
    for (let id = 0; id < 200; id++) socket.frame(1, JSON.stringify({ id, type: 'ping' }))
    const responses: string[] = []
    for (let id = 0; id < 60; id++) {
      const response = serverMessage(await socket.message())
      if ('id' in response) expect(response.id).toBe(id)
      responses.push(response.type === 'error' ? response.payload.code : response.type)
    }
    const pongs = responses.filter((response) => response === 'pong').length
    expect(pongs).toBeGreaterThan(20)
    expect(pongs).toBeLessThan(45)
    expect(new Set(responses.slice(pongs + 3))).toEqual(new Set(['RATE_LIMITED']))
    // Requests are of the same limit.
    expect((await server.anonymous.list('notes')).status).toBe(429)
    expect((await socket.ended()).code).toBe(1008)
  })
})
