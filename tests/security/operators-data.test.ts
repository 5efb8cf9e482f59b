import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
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
    expectStatus(await server.anonymous.delete('/api/admin/session', { headers: operator('viewer').headers }), 204)
    expectError(await listedAs('viewer'), 'UNAUTHENTICATED')
  })
})
