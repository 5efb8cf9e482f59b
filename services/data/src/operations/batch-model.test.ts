import { beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { BATCH_MODEL_SCHEMA, type ModelDocument, type ModelState, modelBatch } from '../testing/batch-model'
import { openTestApi, type TestApi, user } from '../testing/open-api'
import type { BatchOperation, Key } from './batch-operation'

/** `KOYALITE_BATCH_RUNS=20000` for a long run; a failure prints the seed, which `KOYALITE_BATCH_SEED` repeats. */
const RUNS = Number(process.env.KOYALITE_BATCH_RUNS ?? 400)
const SEED = process.env.KOYALITE_BATCH_SEED === undefined ? {} : { seed: Number(process.env.KOYALITE_BATCH_SEED) }

const ANN = '00000000-0000-7000-8000-00000000000a'
/** Documents that every batch begins with. */
const STORED: readonly (readonly ['lists' | 'items', ModelDocument])[] = [
  ['lists', { id: 1, name: 'a', parent_id: null, secret: false }],
  ['lists', { id: 2, name: 'b', parent_id: 1, secret: false }],
  ['lists', { id: 3, name: 'c', parent_id: null, secret: true }],
  ['items', { id: 'x', list_id: 1, data: { $result: 0 } }],
  ['items', { id: 'y', list_id: 2, data: null }],
]

let api: TestApi
beforeAll(async () => {
  api = await openTestApi(BATCH_MODEL_SCHEMA)
})

const earlier = fc.integer({ min: 0, max: 7 }).map(($result) => ({ $result }))
const listKey = fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 1, max: 5 }) }, { weight: 3, arbitrary: earlier })
const itemKey = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('x', 'y', 'z', '$result') },
  { weight: 3, arbitrary: earlier },
)
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 4 })
const list = fc.record(
  {
    name: orNull(fc.oneof({ weight: 9, arbitrary: fc.constantFrom('a', 'b', 'd', 'e') }, fc.constant('long'))),
    parent_id: orNull(listKey),
    secret: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  },
  { requiredKeys: [] },
)
const item = fc.record(
  {
    list_id: orNull(listKey),
    data: fc.constantFrom(null, { $result: 0 }, '$result', ['{"$result":0}'], { a: { $result: 1 } }),
  },
  { requiredKeys: [] },
)

function operationsOn(collection: 'lists' | 'items'): fc.Arbitrary<BatchOperation> {
  const [id, data] = collection === 'lists' ? [listKey, list] : [itemKey, item]
  const of = <Op extends string>(op: Op) => ({ op: fc.constant(op), collection: fc.constant(collection), id })
  const created =
    collection === 'lists'
      ? fc.record({ op: fc.constant('create'), collection: fc.constant(collection), data })
      : fc.record({ ...of('create'), data })
  return fc.oneof(
    { weight: 4, arbitrary: created },
    { weight: 3, arbitrary: fc.record({ ...of('update'), data }) },
    { weight: 2, arbitrary: fc.record({ ...of('upsert'), data }) },
    { weight: 1, arbitrary: fc.record(of('delete')) },
    { weight: 2, arbitrary: fc.record({ ...of('assert'), data }) },
  ) as fc.Arbitrary<BatchOperation>
}

const anyBatch = fc.array(fc.oneof(operationsOn('lists'), operationsOn('items')), { minLength: 1, maxLength: 7 })

/** Most batches name operations that they can name: few others would get far. */
const batch = fc.oneof({ weight: 9, arbitrary: anyBatch.map((operations) => operations.map(namingEarlier)) }, anyBatch)

function namingEarlier(operation: BatchOperation, index: number, all: readonly BatchOperation[]): BatchOperation {
  const named = (value: unknown, target: string): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const makes = ({ op, collection }: BatchOperation) => collection === target && op !== 'delete' && op !== 'assert'
    const able = all.slice(0, index).flatMap((one, at) => (makes(one) ? [at] : []))
    if (able.length === 0) return target === 'lists' ? 1 : 'z'
    return { $result: able[(value as { $result: number }).$result % able.length] }
  }
  const id = operation.id === undefined ? {} : { id: named(operation.id, operation.collection) }
  if (operation.op === 'delete') return { ...operation, ...id } as BatchOperation
  const data = Object.entries(operation.data as object).map(([name, value]) => [
    name,
    name.endsWith('_id') ? named(value, 'lists') : value,
  ])
  return { ...operation, ...id, data: Object.fromEntries(data) } as BatchOperation
}

async function begin(): Promise<void> {
  const { lists, items } = { lists: await all('lists'), items: await all('items') }
  const operations = [
    ...items.map(({ id }) => ({ op: 'delete', collection: 'items', id })),
    ...lists.map(({ id }) => ({ op: 'update', collection: 'lists', id, data: { parent_id: null } })),
    ...lists.map(({ id }) => ({ op: 'delete', collection: 'lists', id })),
    ...STORED.map(([collection, data]) => ({ op: 'create', collection, data })),
  ]
  expect((await api.system('POST', '/batch', { operations })).status).toBe(200)
}

const all = async (collection: string): Promise<readonly ModelDocument[]> =>
  (await api.system('GET', `/collections/${collection}?limit=500`)).body.docs

async function stored(): Promise<Readonly<Record<string, ModelDocument>>> {
  const documents = await Promise.all(
    (['lists', 'items'] as const).map(async (name) => [name, await all(name)] as const),
  )
  return Object.fromEntries(documents.flatMap(([name, docs]) => docs.map((doc) => [`${name}/${doc.id}`, doc])))
}

test('a batch does what a few lines of code say that it does', async () => {
  const before: ModelState = new Map(STORED.map(([name, data]) => [`${name}/${data.id}`, data]))
  const outcomes: Record<string, number> = {}
  let next = 4
  await fc.assert(
    fc.asyncProperty(batch, async (operations) => {
      await begin()
      const seq = (await api.system('GET', '/collections/lists?limit=1')).headers.get('koyalite-seq')
      const { status, body } = await api.as(user(ANN))('POST', '/batch', { operations })
      const results: readonly ({ readonly id: Key } | null)[] = body.results ?? []
      const model = modelBatch(before, operations, next)
      outcomes[status] = (outcomes[status] ?? 0) + 1
      if ('status' in model) {
        expect({ status, operation: body.error?.operation }).toEqual({
          status: model.status,
          operation: model.operation,
        })
        expect(await stored()).toEqual(Object.fromEntries(before))
        expect((await api.system('GET', '/collections/lists?limit=1')).headers.get('koyalite-seq')).toBe(seq)
      } else {
        expect({ status, keys: results.map((one) => one?.id ?? null) }).toEqual({ status: 200, keys: [...model.keys] })
        expect(await stored()).toEqual(Object.fromEntries(model.state))
        next = model.next
      }
    }),
    { numRuns: RUNS, ...SEED },
  )
  // The batches are of all kinds, or the test would say little.
  for (const status of [200, 404, 409, 412, 422]) expect(outcomes[status] ?? 0).toBeGreaterThan(RUNS / 100)
}, 120_000)
