import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import {
  AppError,
  type HookOperation,
  type JsonValue,
  type OperationOverride,
  type OperationOverrides,
} from '@koyalite/contracts'
import { openTestApi, type TestApi, user } from '../testing/open-api'
import { openTransactionApi } from '../testing/open-transaction-api'

const SCHEMA = `
version: 1
collections:
  posts:
    fields:
      id: { type: string, primary: true }
      title: { type: string, maxLength: 9 }
      owner: { type: string, default: u1 }
      secret: { type: string, nullable: true, read: "false" }
    rules: { create: "doc.owner == auth.id", read: "true", update: "doc.owner == auth.id", delete: "doc.owner == auth.id" }
  notes: { fields: { id: { type: uuid, primary: true, default: auto } }, rules: { create: "true", read: "true" } }
`

let override: OperationOverride | null = null
let asked: HookOperation[] = []
const overrides: OperationOverrides = {
  of: (collection, operation) => {
    if (collection !== 'posts' || override === null) return null
    const made = override
    return (call, input) => {
      asked.push(operation)
      return made(call, input)
    }
  },
}

let api: TestApi
let send: ReturnType<TestApi['as']>
beforeAll(async () => {
  api = await openTestApi(SCHEMA, { overrides })
  send = api.as(user('u1'))
})
afterAll(() => api.close())
beforeEach(async () => {
  override = null
  for (const { id } of (await stored()) as { id: string }[]) await api.system('DELETE', `/collections/posts/${id}`)
  await api.system('POST', '/collections/posts', { id: 'p', title: 'old' })
  asked = []
})

const stored = async () => (await api.system('GET', '/collections/posts?fields=id,title,owner')).body.docs
const OLD = { id: 'p', title: 'old', owner: 'u1' }
const create = (data: object, headers = {}) => send('POST', '/collections/posts', data, headers)

test('the code decides what is written, and what is responded', async () => {
  override = async (_call, { data, next }) => {
    await next({ ...data, title: 'changed' })
    return undefined
  }
  const created = await create({ id: 'a', title: 'mine' })
  expect([created.status, created.body]).toMatchObject([201, { id: 'a', title: 'changed' }])
  const patched = await send('PATCH', '/collections/posts/p', { title: 'mine' })
  expect([patched.status, patched.body]).toMatchObject([200, { id: 'p', title: 'changed' }])
  override = async (call, { next }) => {
    expect(call).toMatchObject({ operation: 'delete', id: 'p', actor: { kind: 'user', id: 'u1' } })
    await next()
    return { gone: true }
  }
  expect(await send('DELETE', '/collections/posts/p')).toMatchObject({ status: 200, body: { gone: true } })
  override = async () => ({ queued: true })
  expect(await create({ id: 'b', title: 'b' })).toMatchObject({ status: 201, body: { queued: true } })
  override = async () => undefined
  expect(await create({ id: 'b', title: 'b' })).toMatchObject({ status: 204, body: null })
  expect(((await stored()) as { id: string }[]).map(({ id }) => id)).toEqual(['a'])
})

test('it is not entered where rules or checks refuse what was sent', async () => {
  override = async () => ({ ok: true })
  const attempts = [
    [403, () => create({ id: 'a', title: 'x', owner: 'u2' })],
    [422, () => create({ id: 'a', title: 'much too long' })],
    [422, () => create({ id: 'a', nope: 1, title: 'x' })],
    [409, () => create({ id: 'p', title: 'x' })],
    [404, () => send('PATCH', '/collections/posts/none', { title: 'x' })],
    [412, () => send('PATCH', '/collections/posts/p', { title: 'x' }, { 'if-match': '"other"' })],
    [403, () => api.as(user('u2'))('DELETE', '/collections/posts/p')],
    [401, () => api.anonymous('POST', '/collections/posts', { id: 'a', title: 'x' })],
  ] as const
  for (const [status, attempt] of attempts) expect((await attempt()).status).toBe(status)
  expect(asked).toEqual([])
  expect(await stored()).toEqual([OLD])
})

test('what it writes by `next` is under the rules of the caller', async () => {
  override = async (_call, { data, next }) => {
    await next({ ...data, owner: 'u2' })
    return undefined
  }
  expect((await create({ id: 'a', title: 'x' })).status).toBe(403)
  override = async (_call, { data, next }) => ({ ...(await next({ ...data, secret: 's' })) })
  expect((await create({ id: 'b', title: 'x' })).body).toEqual({ id: 'b', title: 'x', owner: 'u1' })
})

test('other doors of users are closed, so that none is a way around it', async () => {
  override = async () => ({ ok: true })
  const data = { id: 'p', title: 'x' }
  const batch = (op: string) => ({
    operations: [
      { op: 'create', collection: 'notes', data: {} },
      { op, collection: 'posts', id: 'p', data },
    ],
  })
  const attempts = [
    () => send('POST', '/collections/posts', [data]),
    () => send('PUT', '/collections/posts/p', data),
    ...['create', 'update', 'upsert'].map((op) => () => send('POST', '/batch', batch(op))),
    () => send('POST', '/batch', { operations: [{ op: 'delete', collection: 'posts', id: 'p' }] }),
  ]
  for (const attempt of attempts) {
    const { status, body } = await attempt()
    expect([status, body.error.code]).toEqual([409, 'CONFLICT'])
    expect(body.error.message).toContain('send it by itself')
  }
  expect((await send('POST', '/batch', { operations: [{ op: 'create', collection: 'notes', data: {} }] })).status).toBe(
    200,
  )
  for (const operations of [null, [null], [{ op: 'create', collection: {} }], {}])
    expect((await send('POST', '/batch', { operations })).status).toBe(400)
  expect([asked, await stored()]).toEqual([[], [OLD]])
})

test('nor are transactions of functions', async () => {
  override = async () => ({ ok: true })
  const world = await openTransactionApi(SCHEMA, { overrides })
  const call = world.call(user('u1'))
  const transaction = await call.begin()
  expect((await transaction.send('POST', 'posts', { id: 'a', title: 'x' })).status).toBe(409)
  expect((await transaction.send('PUT', 'posts/a', { title: 'x' })).status).toBe(409)
  expect((await transaction.send('POST', 'notes', {})).status).toBe(201)
  call.end()
  await world.close()
})

test('whoever bypasses rules bypasses it', async () => {
  override = async () => ({ ok: true })
  expect((await api.system('PATCH', '/collections/posts/p', { title: 'new' })).body.title).toBe('new')
  expect((await api.system('POST', '/collections/posts', [{ id: 'a', title: 'x' }])).status).toBe(201)
  expect(asked).toEqual([])
})

test('with an Idempotency-Key it runs once, and its refusals are repeated', async () => {
  const headers = { 'idempotency-key': 'k1' }
  override = async (_call, { next }) => ({ made: (await next()) as JsonValue })
  const first = await create({ id: 'a', title: 'x' }, headers)
  expect(await create({ id: 'a', title: 'x' }, headers)).toMatchObject({ status: 201, body: first.body })
  expect(asked).toEqual(['create'])
  override = async () => {
    throw new AppError('FORBIDDEN', 'Sold out.', { own: { code: 'SOLD_OUT', status: 410, details: { left: 0 } } })
  }
  const refused = { 'idempotency-key': 'k2' }
  for (let i = 0; i < 2; i++) {
    const { status, body } = await create({ id: 'b', title: 'x' }, refused)
    expect([status, body.error]).toMatchObject([410, { code: 'SOLD_OUT', message: 'Sold out.', details: { left: 0 } }])
  }
  expect(asked).toEqual(['create', 'create'])
})
