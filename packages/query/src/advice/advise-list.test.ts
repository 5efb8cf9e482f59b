import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { SuggestedIndex } from '@koyalite/contracts'
import fc from 'fast-check'
import { openSlowWorld, ROWS, type SlowWorld, USERS } from './testing/slow-world'

let slow: SlowWorld
beforeAll(async () => {
  slow = await openSlowWorld()
})
afterAll(() => slow.close())

const [ANN] = USERS

/** The same database with the lines of schema.yaml that were advised. */
async function withLines<T>(indexes: readonly SuggestedIndex[], work: (world: SlowWorld) => T): Promise<T> {
  const byCollection = Map.groupBy(indexes, ({ collection }) => collection)
  const world = await openSlowWorld(
    new Map([...byCollection].map(([name, own]) => [name, own.map(({ line }) => line)])),
  )
  try {
    return work(world)
  } finally {
    await world.close()
  }
}

describe('followed, the advice makes the list read its page only', () => {
  const cases: readonly [collection: string, params: string, lines: readonly string[]][] = [
    ['notes', 'limit=10', ['- { name: idx_notes_owner_id, fields: [owner_id] }']],
    ['notes', 'sort=-at&limit=10', ['- { name: idx_notes_owner_id_at, fields: [owner_id, at] }']],
    [
      'notes',
      'filter=at:gte:2023-11-15T00:00:00Z&sort=at&limit=10',
      ['- { name: idx_notes_owner_id_at, fields: [owner_id, at] }'],
    ],
    ['comments', 'sort=text&limit=10', ['- { name: idx_comments_text, fields: [text] }']],
    ['comments', 'filter=post_id:eq:000007', ['- { name: idx_comments_post_id_id, fields: [post_id, id] }']],
    [
      'comments',
      'filter={"post_id":"000007","text":"word 38"}',
      ['- { name: idx_comments_post_id_text_id, fields: [post_id, text, id] }'],
    ],
    [
      'comments',
      'where=doc.post_id == "000007"&sort=-text',
      ['- { name: idx_comments_post_id_text, fields: [post_id, text] }'],
    ],
    ['comments', 'filter=post_id:in:000007,000014', ['- { name: idx_comments_post_id, fields: [post_id] }']],
  ]
  test.each(cases)('%s?%s', async (collection, params, lines) => {
    const advice = slow.advise(collection, params, ANN)
    expect(advice.indexes.map(({ line }) => line)).toEqual([...lines])
    const before = slow.read(collection, params, ANN)
    await withLines(advice.indexes, (world) => {
      const after = world.read(collection, params, ANN)
      expect(after.docs).toEqual(before.docs)
      expect(before.docs.length).toBeGreaterThan(0)
      // One more shows whether there is another page; ties are looked at together.
      expect(after.root).toBeLessThanOrEqual(2 * (before.docs.length + 1))
      expect(before.root).toBeGreaterThan(4 * after.root)
      expect(world.plan(collection, params, ANN)).toContain(advice.indexes[0]?.fields.join('_') ?? '')
      const again = world.advise(collection, params, ANN)
      expect(again).toMatchObject({ indexes: [], scansInside: false })
    })
  })
})

