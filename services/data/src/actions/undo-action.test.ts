import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Actor, quoteName } from '@koyalite/contracts'
import fc from 'fast-check'
import { type Caller, createCaller } from '../caller'
import type { BatchOperation } from '../operations/batch-operation'
import { runBatch } from '../operations/run-batch'
import { writeDocuments } from '../operations/write-documents'
import { openTestContext, type TestContext } from '../testing/open-api'
import { undoAction } from './undo-action'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  shops:
    fields:
      id: { type: string, primary: true }
      name: { type: string, unique: true, nullable: true }
      open: { type: bool, default: false }
      score: { type: float, nullable: true }
      blob: { type: blob, nullable: true }
      meta: { type: json, nullable: true }
      secret: { type: string, nullable: true, internal: true }
      head_id: { type: string, nullable: true, references: shops.id, onDelete: set null }
      updated_at: { type: timestamp, default: now, onUpdate: now }
  orders:
    fields:
      id: { type: int, primary: true, default: auto }
      shop_id: { type: string, references: shops.id, onDelete: cascade }
      n: { type: int, default: 0 }
  lines:
    fields:
      id: { type: string, primary: true }
      order_id: { type: int, references: orders.id, onDelete: cascade }
      shop_id: { type: string, nullable: true, references: shops.id, onDelete: restrict }
      text: { type: text, default: "" }
