import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openTestApi, type TestApi, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

const SCHEMA = `
version: 1
types: { status: { enum: [draft, paid] } }
collections:
  orders:
    fields:
      id: { type: string, primary: true }
      owner_id: { type: uuid, references: users.id }
      status: { type: status, default: draft, index: true }
      amount: { type: int, default: 0 }
      margin: { type: int, nullable: true, read: "auth.role == 'admin'" }
      note: { type: string, nullable: true, read: "doc.owner_id == auth.id" }
      cost: { type: int, nullable: true, internal: true }
      at: { type: timestamp, default: now }
    rules: { create: "true", read: "doc.status == 'paid' || doc.owner_id == auth.id || auth.role == 'admin'", update: "true", delete: "true" }
  closed:
    fields: { id: { type: string, primary: true } }
  members:
    fields: { id: { type: string, primary: true } }
    rules: { read: "auth.id != null" }
`

let api: TestApi
beforeAll(async () => {
  api = await openTestApi(SCHEMA)
  for (const id of [ANN, BEN])
    await api.system('POST', '/collections/users', { id, email: `${id.slice(-1)}@example.com` })
  const orders = [
    { id: '1', owner_id: ANN, status: 'paid', amount: 10, margin: 3, note: 'x', at: '2026-01-31T23:30:00Z' },
    { id: '2', owner_id: ANN, status: 'draft', amount: 20, margin: 4, note: 'y', at: '2026-02-01T10:00:00Z' },
    { id: '3', owner_id: BEN, status: 'draft', amount: 40, margin: 5, note: 'secret', at: '2026-02-02T10:00:00Z' },
    { id: 'aggregate', owner_id: BEN, status: 'paid', amount: 80, margin: 6, note: 'z', at: '2026-03-01T00:00:00Z' },
  ]
  expect((await api.system('POST', '/collections/orders', orders)).status).toBe(201)
})
afterAll(() => api.close())

const ORDERS = '/collections/orders'
const nobody = () => api.anonymous
const ann = () => api.as(user(ANN))
const admin = () => api.as(user(BEN, { role: 'admin' }))

const groupsOf = async (as: ReturnType<TestApi['as']>, params: string) => {
  const { status, body } = await as('GET', `${ORDERS}/aggregate?${params}`)
  expect([status, body]).toEqual([200, { groups: expect.any(Array) }])
  return body.groups
}

