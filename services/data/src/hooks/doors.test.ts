import { afterEach, describe, expect, test } from 'bun:test'
import { AppError, type HookCall, type HookValues } from '@koyalite/contracts'
import { type HooksByName, hooksOfFunctions, type TestHooks } from '../testing/hooks-of-functions'
import { openTestApi, type TestApi, user } from '../testing/open-api'
import { openTransactionApi, type TransactionApi } from '../testing/open-transaction-api'

const SCHEMA = `
version: 1
collections:
  authors:
    fields:
      id: { type: string, primary: true }
      name: { type: string, nullable: true }
  posts:
    fields:
      id: { type: string, primary: true }
      title: { type: string, default: '' }
      slug: { type: string, write: "false" }
      author_id: { type: string, nullable: true, references: authors.id, onDelete: cascade }
      views: { type: int, default: 0 }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  counts:
    fields:
      id: { type: string, primary: true }
      created: { type: int, default: 0 }
`

const slugOf = (title: unknown): string => String(title).toLowerCase().replaceAll(' ', '-')

/** What scenario 19 asks of hooks. */
function scenario(log: string[]): HooksByName {
  const note = (name: string, { depth }: HookCall, id: unknown) => void log.push(`${name} ${id} ${depth}`)
  return {
    beforeCreate({ data, documents }, call) {
      note('beforeCreate', call, data?.id)
      const count = documents.get('counts', 'posts')
      if (count) documents.update('counts', 'posts', { created: { $inc: 1 } })
      return { ...(data as HookValues), slug: slugOf(data?.title) }
    },
    beforeUpdate({ data, old }, call) {
      note('beforeUpdate', call, old?.id)
      if (data?.author_id !== undefined && data.author_id !== old?.author_id)
        throw new AppError('FORBIDDEN', 'Posts keep their author.')
      return data?.title === undefined ? data : { ...data, slug: slugOf(data.title) }
    },
    beforeDelete({ old }, call) {
      note('beforeDelete', call, old?.id)
      return null
    },
    afterCreate: ({ doc }, call) => note('afterCreate', call, doc?.id),
    afterUpdate: ({ doc }, call) => note('afterUpdate', call, doc?.id),
    afterDelete: ({ old }, call) => note('afterDelete', call, old?.id),
  }
}

let api: TestApi | undefined
let transactions: TransactionApi | undefined
afterEach(async () => {
  await api?.close()
  await transactions?.close()
  api = undefined
  transactions = undefined
})

async function open(): Promise<{ readonly api: TestApi; readonly log: string[]; readonly hooks: TestHooks }> {
  const log: string[] = []
  const hooks = hooksOfFunctions({ posts: scenario(log) })
  api = await openTestApi(SCHEMA, { hooks })
  await api.system('POST', '/collections/authors', [{ id: 'a' }, { id: 'b' }])
  await api.system('POST', '/collections/counts', { id: 'posts' })
  return { api, log, hooks }
}

const NDJSON = { 'content-type': 'application/x-ndjson' }
const operator = { kind: 'operator', id: 'o', email: 'o@example.com', role: 'owner', sessionId: 's' } as never

/** One post `p` with the title `A b`, made by every door. */
const CREATING: Readonly<Record<string, (api: TestApi) => Promise<{ readonly status: number }>>> = {
  POST: ({ anonymous }) => anonymous('POST', '/collections/posts', POST),
  array: ({ anonymous }) => anonymous('POST', '/collections/posts', [POST]),
  PUT: ({ anonymous }) => anonymous('PUT', '/collections/posts/p', { title: 'A b', author_id: 'a' }),
  'batch, create': ({ anonymous }) =>
    anonymous('POST', '/batch', { operations: [{ op: 'create', collection: 'posts', data: POST }] }),
  'batch, upsert': ({ anonymous }) =>
    anonymous('POST', '/batch', { operations: [{ op: 'upsert', collection: 'posts', data: POST }] }),
  import: ({ system }) => system('POST', '/admin/import/posts', undefined, NDJSON, JSON.stringify(POST)),
  'import, upsert': ({ system }) =>
    system('POST', '/admin/import/posts?mode=upsert', undefined, NDJSON, JSON.stringify(POST)),
  'import of operations': ({ system }) =>
    system(
      ...(['POST', '/admin/import', undefined, NDJSON] as const),
      JSON.stringify({ op: 'create', collection: 'posts', data: POST }),
    ),
  'rows of an operator': ({ as }) =>
    as(operator)('POST', '/admin/data/import/posts', undefined, NDJSON, JSON.stringify(POST)),
}

