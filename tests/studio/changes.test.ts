import { beforeAll, describe, expect, test } from 'bun:test'
import { createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { NO_LIMITS, PASSWORD, signUp } from '../security/accounts'

const SCHEMA = `version: 1
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { read: "true" }
  orders:
    audit: true
    fields:
      id: { type: uuid, primary: true, default: auto }
      number: { type: string, unique: true }
      status: { type: string, default: open }
      created_at: { type: timestamp, default: now }
    rules: { read: "true" }
  lines:
    fields:
      id: { type: uuid, primary: true, default: auto }
      order_id: { type: uuid, references: orders.id, onDelete: cascade }
      text: { type: string }
    rules: { read: "true" }
`
const DATA = '/api/admin/data'

describe('undo', () => {
  const server = useServer({ schema: SCHEMA, settings: NO_LIMITS })
  const operators = new Map<string, TestOperator>()
  beforeAll(async () => {
    for (const one of await createOperators(server, 'admin', 'editor', 'viewer')) operators.set(one.role, one)
  }, 60_000)

  const by = (role: string) => (operators.get(role) as TestOperator).api
  const undo = (role: string, id: string, body: object = {}) => by(role).post(`/api/admin/changes/${id}/undo`, body)
  const actionOf = ({ headers }: { readonly headers: Headers }) => headers.get('koyalite-action') ?? ''
  const list = async (collection: string) =>
    expectStatus(await server.api.get(`/api/collections/${collection}?sort=id`), 200).body.docs
  const order = async (number: string, lines = 0) => {
    const { body } = expectStatus(await by('editor').post(`${DATA}/collections/orders`, { number }), 201)
    const texts = Array.from({ length: lines }, (_, n) => ({ order_id: body.id, text: String(n) }))
    if (lines > 0) expectStatus(await by('editor').post(`${DATA}/collections/lines`, texts), 201)
    return body as { readonly id: string; readonly number: string }
  }

  test('a deletion with what it took along comes back as it was; undoing the undo deletes it again', async () => {
    const { id } = await order('1', 3)
    const before = [await list('orders'), await list('lines')]
    const deleted = expectStatus(await by('editor').delete(`${DATA}/collections/orders/${id}`), 204)
    expect(await list('lines')).toEqual([])
    const undone = expectStatus(await undo('editor', actionOf(deleted)), 200).body
    expect(undone).toMatchObject({
      changes: [
        { collection: 'lines', inserted: 3, updated: 0, deleted: 0 },
        { collection: 'orders', inserted: 1, updated: 0, deleted: 0 },
      ],
      conflicts: [],
      users_without_credentials: 0,
    })
    expect([await list('orders'), await list('lines')]).toEqual(before)
    expectError(await undo('editor', actionOf(deleted)), 'CONFLICT')
    const redone = expectStatus(await undo('editor', undone.action), 200).body
    expect([await list('orders'), await list('lines')]).toEqual([[], []])
    expectStatus(await undo('editor', redone.action), 200)
    expect([await list('orders'), await list('lines')]).toEqual(before)
    const { entries } = expectStatus(await by('owner').get('/api/admin/audit?event=changes.undone'), 200).body
    expect(entries).toHaveLength(3)
    expect(entries.at(-1)).toMatchObject({
      actor: { kind: 'operator', name: 'editor@example.com' },
      target: { kind: 'action', id: actionOf(deleted), name: 'editor@example.com' },
    })
    const restored = await by('owner').get(`/api/admin/audit?event=document.created&target=${id}`)
    expect(expectStatus(restored, 200).body.entries.map((one: { event: string }) => one.event)).toHaveLength(3)
  })

  test('only writes of operators are actions: not those of keys, of users, or on public routes', async () => {
    const { id, number } = await order('2')
    const path = `collections/orders/${id}`
    for (const response of [
      await server.api.patch(`${DATA}/${path}`, { status: 'by key' }),
      await server.api.patch(`/api/${path}`, { status: 'by key again' }),
      await by('editor').patch(`/api/${path}`, { status: 'in public' }),
      await by('editor').patch(`${DATA}/${path}`, { number }),
    ]) {
      expectStatus(response, 200)
      expect(response.headers.get('koyalite-action')).toBeNull()
    }
    const changed = expectStatus(await by('editor').patch(`${DATA}/${path}`, { status: 'x' }), 200)
    expect(actionOf(changed)).not.toBe('')
  })

  test('a repeated request has the action of the first one', async () => {
    const headers = { 'idempotency-key': 'once' }
    const create = async () =>
      expectStatus(await by('editor').post(`${DATA}/collections/orders`, { number: '3' }, headers), 201)
    const [first, second] = [await create(), await create()]
    expect(actionOf(first)).toBe(actionOf(second))
    expectStatus(await undo('editor', actionOf(first)), 200)
    expect((await list('orders')).map((one: { number: string }) => one.number)).not.toContain('3')
  })

  test('never over the work of others: they are listed with both values, and can be left out', async () => {
    const [a, b] = [await order('4'), await order('5')]
    const operations = [a, b].map(({ id }) => ({ op: 'update', collection: 'orders', id, data: { status: 'mine' } }))
    const changed = expectStatus(await by('editor').post(`${DATA}/batch`, { operations }), 200)
    expectStatus(await server.api.patch(`/api/collections/orders/${b.id}`, { status: 'theirs' }), 200)
    const dry = expectStatus(await undo('editor', actionOf(changed), { dry_run: true }), 200).body
    expect(dry).toMatchObject({
      action: null,
      conflicts: [
        {
          collection: 'orders',
          key: b.id,
          reason: 'changed',
          fields: [{ field: 'status', made: 'mine', now: 'theirs' }],
        },
      ],
    })
    expectError(await undo('editor', actionOf(changed)), 'CONFLICT')
    const leave_out = [{ collection: 'orders', key: b.id }]
    expectStatus(await undo('editor', actionOf(changed), { leave_out }), 200)
    const states = Object.fromEntries(
      (await list('orders')).map((one: { number: string; status: string }) => [one.number, one.status]),
    )
    expect(states).toMatchObject({ '4': 'open', '5': 'theirs' })
  })

  test('what others have added below a document that is new stops its undo', async () => {
    const made = expectStatus(await by('editor').post(`${DATA}/collections/orders`, { number: '6' }), 201)
    const line = { order_id: made.body.id, text: 'of somebody else' }
    expectStatus(await server.api.post('/api/collections/lines', line), 201)
    const { conflicts } = expectStatus(await undo('editor', actionOf(made), { dry_run: true }), 200).body
    expect(conflicts).toMatchObject([{ key: made.body.id, reason: 'others' }])
    expectError(await undo('editor', actionOf(made)), 'CONFLICT')
    expect((await list('lines')).map((one: { text: string }) => one.text)).toContain('of somebody else')
  })

  test('of others nobody sees anything but owners and admins; a viewer undoes nothing', async () => {
    const { id } = await order('7')
    const changed = expectStatus(await by('admin').patch(`${DATA}/collections/orders/${id}`, { status: 'x' }), 200)
    expectError(await undo('editor', actionOf(changed)), 'NOT_FOUND')
    expectError(await undo('viewer', actionOf(changed)), 'FORBIDDEN')
    expectError(await server.api.post(`/api/admin/changes/${actionOf(changed)}/undo`, {}), 'FORBIDDEN')
    expectError(await server.anonymous.post(`/api/admin/changes/${actionOf(changed)}/undo`, {}), 'UNAUTHENTICATED')
    const own = expectStatus(await by('editor').get('/api/admin/changes'), 200).body.actions
    expect(new Set(own.map((one: { operator: { email: string } }) => one.operator.email))).toEqual(
      new Set(['editor@example.com']),
    )
    expectError(await by('editor').get('/api/admin/changes?all=true'), 'FORBIDDEN')
    expect(expectStatus(await by('viewer').get('/api/admin/changes'), 200).body.actions).toEqual([])
    const [newest] = expectStatus(await by('owner').get('/api/admin/changes?all=true&limit=1'), 200).body.actions
    expect(newest).toMatchObject({ id: actionOf(changed), operator: { email: 'admin@example.com' }, impossible: null })
    expectStatus(await undo('owner', actionOf(changed)), 200)
  })

  test('what was done to one document, by anybody, for whoever may read', async () => {
    const { id } = await order('8', 1)
    await by('admin').patch(`${DATA}/collections/orders/${id}`, { status: 'x' })
    const asViewer = await by('viewer').get(`/api/admin/changes?collection=orders&key=${id}`)
    const { actions } = expectStatus(asViewer, 200).body
    expect(actions.map((one: { operator: { email: string } }) => one.operator.email)).toEqual([
      'admin@example.com',
      'editor@example.com',
    ])
    expect(actions.map((one: { impossible: { code: string } }) => one.impossible.code)).toEqual([
      'forbidden',
      'forbidden',
    ])
    expectError(await by('viewer').get('/api/admin/changes?collection=orders'), 'INVALID_REQUEST')
    expectError(await by('viewer').get('/api/admin/changes?collection=nothing&key=1'), 'COLLECTION_NOT_FOUND')
  })

  test('a user comes back without password and sessions, and by an editor only as what anybody may be', async () => {
    const ann = await signUp(server)
    const path = `${DATA}/collections/users/${ann.id}`
    const deleted = expectStatus(await by('admin').delete(path), 204)
    expectError(await ann.api.get('/api/auth/me'), 'UNAUTHENTICATED')
    const back = expectStatus(await undo('admin', actionOf(deleted)), 200).body
    expect(back.users_without_credentials).toBe(1)
    expectError(await ann.api.get('/api/auth/me'), 'UNAUTHENTICATED')
    expectError(
      await server.anonymous.post('/api/auth/login', { email: ann.email, password: PASSWORD }),
      'UNAUTHENTICATED',
    )
    expectStatus(await server.api.patch(`/api/collections/users/${ann.id}`, { role: 'user', verified: true }), 200)
    const again = expectStatus(await by('editor').delete(path), 204)
    const refused = await undo('editor', actionOf(again))
    expectError(refused, 'FORBIDDEN')
    expect(refused.text).toContain('verified')
    expectStatus(await undo('admin', actionOf(again)), 200)
  })

  test('rights are those of today: an operator who has become a viewer undoes nothing', async () => {
    const { id } = await order('9')
    const account = { email: 'was-editor@example.com', password: 'correct horse battery 9' }
    const { body: made } = expectStatus(
      await by('owner').post('/api/admin/operators', { ...account, role: 'editor' }),
      201,
    )
    const signIn = async () =>
      createApi(
        server.process.url,
        expectStatus(await server.anonymous.post('/api/admin/login', account), 200).body.access_token,
      )
    const changed = expectStatus(await (await signIn()).patch(`${DATA}/collections/orders/${id}`, { status: 'x' }), 200)
    expectStatus(await by('owner').patch(`/api/admin/operators/${made.id}`, { role: 'viewer' }), 200)
    expectError(await (await signIn()).post(`/api/admin/changes/${actionOf(changed)}/undo`, {}), 'FORBIDDEN')
  })
})
