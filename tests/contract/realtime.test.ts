import { describe, expect, test } from 'bun:test'
import { expectStatus, OPCODES, type RawWebSocket, rawWebSocket, until, useServer } from '@koyalite/testkit'

const server = useServer({
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute, api: 1000000/minute } }',
  schema: `
version: 1
collections:
  rooms:
    fields: { id: { type: string, primary: true } }
    rules: { read: "true" }
  members:
    fields:
      id: { type: int, primary: true, default: auto }
      room: { type: string, references: rooms.id, onDelete: cascade }
      user: { type: uuid, references: users.id, onDelete: cascade, index: true }
  messages:
    fields:
      id: { type: int, primary: true, default: auto }
      room: { type: string, references: rooms.id, onDelete: cascade, index: true }
      text: { type: text }
    rules:
      read: "auth.role == 'moderator' || members.exists(m, m.room == doc.room && m.user == auth.id)"
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: text }
    rules: { read: "true" }
`,
})

/** A client that keeps a list as the contract says. */
class Follower {
  readonly socket: RawWebSocket
  docs: Record<string, unknown>[] = []
  resume = ''
  /** Of a snapshot that comes in parts. */
  #parts: Record<string, unknown>[] = []

  constructor(socket: RawWebSocket) {
    this.socket = socket
  }

  static async open(token?: string): Promise<Follower> {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    const socket = await rawWebSocket(`${server.process.url}/api/realtime`, headers)
    expect(socket.status).toBe(101)
    expect(await socket.message()).toMatchObject({ type: 'connected', payload: { client_id: expect.any(String) } })
    return new Follower(socket)
  }

  say(message: object): void {
    this.socket.frame(OPCODES.text, JSON.stringify(message))
  }

  follow(payload: object): void {
    this.say({ id: 1, type: 'subscribe', payload })
  }

  /** Takes messages until the list is so, and gives the last one. */
  async until(done: (docs: readonly Record<string, unknown>[], type: string) => boolean): Promise<string> {
    for (;;) {
      const { type, payload } = await this.socket.message()
      if (type === 'error') throw new Error(`${payload.code}: ${payload.message}`)
      if (type === 'snapshot') {
        this.#parts = payload.part > 0 ? [...this.#parts, ...payload.docs] : payload.docs
        if (payload.more) continue
        this.docs = this.#parts
      }
      if (type === 'delta') this.#apply(payload.changes)
      if (payload.resume) this.resume = payload.resume
      if (done(this.docs, type)) return type
    }
  }

  #apply({ inserts, updates, deletes }: Record<string, { doc: { id: unknown }; after?: unknown }[]>): void {
    const put = (doc: { id: unknown }, after: unknown) => {
      this.docs = this.docs.filter(({ id }) => id !== doc.id)
      const at = after === null ? 0 : this.docs.findIndex(({ id }) => id === after) + 1
      this.docs.splice(at, 0, doc)
    }
    this.docs = this.docs.filter(({ id }) => !(deletes as unknown[]).includes(id))
    for (const { doc, after } of inserts ?? []) put(doc, after)
    for (const { doc, after } of updates ?? []) {
      if (after !== undefined) put(doc, after)
      else this.docs = this.docs.map((known) => (known.id === doc.id ? doc : known))
    }
  }
}

let people = 0
async function register(): Promise<{ token: string; id: string }> {
  const response = await server.anonymous.post('/api/auth/register', {
    email: `person${++people}@example.com`,
    password: 'a long enough password',
  })
  const { access_token, user } = expectStatus(response, 201).body
  return { token: access_token, id: user.id }
}

const say = (room: string, text: string) => server.api.post('/api/collections/messages', { room, text })
const texts = (docs: readonly Record<string, unknown>[]) => docs.map(({ text }) => text)