const POST = { id: 'p', title: 'A b', author_id: 'a' }

const UPDATING: Readonly<Record<string, (api: TestApi) => Promise<{ readonly status: number }>>> = {
  PATCH: ({ anonymous }) => anonymous('PATCH', '/collections/posts/p', { title: 'C d' }),
  PUT: ({ anonymous }) => anonymous('PUT', '/collections/posts/p', { ...POST, title: 'C d' }),
  'batch, update': ({ anonymous }) =>
    anonymous('POST', '/batch', {
      operations: [{ op: 'update', collection: 'posts', id: 'p', data: { title: 'C d' } }],
    }),
  'batch, upsert': ({ anonymous }) =>
    anonymous('POST', '/batch', {
      operations: [{ op: 'upsert', collection: 'posts', data: { ...POST, title: 'C d' } }],
    }),
  'import, upsert': ({ system }) =>
    system(
      ...(['POST', '/admin/import/posts?mode=upsert', undefined, NDJSON] as const),
      JSON.stringify({ ...POST, title: 'C d' }),
    ),
  bulk: ({ as }) =>
    as(operator)('POST', '/admin/data/bulk/posts', {
      operation: 'update',
      match: { filter: ['id:eq:p'] },
      data: { title: 'C d' },
    }),
}

const DELETING: Readonly<Record<string, (api: TestApi) => Promise<{ readonly status: number }>>> = {
  DELETE: ({ anonymous }) => anonymous('DELETE', '/collections/posts/p'),
  'batch, delete': ({ anonymous }) =>
    anonymous('POST', '/batch', { operations: [{ op: 'delete', collection: 'posts', id: 'p' }] }),
  bulk: ({ as }) => as(operator)('POST', '/admin/data/bulk/posts', { operation: 'delete', match: {} }),
  cascade: ({ system }) => system('DELETE', '/collections/authors/a'),
  'cascade in a batch': ({ system }) =>
    system('POST', '/batch', { operations: [{ op: 'delete', collection: 'authors', id: 'a' }] }),
}

