import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openSlowWorld, type SlowWorld, USERS } from './testing/slow-world'

let slow: SlowWorld
beforeAll(async () => {
  slow = await openSlowWorld()
})
afterAll(() => slow.close())

const [ANN] = USERS

const CASES: readonly [collection: string, params: string, lines: readonly string[], plan: string][] = [
  [
    'notes',
    'values=count',
    ['- { name: idx_notes_owner_id, fields: [owner_id] }'],
    'SEARCH d0 USING COVERING INDEX idx_notes_owner_id (owner_id=?)',
  ],
  [
    'notes',
    'values=count,max:at&group=text',
    ['- { name: idx_notes_owner_id_text_at, fields: [owner_id, text, at] }'],
    'SEARCH d0 USING COVERING INDEX idx_notes_owner_id_text_at (owner_id=?)',
  ],
  [
    'comments',
    'values=count&group=text',
    ['- { name: idx_comments_text, fields: [text] }'],
    'SCAN d0 USING COVERING INDEX idx_comments_text',
  ],
  [
    'comments',
    'values=count&filter=post_id:eq:000007',
    ['- { name: idx_comments_post_id, fields: [post_id] }'],
    'SEARCH d0 USING COVERING INDEX idx_comments_post_id (post_id=?)',
  ],
]

test.each(CASES)('followed, the advice makes %s?%s read an index', async (collection, params, lines, plan) => {
  const advice = slow.adviseAggregate(collection, params, ANN)
  expect(advice.plan[0]).toStartWith(`All documents of ${collection} are read`)
  expect(advice.indexes.map(({ line }) => line)).toEqual([...lines])
  const world = await openSlowWorld(new Map([[collection, lines]]))
  const after = world.aggregate(collection, params, ANN)
  expect(after.groups).toEqual(slow.aggregate(collection, params, ANN).groups)
  expect(after.plan).toContain(plan)
  expect(world.adviseAggregate(collection, params, ANN).indexes).toEqual([])
  await world.close()
})

test('what a rule asks for each document is found by an index', () => {
  const { indexes } = slow.adviseAggregate('tasks', 'values=count&group=status', ANN)
  expect(indexes.map(({ collection, fields }) => [collection, fields.join()])).toContainEqual([
    'members',
    'workspace_id,user_id',
  ])
})

test('without a filter all is read, whatever index there is', () => {
  const { obstacles } = slow.adviseAggregate('comments', 'values=count', ANN)
  expect(obstacles).toEqual([expect.stringContaining('An aggregate reads all documents that match')])
})

/** A seed that a failed run printed, to run it again. */
const REPLAY: number | null = null

test('whatever is computed, advice changes no group, and followed nothing more is advised', async () => {
  const seed = REPLAY ?? Math.floor(Math.random() * 2 ** 31)
  console.log(`advise-aggregate.test.ts: seed ${seed}`)
  const parts = fc.constantFrom(
    ...([
      ['notes', 'text', 'at:day', 'max:at', 'text:eq:word 3', 'at:gte:2023-11-14T23:00:00Z'],
      ['tasks', 'status', 'workspace.name', 'sum:points', 'points:in:1,2,3', 'workspace_id:eq:w5'],
      ['posts', 'status', 'author_id', 'avg:number', '{"$or":[{"title":"word 3"},{"number":7}]}', 'number:gt:100'],
    ] as const),
  )
  const asked = fc.record({
    parts,
    user: fc.constantFrom(...USERS),
    group: fc.subarray([1, 2] as const),
    filter: fc.subarray([4, 5] as const),
    sums: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(asked, async ({ parts, user, group, filter, sums }) => {
      const [collection] = parts
      const params = new URLSearchParams([
        ['values', sums ? `count,${parts[3]}` : 'count'],
        ...(group.length === 0 ? [] : [['group', group.map((index) => parts[index]).join(',')] as [string, string]]),
        ...filter.map((index): [string, string] => ['filter', parts[index]]),
      ]).toString()
      const { indexes } = slow.adviseAggregate(collection, params, user)
      const byCollection = Map.groupBy(indexes, (index) => index.collection)
      const lines = new Map([...byCollection].map(([name, own]) => [name, own.map(({ line }) => line)]))
      const world = await openSlowWorld(lines)
      const sorted = (one: SlowWorld) => one.aggregate(collection, params, user).groups.toSorted()
      expect(sorted(world)).toEqual(sorted(slow))
      expect(world.adviseAggregate(collection, params, user).indexes).toEqual([])
      await world.close()
    }),
    { seed, numRuns: 40, interruptAfterTimeLimit: 8_000, endOnFailure: true },
  )
}, 30_000)
