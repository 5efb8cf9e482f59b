import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createServer } from 'node:net'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectStatus,
  freePort,
  runKoyalite,
  type TempProject,
} from '@koyalite/testkit'
import { askAll, startWorkerServer, type WorkerServer } from './worker-server'

setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
collections:
  counters:
    fields:
      id: { type: string, primary: true }
      n:  { type: int, default: 0 }
    rules: { create: "true", read: "true", update: "true" }
  secrets:
    fields:
      id:   { type: string, primary: true }
      text: { type: string }
    rules: { read: "auth.id != null" }
`
/** Enough connections that every worker gets some: one of three is left out in one case of 10^8. */
const REQUESTS = 48

describe.skipIf(process.platform !== 'linux')('start --workers', () => {
  let project: TempProject
  let server: WorkerServer
  let api: Api
  let key: string
  beforeAll(async () => {
    project = createProject({ schema: SCHEMA })
    key = await createKey(project)
    server = await startWorkerServer(project, 3)
    api = createApi(server.url, key)
    expectStatus(await api.post('/api/collections/counters', { id: 'c' }), 201)
    expectStatus(await api.post('/api/collections/secrets', { id: 's', text: 'x' }), 201)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })
  const counter = () => `${server.url}/api/collections/counters/c`

  test('the main process alone does the background work, and any process shows it', async () => {
    const { body } = expectStatus(await api.post('/api/admin/tasks/auth.sweep/run', {}), 200)
    const runsOf = (tasks: readonly { readonly name: string; readonly runs: number }[]) =>
      tasks.filter(({ name }) => name === 'auth.sweep').map(({ runs }) => runs)
    for (let i = 0; i < 6; i++) {
      const { tasks } = expectStatus(await api.get('/api/admin/tasks'), 200).body
      expect(runsOf(tasks)).toEqual([body.runs])
    }
    const { text } = await api.get('/metrics')
    const samples = text.match(/^koyalite_task_runs_total\{.*auth\.sweep.*$/gm) ?? []
    expect(samples).toHaveLength(1)
    expect(samples[0]).toEndWith(` ${body.runs}`)
  })

  test('several processes share one port; one scrape shows the numbers of all', async () => {
    expect(server.workers()).toHaveLength(3)
    const before = await readsByProcess(api)
    await askAll(counter(), REQUESTS)
    const after = await readsByProcess(api)
    expect(Object.keys(after).toSorted()).toEqual(['1', '2', '3'])
    const more = Object.keys(after).map((name) => (after[name] ?? 0) - (before[name] ?? 0))
    expect(more.every((count) => count > 0)).toBe(true)
    expect(more.reduce((sum, count) => sum + count, 0)).toBe(REQUESTS)
  })

  test('what one client has written, every process shows, at a number not before that of the write', async () => {
    for (let round = 0; round < 40; round++) {
      const written = await api.patch('/api/collections/counters/c', { n: { $inc: 1 } })
      expectStatus(written, 200)
      const seq = Number(written.headers.get('koyalite-seq')?.split('.')[1])
      for (const read of await askAll(counter(), 6)) {
        expect(read).toMatchObject({ status: 200, body: { n: written.body.n } })
        expect(read.seq).toBe(seq)
      }
    }
  })

  test('many writers and readers at once: nothing acknowledged is missed, nobody goes back', async () => {
    let acknowledged = Number((await api.get('/api/collections/counters/c')).body.n)
    const start = acknowledged
    let isWriting = true
    const writers = Array.from({ length: 8 }, async () => {
      for (let i = 0; i < 50; i++) {
        const { body } = await api.patch('/api/collections/counters/c', { n: { $inc: 1 } })
        acknowledged = Math.max(acknowledged, body.n)
      }
    })
    const readers = Array.from({ length: 4 }, async () => {
      let last = 0
      while (isWriting) {
        const known = acknowledged
        const [read] = await askAll(counter(), 1)
        const { n } = (read ?? { body: {} }).body as { n: number }
        expect(n).toBeGreaterThanOrEqual(Math.max(known, last))
        last = n
      }
    })
    await Promise.all(writers)
    isWriting = false
    await Promise.all(readers)
    expect(acknowledged).toBe(start + 400)
  })

  test('a key that is revoked is refused by every process at once', async () => {
    for (let round = 0; round < 5; round++) {
      const made = await api.post('/api/admin/keys', { name: 'short' })
      expectStatus(made, 201)
      const headers = { authorization: `Bearer ${made.body.key}` }
      const url = `${server.url}/api/collections/secrets/s`
      expect(new Set((await askAll(url, 24, { headers })).map(({ status }) => status))).toEqual(new Set([200]))
      const revoked = await api.delete(`/api/admin/keys/${made.body.id}`)
      expect(revoked.status).toBeLessThan(300)
      expect(new Set((await askAll(url, 24, { headers })).map(({ status }) => status))).toEqual(new Set([401]))
    }
  })

  test('a session that ends, and a user who is blocked, are refused by every process at once', async () => {
    const url = `${server.url}/api/collections/secrets/s`
    const statuses = async (token: string) => {
      const responses = await askAll(url, 24, { headers: { authorization: `Bearer ${token}` } })
      return new Set(responses.map(({ status }) => status))
    }
    const anonymous = createApi(server.url)
    const credentials = { email: 'ann@example.com', password: 'correct horse 1' }
    const registered = await anonymous.post('/api/auth/register', credentials)
    expectStatus(registered, 201)
    const token: string = registered.body.access_token
    expect(await statuses(token)).toEqual(new Set([200]))
    const bearer = { authorization: `Bearer ${token}` }
    expect((await anonymous.post('/api/auth/logout', {}, bearer)).status).toBeLessThan(300)
    expect(await statuses(token)).toEqual(new Set([401]))

    const again = await anonymous.post('/api/auth/login', credentials)
    expectStatus(again, 200)
    expect(await statuses(again.body.access_token)).toEqual(new Set([200]))
    expectStatus(await api.delete(`/api/collections/users/${again.body.user.id}`), 204)
    expect(await statuses(again.body.access_token)).toEqual(new Set([401]))
  })

  test('errors have their shape wherever they arise; a request has one id', async () => {
    const wrong = await api.request('POST', '/api/collections/counters', {
      raw: '{"id":',
      headers: { 'content-type': 'application/json', 'x-request-id': 'my-id' },
    })
    expectStatus(wrong, 400)
    expect(wrong.body.error).toMatchObject({ code: 'INVALID_JSON', request_id: 'my-id' })
    expect((await api.get('/api/collections/none')).body.error.code).toBe('COLLECTION_NOT_FOUND')
    expect((await api.get('/nowhere')).body.error.code).toBe('NOT_FOUND')
    const bad = await api.request('GET', '/api/collections/counters', { headers: { authorization: 'Bearer kl_no' } })
    expectStatus(bad, 401)
  })

  test('a change of the schema reaches all processes before it is answered', async () => {
    for (let round = 0; round < 3; round++) {
      project.write('schema.yaml', withFields(round))
      expect((await api.post('/api/admin/migrate', { action: 'apply' })).status).toBe(200)
      for (const { status, body } of await askAll(`${counter()}?fields=added_${round}`, 24)) {
        expect({ status, body }).toEqual({ status: 200, body: { [`added_${round}`]: round } })
      }
    }
  })

  test('live queries at every process get the writes made through any of them, in order', async () => {
    const sockets = await Promise.all(Array.from({ length: 12 }, () => subscribe(server.url)))
    const first = Number((await api.get('/api/collections/counters/c')).body.n)
    for (let i = 0; i < 20; i++) expectStatus(await api.patch('/api/collections/counters/c', { n: { $inc: 1 } }), 200)
    for (const socket of sockets) {
      await socket.reached(first + 20)
      expect(socket.seen).toEqual(socket.seen.toSorted((a, b) => a - b))
      expect(new Set(socket.seen).size).toBe(socket.seen.length)
      socket.close()
    }
  })

  test('a second server on the same project says who holds it', async () => {
    const port = String(freePort())
    const result = await runKoyalite(['start', '--workers', '2', '--dir', project.dir, '--port', port])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(`process ${server.pid}`)
  })
})

test.skipIf(process.platform !== 'linux')('a port that somebody listens on is not shared with them', async () => {
  const project = createProject({ schema: SCHEMA })
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const result = await runKoyalite(['start', '--workers', '2', '--dir', project.dir, '--port', String(port)])
  expect(result).toMatchObject({ code: 1 })
  expect(result.stderr).toContain(`port ${port} is already in use`)
  other.close()

  const first = await startWorkerServer(project, 2)
  const second = createProject({ schema: SCHEMA })
  for (const workers of ['1', '2']) {
    const args = ['start', '--workers', workers, '--dir', second.dir, '--port', String(first.port)]
    expect((await runKoyalite(args)).stderr).toContain('is already in use')
  }
  await first.kill('SIGKILL')
  project.remove()
  second.remove()
})

/** Requests answered, by process. */
async function readsByProcess(api: Api): Promise<Record<string, number>> {
  const { text } = await api.get('/metrics')
  const SAMPLE =
    /^koyalite_http_requests_total\{process="(\w+)",method="GET",route="\/api\/collections\/:collection\/:id",status="200"\} (\d+)$/gm
  return Object.fromEntries([...text.matchAll(SAMPLE)].map(([, process, count]) => [process, Number(count)]))
}

function withFields(last: number): string {
  const fields = Array.from({ length: last + 1 }, (_, i) => `      added_${i}: { type: int, default: ${i} }\n`)
  return SCHEMA.replace('      n:  {', `${fields.join('')}      n:  {`)
}

/** A live query of the counter: the values of `n`, as they arrive. */
async function subscribe(url: string) {
  const seen: number[] = []
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/realtime`)
  const snapshot = Promise.withResolvers<void>()
  let heard = () => {}
  socket.onopen = () =>
    socket.send(
      JSON.stringify({ id: '1', type: 'subscribe', payload: { collection: 'counters', filter: { id: 'c' } } }),
    )
  socket.onerror = () => snapshot.reject(new Error('the socket failed'))
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(String(data))
    if (type === 'error') snapshot.reject(new Error(String(data)))
    if (type === 'snapshot') snapshot.resolve()
    if (type === 'delta') for (const { doc } of payload.changes.updates) seen.push(doc.n)
    heard()
  }
  await snapshot.promise
  return {
    seen,
    async reached(n: number) {
      while ((seen.at(-1) ?? 0) < n) {
        await new Promise<void>((resolve) => {
          heard = resolve
        })
      }
    },
    close: () => socket.close(),
  }
}