describe('GET /:collection/aggregate', () => {
  test('counts the documents that the caller may read, and no others', async () => {
    const byStatus = 'values=count,sum:amount&group=status'
    expect(await groupsOf(nobody(), byStatus)).toEqual([{ status: 'paid', count: 2, sum_amount: 90 }])
    expect(await groupsOf(ann(), byStatus)).toEqual([
      { status: 'draft', count: 1, sum_amount: 20 },
      { status: 'paid', count: 2, sum_amount: 90 },
    ])
    expect(await groupsOf(admin(), byStatus)).toEqual([
      { status: 'draft', count: 2, sum_amount: 60 },
      { status: 'paid', count: 2, sum_amount: 90 },
    ])
    expect(await groupsOf(api.system, '')).toEqual([{ count: 4 }])
  })

  test('a field that is readable in some documents is null in the others, in every clause', async () => {
    expect(await groupsOf(ann(), 'values=count,max:note&group=note')).toEqual([
      { note: null, count: 1, max_note: null },
      { note: 'x', count: 1, max_note: 'x' },
      { note: 'y', count: 1, max_note: 'y' },
    ])
    expect(await groupsOf(nobody(), 'values=count:note,min:note,count_distinct:note')).toEqual([
      { count_note: 0, min_note: null, count_distinct_note: 0 },
    ])
    expect(await groupsOf(ann(), 'group=status&values=max:note&having=max_note:gte:y')).toEqual([
      { status: 'draft', max_note: 'y' },
    ])
    expect(await groupsOf(admin(), 'values=max:note&filter=note:eq:secret')).toEqual([{ max_note: 'secret' }])
    expect(await groupsOf(ann(), 'filter=note:eq:secret')).toEqual([{ count: 0 }])
    expect(await groupsOf(ann(), `where=${encodeURIComponent("doc.note == 'secret'")}`)).toEqual([{ count: 0 }])
    expect(await groupsOf(ann(), 'where=doc.note%20==%20$1&params=["secret"]')).toEqual([{ count: 0 }])
  })

  test('time buckets, in a time zone', async () => {
    expect(await groupsOf(api.system, 'group=at:month&timezone=Europe/Berlin&sort=-at')).toEqual([
      { at: '2026-03', count: 1 },
      { at: '2026-02', count: 3 },
    ])
  })

  test('names the state that it reflects', async () => {
    const { headers } = await nobody()('GET', `${ORDERS}/aggregate`)
    const list = await nobody()('GET', ORDERS)
    expect(headers.get('koyalite-seq')).toBe(list.headers.get('koyalite-seq') as string)
    expect((await nobody()('HEAD', `${ORDERS}/aggregate`)).status).toBe(200)
  })

  test('a document with the key `aggregate` is at ~aggregate', async () => {
    expect((await nobody()('GET', `${ORDERS}/~aggregate`)).body.id).toBe('aggregate')
    expect((await nobody()('GET', `${ORDERS}/aggregate`)).body).toEqual({ groups: [{ count: 2 }] })
    expect((await api.system('PATCH', `${ORDERS}/~aggregate`, { amount: 80 })).status).toBe(200)
  })

  test.each([
    ['closed', 'anonymous', '', 401, 'UNAUTHENTICATED'],
    ['closed', 'ann', '', 403, 'FORBIDDEN'],
    ['closed', 'ann', '?values=nonsense', 403, 'FORBIDDEN'],
    ['members', 'anonymous', '', 401, 'UNAUTHENTICATED'],
    ['members', 'ann', '', 200, undefined],
    ['nothing', 'ann', '', 404, 'COLLECTION_NOT_FOUND'],
    ['orders', 'ann', '?group=margin', 400, 'INVALID_REQUEST'],
    ['orders', 'ann', '?values=sum:margin', 400, 'INVALID_REQUEST'],
    ['orders', 'ann', '?values=sum:cost', 400, 'INVALID_REQUEST'],
    ['orders', 'ann', '?filter=margin:gt:1', 400, 'INVALID_FILTER'],
    ['orders', 'ann', '?having=margin:gt:1', 400, 'INVALID_FILTER'],
    ['orders', 'ann', '?sort=margin', 400, 'INVALID_SORT'],
    ['orders', 'ann', '?expand=owner', 400, 'INVALID_REQUEST'],
    ['orders', 'ann', '?timezone=Mars/Olympus', 400, 'INVALID_REQUEST'],
    ['orders', 'ann', '?group=at:hour&limit=0', 400, 'INVALID_REQUEST'],
  ] as const)('%s as %s %s → %i', async (collection, as, params, status, code) => {
    const send = as === 'ann' ? ann() : nobody()
    const { status: actual, body } = await send('GET', `/collections/${collection}/aggregate${params}`)
    expect([actual, body.error?.code]).toEqual([status, code])
    expect(JSON.stringify(body)).not.toMatch(/secret/)
  })

  test('only GET', async () => {
    const { status } = await api.system('POST', `${ORDERS}/aggregate`, {})
    expect(status).toBe(405)
  })

  test('a sum that no number holds is a 422', async () => {
    const huge = { owner_id: BEN, amount: Number.MAX_SAFE_INTEGER }
    for (const id of ['h1', 'h2']) await api.system('POST', '/collections/orders', { id, ...huge })
    const { status, body } = await admin()('GET', `${ORDERS}/aggregate?values=sum:amount`)
    expect([status, body.error.code]).toEqual([422, 'OUT_OF_RANGE'])
    // Whoever may not read these documents does not notice.
    expect(await groupsOf(nobody(), 'values=sum:amount')).toEqual([{ sum_amount: 90 }])
    for (const id of ['h1', 'h2']) await api.system('DELETE', `${ORDERS}/${id}`)
  })
})
