import { afterEach, describe, expect, test } from 'bun:test'
import { ANONYMOUS, type FinishedQuery } from '@koyalite/contracts'
import { alone, createDevNotes, createMetrics, createTasks, NO_LOG, type RequestEntry } from '@koyalite/kernel'
import { openDatabase } from '@koyalite/sqlite'
import { type ObserveNeeds, observeService } from './observe-service'
import { merged, QueryStatistics } from './query-statistics'
import { RecentRequests } from './recent-requests'
import { slowListLines } from './slow-list-lines'

const ENTRY: RequestEntry = {
  id: 'r',
  method: 'GET',
  path: '/api/collections/posts',
  status: 200,
  ms: 1,
  actor: ANONYMOUS,
  ip: '192.0.2.1',
  bytes: 10,
  query: 'posts?filter=status:eq:?',
  code: null,
  route: 'GET /api/collections/:collection',
  collection: 'posts',
}

const query = (shape: string, ms: number, more: Partial<FinishedQuery> = {}): FinishedQuery => ({
  ...{ shape, collection: 'posts', ms, advise: () => ({ plan: ['All is read.'], indexes: [], obstacles: [] }) },
  ...more,
})

describe('requests', () => {
  const filled = () => {
    const recent = new RecentRequests()
    recent.add({ ...ENTRY, id: 'slow', ms: 250 }, 1)
    recent.add({ ...ENTRY, id: 'failed', status: 404, code: 'NOT_FOUND', path: '/api/nothing' }, 2)
    recent.add({ ...ENTRY, id: 'bad', status: 500, code: 'INTERNAL', method: 'POST' }, 3)
    const actor = { kind: 'service_key', id: 'k1', scopes: [] } as const
    recent.add({ ...ENTRY, id: 'key', actor }, 4)
    return recent
  }

  test.each([
    [{}, 'key bad failed slow'],
    [{ path: 'nothing' }, 'failed'],
    [{ status: '404' }, 'failed'],
    [{ status: '5xx' }, 'bad'],
    [{ method: 'POST' }, 'bad'],
    [{ actor: 'k1' }, 'key'],
    [{ actor: 'anonymous' }, 'bad failed slow'],
    [{ min_ms: 100 }, 'slow'],
    [{ id: 'bad' }, 'bad'],
    [{ status: '4xx', min_ms: 100 }, ''],
  ])('%j finds %s', (filter, ids) => {
    const found = filled().list(filter, 10)
    expect(found.map(({ id }) => id).join(' ')).toBe(ids)
  })

  test('of many the latest are remembered, and longer the slow and the failed ones', () => {
    const recent = filled()
    for (let n = 0; n < 6_000; n++) recent.add({ ...ENTRY, id: `r${n}` }, 10_000 + 2 * n)
    const ids = recent.list({}, 10_000).map(({ id }) => id)
    expect(ids).toHaveLength(5_003)
    expect(ids.slice(0, 2)).toEqual(['r5999', 'r5998'])
    expect(ids.slice(-3)).toEqual(['bad', 'failed', 'slow'])
  })

  test('a long path is cut', () => {
    const recent = new RecentRequests()
    recent.add({ ...ENTRY, path: `/${'a'.repeat(10_000)}` }, 1)
    expect(recent.list({}, 1)[0]?.path).toHaveLength(301)
  })
})

test('of many requests within a second some are remembered, and all that are slow or failed', () => {
  const recent = new RecentRequests()
  for (let n = 0; n < 2_000; n++) recent.add({ ...ENTRY, id: `r${n}`, status: n % 500 === 499 ? 500 : 200 }, 1_000)
  recent.add({ ...ENTRY, id: 'next second' }, 2_000)
  const found = recent.list({}, 10_000)
  expect(found.length).toBe(504)
  expect(found.filter(({ status }) => status === 500).map(({ id }) => id)).toEqual(['r1999', 'r1499', 'r999', 'r499'])
  expect(found[0]?.id).toBe('next second')
})