`
const SHOPS = ['a', 'b', 'c', "d'/ü"]
const ORDERS = [1, 2, 3, 4, 5]
const LINES = ['x', 'y', 'z']
const COLLECTIONS = { shops: SHOPS, orders: ORDERS, lines: LINES }

const OPERATOR: Actor = { kind: 'operator', id: 'o1', email: 'o1@example.com', role: 'editor', sessionId: 's' }

type Dump = Readonly<Record<string, readonly unknown[]>>

class Bench {
  readonly opened: TestContext
  #time = Date.parse('2026-01-01T00:00:00Z')

  constructor(opened: TestContext) {
    this.opened = opened
  }

  caller(actor: Actor): Caller {
    this.#time += 1000
    return createCaller(this.opened.context, actor, { time: this.#time, method: 'POST', ip: '', headers: {} })
  }

  /** Runs a batch; undefined where it is refused or changes nothing. As the operator it is an action, whose id is returned. */
  async write(
    operations: readonly BatchOperation[],
    by: 'operator' | 'others' = 'operator',
  ): Promise<string | undefined> {
    const { context } = this.opened
    const action = { operator: { id: 'o1', email: 'o1@example.com' }, route: 'POST /api/admin/data/batch' }
    const caller = by === 'others' ? this.caller({ kind: 'system' }) : { ...this.caller(OPERATOR), action }
    try {
      const prepare = () => runBatch(context, caller, { operations }).run
      return (await writeDocuments(context, caller, { collection: null, prepare })).action
    } catch {
      return undefined
    }
  }

  undo(
    id: string,
    more: { isDryRun?: boolean; leaveOut?: { collection: string; key: string | number }[]; actor?: Actor } = {},
  ) {
    const { isDryRun = false, leaveOut = [], actor = OPERATOR } = more
    const origin = { operator: { id: 'o1', email: 'o1@example.com' }, route: 'POST undo' }
    return undoAction(this.opened.context, this.caller(actor), { id, isDryRun, leaveOut, origin })
  }

  dump(): Dump {
    const { schema, database } = this.opened
    return Object.fromEntries(
      Object.keys(COLLECTIONS).map((name) => {
        const { table = name, primaryKey } = schema.collections.get(name) ?? {}
        const key = quoteName(primaryKey?.column ?? 'id')
        const rows = database.all({ text: `SELECT * FROM ${quoteName(table)} ORDER BY ${key}`, params: [] })
        return [name, rows.map((row) => row.map((value) => (value instanceof Uint8Array ? [...value] : value)))]
      }),
    )
  }
}

/** Writes in pieces: chosen so that documents meet often. */
const shop = fc.constantFrom(...SHOPS)
const order = fc.constantFrom(...ORDERS)
const line = fc.constantFrom(...LINES)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const shopData = fc.record(
  {
    name: maybe(fc.constantFrom('one', 'two', 'three')),
    open: fc.boolean(),
    score: maybe(fc.constantFrom(0.1, 1e300, -2.5, 3)),
    blob: maybe(fc.constantFrom('', 'AP8=')),
    meta: maybe(fc.constantFrom({ a: [1, null, 'é"'] }, 'text', 12.5, [], { $: 1.0 })),
    head_id: maybe(shop),
  },
  { requiredKeys: [] },
)
const operation: fc.Arbitrary<BatchOperation> = fc.oneof(
  fc.record({ op: fc.constant('upsert' as const), collection: fc.constant('shops'), id: shop, data: shopData }),
  fc.record({ op: fc.constant('update' as const), collection: fc.constant('shops'), id: shop, data: shopData }),
  fc.record({
    op: fc.constant('upsert' as const),
    collection: fc.constant('orders'),
    id: order,
    data: fc.record({ shop_id: shop, n: fc.nat(3) }),
  }),
  fc.record({
    op: fc.constant('update' as const),
    collection: fc.constant('orders'),
    id: order,
    data: fc.record({ n: fc.nat(9) }),
  }),
  fc.record({
    op: fc.constant('upsert' as const),
    collection: fc.constant('lines'),
    id: line,
    data: fc.record({ order_id: order, shop_id: maybe(shop), text: fc.constantFrom('', 'a', '"ü') }),
  }),
  fc.record({ op: fc.constant('delete' as const), collection: fc.constant('shops'), id: shop }),
  fc.record({ op: fc.constant('assert' as const), collection: fc.constant('shops'), id: shop, data: fc.constant({}) }),
  fc.record({ op: fc.constant('delete' as const), collection: fc.constant('orders'), id: order }),
  fc.record({ op: fc.constant('delete' as const), collection: fc.constant('lines'), id: line }),
)
const batch = fc.array(operation, { minLength: 1, maxLength: 4 })
/** Writes to the documents that `mine` wrote, where it wrote any of their collection. */
const batchOnSame = (mine: readonly BatchOperation[]) =>
  batch.map((operations) =>
    operations.map((each): BatchOperation => {
      const met = mine.find(({ collection }) => collection === each.collection)
      return met === undefined ? each : ({ ...each, id: met.id } as BatchOperation)
    }),
  )

const RUNS = Number(process.env.UNDO_RUNS ?? 120)

describe('undo', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = new Bench(await openTestContext(SCHEMA))
  })
  afterAll(() => bench.opened.database.close())

  const reset = async () => {
    for (const [collection, keys] of Object.entries(COLLECTIONS).toReversed())
      for (const id of keys) await bench.write([{ op: 'delete', collection, id }], 'others')
    for (const id of SHOPS) await bench.write([{ op: 'upsert', collection: 'shops', id, data: {} }], 'others')
  }

  test('any actions, all undone from the last to the first and done again: every state comes back exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 6 }), async (batches) => {
        await reset()
        const actions: { id: string; before: Dump; after: Dump }[] = []
        for (const operations of batches) {
          const before = bench.dump()
          const id = await bench.write(operations)
          if (id !== undefined) actions.push({ id, before, after: bench.dump() })
          else expect(bench.dump()).toEqual(before)
        }
        const redo: { id: string; after: Dump }[] = []
        for (const { id, before, after } of actions.toReversed()) {
          const { action } = await bench.undo(id)
          expect(bench.dump()).toEqual(before)
          if (action !== null) redo.push({ id: action, after })
        }
        const again: { id: string; before: Dump }[] = []
        for (const { id, after } of redo.toReversed()) {
          const before = bench.dump()
          const { action } = await bench.undo(id)
          expect(bench.dump()).toEqual(after)
          if (action !== null) again.push({ id: action, before })
        }
        for (const { id, before } of again.toReversed()) {
          await bench.undo(id)
          expect(bench.dump()).toEqual(before)
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('with others at work in between: nothing of theirs is lost, and a refused undo does nothing', async () => {
    const outcomes = { done: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 3 }),
        batch.chain((mine) =>
          fc.tuple(fc.constant(mine), fc.array(fc.oneof(batch, batchOnSame(mine)), { minLength: 1, maxLength: 3 })),
        ),
        async (first, [mine, theirs]) => {
          await reset()
          for (const operations of first) await bench.write(operations, 'others')
          const before = bench.dump()
          const id = await bench.write(mine)
          if (id === undefined) return
          const after = bench.dump()
          for (const operations of theirs) await bench.write(operations, 'others')
          const later = bench.dump()
          const dry = await bench.undo(id, { isDryRun: true })
          expect(bench.dump()).toEqual(later)
          let done = true
          await bench.undo(id).catch(() => {
            done = false
          })
          expect(done).toBe(dry.conflicts.length === 0)
          outcomes[done ? 'done' : 'refused']++
          if (!done) return void expect(bench.dump()).toEqual(later)
          expectMerged({ before, after, later, result: bench.dump() })
        },
      ),
      { numRuns: RUNS * 5 },
    )
    expect(outcomes.done).toBeGreaterThan(10)
    expect(outcomes.refused).toBeGreaterThan(3)
  })

  test('what is left out stays, the others go back', async () => {
    await reset()
    const data = (name: string) => ({ name, score: 1 })
    const id = await bench.write(['a', 'b'].map((id) => ({ op: 'update', collection: 'shops', id, data: data(id) })))
    await bench.write([{ op: 'update', collection: 'shops', id: 'b', data: { score: 2 } }], 'others')
    const { conflicts } = await bench.undo(String(id), { isDryRun: true })
    expect(conflicts).toMatchObject([
      { collection: 'shops', key: 'b', reason: 'changed', fields: [{ field: 'score', made: 1, now: 2 }] },
    ])
    await expect(bench.undo(String(id))).rejects.toMatchObject({ code: 'CONFLICT', details: [{ field: 'shops/b' }] })
    const { counts } = await bench.undo(String(id), { leaveOut: [{ collection: 'shops', key: 'b' }] })
    expect(counts).toMatchObject([{ collection: 'shops', updated: 1, inserted: 0, deleted: 0 }])
    const names = bench.dump().shops?.map((row) => (row as unknown[]).slice(0, 2))
    expect(names?.slice(0, 2)).toEqual([
      ['a', null],
      ['b', 'b'],
    ])
    await expect(bench.undo(String(id))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This was undone already.',
    })
  })

  test('internal fields come back, and are never shown', async () => {
    await reset()
    const setSecret = (value: string) =>
      bench.opened.database.write((tx) => void tx.run({ text: `UPDATE "shops" SET "secret" = ?`, params: [value] }))
    await setSecret('s1')
    const id = await bench.write([{ op: 'delete', collection: 'shops', id: 'a' }])
    await bench.undo(String(id))
    expect(bench.opened.database.get({ text: `SELECT "secret" FROM "shops" WHERE "id" = 'a'`, params: [] })).toEqual([
      's1',
    ])
    const made = await bench.write([{ op: 'upsert', collection: 'shops', id: 'new', data: {} }])
    await setSecret('s2')
    const { conflicts } = await bench.undo(String(made), { isDryRun: true })
    expect(conflicts).toEqual([
      { collection: 'shops', key: 'new', reason: 'changed', message: 'It has been changed since.', fields: [] },
    ])
    await bench.write([{ op: 'delete', collection: 'shops', id: 'new' }], 'others')
  })

  test('of others only owners and admins can undo, and nobody who may not write today', async () => {
    await reset()
    const id = String(await bench.write([{ op: 'update', collection: 'shops', id: 'a', data: { score: 7 } }]))
    const other = (role: 'owner' | 'admin' | 'editor' | 'viewer', as = 'o2'): Actor => ({ ...OPERATOR, id: as, role })
    for (const actor of [other('editor'), other('viewer')])
      await expect(bench.undo(id, { actor })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(bench.undo(id, { actor: other('viewer', 'o1') })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await bench.undo(id, { actor: other('admin') })
  })
})

/** Documents that the action did not concern are as others left them; those that it did are as before it, but for fields of others. */
function expectMerged({
  before,
  after,
  later,
  result,
}: Readonly<Record<'before' | 'after' | 'later' | 'result', Dump>>): void {
  for (const name of Object.keys(COLLECTIONS)) {
    const [was, made, left, is] = [before, after, later, result].map((dump) => byKey(dump[name] ?? []))
    const keys = new Set([was, made, left, is].flatMap((rows) => [...(rows?.keys() ?? [])]))
    for (const key of keys) {
      const [b, m, l, r] = [was, made, left, is].map((rows) => rows?.get(key))
      if (Bun.deepEquals(b, m)) expect(r).toEqual(l)
      else if (b === undefined || m === undefined || l === undefined) expect(r).toEqual(b)
      else {
        expect(r).toHaveLength(b.length)
        r?.forEach((value, i) => {
          const [changedByMe, changedByThem] = [!Bun.deepEquals(b[i], m[i]), !Bun.deepEquals(m[i], l[i])]
          const isTime = name === 'shops' && i === 8
          if (isTime) return
          if (changedByThem) expect([changedByMe, value]).toEqual([false, l[i]])
          else expect(value).toEqual(changedByMe ? b[i] : m[i])
        })
      }
    }
  }
}

function byKey(rows: readonly unknown[]): ReadonlyMap<unknown, readonly unknown[]> {
  return new Map(rows.map((row) => [(row as unknown[])[0], row as unknown[]]))
}
