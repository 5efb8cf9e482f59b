import { afterEach, describe, expect, test } from 'bun:test'
import { createApi, createKey, createProject, expectStatus, startServer, until, useServer } from '@koyalite/testkit'
import { BLOG_SCHEMA, type Post } from '../testing/blog'
import { openLive, postsRequest, watch } from '../testing/live-client'
import { type Network, startNetwork } from '../testing/network'

const server = useServer({
  schema: BLOG_SCHEMA,
  settings: 'auth: { rate_limit: { api: 100000/minute } }\nrealtime: { max_subscriptions: 3 }\n',
})
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})
function network(port = server.process.port): Network {
  const made = startNetwork(port)
  cleanups.push(() => made.stop())
  return made
}
async function create(title: string): Promise<string> {
  const { headers } = expectStatus(await server.api.post('/api/collections/posts', { title }), 201)
  return headers.get('koyalite-seq') ?? ''
}
const all = postsRequest({ sort: ['id'] })

describe('a connection', () => {
  test('D43 that is dead and does not say so is replaced when the device wakes', async () => {
    const net = network()
    const live = openLive(net.url)
    const seen = watch(live, all)
    await until(() => seen.states.length === 1)
    net.freeze()
    const seq = await create('meanwhile')
    live.realtime.wake()
    live.realtime.wake()
    await live.open(all).reached(seq)
    expect(seen.docs.at(-1)?.title).toBe('meanwhile')
    expect(seen.statuses).toEqual(['connecting', 'live', 'stale', 'live'])
    expect(net.opened).toBe(2)
    // The dead one is not kept, and does not disturb when it comes to life again.
    net.thaw()
    await until(() => net.connections === 1)
    seen.stop()
  })

  test('D44 comes back after fifty cuts at any moment, and is one', async () => {
    const net = network()
    const live = openLive(net.url)
    const seen = watch(live, all)
    await until(() => seen.states.length === 1)
    for (let n = 0; n < 50; n++) {
      // Within the handshake, what the server says first, a snapshot, a delta.
      net.cutAfter(n * 20)
      const seq = await create(`cut ${n}`)
      live.realtime.wake()
      const reached = live.open(all).reached(seq)
      let isReached = false
      reached.then(() => {
        isReached = true
      })
      await until(() => {
        live.realtime.wake()
        return isReached
      })
      expect(seen.docs.at(-1)?.title).toBe(`cut ${n}`)
    }
    net.cutAfter(Number.POSITIVE_INFINITY)
    await until(() => net.connections === 1)
    expect(seen.errors).toEqual([])
    expect(seen.deltas.filter(({ reset }) => reset).length).toBe(1)
    seen.stop()
  })

  test('D47 that is closed again and again is tried less and less often', async () => {
    let opened = 0
    const closing = Bun.serve({
      port: 0,
      fetch: (request, own) => (own.upgrade(request) ? undefined : new Response()),
      websocket: {
        open(socket) {
          opened++
          socket.send('{"type":"connected","payload":{"client_id":"x"}}')
          socket.close(1008, 'too many messages')
        },
        message() {},
      },
    })
    const live = openLive(`http://127.0.0.1:${closing.port}`)
    const started = Date.now()
    const seen = watch(live, all)
    await until(() => opened === 4)
    // 500, 1000 and 2000 ms, each shortened by half at most.
    expect(Date.now() - started).toBeGreaterThan(1_700)
    expect(seen.errors).toEqual([])
    seen.stop()
    await closing.stop(true)
  })

  test('with too many queries tries those again that were refused', async () => {
    const live = openLive(server.process.url)
    const watched = [1, 2, 3, 4].map((score) => watch(live, postsRequest({ filter: { score } })))
    const [first, , , last] = watched
    await until(() => watched.filter(({ states }) => states.length === 1).length === 3)
    expect(last?.states.length).toBe(0)
    first?.stop()
    await until(() => last?.statuses.at(-1) === 'live')
    expect(last?.errors).toEqual([])
    for (const seen of watched) seen.stop()
  })

  test('that was away for too long shows what is there now, and what has not changed stays the same', async () => {
    const net = network()
    const live = openLive(net.url)
    const request = postsRequest({ sort: ['created_at', 'id'], limit: 5 })
    const seen = watch(live, request)
    await until(() => seen.docs.length === 5)
    const before = seen.docs
    net.down(true)
    const many = Array.from({ length: 1000 }, () => ({ title: 'one of many' }))
    for (let n = 0; n < 3; n++) expectStatus(await server.api.post('/api/collections/posts', many), 201)
    await server.api.patch(`/api/collections/posts/${before[1]?.id}`, { title: 'changed' })
    net.down(false)
    live.realtime.wake()
    await until(() => seen.docs[1]?.title === 'changed')
    expect(seen.deltas.at(-1)).toEqual({
      inserts: [],
      updates: [seen.docs[1] as Post],
      deletes: [],
      reset: true,
      seq: seen.states.at(-1)?.seq ?? '',
    })
    expect(seen.docs.filter((doc, at) => doc === before[at]).length).toBe(4)
    seen.stop()
  })

  test('takes thousands of documents in parts, all of them or none', async () => {
    const net = network()
    const live = openLive(net.url)
    const many = postsRequest({ limit: null, sort: ['id'] })
    const { body } = await server.api.get('/api/collections/posts?limit=1&count=true')
    net.cutAfter(600_000)
    const seen = watch(live, many)
    await until(() => seen.docs.length > 0)
    expect(net.opened).toBe(2)
    expect(seen.states.map(({ docs }) => docs.length)).toEqual([body.total])
    const seq = await create('one more')
    await live.open(many).reached(seq)
    expect(seen.docs.length).toBe(body.total + 1)
    expect(seen.docs[7]).toBe(seen.states[0]?.docs[7] as Post)
    seen.stop()
  })

  test('survives another schema; a query that is no longer allowed ends with its error', async () => {
    const project = createProject({ schema: BLOG_SCHEMA })
    const key = await createKey(project)
    const dev = await startServer(project, { command: 'dev' })
    cleanups.push(() => {
      void dev.kill('SIGKILL').then(() => project.remove())
    })
    const api = createApi(dev.url, key)
    const net = network(dev.port)
    const live = openLive(net.url)
    await api.post('/api/collections/posts', { title: 'a' })
    const seen = watch(live, all)
    const gone = watch(live, { key: 'batch', collection: 'batch', payload: { collection: 'batch' } })
    await until(() => seen.states.length === 1 && gone.states.length === 1)
    project.write(
      'schema.yaml',
      BLOG_SCHEMA.replace('rules: { read: "true", create: "true" }', 'rules: { create: "true" }'),
    )
    await until(() => gone.errors.length === 1)
    expect(gone.errors[0]?.code).toBe('UNAUTHENTICATED')
    await api.post('/api/collections/posts', { title: 'b' })
    await until(() => seen.docs.length === 2)
    expect(seen.docs).toContain(seen.states[0]?.docs[0] as Post)
    expect([seen.errors, net.opened]).toEqual([[], 1])
    seen.stop()
  })
})

describe('a process', () => {
  /** Follows a list, stops at the first state, and says so. */
  const program = (url: string) => `
    import { openLive, postsRequest } from '${import.meta.dir}/../testing/live-client'
    const live = openLive('${url}')
    const stop = live.subscribe(postsRequest({ limit: 1 }), { next() { stop(); console.log('stopped') } })
  `
  async function run(url: string) {
    const child = Bun.spawn([process.execPath, '-e', program(url)], { stdout: 'pipe', stderr: 'inherit' })
    const reader = child.stdout.getReader()
    await reader.read()
    return child
  }

  test('ends when nothing is followed any longer', async () => {
    const child = await run(server.process.url)
    expect(await child.exited).toBe(0)
  })

  test('also when the server says nothing any more', async () => {
    const net = network()
    const child = await run(net.url)
    net.freeze()
    expect(await child.exited).toBe(0)
  })
})
