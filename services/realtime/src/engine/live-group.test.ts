import { afterEach, beforeEach, expect, test } from 'bun:test'
import { parseLiveQuery } from '@koyalite/query'
import { type LiveWorld, openLiveWorld } from '../testing/live-world'
import { MODEL_SCHEMA, seedWorld, USERS } from '../testing/random-world'
import { note } from '../testing/world-steps'
import { ChangeRouter } from './change-router'
import { documentsOfLists } from './documents-of-lists'
import { batchLimit, evaluateBatch } from './evaluate-batch'
import { type GroupContext, LiveGroup } from './live-group'
import { liveQuery } from './live-query'
import { Pending } from './pending'
import { createResumeTokens } from './resume-tokens'
import { createShapeTable } from './shape-table'
import { PART_BYTES } from './snapshot-parts'
import { SnapshotTransfers } from './snapshot-transfers'
import { createWindowPool } from './window-pool'

let world: LiveWorld
beforeEach(async () => {
  world = await openLiveWorld(MODEL_SCHEMA)
  await world.write((tx) => seedWorld(tx))
})
afterEach(() => world.close())

const shapes = createShapeTable()

interface Question {
  readonly collection: string
  readonly count?: boolean
  readonly expand?: readonly string[]
}

/** Groups of the users, one each, that nobody keeps up to date but the test. */
function groupsOf(payload: Question, users = USERS) {
  const dirty = new Set<LiveGroup>()
  const sent: string[] = []
  const context: GroupContext = {
    database: world.database,
    aggregateMs: 0,
    queryTimeoutMs: () => 5000,
    deliver: (seq) => void sent.push(String(seq)),
    finished: () => {},
    dirty: (group) => void dirty.add(group),
    end: (_subscription, error) => {
      throw error
    },
    failed: (_group, error) => {
      throw error
    },
    queryOf: () => {
      throw new Error('nobody is there to ask for')
    },
    relist: () => {},
    tokens: createResumeTokens(),
    schemaPrint: '',
    windows: createWindowPool(),
    transfers: new SnapshotTransfers(
      () => true,
      () => {},
    ),
    partBytes: PART_BYTES,
    counted: () => {},
  }
  const spec = {
    collection: payload.collection,
    asked: '',
    key: JSON.stringify(payload),
    parse: (...[schema, collection, access, cel]: Parameters<Parameters<typeof liveQuery>[0]['spec']['parse']>) =>
      parseLiveQuery(schema, collection, payload, access, cel),
  }
  const groups = users.map((user, index) => {
    const actor = world.credentials.actor(user)
    if (actor === null) throw new Error('there is no such user')
    const query = liveQuery({ schema: world.schema(), shapes, actor, spec, time: 0, maxDocuments: 100 })
    const group = new LiveGroup(query.list, `s${index}`, context)
    group.stepTo({ entries: [], more: false, total: payload.count ? 0 : null }, world.database.feed.lastSeq)
    return group
  })
  return { groups, context, dirty, sent }
}

test('G2 groups that had the same window and have the same documents have the same window', async () => {
  const { groups, context, sent } = groupsOf({ collection: 'notes' })
  const before = world.database.feed.lastSeq
  await world.write((tx) => void note(tx, 'a', { isPublic: false, author: USERS[1] ?? '' }))
  await world.write((tx) => void note(tx, 'b'))
  const seq = world.database.feed.lastSeq
  const pending = Pending.ofDocument('a', { from: before + 1, seq }).with(Pending.ofDocument('b', { from: seq, seq }))
  for (const group of groups) group.touch(pending)
  expect(groups.map((group) => group.due(seq))).toEqual(['changes', 'changes', 'changes', 'changes'])
  // Each began with an empty window of its own.
  const [first] = groups
  for (const group of groups) group.stepTo(first?.window ?? never(), before)
  for (const group of groups) group.touch(pending)
  expect(evaluateBatch(context, groups, seq)).toEqual([])
  const keys = groups.map(({ window }) => window?.entries.map(({ key }) => key))
  expect(keys).toEqual([['b'], ['a', 'b'], ['b'], ['b']])
  expect(groups[2]?.window).toBe(groups[3]?.window ?? null)
  expect(sent).toEqual([String(seq)])
})

test('G4 a total is not counted on from a state in the midst of the changes', () => {
  const { groups } = groupsOf({ collection: 'notes', count: true })
  const [group = never()] = groups
  const seq = world.database.feed.lastSeq
  group.touch(Pending.ofDocument('a', { from: seq + 1, seq: seq + 2 }))
  expect(group.due(seq + 2)).toBe('changes')
  group.touch(Pending.ofDocument('b', { from: seq, seq: seq + 2 }))
  expect(group.due(seq + 2)).toBe('page')
})

