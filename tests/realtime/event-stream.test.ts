import { describe, expect, test } from 'bun:test'
import {
  type EventStream,
  expectError,
  expectStatus,
  LiveList,
  openEventStream,
  type StreamEvent,
  until,
  useServer,
} from '@koyalite/testkit'

const server = useServer({
  settings: 'auth: { rate_limit: { register: 1000/minute } }',
  schema: `
version: 1
roles:
  reader: { permissions: [] }
collections:
  topics:
    fields:
      id: { type: string, primary: true }
    rules: { read: "true" }
  notes:
    fields:
      id:    { type: int, primary: true, default: auto }
      topic: { type: string, nullable: true, references: topics.id, index: true }
      text:  { type: text }
      n:     { type: int, nullable: true }
    rules: { read: "true" }
  secrets:
    fields: { id: { type: int, primary: true, default: auto } }
    rules: { read: "auth.role == 'reader'" }
`,
})

const live = (collection: string, query = '') => `${server.process.url}/api/collections/${collection}/live?${query}`
const note = async (doc: object) => expectStatus(await server.api.post('/api/collections/notes', doc), 201).body

/** What is shown after the events up to the one that makes it so. */
async function follow(stream: EventStream, list: LiveList, is: () => boolean): Promise<StreamEvent> {
  for (;;) {
    const event = await stream.next()
    if (event === null) throw new Error('the stream has ended')
    expect(event.event).toBe(event.data.type)
    if (event.event === 'error') throw new Error(JSON.stringify(event.data))
    if (event.event === 'snapshot') list.show(event.data.payload)
    if (event.event === 'delta') list.change(event.data.payload)
    // What a client can go on from is the id of the event.
    expect(event.id).toBe(event.event === 'subscribed' ? null : event.data.payload.resume)
    if (is()) return event
  }
}
const texts = (list: LiveList) => list.docs.map(({ text }) => text).join()