describe('subscriptions', () => {
  test('a member follows a room until the membership is deleted', async () => {
    const { token, id } = await register()
    await server.api.post('/api/collections/rooms', [{ id: 'x' }, { id: 'y' }])
    const member = expectStatus(await server.api.post('/api/collections/members', { room: 'x', user: id }), 201).body
    const follower = await Follower.open(token)
    const stranger = await Follower.open()
    for (const one of [follower, stranger]) one.follow({ collection: 'messages', sort: ['-id'], limit: 2 })
    await follower.until((_docs, type) => type === 'snapshot')
    await stranger.until((_docs, type) => type === 'snapshot')
    for (const text of ['1', '2', '3']) {
      await say('x', text)
      await say('y', `not ${text}`)
    }
    await follower.until((docs) => texts(docs).join() === '3,2')
    expectStatus(await server.api.delete(`/api/collections/members/${member.id}`), 204)
    await follower.until((docs) => docs.length === 0)
    stranger.say({ type: 'ping' })
    expect(await stranger.socket.message()).toMatchObject({ type: 'pong' })
  })

  test('a logout ends it with an error, and the connection with 4401', async () => {
    const { token } = await register()
    const follower = await Follower.open()
    follower.say({ type: 'auth', payload: { token } })
    follower.follow({ collection: 'messages' })
    await follower.until((_docs, type) => type === 'snapshot')
    const headers = { authorization: `Bearer ${token}` }
    expectStatus(await server.anonymous.post('/api/auth/logout', {}, headers), 204)
    expect(await follower.socket.message()).toMatchObject({
      id: 1,
      type: 'error',
      payload: { code: 'UNAUTHENTICATED' },
    })
    expect((await follower.socket.ended()).code).toBe(4401)
  })

  test('a new role adds what it may read', async () => {
    const { token, id } = await register()
    await server.api.post('/api/collections/rooms', { id: 'z' })
    await say('z', 'secret')
    const follower = await Follower.open(token)
    follower.follow({ collection: 'messages', filter: { room: 'z' } })
    await follower.until((docs, type) => type === 'snapshot' && docs.length === 0)
    expectStatus(await server.api.patch(`/api/collections/users/${id}`, { role: 'moderator' }), 200)
    await follower.until((docs) => texts(docs).join() === 'secret')
    expectStatus(await server.api.patch(`/api/collections/users/${id}`, { role: 'user' }), 200)
    await follower.until((docs) => docs.length === 0)
  })

  test('a client that does not read gets a snapshot in the end, within its memory limit', async () => {
    const slow = await Follower.open()
    slow.follow({ collection: 'notes', sort: ['-id'], limit: 5 })
    await slow.until((_docs, type) => type === 'snapshot')
    slow.socket.pause()
    const text = 'x'.repeat(200_000)
    for (let n = 0; n < 100; n++)
      expectStatus(await server.api.post('/api/collections/notes', { text: `${n} ${text}` }), 201)
    slow.socket.resume()
    let snapshots = 0
    await slow.until((docs, type) => {
      if (type === 'snapshot') snapshots++
      return String(docs[0]?.text).startsWith('99 ')
    })
    expect(snapshots).toBeGreaterThan(0)
    expect(slow.docs.map((doc) => Number.parseInt(String(doc.text), 10))).toEqual([99, 98, 97, 96, 95])
  })
})

describe('a server that is killed', () => {
  test('a client that resumes after kill -9 misses no acknowledged change; after a stop, too', async () => {
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const follower = await Follower.open()
      follower.follow({ collection: 'notes', sort: ['-id'], limit: 100, fields: ['id'] })
      await follower.until((_docs, type) => type === 'snapshot')
      const acknowledged: number[] = []
      const writing = (async () => {
        for (;;) {
          const response = await server.api.post('/api/collections/notes', { text: 'k' }).catch(() => null)
          if (response?.status !== 201) return
          acknowledged.push(response.body.id)
        }
      })()
      await until(() => acknowledged.length >= 30)
      const restarted = server.restart(signal)
      const { code } = await follower.socket.ended()
      if (signal === 'SIGTERM') expect(code).toBe(1012)
      await writing
      await restarted
      const again = await Follower.open()
      again.docs = follower.docs
      again.follow({ collection: 'notes', sort: ['-id'], limit: 100, fields: ['id'], since: follower.resume })
      await again.until((_docs, type) => type === 'snapshot' || type === 'delta')
      const known = new Set(again.docs.map(({ id }) => id))
      expect(acknowledged.slice(-100).filter((id) => !known.has(id))).toEqual([])
      again.socket.cut()
    }
  })
})