describe('every door has the hooks', () => {
  for (const [door, create] of Object.entries(CREATING))
    test(`create by ${door}`, async () => {
      const { api, log, hooks } = await open()
      const { status } = await create(api)
      expect(status).toBeLessThan(300)
      await hooks.settled()
      const { body } = await api.system('GET', '/collections/posts/p')
      expect(body).toEqual({ id: 'p', title: 'A b', slug: 'a-b', author_id: 'a', views: 0 })
      expect(log).toEqual(['beforeCreate p 0', 'afterCreate p 0'])
      expect((await api.system('GET', '/collections/counts/posts')).body.created).toBe(1)
    })

  for (const [door, update] of Object.entries(UPDATING))
    test(`update by ${door}`, async () => {
      const { api, log, hooks } = await open()
      await api.system('POST', '/collections/posts', POST)
      const { status } = await update(api)
      expect(status).toBeLessThan(300)
      await hooks.settled()
      const { body } = await api.system('GET', '/collections/posts/p')
      expect(body).toEqual({ id: 'p', title: 'C d', slug: 'c-d', author_id: 'a', views: 0 })
      expect(log.slice(2)).toEqual(['beforeUpdate p 0', 'afterUpdate p 0'])
    })

  for (const [door, remove] of Object.entries(DELETING))
    test(`delete by ${door}`, async () => {
      const { api, log, hooks } = await open()
      await api.system('POST', '/collections/posts', POST)
      const { status } = await remove(api)
      expect(status).toBeLessThan(300)
      await hooks.settled()
      expect((await api.system('GET', '/collections/posts/p')).status).toBe(404)
      expect(log.slice(2)).toEqual(['beforeDelete p 0', 'afterDelete p 0'])
    })

  test('a hook refuses by any door, and nothing is written', async () => {
    const { api, hooks } = await open()
    await api.system('POST', '/collections/posts', POST)
    const patched = await api.system('PATCH', '/collections/posts/p', { author_id: 'b' })
    expect([patched.status, patched.body.error.code]).toEqual([403, 'FORBIDDEN'])
    expect(patched.body.error.message).toBe('Posts keep their author.')
    const put = await api.system('PUT', '/collections/posts/p', { ...POST, author_id: 'b' })
    expect(put.status).toBe(403)
    await hooks.settled()
    expect((await api.system('GET', '/collections/posts/p')).body.author_id).toBe('a')
  })

  test('a batch that fails at its end runs no hook after it, and none of what hooks wrote remains', async () => {
    const { api, log, hooks } = await open()
    const { status, body } = await api.anonymous('POST', '/batch', {
      operations: [
        { op: 'create', collection: 'posts', data: POST },
        { op: 'create', collection: 'posts', data: { ...POST, id: 'q', author_id: 'nobody' } },
      ],
    })
    expect([status, body.error.code, body.error.operation]).toEqual([409, 'CONFLICT', 1])
    await hooks.settled()
    expect(log).toEqual(['beforeCreate p 0', 'beforeCreate q 0'])
    expect((await api.system('GET', '/collections/counts/posts')).body.created).toBe(0)
  })

  test('an undo runs hooks after it, for what it does; none before it', async () => {
    const { api, log, hooks } = await open()
    await api.system('POST', '/collections/posts', POST)
    const bulk = (body: object) => api.as(operator)('POST', '/admin/data/bulk/posts', body)
    const { body } = await bulk({ operation: 'update', match: {}, data: { title: 'C d' } })
    const removed = await bulk({ operation: 'delete', match: {} })
    await hooks.settled()
    log.length = 0
    for (const action of [removed.body.action, body.action])
      expect((await api.as(operator)('POST', `/admin/changes/${action}/undo`, {})).status).toBe(200)
    await hooks.settled()
    expect(log).toEqual(['afterCreate p 0', 'afterUpdate p 0'])
    expect((await api.system('GET', '/collections/posts/p')).body.slug).toBe('a-b')
  })

  test('operators are computed before hooks see data', async () => {
    const seen: unknown[] = []
    const hooks = hooksOfFunctions({
      posts: {
        beforeUpdate({ data }) {
          seen.push(data)
          return data
        },
      },
    })
    api = await openTestApi(SCHEMA, { hooks })
    await api.system('POST', '/collections/posts', { id: 'p', slug: 's', views: 4 })
    const { body } = await api.anonymous('PATCH', '/collections/posts/p', { views: { $inc: 2 } })
    expect(seen).toEqual([{ views: 6 }])
    expect(body.views).toBe(6)
  })

  test('a repeated request runs no hook', async () => {
    const { api, log, hooks } = await open()
    const key = { 'idempotency-key': crypto.randomUUID() }
    const first = await api.anonymous('POST', '/collections/posts', POST, key)
    const second = await api.anonymous('POST', '/collections/posts', POST, key)
    expect(second.body).toEqual(first.body)
    await hooks.settled()
    expect(log).toEqual(['beforeCreate p 0', 'afterCreate p 0'])
  })

  for (const mode of ['optimistic', 'exclusive'] as const)
    test(`${mode} transactions: hooks after it run once, at the commit`, async () => {
      const log: string[] = []
      const hooks = hooksOfFunctions({ posts: scenario(log) })
      transactions = await openTransactionApi(SCHEMA, { hooks })
      await transactions.system('POST', 'authors', { id: 'a' })
      await transactions.system('POST', 'counts', { id: 'posts' })
      const call = transactions.call(user('u'))
      const transaction = await call.begin(mode)
      const made = await transaction.send('POST', 'posts', POST)
      expect([made.status, made.body.slug]).toEqual([201, 'a-b'])
      expect((await transaction.send('POST', 'posts', { ...POST, id: 'q' })).status).toBe(201)
      await hooks.settled()
      expect(log.filter((line) => line.startsWith('after'))).toEqual([])
      expect((await transaction.commit()).status).toBe(200)
      await hooks.settled()
      expect(log.filter((line) => line.startsWith('after'))).toEqual(['afterCreate p 0', 'afterCreate q 0'])
      expect((await transactions.system('GET', 'counts/posts')).body.created).toBe(2)
      call.end()
    })

  test('an optimistic transaction does not read what a hook of it has written', async () => {
    const hooks = hooksOfFunctions({ posts: scenario([]) })
    transactions = await openTransactionApi(SCHEMA, { hooks })
    await transactions.system('POST', 'authors', { id: 'a' })
    await transactions.system('POST', 'counts', { id: 'posts' })
    const call = transactions.call()
    const transaction = await call.begin()
    await transaction.send('POST', 'posts', POST)
    const { status, body } = await transaction.send('GET', 'counts/posts')
    expect([status, body.error.code]).toEqual([409, 'READ_AFTER_WRITE'])
    expect(body.error.message).toContain('a hook of posts.create')
    call.end()
  })
})
