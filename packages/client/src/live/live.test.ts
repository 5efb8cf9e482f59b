import { afterEach, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { createKoyalite } from '../create-koyalite'
import { KoyaError } from '../koya-error'
import type { Post } from '../testing/blog'
import { BLOG_SCHEMA, metadata } from '../testing/blog'
import { openLive, postsRequest, watch } from '../testing/live-client'
import { type Network, startNetwork } from '../testing/network'

const server = useServer({ schema: BLOG_SCHEMA, settings: 'auth: { rate_limit: { api: 100000/minute } }\n' })
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

function network(): Network {
  const made = startNetwork(server.process.port)
  cleanups.push(() => made.stop())
  return made
}

async function create(title: string, more: object = {}): Promise<{ readonly id: string; readonly seq: string }> {
  const { body, headers } = expectStatus(await server.api.post('/api/collections/posts', { title, ...more }), 201)
  return { id: body.id, seq: headers.get('koyalite-seq') ?? '' }
}
const titles = (docs: readonly Post[]) => docs.map(({ title }) => title).join()
/** Of this test alone. */
let tests = 0
const mine = () => postsRequest({ filter: { category: null, score: ++tests }, sort: ['title'] })
const subscriptions = async () => (await server.api.get('/api/admin/realtime')).body.subscriptions
const isQuiet = (live: ReturnType<typeof openLive>) =>
  until(() => live.realtime.status.getSnapshot().status === 'closed', { what: 'the connection is closed' })

describe('a live query', () => {
  test('gives what is there, then every change, and keeps what has not changed', async () => {
    const live = openLive(server.process.url)
    const request = mine()
    const score = tests
    await create('b', { score })
    const seen = watch(live, request)
    await until(() => titles(seen.docs) === 'b')
    expect(seen.docs[0]?.created_at).toBeInstanceOf(Date)
    expect(seen.deltas[0]).toEqual({
      ...{ inserts: seen.docs, updates: [], deletes: [] },
      reset: true,
      seq: seen.states[0]?.seq ?? '',
    })
    const { id } = await create('a', { score })
    await until(() => titles(seen.docs) === 'a,b')
    await server.api.patch(`/api/collections/posts/${id}`, { title: 'c' })
    await until(() => titles(seen.docs) === 'b,c')
    await server.api.delete(`/api/collections/posts/${id}`)
    await until(() => titles(seen.docs) === 'b')
    expect(seen.docs[0]).toBe(seen.states[0]?.docs[0] as Post)
    expect(seen.statuses).toEqual(['connecting', 'live'])
    seen.stop()
  })

  test('D49 is one subscription for all equal queries, released a second after the last listener', async () => {
    const before = await subscriptions()
    const live = openLive(server.process.url)
    const request = mine()
    const score = tests
    const first = watch(live, request)
    await until(() => first.states.length === 1)
    await create('a', { score })
    await until(() => first.states.length === 2)
    const second = watch(live, { ...request })
    await until(() => second.states.length === 1)
    expect(second.docs).toBe(first.docs)
    expect(second.deltas).toEqual([
      { ...{ inserts: [...first.docs], updates: [], deletes: [] }, reset: true, seq: first.states[1]?.seq ?? '' },
    ])
    const store = live.open<Post>(request)
    expect(store.getSnapshot().docs).toBe(first.docs)
    expect(store.getSnapshot()).toBe(live.open<Post>(request).getSnapshot())
    expect(await subscriptions()).toBe(before + 1)
    first.stop()
    first.stop()
    await create('b', { score })
    await until(() => second.states.length === 2)
    expect(first.states.length).toBe(2)
    second.stop()
    const third = watch(live, request)
    await until(() => third.states.length === 1)
    expect(third.docs).toBe(second.docs)
    expect(await subscriptions()).toBe(before + 1)
    third.stop()
    await until(async () => (await subscriptions()) === before)
    await isQuiet(live)
    expect(store.getSnapshot()).toMatchObject({ docs: [], seq: undefined, status: 'connecting' })
  })

  test('continues from what was read ahead', async () => {
    const live = openLive(server.process.url)
    const score = ++tests
    const { id } = await create('a', { score })
    const read = await server.anonymous.get(`/api/collections/posts?filter=score:eq:${score}&limit=50&resume=true`)
    const snapshot = {
      docs: read.body.docs,
      seq: read.headers.get('koyalite-seq') ?? '',
      status: 'connecting',
    } as const
    const known = () => ({ snapshot, resume: read.headers.get('koyalite-resume') ?? undefined })
    await create('b', { score })
    const request = { ...postsRequest({ filter: { score }, limit: 50 }), known }
    const store = live.open<Post>(request)
    expect(store.getSnapshot()).toBe(snapshot as never)
    const seen = watch(live, request)
    await until(() => seen.docs.length === 2)
    expect(seen.deltas.map(({ reset, inserts }) => [reset, titles(inserts)])).toEqual([
      [true, 'a'],
      [false, 'b'],
    ])
    expect(seen.docs[0]).toBe(snapshot.docs[0])
    expect(seen.docs[0]?.id).toBe(id)
    // Nothing missed, on a connection that is there already.
    const { docs, seq } = store.getSnapshot()
    const again = await server.anonymous.get(`/api/collections/posts?filter=score:eq:${score}&limit=51&resume=true`)
    const late = watch(live, {
      ...postsRequest({ filter: { score }, limit: 51 }),
      known: () => ({
        snapshot: { docs, seq, status: 'connecting' },
        resume: again.headers.get('koyalite-resume') ?? undefined,
      }),
    })
    await until(() => late.statuses.at(-1) === 'live')
    expect(late.deltas.length).toBe(1)
    for (const one of [seen, late]) one.stop()
  })

  test('with tags has documents that guard a write', async () => {
    const koya = createKoyalite(metadata, { url: server.process.url, token: server.key })
    const score = ++tests
    const query = koya.posts.filter({ score }).etags()
    const { id } = await koya.posts.create({ title: 'a', score })
    let docs: readonly Post[] = []
    const stop = query.subscribe((state) => {
      docs = state.docs
    })
    await until(() => docs.length === 1)
    const [first] = docs
    await koya.posts.update(id, { title: 'b' }, { ifMatch: first })
    await query.live().reached(koya.lastSeq ?? '')
    expect(titles(docs)).toBe('b')
    const late = await koya.posts.update(id, { title: 'c' }, { ifMatch: first }).catch((error) => error)
    expect(late).toMatchObject({ code: 'PRECONDITION_FAILED' })
    await koya.posts.update(id, { title: 'c' }, { ifMatch: docs[0] })
    stop()
  })

  test('D47 that is refused ends once, with its error, and disturbs no other', async () => {
    const live = openLive(server.process.url)
    const wrong = watch(live, postsRequest({ filter: { none: 1 } }))
    const right = watch(live, mine())
    await until(() => right.states.length === 1 && wrong.errors.length > 0)
    expect(wrong.errors.map(({ code }) => code)).toEqual(['INVALID_FILTER'])
    expect(wrong.statuses).toEqual(['connecting', 'closed'])
    const again = watch(live, postsRequest({ filter: { none: 1 } }))
    await until(() => again.errors.length > 0)
    expect(again.errors).toEqual([...wrong.errors])
    for (const one of [wrong, right, again]) one.stop()
    const senseless = { ...mine(), error: new KoyaError('INVALID_FILTER', 'undefined') }
    const never = watch(live, senseless)
    await until(() => never.errors.length === 1)
    expect(live.open(senseless).getSnapshot()).toMatchObject({ status: 'closed', error: senseless.error })
    const rejected = await live
      .open(senseless)
      .reached('x.1')
      .catch((error) => error)
    expect(rejected).toBe(senseless.error)
    never.stop()
  })

  test('ends by its signal', async () => {
    const live = openLive(server.process.url)
    const controller = new AbortController()
    live.subscribe(mine(), {}, { signal: controller.signal })
    await until(() => live.realtime.status.getSnapshot().status === 'live')
    controller.abort()
    await isQuiet(live)
    live.subscribe(mine(), {}, { signal: controller.signal })
    expect(live.realtime.status.getSnapshot().status).toBe('closed')
  })
})

describe('a position is reached', () => {
  test('when what was written has come, or is known to change nothing here', async () => {
    const live = openLive(server.process.url)
    const request = mine()
    const score = tests
    const store = live.open<Post>(request)
    const { seq } = await create('a', { score })
    await store.reached(seq)
    const other = await create('not of this query')
    const seen = watch(live, request)
    await store.reached(other.seq)
    expect(titles(store.getSnapshot().docs)).toBe('a')
    expect(store.getSnapshot().seq).toBe(seen.states.at(-1)?.seq)
    const [epoch = '', n = ''] = other.seq.split('.')
    const late = await store.reached(`${epoch}.${Number(n) + 100}`, { timeout: 50 }).catch((error) => error)
    expect(late).toMatchObject({ code: 'TIMEOUT' })
    const controller = new AbortController()
    const aborted = store.reached(`${epoch}.${Number(n) + 100}`, { signal: controller.signal }).catch((error) => error)
    controller.abort('why')
    expect(await aborted).toMatchObject({ code: 'ABORTED', cause: 'why' })
    // Of a history that is over, before a restore: all that is left of it is there.
    await store.reached('old.9999')
    seen.stop()
  })
})

describe('the connection', () => {
  test('that is cut within a message continues where it was', async () => {
    const net = network()
    const live = openLive(net.url)
    const request = mine()
    const score = tests
    const store = live.open<Post>(request)
    await create('a', { score })
    const seen = watch(live, request)
    await until(() => seen.states.length === 1)
    net.cutAfter(100)
    await create('b', { score })
    const last = await create('c', { score })
    await store.reached(last.seq)
    expect(titles(seen.docs)).toBe('a,b,c')
    expect(seen.statuses).toEqual(['connecting', 'live', 'stale', 'live'])
    expect(seen.deltas.filter(({ reset }) => reset).length).toBe(1)
    expect(net.connections).toBe(1)
    seen.stop()
    await until(() => net.connections === 0)
  })

  test('comes back after a restart of the server, and says meanwhile that it is not current', async () => {
    const net = network()
    const live = openLive(net.url)
    const request = mine()
    const score = tests
    await create('a', { score })
    const seen = watch(live, request)
    await until(() => seen.states.length === 1)
    net.down(true)
    await until(() => seen.statuses.at(-1) === 'stale')
    expect(live.open(request).getSnapshot().staleSince).toBeInstanceOf(Date)
    await server.restart()
    net.stop()
    await create('b', { score })
    const back = startNetwork(server.process.port, net.port)
    cleanups.push(() => back.stop())
    live.realtime.wake()
    await until(() => titles(seen.docs) === 'a,b' && seen.statuses.at(-1) === 'live')
    expect(seen.deltas.filter(({ reset }) => reset).length).toBe(1)
    expect(live.open(request).getSnapshot().staleSince).toBeUndefined()
    seen.stop()
  })
})
