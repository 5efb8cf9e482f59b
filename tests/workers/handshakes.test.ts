import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectStatus,
  LiveSocket,
  rawWebSocket,
  type TempProject,
  until,
} from '@koyalite/testkit'
import { startWorkerServer, untilServed, type WorkerServer } from './worker-server'

setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
collections:
  events:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string, default: "" }
    rules: { read: "auth.id != null" }
`
const LIVE = '/api/collections/events/live'
/** Connections enough for both processes. */
const CONNECTIONS = 10

describe.skipIf(process.platform !== 'linux')('K14 handshakes with --workers', () => {
  let project: TempProject
  let server: WorkerServer
  let api: Api
  let key: string
  beforeAll(async () => {
    project = createProject({
      schema: SCHEMA,
      settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }',
    })
    key = await createKey(project)
    server = await startWorkerServer(project, 2)
    api = createApi(server.url, key)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })
  const credentials = { email: 'ann@example.com', password: 'a long enough password' }
  const signIn = async (path: string): Promise<string> =>
    (await createApi(server.url).post(`/api/auth/${path}`, credentials)).body.access_token

  /** The status of a handshake, or of an event stream. */
  async function status(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const plain = path.startsWith(LIVE) ? { Upgrade: '', Connection: 'close' } : {}
    const socket = await rawWebSocket(`${server.url}${path}`, { ...plain, ...headers })
    socket.cut()
    return socket.status
  }

  test('just after a rotation of the signing keys whoever signs in is known to every process', async () => {
    await signIn('register')
    for (let round = 0; round < 6; round++) {
      expectStatus(await api.post('/api/admin/signing-keys/rotate', {}), 201)
      const token = await signIn('login')
      const bearer = { Authorization: `Bearer ${token}` }
      const tickets = await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          const response = await api.post('/api/realtime/ticket', {}, { authorization: bearer.Authorization })
          return expectStatus(response, 201).body.ticket as string
        }),
      )
      const [sockets, streams, byTicket] = await Promise.all([
        Promise.all(Array.from({ length: CONNECTIONS }, () => status('/api/realtime', bearer))),
        Promise.all(Array.from({ length: CONNECTIONS }, () => status(LIVE, bearer))),
        Promise.all(tickets.map((ticket, n) => status(`${n % 2 ? '/api/realtime' : LIVE}?ticket=${ticket}`))),
      ])
      expect([...new Set(sockets)]).toEqual([101])
      expect([...new Set(streams)]).toEqual([200])
      expect([...new Set(byTicket)].sort()).toEqual([101, 200])
    }
  })

  test('`auth` on an open socket knows a new key as well', async () => {
    const sockets = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => rawWebSocket(`${server.url}/api/realtime`)),
    )
    expectStatus(await api.post('/api/admin/signing-keys/rotate', {}), 201)
    const token = await signIn('login')
    for (const socket of sockets) {
      expect((await socket.message()).type).toBe('connected')
      socket.frame(1, JSON.stringify({ id: 1, type: 'auth', payload: { token } }))
    }
    for (const socket of sockets) {
      expect(await socket.message()).toMatchObject({ id: 1, type: 'authenticated' })
      socket.cut()
    }
  })

  test('while the schema changes they wait, and are served by the next one', async () => {
    const bearer = { Authorization: `Bearer ${await signIn('login')}` }
    let isChanging = true
    const statuses = new Set<number>()
    let opened = 0
    const clients = Array.from({ length: 6 }, async (_, client) => {
      while (isChanging) {
        statuses.add(await status(client % 2 ? '/api/realtime' : LIVE, bearer))
        opened++
      }
    })
    let schema = SCHEMA
    for (let n = 0; n < 6; n++) {
      const before = opened
      schema = schema.replace('    rules', `      f${n}: { type: int, default: 1 }\n    rules`)
      project.write('schema.yaml', schema)
      expectStatus(await api.post('/api/admin/migrate', { action: 'apply' }), 200)
      while (opened < before + 6) await new Promise(setImmediate)
    }
    isChanging = false
    await Promise.all(clients)
    expect([...statuses].sort()).toEqual([101, 200])
  })

  test('S5 a place in a list is the same in every process, and to nobody else in any', async () => {
    const token = await signIn('login')
    const authorization = { authorization: `Bearer ${token}` }
    const page = expectStatus(
      await createApi(server.url).get('/api/collections/events?resume=true', { headers: authorization }),
      200,
    )
    const since = page.headers.get('koyalite-resume') ?? ''
    const begin = async (options: { token?: string }) => {
      const socket = await LiveSocket.open(server.url, options)
      const followed = socket.follow({ collection: 'events', since })
      await socket.ping()
      await socket.close()
      return followed.list.isResumed
    }
    const all = (options: { token: string }) => Promise.all(Array.from({ length: CONNECTIONS }, () => begin(options)))
    expect(new Set(await all({ token }))).toEqual(new Set([true]))
    expect(new Set(await all({ token: key }))).toEqual(new Set([false]))
    // Processes that have begun since know it as well.
    const before = server.workers()
    for (const pid of before) process.kill(pid, 'SIGKILL')
    await until(() => server.workers().length === 2 && !server.workers().some((pid) => before.includes(pid)))
    await untilServed(server.url, 2)
    expect(new Set(await all({ token }))).toEqual(new Set([true]))
  })

  test('a token that nobody issued is refused, and counted, by the main process', async () => {
    expect(await status('/api/realtime', { Authorization: 'Bearer a.b.c' })).toBe(401)
    expect(await status(LIVE, { Authorization: 'Bearer kl_nonsense' })).toBe(401)
  })
})