describe('a list as server-sent events', () => {
  test('has the list’s parameters, and shows what the same list does over REST', async () => {
    await server.api.post('/api/collections/topics', [{ id: 'a' }, { id: 'b' }])
    for (const text of ['first', 'second']) await note({ text })
    // A page is kept up to date like any list.
    const { next_cursor } = (await server.anonymous.get('/api/collections/notes?limit=1')).body
    const queries = [
      'filter=topic:eq:a&sort=-n,text',
      'filter=topic:in:a,b&filter=n:gte:2&limit=2',
      "where=doc.topic == 'a' %26%26 doc.n > 1&sort=-id",
      'where=doc.topic == $1 %26%26 doc.n > $2&params=["a",1]&sort=-id',
      'expand=topic&fields=id,text,topic.id&sort=text',
      'filter=text:like:p%25&count=true&limit=1&sort=-n',
      'filter=topic.id:eq:a&fields=text',
      'sort=-n&limit=2&offset=1',
      `limit=2&cursor=${next_cursor}`,
    ]
    const followed = await Promise.all(
      queries.map(async (query) => ({
        query,
        list: new LiveList(),
        stream: await openEventStream(live('notes', query)),
      })),
    )
    for (const { stream, list } of followed) await follow(stream, list, () => list.states.length === 1)
    for (const [n, topic] of ['a', 'b', 'a', null, 'a'].entries()) await note({ topic, n, text: `p${n % 3}` })
    await server.api.patch('/api/collections/notes/5', { topic: 'b' })
    await server.api.delete('/api/collections/notes/3')
    for (const { query, stream, list } of followed) {
      const { docs, total = null } = expectStatus(
        await server.anonymous.get(`/api/collections/notes?${query}`),
        200,
      ).body
      const expected = JSON.stringify([docs, total])
      await follow(stream, list, () => JSON.stringify([list.docs, list.total]) === expected)
      await stream.close()
    }
  })

  test('refuses what REST refuses', async () => {
    const get = (path: string) => server.anonymous.get(`/api/collections/${path}`)
    expectError(await get('notes/live?sort=nothing'), 'INVALID_SORT')
    expectError(await get('notes/live?filter=nothing:eq:1'), 'INVALID_FILTER')
    expectError(await get('notes/live?limit=0'), 'INVALID_REQUEST')
    expectError(await get('notes/live?nothing=1'), 'INVALID_REQUEST')
    expectError(await get('notes/live?cursor=x'), 'INVALID_REQUEST')
    expectError(await get('nothing/live'), 'COLLECTION_NOT_FOUND')
    expectError(await get('secrets/live'), 'UNAUTHENTICATED')
    expectError(await server.api.post('/api/collections/notes/live', {}), 'METHOD_NOT_ALLOWED')
  })

  test('is never answered from a cache, and never kept in one', async () => {
    for (const headers of [
      { 'if-none-match': '*' },
      { 'if-modified-since': new Date().toUTCString() },
      { range: 'bytes=0-5' },
    ]) {
      const response = await fetch(live('notes'), { headers: headers as Record<string, string> })
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
      await response.body?.cancel()
    }
  })

  test('S1 goes on after a break by Last-Event-ID, however often, and misses nothing', async () => {
    const list = new LiveList()
    const query = 'filter=text:like:s%25&sort=-id&limit=3'
    let id = ''
    let resumed = 0
    for (let round = 0; round < 7; round++) {
      const stream = await openEventStream(live('notes', query), id === '' ? {} : { 'last-event-id': id })
      const first = await stream.next()
      if (first?.data.payload.resumed) resumed++
      await note({ text: `s${round} heard` })
      id = (await follow(stream, list, () => texts(list).startsWith(`s${round} heard`))).id ?? ''
      await stream.close()
      for (let n = 0; n < round % 3; n++) await note({ text: `s${round} missed ${n}` })
    }
    expect(resumed).toBe(6)
    const { docs } = (await server.anonymous.get(`/api/collections/notes?${query}`)).body
    expect(list.docs).toEqual(docs)
  })

  test('S2 E3 begins anew with a snapshot where nobody knows what was missed', async () => {
    const seq = (await server.api.list('notes')).headers.get('koyalite-seq') ?? ''
    for (const id of ['nonsense', 'otherEp0ch.1', seq, seq.replace(/\d+$/, '999999'), '']) {
      const stream = await openEventStream(live('notes', 'sort=-id&limit=2'), { 'last-event-id': id })
      expect(await stream.next()).toMatchObject({ event: 'subscribed', data: { payload: { resumed: false } } })
      expect(await stream.next()).toMatchObject({ event: 'snapshot', id: expect.stringMatching(/^.+\.\d+\./) })
      await stream.close()
    }
  })

  test('A1 A2 shows what its actor may read now, and ends with their session', async () => {
    const credentials = { email: 'ann@example.com', password: 'a long enough password' }
    const { access_token, user } = expectStatus(
      await server.anonymous.post('/api/auth/register', credentials),
      201,
    ).body
    const authorization = `Bearer ${access_token}`
    const role = async (name: string) =>
      expectStatus(await server.api.patch(`/api/collections/users/${user.id}`, { role: name }), 200)
    const forbidden = await server.anonymous.get('/api/collections/secrets/live', { headers: { authorization } })
    expectError(forbidden, 'FORBIDDEN')
    await role('reader')
    await server.api.post('/api/collections/secrets', {})
    const ends: readonly [code: string, end: () => Promise<unknown>][] = [
      ['FORBIDDEN', () => role('user')],
      ['UNAUTHENTICATED', () => server.anonymous.post('/api/auth/logout', {}, { authorization })],
    ]
    for (const [code, end] of ends) {
      await role('reader')
      const stream = await openEventStream(live('secrets'), { authorization })
      const list = new LiveList()
      await follow(stream, list, () => list.docs.length > 0)
      await end()
      await server.api.post('/api/collections/secrets', {})
      expect(await stream.next()).toMatchObject({ event: 'error', id: null, data: { payload: { code } } })
      let rest = await stream.next()
      while (rest !== null) {
        expect(rest.event).toBe('error')
        rest = await stream.next()
      }
    }
  })

  test('B1 who does not read gets a snapshot in the end, and the server keeps little for them', async () => {
    const list = new LiveList()
    let received = 0
    let text = ''
    const first = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    const socket = await Bun.connect({
      hostname: '127.0.0.1',
      port: server.process.port,
      socket: {
        data(_socket, bytes) {
          received += bytes.length
          text += bytes.toString('latin1')
          if (text.includes('event: snapshot')) first.resolve()
          if (text.includes('"text":"199 ')) ended.resolve()
          // What is told from what is told again is the last of it.
          text = text.slice(-1_000_000)
        },
      },
    })
    const query = 'filter=n:eq:77&sort=-id&limit=1'
    socket.write(`GET /api/collections/notes/live?${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await first.promise
    socket.pause()
    const filler = 'x'.repeat(200_000)
    for (let n = 0; n < 200; n++) await note({ n: 77, text: `${n} ${filler}` })
    // Others are not held up.
    const other = await openEventStream(live('notes', query))
    await follow(other, list, () => texts(list).startsWith('199 '))
    await other.close()
    socket.resume()
    await ended.promise
    expect(text.lastIndexOf('event: snapshot')).toBeGreaterThan(text.lastIndexOf('event: delta'))
    // 40 MB were written. What the system took for the client is beyond the server.
    expect(received).toBeLessThan(20_000_000)
    socket.terminate()
    await until(async () => (await server.api.get('/api/admin/realtime')).body.connections === 0)
  })
})
