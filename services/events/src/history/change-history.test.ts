import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { SqlValue, Tx } from '@koyalite/contracts'
import fc from 'fast-check'
import { presentTexts } from '../store/changed-documents'
import { type EventsWorld, openEventsWorld, sql } from '../testing/events-world'
import { ChangeHistory } from './change-history'
import { shapeOf, type Values } from './document-shape'
import type { ChangedStates, Shapes } from './document-states'

/** Milliseconds. Longer: HISTORY_MS=60000 bun test …; a failure prints its seed and path for `fc.assert(…, { seed, path })`. */
const LONG = Number(process.env.HISTORY_MS ?? 4_000)

let world: EventsWorld
let shapes: Shapes
beforeAll(async () => {
  world = await openEventsWorld()
  shapes = new Map([...world.schema.collections].map(([name, collection]) => [name, shapeOf(collection)]))
})
afterAll(() => world.close())

const key = fc.constantFrom('a', 'b', 'c', 'd')
const value = {
  text: fc.option(fc.string({ maxLength: 4 })),
  n: fc.integer(),
  score: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  done: fc.boolean(),
  data: fc.option(fc.json({ maxDepth: 1 })),
  at: fc.constantFrom(null, '2026-01-01T00:00:00.000Z', '2026-02-03T04:05:06.789Z'),
  raw: fc.constantFrom(null, new Uint8Array([1, 2, 255])),
  secret: fc.constantFrom(null, 'x', 'y'),
}
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('put'), id: key, ...value }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('set'), id: key, ...value }, { requiredKeys: ['kind', 'id'] }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), id: key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename'), id: key, to: key }) },
)
type Step = { readonly kind: string; readonly id: string; readonly to?: string } & Readonly<Record<string, SqlValue>>

describe('documents at changes of the log', () => {
  test('H1 are what was read right after each write, however late, and in whichever stretches', async () => {
    const history = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 })
    const bounds = fc.record({ changes: fc.integer({ min: 1, max: 40 }), bytes: fc.constantFrom(1, 200, 1_000_000) })
    await fc.assert(
      fc.asyncProperty(history, bounds, async (writes, bound) => {
        const expected = new Map<number, ChangedStates>()
        for (const steps of writes) {
          await world.database.write((tx) => {
            for (const one of steps) noteChanges(tx, one as Step, expected)
          })
        }
        const reader = new ChangeHistory(world.database, shapes, bound)
        for (const [seq, states] of expected) expect(await reader.at(seq)).toEqual(states)
      }),
      { interruptAfterTimeLimit: LONG, numRuns: LONG, markInterruptAsFailure: false },
    )
  })

  test('H2 keys of one spelling and two types are two documents', async () => {
    // The random one may still be writing when its time is over.
    const other = await openEventsWorld()
    await other.run(`INSERT INTO notes (id) VALUES ('1')`)
    await other.run(`INSERT INTO tags (id, note_id) VALUES (1, '1')`)
    await other.run(`DELETE FROM notes WHERE id = '1'`)
    const reader = new ChangeHistory(other.database, shapes)
    expect((await reader.at(1))?.after).toMatchObject({ id: '1', text: null })
    expect(await reader.at(2)).toEqual({ before: null, after: { id: 1, note_id: '1' } })
    const last = [await reader.at(3), await reader.at(4)].map((states) => [states?.before?.id, states?.after])
    expect(last).toContainEqual(['1', null])
    expect(last).toContainEqual([1, null])
    await other.close()
  })
})

/** Makes a change, and notes for each entry of the log what there was before and after it. */
function noteChanges(tx: Tx, one: Step, expected: Map<number, ChangedStates>): void {
  const before = present(tx)
  const first = tx.lastSeq()
  make(tx, one)
  const after = present(tx)
  const rows = tx.all(sql('SELECT seq, op, doc_id FROM _koyalite_changes WHERE seq > ? ORDER BY seq', first))
  for (const [seq, op, id] of rows as [number, string, string][]) {
    expected.set(seq, {
      before: op === 'insert' ? null : (before.get(id) ?? null),
      after: op === 'delete' ? null : (after.get(id) ?? null),
    })
  }
}

function make(tx: Tx, { kind, id, to, ...values }: Step): void {
  const columns = Object.keys(values)
  const params = columns.map((column) =>
    typeof values[column] === 'boolean' ? Number(values[column]) : values[column],
  ) as SqlValue[]
  if (kind === 'delete') tx.run(sql('DELETE FROM notes WHERE id = ?', id))
  else if (kind === 'rename') tx.run(sql('UPDATE OR IGNORE notes SET id = ? WHERE id = ?', to as string, id))
  else if (kind === 'put') {
    const places = columns.map(() => '?').join(', ')
    // REPLACE is a deletion and a creation where there is one.
    tx.run(sql(`DELETE FROM notes WHERE id = ?`, id))
    tx.run(sql(`INSERT INTO notes (id, ${columns.join(', ')}) VALUES (?, ${places})`, id, ...params))
  } else if (columns.length > 0) {
    tx.run(sql(`UPDATE notes SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`, ...params, id))
  }
}

function present(tx: Tx): ReadonlyMap<string | number, Values> {
  const shape = shapes.get('notes')
  if (shape === undefined) throw new Error('there are no notes')
  const texts = presentTexts(tx, shape.collection, ['a', 'b', 'c', 'd'])
  return new Map([...texts].map(([id, text]) => [id, JSON.parse(text) as Values]))
}
