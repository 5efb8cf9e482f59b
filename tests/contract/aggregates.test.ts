import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  createApi,
  expectError,
  expectStatus,
  openEventStream,
  type StreamEvent,
  testScenarios,
  useServer,
} from '@koyalite/testkit'
import { startWorkerServer } from '../workers/worker-server'

const server = useServer({
  command: 'dev',
  args: ['--no-studio'],
  settings: 'server: { query_timeout: 1s }\nauth: { rate_limit: { register: 1000/minute } }\n',
  schema: `
version: 1
collections:
  orders:
    fields:
      id: { type: int, primary: true, default: auto }
      owner_id: { type: uuid, nullable: true, references: users.id }
      status: { type: string, index: true }
      amount: { type: int }
      paid_at: { type: timestamp, nullable: true }
      list: { type: json, nullable: true }
    rules: { create: "auth.id == doc.owner_id", read: "doc.status == 'paid' || auth.id == doc.owner_id" }
  patients:
    audit: true
    fields:
      id: { type: string, primary: true }
      city: { type: string, nullable: true }
    rules: { read: "true" }
  visits:
    fields:
      id: { type: int, primary: true, default: auto }
      patient_id: { type: string, references: patients.id }
    rules: { read: "true" }
`,
})

const ORDERS = '/api/collections/orders'
const orders = [
  { status: 'paid', amount: 10, paid_at: '2026-03-28T23:30:00Z' },
  { status: 'paid', amount: 20, paid_at: '2026-03-29T22:30:00Z' },
  { status: 'open', amount: 40 },
]

let ann = ''
let annsId = ''
beforeAll(async () => {
  expectStatus(await server.api.post(ORDERS, orders), 201)
  const credentials = { email: 'ann@example.com', password: 'correct horse battery' }
  const { body } = expectStatus(await server.anonymous.post('/api/auth/register', credentials), 201)
  ann = body.access_token
  annsId = body.user.id
})

const asAnn = () => createApi(server.process.url, ann)
const groups = async (path: string, api = server.anonymous) => expectStatus(await api.get(path), 200).body.groups

describe('over HTTP', () => {
  test('everybody gets groups of what they may read', async () => {
    expectStatus(await asAnn().post(ORDERS, { owner_id: annsId, status: 'open', amount: 80 }), 201)
    const path = `${ORDERS}/aggregate?group=status&values=count,sum:amount`
    expect(await groups(path)).toEqual([{ status: 'paid', count: 2, sum_amount: 30 }])
    expect(await groups(path, asAnn())).toEqual([
      { status: 'open', count: 1, sum_amount: 80 },
      { status: 'paid', count: 2, sum_amount: 30 },
    ])
    expect(await groups(path, server.api)).toEqual([
      { status: 'open', count: 2, sum_amount: 120 },
      { status: 'paid', count: 2, sum_amount: 30 },
    ])
    const perDay = `${ORDERS}/aggregate?group=paid_at:day&timezone=Europe/Berlin`
    expect(await groups(perDay)).toEqual([
      { paid_at: '2026-03-29', count: 1 },
      { paid_at: '2026-03-30', count: 1 },
    ])
  })

  testScenarios(
    () => ({ api: server.anonymous, effects: server.effects }),
    [
      { name: 'causes nothing', request: `GET ${ORDERS}/aggregate?group=status`, status: 200 },
      {
        name: 'of audited documents it is recorded',
        request: 'GET /api/collections/patients/aggregate?group=city',
        status: 200,
        causes: { audit: ['document.aggregated success'] },
      },
      {
        name: 'also where other documents are looked at',
        request: 'GET /api/collections/visits/aggregate?group=patient.city',
        status: 200,
        causes: { audit: ['document.aggregated success'] },
      },
      { name: 'and nowhere else', request: 'GET /api/collections/visits/aggregate', status: 200 },
      {
        name: 'refused requests are not',
        request: 'GET /api/collections/patients/aggregate?group=town',
        status: 400,
        code: 'INVALID_REQUEST',
      },
    ],
  )

  test('one that takes too long is ended, and others are served meanwhile', async () => {
    const list = Array.from({ length: 1500 }, (_, n) => n)
    expectStatus(await server.api.post(ORDERS, { status: 'paid', amount: 0, list }), 201)
    const where = 'doc.list.all(a, doc.list.all(b, doc.list.all(c, a + b + c >= 0)))'
    const slow = server.anonymous.get(`${ORDERS}/aggregate?where=${encodeURIComponent(where)}`)
    const stream = await openEventStream(
      `${server.process.url}${ORDERS}/aggregate/live?where=${encodeURIComponent(where)}`,
    )
    for (let n = 0; n < 10; n++) {
      expectStatus(await server.api.post('/api/collections/patients', { id: `p${n}`, city: `c${n % 2}` }), 201)
      expect((await groups('/api/collections/patients/aggregate'))[0].count).toBe(n + 1)
    }
    expectError(await slow, 'QUERY_TIMEOUT')
    await stream.close()
  })
})

