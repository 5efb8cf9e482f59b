import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { NO_LIMITS } from '../security/accounts'

const SCHEMA = `version: 1
collections:
  shops:
    audit: true
    fields:
      id: { type: int, primary: true }
      name: { type: string, nullable: true, unique: true }
      open: { type: bool, default: true }
  orders:
    fields:
      id: { type: int, primary: true, default: auto }
      shop_id: { type: int, references: shops.id, onDelete: cascade }
      parent_id: { type: int, nullable: true, references: orders.id, onDelete: cascade }
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      order_id: { type: int, nullable: true, references: orders.id, onDelete: set null }
  invoices:
    fields:
      id: { type: int, primary: true, default: auto }
      shop_id: { type: int, references: shops.id, onDelete: restrict }
  logs:
    fields: { id: { type: int, primary: true }, level: { type: int } }
`
const BULK = '/api/admin/data/bulk'

describe('bulk writes', () => {
  const server = useServer({ schema: SCHEMA, settings: NO_LIMITS })
  const operators = new Map<string, TestOperator>()
  beforeAll(async () => {
    for (const one of await createOperators(server, 'editor', 'viewer')) operators.set(one.role, one)
    for (let first = 0; first < 10_500; first += 500)
      await create('logs', ...Array.from({ length: 500 }, (_, n) => ({ id: first + n, level: n % 3 })))
  }, 60_000)

  const by = (role: string) => (operators.get(role) as TestOperator).api
  const bulk = (collection: string, body: object) => by('editor').post(`${BULK}/${collection}`, body)
  const count = async (collection: string, query = '') =>
    expectStatus(await server.api.get(`/api/collections/${collection}?count=true&limit=1${query}`), 200).body.total
  const create = async (collection: string, ...documents: object[]) =>
    expectStatus(await server.api.post(`/api/collections/${collection}`, documents), 201)

  test('a dry run of a deletion counts all that it takes along, changes and is kept from; then it is one action', async () => {
    await create('shops', { id: 1 }, { id: 2 }, { id: 3 })
    await create(
      'orders',
      { id: 1, shop_id: 1 },
      { id: 2, shop_id: 1, parent_id: 1 },
      { id: 3, shop_id: 3, parent_id: 2 },
      { id: 4, shop_id: 3 },
    )
    await create('notes', { order_id: 3 }, { order_id: 3 }, { order_id: 4 })
    const body = { operation: 'delete', match: { filter: ['id:lte:2'] } }
    const dry = expectStatus(await bulk('shops', { ...body, dry_run: true }), 200).body
    expect(dry).toEqual({
      ...{ documents: 2, blocked: [], undoable: true, action: null, stopped: null },
      changes: expect.arrayContaining([
        { collection: 'shops', inserted: 0, updated: 0, deleted: 2 },
        { collection: 'orders', inserted: 0, updated: 0, deleted: 3 },
        { collection: 'notes', inserted: 0, updated: 2, deleted: 0 },
      ]),
    })
    expect(await count('shops')).toBe(3)
    expectError(await bulk('shops', { ...body, expected: 1 }), 'CONFLICT')
    const done = expectStatus(await bulk('shops', { ...body, expected: 2 }), 200).body
    expect(done.changes).toHaveLength(3)
    expect(done.changes).toEqual(expect.arrayContaining(dry.changes))
    expect([await count('shops'), await count('orders')]).toEqual([1, 1])
    expectStatus(await by('editor').post(`/api/admin/changes/${done.action}/undo`, {}), 200)
    expect([await count('shops'), await count('orders'), await count('notes', '&filter=order_id:eq:3')]).toEqual([
      3, 4, 2,
    ])
    await create('invoices', { shop_id: 2 })
    const blocked = expectStatus(await bulk('shops', { ...body, dry_run: true }), 200).body
    expect(blocked.blocked).toEqual([{ collection: 'invoices', documents: 1 }])
    expectError(await bulk('shops', body), 'CONFLICT')
    expect(await count('shops')).toBe(3)
  })

  test('an update of many is one action, with an entry for each in the audit log; a refused one does nothing', async () => {
    const keys = [1, 2, 3]
    const changed = expectStatus(
      await bulk('shops', { operation: 'update', keys: [...keys, 99], data: { open: false } }),
      200,
    ).body
    expect(changed).toMatchObject({ documents: 3, undoable: true, changes: [{ collection: 'shops', updated: 3 }] })
    expect(await count('shops', '&filter=open:eq:false')).toBe(3)
    const { entries } = expectStatus(
      await by('owner').get('/api/admin/audit?event=document.updated&collection=shops'),
      200,
    ).body
    expect(entries).toHaveLength(3)
    for (const dry_run of [true, false]) {
      const refused = await bulk('shops', { operation: 'update', keys, data: { name: 'the same' }, dry_run })
      expectError(refused, 'CONFLICT')
      expect(refused.text).toContain('shops/2')
      expectError(await bulk('shops', { operation: 'update', keys, data: { nothing: 1 }, dry_run }), 'VALIDATION_ERROR')
    }
    expect(await count('shops', '&filter=name:eq:the same')).toBe(0)
    expectStatus(await by('editor').post(`/api/admin/changes/${changed.action}/undo`, {}), 200)
    expect(await count('shops', '&filter=open:eq:true')).toBe(3)
  })

  test('more than 10,000 documents take the word for it, run in steps, and cannot be undone', async () => {
    const body = { operation: 'update', match: {}, data: { level: 7 } }
    const dry = expectStatus(await bulk('logs', { ...body, dry_run: true }), 200).body
    expect(dry).toMatchObject({ documents: 10_500, undoable: false })
    expectError(await bulk('logs', body), 'TOO_MANY_DOCUMENTS')
    expect(await count('logs', '&filter=level:eq:7')).toBe(0)
    const done = expectStatus(await bulk('logs', { ...body, in_steps: true }), 200).body
    expect(done).toMatchObject({ documents: 10_500, undoable: false, stopped: null, changes: [{ updated: 10_500 }] })
    expect(await count('logs', '&filter=level:eq:7')).toBe(10_500)
    const [newest] = expectStatus(await by('editor').get('/api/admin/changes?limit=1'), 200).body.actions
    expect(newest).toMatchObject({ id: done.action, impossible: { code: 'too_many' }, changes: [{ updated: 10_500 }] })
    expectError(await by('editor').post(`/api/admin/changes/${done.action}/undo`, {}), 'CONFLICT')
  })

  test('nobody but who may write the collection, and nothing that is not clear', async () => {
    const body = { operation: 'delete', match: {} }
    expectError(await by('viewer').post(`${BULK}/logs`, body), 'FORBIDDEN')
    expectError(await by('viewer').post(`${BULK}/logs`, { ...body, dry_run: true }), 'FORBIDDEN')
    expectError(await server.anonymous.post(`${BULK}/logs`, body), 'UNAUTHENTICATED')
    expectError(await bulk('nothing', body), 'COLLECTION_NOT_FOUND')
    expectError(await bulk('logs', { operation: 'delete' }), 'INVALID_REQUEST')
    expectError(await bulk('logs', { ...body, keys: [1] }), 'INVALID_REQUEST')
    expectError(await bulk('logs', { operation: 'update', match: {} }), 'INVALID_REQUEST')
    expectError(await bulk('logs', { ...body, match: { filter: ['nothing:eq:1'] } }), 'INVALID_FILTER')
    expectError(await bulk('logs', { ...body, match: { limit: 1 } }), 'VALIDATION_ERROR')
    expect(await count('logs')).toBe(10_500)
    const byKey = expectStatus(await server.api.post(`${BULK}/logs`, { operation: 'delete', keys: [0, 1] }), 200).body
    expect(byKey).toMatchObject({ documents: 2, action: null, undoable: false })
  })
})
