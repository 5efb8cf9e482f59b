import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { claimOperation, completeOperation } from '../testing/claim-operation'
import { openTransactionApi, type TestTransaction, type TransactionApi } from '../testing/open-transaction-api'
import {
  MODEL_SCHEMA,
  type ModelAnswer,
  type ModelDocument,
  type ModelOperation,
  type ModelState,
  runOperation,
} from '../testing/transaction-model'

setDefaultTimeout(600_000)

/** `KOYALITE_TRANSACTION_RUNS=5000` for a long run; a failure prints the seed, which `KOYALITE_TRANSACTION_SEED` repeats. */
const RUNS = Number(process.env.KOYALITE_TRANSACTION_RUNS ?? 100)
const LONG = process.env.KOYALITE_TRANSACTION_RUNS === undefined ? {} : { interruptAfterTimeLimit: 600_000 }
const SEED =
  process.env.KOYALITE_TRANSACTION_SEED === undefined ? {} : { seed: Number(process.env.KOYALITE_TRANSACTION_SEED) }

const folder = mkdtempSync(join(tmpdir(), 'koyalite-transactions-'))
let api: TransactionApi
beforeAll(async () => {
  api = await openTransactionApi(MODEL_SCHEMA, { path: join(folder, 'a.db') })
  api.open.extend('claim', claimOperation)
  api.open.extend('complete', completeOperation)
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true })
})

interface Plan {
  readonly mode: 'optimistic' | 'exclusive' | 'plain'
  readonly operations: readonly ModelOperation[]
  readonly end: 'commit' | 'rollBack'
  /** The claim that is completed by its commit. */
  readonly completes: string | null
  /** Turns of the event loop before each request. */
  readonly pauses: readonly number[]
}

/** What a plan has come to. */
interface Done {
  readonly observed: readonly (readonly [ModelOperation, ModelAnswer])[]
  /** By its number; null where it was rolled back, or changed nothing. */
  readonly seq: number | null
}

const id = fc.constantFrom('p', 'q', 'r', 's')
const data: fc.Arbitrary<Partial<ModelDocument>> = fc.record(
  { group: fc.constantFrom('a', 'b'), slot: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }) },
  { requiredKeys: [] },
)
const operation: fc.Arbitrary<ModelOperation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('get'), id }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('list'), group: fc.constantFrom('a', 'b') }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('create'), id, data }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('put'), id, data }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('patch'), id, data }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('increment'), id, by: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('delete'), id }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('claim', 'complete', 'release'), id }) },
) as fc.Arbitrary<ModelOperation>

const plan: fc.Arbitrary<Plan> = fc
  .record({
    mode: fc.constantFrom('optimistic', 'optimistic', 'exclusive', 'plain'),
    operations: fc.array(operation, { minLength: 1, maxLength: 6 }),
    end: fc.constantFrom('commit', 'commit', 'commit', 'rollBack'),
    completes: fc.option(id, { freq: 1 }),
    pauses: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 8, maxLength: 8 }),
  })
  .map((made) =>
    made.mode === 'plain' ? { ...made, operations: made.operations.slice(0, 1).map(asPlain) } : made,
  ) as never

/** Operations of other services are made in transactions. */
function asPlain(asked: ModelOperation): ModelOperation {
  return asked.op === 'claim' || asked.op === 'complete' ? { op: 'release', id: asked.id } : asked
}

/** A change of something that differs always has a number of its own. */
let unique = 0
const distinct = (asked: ModelOperation): ModelOperation =>
  asked.op === 'create' || asked.op === 'put' || asked.op === 'patch'
    ? { ...asked, data: { ...asked.data, n: ++unique * 100 } }
    : asked

type Target = Pick<TestTransaction, 'send'> & Partial<Pick<TestTransaction, 'run'>>

async function ask(target: Target, asked: ModelOperation): Promise<{ answer: ModelAnswer; seq: number }> {
  const { status, body, headers } = await request(target, asked)
  const seq = Number(headers.get('koyalite-seq')?.split('.').at(-1))
  if (status >= 400) return { answer: body.error.code, seq }
  return { answer: asked.op === 'list' ? body.docs : body, seq }
}

function request(
  { send, run = () => Promise.reject(new Error('not in a transaction')) }: Target,
  asked: ModelOperation,
) {
  if (asked.op === 'list') return send('GET', `items?filter=group:eq:${asked.group}&sort=id&count=true`)
  const path = `items/${asked.id}`
  switch (asked.op) {
    case 'get':
      return send('GET', path)
    case 'delete':
      return send('DELETE', path)
    case 'create':
      return send('POST', 'items', { id: asked.id, ...asked.data })
    case 'put':
      return send('PUT', path, asked.data)
    case 'patch':
      return send('PATCH', path, asked.data)
    case 'claim':
    case 'complete':
      return run(asked.op, { id: asked.id })
    case 'release':
      return send('DELETE', `claims/${asked.id}`)
    case 'increment':
      return send('PATCH', path, { n: { $inc: asked.by } })
  }
}