describe('what is read for each document', () => {
  test('by a rule that asks another collection', async () => {
    const params = 'filter=workspace_id:eq:w5&limit=10'
    const advice = slow.advise('tasks', params, ANN)
    expect(advice.indexes.map(({ line }) => line)).toEqual([
      '- { name: idx_members_workspace_id_user_id, fields: [workspace_id, user_id] }',
      '- { name: idx_tasks_workspace_id, fields: [workspace_id] }',
    ])
    const before = slow.read('tasks', params, ANN)
    await withLines(advice.indexes, (world) => {
      const after = world.read('tasks', params, ANN)
      expect(after.docs).toEqual(before.docs)
      expect(before.docs).toHaveLength(10)
      // All of one workspace, which are sorted.
      expect(after.root).toBe(ROWS / 20)
      expect(after.inner).toBeLessThanOrEqual(after.root)
      expect(before.inner + before.root).toBeGreaterThan(10 * (after.inner + after.root))
    })
  })

  test('one row that a rule asks for keeps the order, if its index is unique', async () => {
    const params = 'filter=workspace_id:eq:w5&sort=-title&limit=10'
    const hint = slow.advise('tasks', params, ANN).obstacles.join()
    expect(hint).toContain(
      'If members can hold only one document with the same workspace_id and user_id, make an index',
    )
    const line = '- { name: idx_tasks_workspace_id_title, fields: [workspace_id, title] }'
    expect(hint).toContain(`with collections.tasks.indexes: ${line}: then no more than the page is read.`)
    const unique = '- { name: one_membership, fields: [workspace_id, user_id], unique: true }'
    const lines = new Map([
      ['members', [unique]],
      ['tasks', [line]],
    ])
    const before = await openSlowWorld(new Map(), { oneMembership: true })
    const after = await openSlowWorld(lines, { oneMembership: true })
    expect(after.read('tasks', params, ANN).docs).toEqual(before.read('tasks', params, ANN).docs)
    // One more than the page, and its ties.
    expect(after.read('tasks', params, ANN).root).toBeLessThan(15)
    expect(after.advise('tasks', params, ANN)).toMatchObject({ reads: 'page', indexes: [], obstacles: [] })
    await Promise.all([before.close(), after.close()])
  })

  test('by expand', async () => {
    const params = 'expand=comments&limit=5'
    const advice = slow.advise('posts', params, ANN)
    expect(advice.words).toContain('For each document, all documents of comments are read.')
    expect(advice.indexes.map(({ line }) => line)).toEqual(['- { name: idx_comments_post_id, fields: [post_id] }'])
    const before = slow.read('posts', params, ANN)
    expect(before.inner).toBeGreaterThanOrEqual(5 * ROWS)
    await withLines(advice.indexes, (world) => {
      const after = world.read('posts', params, ANN)
      expect(after.docs).toEqual(before.docs)
      expect(after.inner).toBeLessThan(100)
    })
  })
})

test('several alternatives have an index each', async () => {
  const params = 'filter={"$or":[{"title":"word 3"},{"number":7}]}'
  const advice = slow.advise('posts', params, ANN)
  expect(advice.indexes.map(({ line }) => line)).toEqual([
    '- { name: idx_posts_title, fields: [title] }',
    '- { name: idx_posts_number, fields: [number] }',
  ])
  expect(advice.after[0]).toStartWith('Indexes on title and on number find the documents of posts')
  const before = slow.read('posts', params, ANN)
  await withLines(advice.indexes, (world) => {
    const after = world.read('posts', params, ANN)
    expect(after.docs).toEqual(before.docs)
    expect(after.root).toBeLessThan(before.root / 10)
  })
})

describe('where an index does not help, the reason is said', () => {
  const cases: readonly [collection: string, params: string, reason: string][] = [
    ['comments', 'filter=text:like:%3%', "'like' on 'text' looks into every text"],
    ['comments', 'filter=text:contains:3', "'contains' on 'text' looks into every text"],
    ['comments', 'filter=text:ne:a', "'ne' on 'text' is tested of each document"],
    ['comments', 'filter=post.title:eq:a', "'post.title' is in another collection"],
    ['comments', 'sort=post.title', "'post.title' is in another collection: all documents that match are sorted"],
    ['comments', 'where=doc.text.size() > 3', 'A part of where is tested of each document'],
    ['comments', 'offset=100', 'offset reads what it skips'],
    ['tasks', 'filter=meta.a:eq:1', "'meta.a' is inside of json"],
    ['posts', '', 'The read rules of posts look at author_id, status'],
    [
      'posts',
      'filter={"$or":[{"title":"a"},{"title":{"$like":"b%"}}]}',
      'Alternatives ($or) are found by indexes only if',
    ],
    ['posts', 'sort=-status,title', 'A sort in both directions'],
  ]
  test.each(cases)('%s?%s', (collection, params, reason) => {
    const { obstacles } = slow.advise(collection, params, ANN)
    expect(obstacles.join('\n')).toContain(reason)
  })

  test('a list that reads its page only needs nothing', () => {
    expect(slow.advise('comments', 'limit=10', ANN)).toMatchObject({
      reads: 'page',
      indexes: [],
      after: [],
      obstacles: [],
    })
  })
})