/** Groups of the next snapshot. */
async function nextGroups(stream: { next(): Promise<StreamEvent | null> }): Promise<unknown> {
  for (;;) {
    const event = await stream.next()
    if (event === null) throw new Error('the stream has ended')
    if (event.event === 'error') throw new Error(JSON.stringify(event.data))
    if (event.event === 'snapshot') return event.data.payload.groups
  }
}

describe('as server-sent events', () => {
  const path = '/api/collections/visits/aggregate/live?group=patient.city'
  beforeAll(async () => {
    expectStatus(await server.api.put('/api/collections/patients/live', { city: 'Rome' }), 201)
  })

  test('follows the groups, also by changes of what they are grouped by', async () => {
    const stream = await openEventStream(`${server.process.url}${path}`)
    expect(await nextGroups(stream)).toEqual([])
    expectStatus(await server.api.post('/api/collections/visits', { patient_id: 'live' }), 201)
    expect(await nextGroups(stream)).toEqual([{ 'patient.city': 'Rome', count: 1 }])
    expectStatus(await server.api.patch('/api/collections/patients/~live', { city: 'Oslo' }), 200)
    expect(await nextGroups(stream)).toEqual([{ 'patient.city': 'Oslo', count: 1 }])
    await stream.close()
  })

  test('continues by Last-Event-ID, without a message where nothing has changed', async () => {
    const first = await openEventStream(`${server.process.url}${path}`)
    let id: string | null = null
    for (let type = ''; type !== 'snapshot'; ) {
      const event = await first.next()
      type = event?.event ?? 'snapshot'
      id = event?.id ?? null
    }
    await first.close()
    const again = await openEventStream(`${server.process.url}${path}`, { 'last-event-id': String(id) })
    const subscribed = await again.next()
    expect([subscribed?.event, subscribed?.data.payload.resumed]).toEqual(['subscribed', true])
    expectStatus(await server.api.post('/api/collections/visits', { patient_id: 'live' }), 201)
    expect(await nextGroups(again)).toEqual([{ 'patient.city': 'Oslo', count: 2 }])
    await again.close()
  })

  test('takes tickets, and refuses what REST refuses', async () => {
    const { ticket } = expectStatus(await asAnn().post('/api/realtime/ticket'), 201).body
    const stream = await openEventStream(
      `${server.process.url}${ORDERS}/aggregate/live?values=sum:amount&filter=status:eq:open&ticket=${ticket}`,
    )
    expect(await nextGroups(stream)).toEqual([{ sum_amount: 80 }])
    await stream.close()
    const get = (params: string) => server.anonymous.get(`${ORDERS}/aggregate/live?${params}`)
    expectError(await get('group=state'), 'INVALID_REQUEST')
    expectError(await get('having=state:eq:x'), 'INVALID_FILTER')
    expectError(await get('sort=amount'), 'INVALID_SORT')
    expectError(await get('cursor=x'), 'INVALID_REQUEST')
    expectError(await server.anonymous.get('/api/collections/users/aggregate/live'), 'UNAUTHENTICATED')
  })
})

describe.skipIf(process.platform !== 'linux')('in workers', () => {
  let workers: Awaited<ReturnType<typeof startWorkerServer>>
  beforeAll(async () => {
    await server.process.kill('SIGTERM')
    workers = await startWorkerServer(server.project, 2)
  })
  afterAll(() => workers.kill('SIGTERM'))

  test('the same, read and live', async () => {
    const read = async () => {
      const response = await fetch(`${workers.url}/api/collections/visits/aggregate`, { keepalive: false })
      return [response.status, ((await response.json()) as { groups: unknown }).groups]
    }
    const answers = await Promise.all(Array.from({ length: 10 }, read))
    expect(answers).toEqual(Array.from({ length: 10 }, () => [200, [{ count: 2 }]]))
    const url = `${workers.url}/api/collections/visits/aggregate/live`
    const streams = await Promise.all(Array.from({ length: 6 }, () => openEventStream(url)))
    for (const stream of streams) expect(await nextGroups(stream)).toEqual([{ count: 2 }])
    const api = createApi(workers.url, server.key)
    expectStatus(await api.post('/api/collections/visits', { patient_id: 'live' }), 201)
    for (const stream of streams) {
      expect(await nextGroups(stream)).toEqual([{ count: 3 }])
      await stream.close()
    }
  })
})