const isWrite = ({ op }: ModelOperation) => op !== 'get' && op !== 'list'
/** What somebody had claimed before stays as it is. */
const isKept = ({ op }: ModelOperation, answer: ModelAnswer) =>
  op === 'claim' && !(answer as { readonly created: boolean }).created
const isRefusal = (answer: ModelAnswer) => typeof answer === 'string'

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

/** Null where it had a conflict: then it is to have done nothing. */
async function carryOut({ mode, operations, end, completes, pauses }: Plan): Promise<Done | null> {
  await turns(pauses[7] ?? 0)
  const asked = operations.map(distinct)
  if (mode === 'plain') {
    const [one] = asked as [ModelOperation]
    const { answer, seq } = await ask({ send: api.system }, one)
    return { observed: [[one, answer]], seq: isWrite(one) && !isRefusal(answer) ? seq : null }
  }
  const call = api.call()
  const tx = await call.begin(mode)
  const observed: (readonly [ModelOperation, ModelAnswer])[] = []
  for (const [index, one] of asked.entries()) {
    await turns(pauses[index] ?? 0)
    const { answer } = await ask(tx, one)
    if (answer === 'TRANSACTION_CONFLICT') {
      await tx.rollBack()
      return null
    }
    if (answer !== 'READ_AFTER_WRITE') observed.push([one, answer])
  }
  await turns(pauses[6] ?? 0)
  const last = completes === null ? undefined : { complete: { id: completes } }
  const { status, body } = end === 'commit' ? await tx.commit(last) : await tx.rollBack()
  // What is refused at the commit has been written by somebody else meanwhile.
  if (status === 503 || status === 409 || status === 404) return null
  expect(status).toBe(end === 'commit' ? 200 : 204)
  if (end === 'commit' && completes !== null) observed.push([{ op: 'complete', id: completes }, null])
  const changed = observed.some(([one, answer]) => isWrite(one) && !isRefusal(answer) && !isKept(one, answer))
  return { observed, seq: end === 'commit' && changed ? Number(body.seq.split('.').at(-1)) : null }
}

/** The state after a transaction that runs alone; null where it would have been answered otherwise. */
function replayed(state: ModelState, { observed }: Done): ModelState | null {
  let now = state
  for (const [asked, answer] of observed) {
    const [expected, next] = runOperation(now, asked, answer)
    if (!Bun.deepEquals(answer, expected)) return null
    now = next
  }
  return now
}

function shown({ documents, claims }: ModelState): string {
  return JSON.stringify([...documents, ...claims])
}

test('T5, T7 whatever runs at the same time, all of it is as if one had run after the other', async () => {
  let runs = 0
  let conflicts = 0
  let committed = 0
  const property = fc.asyncProperty(
    fc.array(fc.array(plan, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
    async (callers) => {
      runs++
      for (const name of ['p', 'q', 'r', 's'])
        for (const collection of ['items', 'claims']) await api.system('DELETE', `${collection}/${name}`)
      await api.system('POST', 'items', [
        { id: 'p', slot: 1 },
        { id: 'q', group: 'b' },
      ])
      await api.system('POST', 'claims', { id: 'p', holder: 'nobody' })
      const done: Done[] = []
      await Promise.all(
        callers.map(async (plans) => {
          for (const one of plans) {
            const result = await carryOut(one)
            if (result === null) conflicts++
            else done.push(result)
          }
        }),
      )
      let state: ModelState = {
        documents: new Map<string, ModelDocument>([
          ['p', { id: 'p', group: 'a', n: 0, slot: 1 }],
          ['q', { id: 'q', group: 'b', n: 0, slot: null }],
        ]),
        claims: new Map([['p', 'nobody']]),
      }
      const states = [state]
      const changes = done.filter(({ seq }) => seq !== null).toSorted((one, other) => (one.seq ?? 0) - (other.seq ?? 0))
      committed += changes.length
      for (const change of changes) {
        const next = replayed(state, change)
        if (next === null) throw new Error(`not serializable: ${JSON.stringify(change)} on ${shown(state)}`)
        state = next
        states.push(state)
      }
      for (const one of done.filter(({ seq }) => seq === null)) {
        const isPossible = states.some((before) => replayed(before, one) !== null)
        if (!isPossible) throw new Error(`read what there never was: ${JSON.stringify(one)}`)
      }
      const stored = await api.system('GET', 'items?sort=id')
      const expected = [...state.documents.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1))
      expect(stored.body.docs).toEqual(expected)
      const claims = await api.system('GET', 'claims?sort=id')
      expect(claims.body.docs).toEqual(
        [...state.claims].toSorted().map(([claimed, holder]) => ({ id: claimed, holder })),
      )
    },
  )
  await fc.assert(property, { numRuns: RUNS, ...LONG, ...SEED })
  // Otherwise it has shown nothing.
  expect(conflicts).toBeGreaterThan(runs / 20)
  expect(committed).toBeGreaterThan(runs)
})