test('of a rule that is an OR, indexes are advised only where walking has proved slow', () => {
  expect(slow.advise('posts', '', ANN).indexes).toEqual([])
  expect(slow.advise('posts', '', ANN, true).indexes.map(({ fields }) => fields)).toEqual([['author_id'], ['status']])
})

/** A seed that a failed run printed, to run it again. */
const REPLAY: number | null = null

test('whatever is asked, advice changes no answer, and what it promises is so', async () => {
  const seed = REPLAY ?? Math.floor(Math.random() * 2 ** 31)
  console.log(`advise-list.test.ts: seed ${seed}`)
  const asked: Readonly<Record<string, { readonly filters: readonly string[]; readonly sorts: readonly string[] }>> = {
    notes: {
      filters: [
        'at:gte:2023-11-14T23:00:00Z',
        'text:eq:word 3',
        '{"$or":[{"text":"word 38"},{"id":{"$lt":40}}]}',
        'text:like:word 1%',
      ],
      sorts: ['at', '-at', 'text,at', '-text,at', 'id', '-id'],
    },
    tasks: {
      filters: [
        'status:eq:draft',
        'workspace_id:eq:w5',
        'points:gt:40',
        'points:in:1,2',
        'due:eq:null',
        'owner_id:ne:null',
        '{"meta.a":1}',
      ],
      sorts: ['due', '-due,id', 'title', '-points', 'status,points', 'id'],
    },
    posts: {
      filters: [
        'status:eq:draft',
        'title:eq:word 3',
        'number:lt:20',
        '{"$or":[{"title":"word 3"},{"number":7}]}',
        `author_id:eq:${ANN}`,
      ],
      sorts: ['-at', 'number', 'title,-number', 'id', '-id'],
    },
  }
  const list = fc.constantFrom('notes', 'tasks', 'posts').chain((name) =>
    fc.record({
      name: fc.constant(name),
      user: fc.constantFrom(...USERS),
      filters: fc.uniqueArray(fc.constantFrom(...(asked[name]?.filters ?? [])), { maxLength: 2 }),
      sort: fc.option(fc.constantFrom(...(asked[name]?.sorts ?? []))),
      wasSlow: fc.boolean(),
    }),
  )
  await fc.assert(
    fc.asyncProperty(list, async ({ name, user, filters, sort, wasSlow }) => {
      const params = new URLSearchParams([
        ...filters.map((one): [string, string] => ['filter', one]),
        ...(sort === null ? [] : [['sort', sort] as [string, string]]),
        ['limit', '20'],
      ]).toString()
      const advice = slow.advise(name, params, user, wasSlow)
      expect(advice.indexes.length > 0).toBe(advice.after.length > 0)
      const before = slow.read(name, params, user)
      await withLines(advice.indexes, (world) => {
        const after = world.read(name, params, user)
        expect(after.docs).toEqual(before.docs)
        const again = world.advise(name, params, user, wasSlow)
        // What was promised is what is: nothing more to advise, and the plan that was foretold.
        expect(again.indexes).toEqual([])
        if (again.reads === 'page') expect(after.root).toBeLessThanOrEqual(2 * 21)
        if (advice.indexes.length === 0) return
        const told = advice.after.map((sentence) => sentence.replaceAll('new index', 'index'))
        expect(again.words.map((sentence) => sentence.replaceAll(/index idx_\w+/g, 'index'))).toEqual(told)
      })
    }),
    { seed, numRuns: 60, interruptAfterTimeLimit: 8_000, endOnFailure: true },
  )
}, 30_000)
