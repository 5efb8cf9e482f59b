import { beforeAll, describe, expect, test } from 'bun:test'
import {
  type EventStream,
  expectError,
  expectStatus,
  openEventStream,
  type StreamEvent,
  useServer,
} from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { type Account, NO_LIMITS, signUp } from './accounts'

const SCHEMA = `version: 1
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { read: "auth.id == doc.id" }
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      text: { type: string }
      secret: { type: text, nullable: true, read: "auth.id != null && auth.id == doc.owner_id" }
      owner_id: { type: uuid, references: users.id, default: auth.id }
    rules:
      read: "auth.id != null && auth.id == doc.owner_id"
      create: "auth.id != null && auth.id == doc.owner_id"
  boards:
    fields: { id: { type: uuid, primary: true, default: auto } }
    rules: { read: "true" }
`
const DATA = '/api/admin/data/collections'

describe('documents under /api/admin/data/', () => {
  const server = useServer({ schema: SCHEMA, settings: NO_LIMITS })
  const operators = new Map<string, TestOperator>()
  let ann: Account
  let ben: Account

  beforeAll(async () => {
    for (const one of await createOperators(server, 'viewer')) operators.set(one.role, one)
    ann = await signUp(server)
    ben = await signUp(server)
    for (const { api } of [ann, ben]) expectStatus(await api.post('/api/collections/notes', { text: 'mine' }), 201)
  }, 60_000)

  const operator = (role: string) => operators.get(role) as TestOperator
  const listedAs = async (role: string, as?: string) => {
    const headers = { ...operator(role).headers, ...(as === undefined ? {} : { 'koyalite-as': as }) }
    return server.anonymous.get(`${DATA}/notes`, { headers })
  }
  const owners = (body: { docs: { owner_id: string }[] }) => body.docs.map(({ owner_id }) => owner_id).toSorted()

  test('the cookie of an operator reads and writes there, and nowhere else', async () => {
    const { headers } = operator('owner')
    expect(owners(expectStatus(await listedAs('owner'), 200).body)).toEqual([ann.id, ben.id].toSorted())
    expectError(await server.anonymous.get('/api/collections/notes', { headers }), 'UNAUTHENTICATED')
    const note = { text: 'by an operator', owner_id: ann.id }
    const made = expectStatus(await server.anonymous.post(`${DATA}/notes`, note, headers), 201)
    const path = `${DATA}/notes/${made.body.id}`
    expectStatus(await server.anonymous.patch(path, { text: 'changed' }, headers), 200)
    const { 'x-csrf-token': _, ...withoutToken } = headers
    expectError(await server.anonymous.patch(path, { text: 'x' }, withoutToken), 'FORBIDDEN')
    const operations = { operations: [{ op: 'delete', collection: 'notes', id: made.body.id }] }
    expectStatus(await server.anonymous.post('/api/admin/data/batch', operations, headers), 200)
  })

  test('a page of another origin writes nothing there, whatever it knows', async () => {
    const { headers } = operator('owner')
    const own = server.process.url
    const pages: Record<string, string>[] = [
      { origin: 'https://evil.example.com' },
      { origin: 'null' },
      { origin: own.replace(/\d+$/, '1'), 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    const asked: readonly (readonly [string, string, object?])[] = [
      ['POST', `${DATA}/notes`, { text: 'x', owner_id: ann.id }],
      ['POST', '/api/admin/keys', { name: 'x', scopes: [{ scope: 'admin' }] }],
      ['POST', '/api/admin/sql', { sql: 'SELECT 1' }],
      ['POST', '/api/admin/data/realtime/ticket', {}],
      ['DELETE', '/api/admin/session'],
    ]
    for (const page of pages)
      for (const [method, path, json] of asked) {
        const sent = { headers: { ...headers, ...page }, ...(json && { json }) }
        expectError(await server.anonymous.request(method, path, sent), 'FORBIDDEN')
      }
    const page = { origin: own, 'sec-fetch-site': 'same-origin' }
    expectStatus(await server.anonymous.post('/api/admin/sql', { sql: 'SELECT 1' }, { ...headers, ...page }), 200)
  })

  test('a viewer reads and writes nothing', async () => {
    expect(owners(expectStatus(await listedAs('viewer'), 200).body)).toHaveLength(2)
    const { headers } = operator('viewer')
    expectError(await server.anonymous.post(`${DATA}/notes`, { text: 'x', owner_id: ann.id }, headers), 'FORBIDDEN')
  })

  test('as a user, or as nobody, exactly what the rules show them; only reads', async () => {
    expect(owners(expectStatus(await listedAs('owner', `user:${ann.id}`), 200).body)).toEqual([ann.id])
    for (const role of ['owner', 'viewer']) expectError(await listedAs(role, 'anonymous'), 'UNAUTHENTICATED')
    for (const as of [`user:${ann.id}`, 'anonymous']) {
      const headers = { ...operator('owner').headers, 'koyalite-as': as }
      expectError(await server.anonymous.post(`${DATA}/notes`, { text: 'x' }, headers), 'FORBIDDEN')
    }
  })

  test('who may not impersonate is nobody else, and every request as a user is audited under both names', async () => {
    expectError(await listedAs('viewer', `user:${ann.id}`), 'FORBIDDEN')
    await listedAs('owner', `user:${ben.id}`)
    const { entries } = expectStatus(
      await operator('owner').api.get('/api/admin/audit?event=impersonation.request'),
      200,
    ).body
    expect(entries[0]).toMatchObject({
      actor: { kind: 'user', id: ben.id },
      impersonator: { kind: 'operator', name: 'owner@example.com' },
      details: { method: 'GET', path: `${DATA}/notes` },
    })
  })

  test('`preview` cuts long values, under the rules of whom it is seen as; on public routes it is not known', async () => {
    const secret = 'é'.repeat(300)
    const path = `${DATA}/notes?preview=true&etags=true&filter=owner_id:eq:${ann.id}&sort=text&limit=1`
    const { body: made } = expectStatus(await ann.api.post('/api/collections/notes', { text: 'a', secret }), 201)
    const cut = { id: made.id, text: 'a', owner_id: ann.id, secret: 'é'.repeat(256) }
    const note = { secret: { type: 'text', bytes: 600 } }
    const { body } = expectStatus(await server.api.get(path), 200)
    expect(body.docs).toEqual([{ ...cut, _shown: note }])
    // A preview has the ETag of the document.
    const whole = await server.api.get(`/api/collections/notes/${made.id}`)
    expect(body.etags).toEqual([whole.headers.get('etag')])
    const asBen = { headers: { ...operator('owner').headers, 'koyalite-as': `user:${ben.id}` } }
    const asAnn = { headers: { ...operator('owner').headers, 'koyalite-as': `user:${ann.id}` } }
    expect(expectStatus(await server.anonymous.get(path, asBen), 200).body.docs).toEqual([])
    expect(expectStatus(await server.anonymous.get(path, asAnn), 200).body.docs).toEqual([{ ...cut, _shown: note }])
    expectError(await server.api.get('/api/collections/notes?preview=true'), 'INVALID_REQUEST')
    expectError(await server.api.get(`${DATA}/notes?preview=1`), 'INVALID_REQUEST')
    expectStatus(await server.api.delete(`/api/collections/notes/${made.id}`), 204)
  })

  test('the map of positions counts what the list shows to whom it is seen as', async () => {
    const path = '/api/admin/data/positions/notes'
    const as = (user: string) => ({ headers: { ...operator('owner').headers, 'koyalite-as': `user:${user}` } })
    const seq = (await server.api.get(`${DATA}/notes`)).headers.get('koyalite-seq')
    const { body } = expectStatus(await server.api.get(`${path}?sort=-text`), 200)
    expect(body).toEqual({ total: 2, step: 1000, cursors: [], seq })
    expect(expectStatus(await server.anonymous.get(path, as(ann.id)), 200).body.total).toBe(1)
    const others = `${path}?filter=owner_id:eq:${ben.id}`
    expect(expectStatus(await server.anonymous.get(others, as(ann.id)), 200).body.total).toBe(0)
    expectError(await server.api.get(`${path}?limit=1`), 'INVALID_REQUEST')
    expectError(await server.api.get(`${path}?filter=nothing:eq:1`), 'INVALID_FILTER')
    expectError(await server.api.get('/api/admin/data/positions/nothing'), 'COLLECTION_NOT_FOUND')
    expectError(await ann.api.get(path), 'FORBIDDEN')
  })

  test('a ticket for live queries: as whom the header says, until the session ends', async () => {
    const ticketAs = async (role: string, as?: string) => {
      const headers = { ...operator(role).headers, ...(as === undefined ? {} : { 'koyalite-as': as }) }
      return server.anonymous.post('/api/admin/data/realtime/ticket', {}, headers)
    }
    const follow = async (as?: string) => {
      const { ticket } = expectStatus(await ticketAs('owner', as), 201).body
      const stream = await openEventStream(`${server.process.url}/api/collections/notes/live?ticket=${ticket}`)
      const snapshot = await snapshotOf(stream)
      await stream.close()
      return { ticket, shown: owners(snapshot.data.payload) }
    }
    const own = await follow()
    expect(own.shown).toEqual([ann.id, ben.id].toSorted())
    expect((await follow(`user:${ann.id}`)).shown).toEqual([ann.id])
    // A ticket is good once, and shows nothing by which another could be made.
    expectError(await server.anonymous.get(`/api/collections/notes/live?ticket=${own.ticket}`), 'UNAUTHENTICATED')
    expectError(await ticketAs('viewer', `user:${ann.id}`), 'FORBIDDEN')
    expectError(await server.api.post('/api/admin/data/realtime/ticket', {}), 'FORBIDDEN')
    expectError(await ann.api.post('/api/admin/data/realtime/ticket', {}), 'FORBIDDEN')
    const { 'x-csrf-token': _, ...withoutToken } = operator('owner').headers
    expectError(await server.anonymous.post('/api/admin/data/realtime/ticket', {}, withoutToken), 'FORBIDDEN')
  })

  test('nonsense, strangers, users and keys', async () => {
    for (const as of ['', 'nobody', 'user:', 'user', 'key:1'])
      expectError(await listedAs('owner', as), 'INVALID_REQUEST')
    expectError(await listedAs('owner', `user:${crypto.randomUUID()}`), 'NOT_FOUND')
    expectError(await server.anonymous.get(`${DATA}/notes`), 'UNAUTHENTICATED')
    expectError(await ann.api.get(`${DATA}/notes`), 'FORBIDDEN')
    expect(owners(expectStatus(await server.api.get(`${DATA}/notes`), 200).body)).toHaveLength(2)
    const headers = { 'koyalite-as': 'anonymous' }
    expectError(await server.api.get(`${DATA}/notes`, { headers }), 'FORBIDDEN')
  })

  test('who is blocked, and an operator whose session has ended, sees nothing', async () => {
    expectStatus(await operator('owner').api.post(`/api/admin/users/${ben.id}/block`), 200)
    expectError(await listedAs('owner', `user:${ben.id}`), 'FORBIDDEN')
    const followed = ['operator', 'anonymous'].map(async (as) => {
      const headers = { ...operator('viewer').headers, 'koyalite-as': as }
      const asked = await server.anonymous.post('/api/admin/data/realtime/ticket', {}, headers)
      const { ticket } = expectStatus(asked, 201).body
      const stream = await openEventStream(`${server.process.url}/api/collections/boards/live?ticket=${ticket}`)
      await snapshotOf(stream)
      return stream
    })
    const streams = await Promise.all(followed)
    expectStatus(await server.anonymous.delete('/api/admin/session', { headers: operator('viewer').headers }), 204)
    for (const stream of streams) {
      expect(await stream.next()).toMatchObject({ event: 'error', data: { payload: { code: 'UNAUTHENTICATED' } } })
      await stream.close()
    }
    expectError(await listedAs('viewer'), 'UNAUTHENTICATED')
  })
})

async function snapshotOf(stream: EventStream): Promise<StreamEvent> {
  const [subscribed, snapshot] = [await stream.next(), await stream.next()]
  expect([subscribed?.event, snapshot?.event]).toEqual(['subscribed', 'snapshot'])
  return snapshot as StreamEvent
}
