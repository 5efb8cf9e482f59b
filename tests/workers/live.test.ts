import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  type Followed,
  freePort,
  LiveSocket,
  rawWebSocket,
  splitSeq,
  type TempProject,
  until,
} from '@koyalite/testkit'
import { PersistentList } from '../fixtures/persistent-list'
import { startWorkerServer, untilServed, type WorkerServer } from './worker-server'

setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
roles:
  moderator: { permissions: ["*"] }
collections:
  rooms:
    fields: { id: { type: string, primary: true } }
    rules: { read: "true" }
  members:
    fields:
      id:   { type: int, primary: true, default: auto }
      room: { type: string, references: rooms.id }
      user: { type: uuid, references: users.id, onDelete: cascade }
  messages:
    fields:
      id:   { type: int, primary: true, default: auto }
      room: { type: string, references: rooms.id }
      text: { type: string }
    rules: { read: "auth.role == 'moderator' || members.exists(m, m.room == doc.room && m.user == auth.id)" }
  events:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string }
    rules: { read: "true" }
`
/** Enough connections that every one of two processes gets some: one of them is left out in one case of 10^4. */
const CONNECTIONS = 14
const LIVE = '/api/collections/events/live'
const PASSWORD = 'a long enough password'

describe.skipIf(process.platform !== 'linux')('live queries with --workers', () => {
  let project: TempProject
  let server: WorkerServer
  let api: Api
  let key: string
  const start = async (port: number) => {
    server = await startWorkerServer(project, 2, { port })
    api = createApi(server.url, key)
  }
  beforeAll(async () => {
    project = createProject({
      schema: SCHEMA,
      settings: 'auth: { rate_limit: { register: 100/minute, login: 100/minute } }\nrealtime: { memory: 3mb }',
    })
    key = await createKey(project)
    await start(freePort())
    expectStatus(await api.post('/api/collections/rooms', { id: 'r' }), 201)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  /** Connections to all processes that follow a list. */
  async function followAll(payload: object, token?: string) {
    const options = token === undefined ? {} : { token }
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => LiveSocket.open(server.url, options)))
    const all = sockets.map((socket) => ({ socket, followed: socket.follow(payload) }))
    for (const { socket, followed } of all) await socket.shown(followed)
    const shares = (await api.get('/metrics')).text.matchAll(/^koyalite_realtime_connections\{process="\d"\} (\d+)/gm)
    expect([...shares].filter(([, count]) => Number(count) > 0).length).toBe(2)
    return all
  }
  /** Every one of them has everything that is committed. */
  async function settled(all: readonly { readonly socket: LiveSocket }[]): Promise<void> {
    const seq = (await api.list('events', { limit: 1 })).headers.get('koyalite-seq') ?? ''
    await Promise.all(
      all.map(async ({ socket }) => {
        await until(async () => splitSeq(await socket.ping()).n >= splitSeq(seq).n)
      }),
    )
  }
  async function signUp() {
    const credentials = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD }
    const { access_token, user } = expectStatus(
      await createApi(server.url).post('/api/auth/register', credentials),
      201,
    ).body
    const bearer = { authorization: `Bearer ${access_token}` }
    return { token: access_token as string, id: user.id as string, bearer }
  }
  const say = async (text: string) =>
    expectStatus(await api.post('/api/collections/messages', { room: 'r', text }), 201).body.id as number
  const everSaw = ({ list }: Followed, id: number) => list.states.some(({ docs }) => docs.some((doc) => doc.id === id))

  test('many writers at once: every client has every change, in order, once', async () => {
    const all = await followAll({ collection: 'events', sort: ['id'], limit: 500 })
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let n = 0; n < 20; n++) {
        // Each request over a connection of its own: to whichever process.
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
        const body = JSON.stringify({ text: `${writer} ${n}` })
        const made = await fetch(`${server.url}/api/collections/events`, {
          method: 'POST',
          headers,
          body,
          keepalive: false,
        })
        expect(made.status).toBe(201)
      }
    })
    await Promise.all(writers)
    await settled(all)
    const { docs } = (await api.list('events', { limit: 500 })).body
    expect(docs.length).toBe(120)
    for (const { socket, followed } of all) {
      expect(followed.list.docs).toEqual(docs)
      // A later state has all of an earlier one, and what it adds comes behind.
      for (const state of followed.list.states) expect([...state.docs]).toEqual(docs.slice(0, state.docs.length))
      await socket.close()
    }
  })

  test('A1 a membership that goes, and a role, take effect on sockets of all processes before the change is answered', async () => {
    const { token, id } = await signUp()
    const member = async () =>
      expectStatus(await api.post('/api/collections/members', { room: 'r', user: id }), 201).body.id
    const all = await followAll({ collection: 'messages', sort: ['-id'], limit: 3 }, token)
    const role = async (name: string) =>
      expectStatus(await api.patch(`/api/collections/users/${id}`, { role: name }), 200)
    const ways: readonly [come: () => Promise<unknown>, go: (made: unknown) => Promise<unknown>][] = [
      [member, async (made) => expectStatus(await api.delete(`/api/collections/members/${made}`), 204)],
      [() => role('moderator'), () => role('user')],
    ]
    for (const [come, go] of ways) {
      await say('before')
      const made = await come()
      const seen = await say('seen')
      await settled(all)
      for (const { followed } of all) expect(followed.list.docs[0]?.id).toBe(seen)
      await go(made)
      const secret = await say('secret')
      await settled(all)
      for (const { followed } of all) {
        expect(followed.list.docs).toEqual([])
        expect(everSaw(followed, secret)).toBe(false)
      }
    }
    for (const { socket } of all) await socket.close()
  })

  test('A2 a logout, a revoked key and a user who is deleted end the sockets of all processes', async () => {
    const ann = await signUp()
    const ben = await signUp()
    const made = expectStatus(await api.post('/api/admin/keys', { name: 'short' }), 201).body
    const anonymous = createApi(server.url)
    const ends: readonly [token: string, end: () => Promise<{ status: number }>][] = [
      [ann.token, () => anonymous.post('/api/auth/logout', {}, ann.bearer)],
      [ben.token, () => api.delete(`/api/collections/users/${ben.id}`)],
      [made.key, () => api.delete(`/api/admin/keys/${made.id}`)],
    ]
    for (const [token, end] of ends) {
      const all = await followAll({ collection: 'messages', sort: ['-id'], limit: 3 }, token)
      expect((await end()).status).toBeLessThan(300)
      const secret = await say('secret')
      for (const { socket, followed } of all) {
        expect((await socket.ended()).code).toBe(4401)
        expect(followed.error?.code).toBe('UNAUTHENTICATED')
        expect(everSaw(followed, secret)).toBe(false)
      }
    }
  })

  test('L4 realtime.memory is for all processes together', async () => {
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => LiveSocket.open(server.url)))
    // Each counts as 100 kB: 42 of them are more than the 3 MB of all, and fewer than twice as many.
    const where = (n: number) =>
      Array.from({ length: 200 }, (_, part) => `doc.text != '${n}-${part}-${'x'.repeat(14)}'`)
    const all = sockets.flatMap((socket, at) =>
      Array.from({ length: 3 }, (_, n) =>
        socket.follow({ collection: 'events', where: where(at * 3 + n).join(' && ') }),
      ),
    )
    for (const socket of sockets) await socket.ping()
    const ended = all.map(({ error }) => error?.code ?? null)
    expect(new Set(ended)).toEqual(new Set([null, 'REALTIME_BUSY']))
    expect(ended.filter((code) => code === null).length).toBeLessThan(36)
    for (const socket of sockets) await socket.close()
  })

  test('K10 operators see the connections of all processes, whichever answers', async () => {
    const all = await followAll({ collection: 'events', limit: 1 })
    for (let n = 0; n < 4; n++) {
      const headers = { authorization: `Bearer ${key}` }
      const seen = await fetch(`${server.url}/api/admin/realtime`, { headers, keepalive: false })
      expect(await seen.json()).toMatchObject({
        connections: CONNECTIONS,
        subscriptions: CONNECTIONS,
        groups: 2,
        lag: 0,
      })
    }
    for (const { socket } of all) await socket.close()
    await until(async () => (await api.get('/api/admin/realtime')).body.connections === 0)
  })

  test('N5 streams of all processes take messages by whichever process, and go on by the tokens of their lists', async () => {
    const { token } = await signUp()
    const payload = { collection: 'events', sort: ['-id'], limit: 3 }
    const open = () => LiveSocket.open(server.url, { token, over: 'stream' })
    const follow = async () => {
      const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, open))
      // Each message is a request over a connection of its own.
      const all = sockets.map((socket) => ({ socket, followed: socket.follow(payload) }))
      for (const { socket, followed } of all) await socket.shown(followed)
      return all
    }
    const all = await follow()
    expect(new Set(all.map(({ socket }) => socket.streamId?.split('.')[0]))).toEqual(new Set(['1', '2']))
    const made = expectStatus(await api.post('/api/collections/events', { text: 'n' }), 201).body
    await settled(all)
    for (const { socket, followed } of all) {
      expect(followed.list.docs[0]).toEqual(made)
      // Another process knows the id, and whom it is for.
      const stranger = createApi(server.url)
      expectError(await stranger.post(`/api/realtime/stream/${socket.streamId}`, { type: 'ping' }), 'NOT_FOUND')
      const nonsense = { authorization: 'Bearer kl_nonsense' }
      const path = `/api/realtime/stream/${socket.streamId}`
      expectError(await stranger.post(path, { type: 'ping' }, nonsense), 'UNAUTHENTICATED')
    }
    const [victim = 0] = server.workers()
    process.kill(victim, 'SIGKILL')
    const ended = await Promise.race(all.map(async (one) => ({ ...one, end: await one.socket.ended() })))
    await until(() => server.workers().length === 2 && !server.workers().includes(victim))
    await untilServed(server.url, 2)
    const back = await open()
    const continued = back.follow(payload, ended.followed)
    await back.shown(continued)
    expect(continued.list.isResumed).toBe(true)
    await back.close()
    for (const { socket } of all) await socket.close()
  })

  test('A5 a ticket opens one connection, of either kind, to whichever process', async () => {
    const { token, bearer } = await signUp()
    const status = async (path: string, ticket: string) => {
      const socket = await rawWebSocket(
        `${server.url}${path}?ticket=${ticket}`,
        path === LIVE ? { Upgrade: '', Connection: 'close' } : {},
      )
      socket.cut()
      return socket.status
    }
    expect(await status('/api/realtime', 'nonsense')).toBe(401)
    const guess = await rawWebSocket(`${server.url}/api/realtime`, { Authorization: 'Bearer kl_nonsense' })
    expect(guess.status).toBe(401)
    guess.cut()
    for (let round = 0; round < CONNECTIONS; round++) {
      const { ticket } = expectStatus(await api.post('/api/realtime/ticket', {}, bearer), 201).body
      const [first, second] = round % 2 === 0 ? ['/api/realtime', LIVE] : [LIVE, '/api/realtime']
      expect(await status(first, ticket)).toBe(first === LIVE ? 200 : 101)
      for (const path of [first, second, first]) expect(await status(path, ticket)).toBe(401)
    }
    // One that was issued to somebody who is nobody now.
    const { ticket } = expectStatus(await api.post('/api/realtime/ticket', {}, bearer), 201).body
    expectStatus(await createApi(server.url, token).post('/api/auth/logout', {}), 204)
    expect(await status('/api/realtime', ticket)).toBe(401)
  })

  test('kill -9 of workers and of the main process under load: who comes back misses nothing that was acknowledged', async () => {
    const payload = { collection: 'events', sort: ['-id'], fields: ['id'] }
    const lists = Array.from({ length: CONNECTIONS }, (_, n) => {
      const over = n % 2 === 0 ? 'socket' : 'stream'
      return new PersistentList(server.url, { ...payload, limit: n % 4 < 2 ? 500 : null }, { over })
    })
    const acknowledged = new Set<number>()
    let isWriting = true
    // The list shows 500 documents, all of them.
    let allowed = 0
    const writers = Array.from({ length: 3 }, async () => {
      while (isWriting) {
        if (acknowledged.size >= allowed) {
          await Bun.sleep(1)
          continue
        }
        const made = await api.post('/api/collections/events', { text: 'k' }).catch(() => null)
        if (made?.status === 201) acknowledged.add(made.body.id)
        else await Bun.sleep(5)
      }
    })
    const more = async (count: number) => {
      const wanted = acknowledged.size + count
      allowed = wanted + 20
      await until(() => acknowledged.size >= wanted)
    }
    for (const who of ['worker', 'main', 'worker', 'main'] as const) {
      await more(15)
      if (who === 'worker') {
        const victim = server.workers()[0] as number
        process.kill(victim, 'SIGKILL')
        await more(15)
        await until(() => server.workers().length === 2 && !server.workers().includes(victim))
        await untilServed(server.url, 2)
      } else {
        await server.kill('SIGKILL')
        await start(server.port)
      }
    }
    await more(5)
    isWriting = false
    await Promise.all(writers)
    const { docs } = (await api.list('events', { limit: 500, sort: '-id', fields: 'id' })).body
    const stored = new Set(docs.map(({ id }: { id: number }) => id))
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
    for (const list of lists) {
      await list.until((known) => JSON.stringify(known) === JSON.stringify(docs))
      await list.stop()
    }
    // Each lost its connection at least with the main process; those of a killed worker go on by the log.
    expect(Math.min(...lists.map(({ returns }) => returns))).toBeGreaterThanOrEqual(2)
    expect(lists.reduce((sum, { resumed }) => sum + resumed, 0)).toBeGreaterThan(0)
  })
})
