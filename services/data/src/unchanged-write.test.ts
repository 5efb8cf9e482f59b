import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Actor } from '@koyalite/contracts'
import { openTestApi, type TestApi, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

const SCHEMA = `
version: 1
collections:
  docs:
    fields:
      id: { type: string, primary: true }
      owner: { type: uuid, nullable: true }
      title: { type: string, default: t }
      pin: { type: int, default: 41, read: "false" }
      tags: { type: json, nullable: true, read: "false" }
      mine: { type: int, default: 41, read: "doc.owner == auth.id" }
      updated_at: { type: timestamp, default: now, onUpdate: now }
    rules: { read: "true", update: "true", create: "true" }
  bare:
    fields:
      id: { type: string, primary: true }
      pin: { type: int, default: 41, read: "false" }
      blob: { type: blob, nullable: true }
    rules: { read: "true", update: "true", create: "true" }
`

const WRITER: Actor = { kind: 'service_key', id: 'k', scopes: [{ scope: 'data:write' }] }

let api: TestApi
beforeEach(async () => {
  api = await openTestApi(SCHEMA)
  const docs = { id: 'a', owner: ANN, tags: ['x'] }
  expect((await api.system('POST', '/collections/docs', docs)).status).toBe(201)
  expect((await api.system('POST', '/collections/bare', { id: 'a', blob: 'AAE=' })).status).toBe(201)
})
afterEach(() => api.close())

type Send = ReturnType<TestApi['as']>

/** How many changes a request makes. */
async function changes(send: Send, method: string, path: string, body: unknown): Promise<number> {
  const seq = async () =>
    Number((await api.system('GET', '/collections/docs')).headers.get('koyalite-seq')?.split('.')[1])
  const before = await seq()
  const { status } = await send(method, path, body)
  expect(status).toBe(200)
  return (await seq()) - before
}

/** The ways to send some fields of a document. */
const WAYS: Readonly<Record<string, (send: Send, collection: string, data: object) => Promise<number>>> = {
  PATCH: (send, collection, data) => changes(send, 'PATCH', `/collections/${collection}/a`, data),
  'PATCH in a batch': (send, collection, data) =>
    changes(send, 'POST', '/batch', { operations: [{ op: 'update', collection, id: 'a', data }] }),
  PUT: (send, collection, data) => changes(send, 'PUT', `/collections/${collection}/a`, data),
  'upsert in a batch': (send, collection, data) =>
    changes(send, 'POST', '/batch', { operations: [{ op: 'upsert', collection, id: 'a', data }] }),
}

describe('a write that changes nothing', () => {
  for (const [way, send] of Object.entries(WAYS)) {
    test(`is no change where its sender may read what it names: ${way}`, async () => {
      const ben = api.as(user(BEN))
      expect(await send(ben, 'docs', { title: 't', owner: ANN })).toBe(0)
      expect(await send(ben, 'docs', { title: 'u', owner: ANN })).toBe(1)
      expect(await send(api.as(user(ANN)), 'docs', { title: 'u', owner: ANN, mine: 41 })).toBe(0)
      expect(await send(api.system, 'docs', { title: 'u', owner: ANN, mine: 41, pin: 41, tags: ['x'] })).toBe(0)
    })

    test(`is one where it names what its sender may not read: ${way}`, async () => {
      const ben = api.as(user(BEN))
      for (const collection of ['docs', 'bare']) {
        for (const pin of [40, 41, 42, 42]) expect([pin, await send(ben, collection, { pin })]).toEqual([pin, 1])
      }
      for (const mine of [41, 42, 42]) expect(await send(ben, 'docs', { mine, owner: ANN })).toBe(1)
    })

    test(`is one for who may read nothing of the document: ${way}`, async () => {
      const closed = await openTestApi(SCHEMA.replaceAll('read: "true"', 'read: "auth.id != null"'))
      await api.close()
      api = closed
      await api.system('POST', '/collections/docs', { id: 'a', owner: ANN, tags: ['x'] })
      const blind = api.as(WRITER)
      for (const title of ['t', 't', 'u', 'u']) expect(await send(blind, 'docs', { title, owner: ANN })).toBe(1)
    })
  }

  test('shows in updated_at, whatever the value was', async () => {
    const ben = api.as(user(BEN))
    const times = new Set<string>()
    for (const pin of [41, 41, 42, 42]) {
      const { body } = await ben('PATCH', '/collections/docs/a', { pin })
      times.add(body.updated_at)
      await nextMillisecond()
    }
    expect(times.size).toBe(4)
  })

  test('of operators by one who may not read the field', async () => {
    const writer = api.as(WRITER)
    expect(await changes(writer, 'PATCH', '/collections/docs/a', { pin: { $inc: 0 } })).toBe(1)
    expect(await changes(writer, 'PATCH', '/collections/docs/a', { pin: { $inc: 1 } })).toBe(1)
    expect(await changes(writer, 'PATCH', '/collections/docs/a', { tags: { $pull: 'x' } })).toBe(1)
    expect(await changes(writer, 'PATCH', '/collections/docs/a', { tags: { $pull: 'x' } })).toBe(1)
  })
})

async function nextMillisecond(): Promise<void> {
  const at = Date.now()
  while (Date.now() === at) await Promise.resolve()
}