describe('queries', () => {
  test('are counted by shape; those that were slow have advice, which is made once', async () => {
    const statistics = new QueryStatistics()
    let made = 0
    const advise = () => {
      made++
      return { plan: ['All is read.'], indexes: [], obstacles: [] }
    }
    for (const ms of [10, 150, 200]) statistics.add(query('slow', ms, { advise }), 5)
    for (let n = 0; n < 400; n++) statistics.add(query('fast', 1, { advise }), 6)
    const [first, second] = await statistics.list('total', 10)
    expect(first).toMatchObject({ shape: 'fast', count: 400, slow: 0, totalMs: 400, maxMs: 1, lastAt: 6, advice: null })
    expect(second).toMatchObject({ shape: 'slow', count: 3, slow: 2, totalMs: 360, maxMs: 200, lastAt: 5 })
    expect(second?.advice?.plan).toEqual(['All is read.'])
    for (const order of ['mean', 'max'] as const) expect((await statistics.list(order, 1))[0]?.shape).toBe('slow')
    expect((await statistics.list('count', 1))[0]?.shape).toBe('fast')
    expect(made).toBe(1)
  })

  test('a stranger who asks in ever new shapes does not push out what takes long', async () => {
    const statistics = new QueryStatistics()
    statistics.add(query('slow', 500), 1)
    for (let n = 0; n < 5_000; n++) statistics.add(query(`new ${n}`, 0.1), 2)
    const found = await statistics.list('total', 10_000)
    expect(found.length).toBeLessThanOrEqual(1_000)
    expect(found[0]?.shape).toBe('slow')
  })

  test('of several processes are added up', async () => {
    const lists = await Promise.all(
      [10, 30].map((ms) => {
        const statistics = new QueryStatistics()
        statistics.add(query('a', ms), ms)
        return statistics.list('total', 10)
      }),
    )
    expect(merged(lists)).toMatchObject([{ shape: 'a', count: 2, totalMs: 40, maxMs: 30, lastAt: 30 }])
  })
})

const opened: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close()
})

async function openService(more: Partial<ObserveNeeds>) {
  const service = await observeService.open({
    ...(await parts()),
    mode: 'start' as const,
    ...{ devNotes: createDevNotes(() => {}), log: NO_LOG, metrics: createMetrics(), loaded: { schema: {} } },
    ...more,
  })
  opened.push({ close: async () => service.close?.() })
  return service
}

async function parts() {
  const database = await openDatabase({ path: ':memory:' })
  opened.push(database)
  return { role: alone(), database, tasks: createTasks({ log: NO_LOG, metrics: createMetrics() }) }
}

test('a slow list is a note for developers, with its shape and the line to paste, once a minute for each shape', async () => {
  const printed: string[] = []
  const metrics = createMetrics()
  const { port } = await openService({
    devNotes: createDevNotes((lines) => printed.push(...lines)),
    log: NO_LOG,
    metrics,
    loaded: { schema: {} },
  })
  const index = {
    collection: 'posts',
    fields: ['status'],
    place: 'collections.posts.indexes',
    line: '- { name: idx_posts_status, fields: [status] }',
  }
  const advise = () => ({ plan: ['All documents of posts are read.'], indexes: [index], obstacles: ['not shown'] })
  port.finished(query('posts?filter=status:eq:?', 99))
  for (let n = 0; n < 3; n++) port.finished(query('posts?filter=status:eq:?', 312.4, { advise }))
  expect(printed).toEqual([
    'slow list (312 ms)  posts?filter=status:eq:?  All documents of posts are read.',
    '  to make it faster, add to schema.yaml, collections.posts.indexes:  - { name: idx_posts_status, fields: [status] }',
  ])
  expect(await port.slowest(5)).toMatchObject([{ shape: 'posts?filter=status:eq:?', count: 4, slow: 3 }])
  expect(metrics.text()).toContain('koyalite_slow_lists_total 3\n')
})

test('a slow list that is read as it should be is not blamed on its plan', () => {
  const advise = () => ({ plan: ['No more than the page is read.'], indexes: [], obstacles: [] })
  expect(slowListLines(query('posts', 120, { advise }))).toEqual([
    'slow list (120 ms)  posts  No more than the page is read. An index would not change that: the documents are many or large, or the machine was busy.',
  ])
})

test('advice that fails is an error of the log, and not of the list', async () => {
  const logged: string[] = []
  const { port } = await openService({
    devNotes: createDevNotes(() => {}),
    log: { ...NO_LOG, error: (_fields, message) => logged.push(message) },
    metrics: createMetrics(),
    loaded: { schema: {} },
  })
  const advise = () => {
    throw new Error('no such table')
  }
  port.finished(query('a', 200, { advise }))
  expect(logged).toEqual(['a slow list could not be explained'])
  expect(await port.slowest(5)).toMatchObject([{ shape: 'a', advice: null }])
})

test('with another schema the statistics begin anew', async () => {
  const loaded = { schema: {} }
  const service = await openService({ loaded })
  service.port.finished(query('a', 200))
  service.use?.(loaded)
  expect(await service.port.slowest(5)).toHaveLength(1)
  service.use?.({ schema: {} })
  expect(await service.port.slowest(5)).toEqual([])
})