test('G3 a total that much of the change log would tell is read with the page', () => {
  const { groups } = groupsOf({ collection: 'notes', count: true })
  const [group = never()] = groups
  const seq = world.database.feed.lastSeq
  const large = (oldLength: number) => Pending.ofDocument('a', { from: seq + 1, seq: seq + 2, oldLength })
  group.touch(large(600_000))
  expect(group.due(seq + 2)).toBe('changes')
  group.touch(large(600_000).with(Pending.ofDocument('b', { from: seq + 1, seq: seq + 2 })))
  expect(group.due(seq + 2)).toBe('page')
})

test('G4 each change is looked through once, however many fields a document has', async () => {
  const { groups } = groupsOf({ collection: 'notes', count: true })
  const [{ list } = never()] = groups
  await world.write((tx) => void note(tx, 'hot'))
  const before = world.database.feed.lastSeq + 1
  await world.write((tx) => {
    for (let n = 0; n < 200; n++)
      tx.run({ text: "UPDATE notes SET staff = ? || hex(zeroblob(20000)) WHERE id = 'hot'", params: [n] })
  })
  const fastest = (work: () => unknown) =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const started = performance.now()
        work()
        return performance.now() - started
      }),
    )
  const once = fastest(() =>
    world.database.all({ text: 'SELECT count(*) FROM _koyalite_changes, json_each(old)', params: [] }),
  )
  const question = { lists: [list.params ?? ''], keys: ['hot'], before }
  const asked = fastest(() =>
    expect(documentsOfLists(world.database, list.shape, question).get(0)?.found).toHaveLength(1),
  )
  expect(asked / once).toBeLessThan(8)
})

test('R1 R2 only those are told whom the rule makes it matter to', async () => {
  const { groups, dirty } = groupsOf({ collection: 'messages' }, USERS.slice(1))
  const router = new ChangeRouter(world.database, world.schema())
  for (const group of groups) router.add(group)
  const [ann = never(), ben = never()] = groups
  const told = async (text: string, ...params: string[]) => {
    dirty.clear()
    const from = world.database.feed.lastSeq
    await world.write((tx) => void tx.run({ text, params }))
    router.route(world.database.feed.since(from, 100) ?? [])
    return [...dirty]
  }
  const [, ANN = '', BEN = ''] = USERS
  expect(await told("INSERT INTO members (room_id, user_id) VALUES ('a', ?)", ANN)).toEqual([ann])
  expect(await told('UPDATE members SET user_id = ?', BEN)).toEqual([ann, ben])
  expect(await told('DELETE FROM members')).toEqual([ben])
  expect(await told("INSERT INTO messages (room_id, text) VALUES ('a', 'x')")).toEqual(groups)
  for (const group of groups) router.remove(group)
  expect(await told("INSERT INTO messages (room_id, text) VALUES ('a', 'x')")).toEqual([])
})

test('R3 of what is shown, only documents that refer to what changed are looked at again', async () => {
  const [, ANN = '', BEN = ''] = USERS
  await world.write((tx) => void [note(tx, 'a', { author: ANN }), note(tx, 'b', { author: BEN }), note(tx, 'c')])
  const { groups, dirty } = groupsOf({ collection: 'notes', expand: ['author'] })
  const [group = never(), elsewhere = never()] = groups
  const entry = (key: string) => ({ key, order: [], hash: 1 })
  const { lastSeq } = world.database.feed
  group.stepTo({ entries: [entry('a'), entry('c')], more: false, total: null }, lastSeq)
  elsewhere.stepTo({ entries: [entry('b')], more: false, total: null }, lastSeq)
  const router = new ChangeRouter(world.database, world.schema())
  for (const one of [group, elsewhere]) router.add(one)
  await world.write((tx) => void tx.run({ text: "UPDATE users SET name = 'x' WHERE id = ?", params: [ANN] }))
  router.route(world.database.feed.since(lastSeq, 100) ?? [])
  expect([...dirty]).toEqual([group])
  expect(group.pending?.keys).toEqual(['a'])
  expect(group.due(world.database.feed.lastSeq)).toBe('changes')
})

test('E2 what one statement looks at is bounded', () => {
  const [shared, own] = ['notes', 'messages'].map((collection) => groupsOf({ collection }).groups[1] ?? never())
  let pending = Pending.ofDocument(0, { from: 1, seq: 1 })
  const most = () => [shared, own].map((group) => batchLimit(pending, group?.list.shape ?? never()))
  expect(most()).toEqual([256, 256])
  for (let key = 1; key < 64; key++) pending = pending.with(Pending.ofDocument(key, { from: 1, seq: 1 }))
  // A field of messages is there for their author alone.
  expect(most()).toEqual([64, 4])
})

function never(): never {
  throw new Error('there is one')
}
