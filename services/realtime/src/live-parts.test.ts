import { afterEach, describe, expect, test } from 'bun:test'
import type { ServerMessage } from '@koyalite/contracts'
import { type FakeConnection, type LiveWorld, type LiveWorldOptions, openLiveWorld } from './testing/live-world'
import { MODEL_SCHEMA, seedWorld, USERS } from './testing/random-world'
import { follow, note, run } from './testing/world-steps'

const [, ANN = '', BEN = ''] = USERS
const NOTES = 30
const ALL = { collection: 'notes', limit: null, sort: ['n'] }
const open: LiveWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) {
    await world.close()
    for (const { client } of world.connections) expect(client.complaints).toEqual([])
  }
})

/** With so many notes, of which a part holds four. */
async function newWorld(notes: number, options: LiveWorldOptions = {}): Promise<LiveWorld> {
  const world = await openLiveWorld(MODEL_SCHEMA, { partBytes: 600, ...options })
  open.push(world)
  await world.write((tx) => {
    seedWorld(tx)
    for (let n = 0; n < notes; n++) note(tx, `n${n}`, { n })
  })
  return world
}

type Snapshot = Extract<ServerMessage, { type: 'snapshot' }>['payload']
const snapshots = ({ client }: FakeConnection) =>
  client.messages.flatMap(({ type, payload }) => (type === 'snapshot' ? [payload as Snapshot] : []))
/** The numbers of the parts of the first list. */
const parts = (connection: FakeConnection) =>
  snapshots(connection)
    .filter((one) => one.subscription_id === connection.client.ids.get(1))
    .map((one) => ('part' in one ? one.part : null))
const deltas = ({ client }: FakeConnection) => client.messages.filter(({ type }) => type === 'delta')
const codes = ({ client }: FakeConnection, id: string | number = 1) =>
  client.errorsOf(id).map(({ code }) => code as string)
const keys = ({ client }: FakeConnection, id: string | number = 1) =>
  client.list(client.ids.get(id) ?? '').docs.map(({ key }) => key)

/** The client takes what waits, and nothing after it. */
async function take(world: LiveWorld, connection: FakeConnection): Promise<void> {
  connection.flow()
  connection.stall()
  await world.settled()
}

/** A client that has the first of several parts, and does not take the next, which is on its way. */
async function midway(world: LiveWorld, token: string | null = null): Promise<FakeConnection> {
  const connection = world.connect(token)
  connection.stall()
  follow(connection, ALL)
  await world.settled()
  await take(world, connection)
  expect(parts(connection)).toEqual([0])
  return connection
}

describe('P snapshots in parts', () => {
  test('P1 the parts are of one state, in order; only the last can be continued from', async () => {
    const world = await newWorld(NOTES, { partBytes: 300 })
    const connection = world.connect()
    follow(connection, { ...ALL, count: true, etags: true, fields: ['n'] })
    await world.settled()
    const all = snapshots(connection)
    expect(all.length).toBeGreaterThan(2)
    expect(parts(connection)).toEqual(all.map((_, part) => part))
    for (const [index, one] of all.entries()) {
      const isLast = index === all.length - 1
      expect({ more: 'more' in one, resume: 'resume' in one, total: 'total' in one }).toEqual({
        more: !isLast,
        resume: isLast,
        total: isLast,
      })
      expect(one.seq).toBe(all[0]?.seq ?? '')
    }
    expect(keys(connection)).toEqual(Array.from({ length: NOTES }, (_, n) => `n${n}`))
  })

  test('P1 what fits into one message comes in one, without a number', async () => {
    const world = await newWorld(2)
    const connection = world.connect()
    follow(connection, ALL)
    await world.settled()
    expect(snapshots(connection).map((one) => Object.keys(one))).toEqual([['subscription_id', 'resume', 'docs', 'seq']])
  })

  test('P1 a document that is larger than a part is one', async () => {
    const world = await newWorld(0)
    await world.write((tx) => {
      for (const id of ['a', 'b']) note(tx, id, { n: 1 })
      run(tx, 'UPDATE notes SET raw = zeroblob(2000)')
    })
    const connection = world.connect()
    follow(connection, ALL)
    await world.settled()
    expect(snapshots(connection).map((one) => 'docs' in one && one.docs.length)).toEqual([1, 1])
  })

  test('P2 a part comes when the client has taken those before, and others are not held up', async () => {
    const world = await newWorld(NOTES)
    const slow = await midway(world)
    const fast = world.connect()
    follow(fast, ALL)
    await world.settled()
    expect(keys(fast).length).toBe(NOTES)
    await take(world, slow)
    expect(parts(slow)).toEqual([0, 1])
    expect(slow.piled).toBe(1)
    slow.flow()
    await world.settled()
    expect(keys(slow)).toEqual(keys(fast))
  })

  test('P3 no delta comes between parts; what changed meanwhile comes as one, and then each', async () => {
    const world = await newWorld(NOTES)
    const slow = await midway(world)
    for (const n of [50, 51, 52]) await world.write((tx) => note(tx, `new${n}`, { n }))
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'n0'"))
    await world.settled()
    expect(deltas(slow)).toEqual([])
    slow.flow()
    await world.settled()
    expect(deltas(slow)).toMatchObject([{ payload: { changes: { deletes: ['n0'] } } }])
    expect(keys(slow)).toEqual([...Array.from({ length: NOTES - 1 }, (_, n) => `n${n + 1}`), 'new50', 'new51', 'new52'])
    await world.write((tx) => note(tx, 'later', { n: 99 }))
    await world.settled()
    expect(deltas(slow).length).toBe(2)
    expect(keys(slow).at(-1)).toBe('later')
    expect(parts(slow).filter((part) => part === 0).length).toBe(1)
  })

  test('P3 the position stands still until the last part, and moves on then', async () => {
    const world = await newWorld(NOTES)
    const slow = await midway(world)
    const ping = async (id: number) => {
      slow.say({ id, type: 'ping' })
      await world.settled()
      slow.flow()
      slow.stall()
      return slow.client.messages.flatMap((one) => (one.type === 'pong' && one.id === id ? [one.payload.seq] : []))[0]
    }
    const before = await ping(7)
    await world.write((tx) => note(tx, 'later', { n: 99 }))
    expect(await ping(8)).toBe(before)
    slow.flow()
    await world.settled()
    const now = await ping(9)
    expect(now).not.toBe(before)
    expect(now?.endsWith(`.${world.database.feed.lastSeq}`)).toBe(true)
  })

  test('P2 one that is under way is not started again: not by other lists that pile up, nor by a new token', async () => {
    const world = await newWorld(NOTES)
    const slow = await midway(world, ANN)
    follow(slow, { collection: 'drafts' }, 'other')
    await world.settled()
    for (let n = 0; n < 30; n++)
      await world.write((tx) => run(tx, "INSERT INTO drafts (id, kind, shown) VALUES (?, 'a', 1)", n))
    await world.settled()
    await take(world, slow)
    slow.say({ id: 'again', type: 'auth', payload: { token: ANN } })
    slow.flow()
    await world.settled()
    expect(parts(slow).filter((part) => part === 0).length).toBe(1)
    expect(keys(slow).length).toBe(NOTES)
    expect(keys(slow, 'other').length).toBe(30)
    const ofOther = snapshots(slow).filter((one) => one.subscription_id === slow.client.ids.get('other'))
    expect(ofOther.length).toBeGreaterThan(1)
    // The last token is of the present actor.
    const since = slow.client.list(slow.client.ids.get(1) ?? '').log.at(-1)?.resume
    slow.disconnect()
    const again = world.connect(ANN)
    follow(again, { ...ALL, since })
    await world.settled()
    expect(again.client.resumed).toBe(1)
  })

  test('P4 who may read something else from now on gets another snapshot from its first part', async () => {
    const world = await newWorld(NOTES)
    const slow = await midway(world, ANN)
    await world.write((tx) => note(tx, 'secret', { n: 50, author: ANN, isPublic: false }))
    slow.say({ id: 'other', type: 'auth', payload: { token: BEN } })
    slow.flow()
    await world.settled()
    expect(parts(slow).filter((part) => part === 0).length).toBe(2)
    expect(keys(slow)).not.toContain('secret')
    const revoked = await midway(world, ANN)
    world.credentials.revoked.add(ANN)
    world.credentials.tell({ kind: 'user', id: ANN })
    revoked.flow()
    await world.settled()
    expect(revoked.closed).toMatchObject([{ code: 4401 }])
    expect(parts(revoked)).toEqual([0, 1])
  })

  test('P2 E3 C1 a reset and a new schema begin anew; who leaves midway leaves nothing behind', async () => {
    const world = await newWorld(NOTES)
    const slow = await midway(world)
    world.reload(`${MODEL_SCHEMA}  others: { fields: { id: { type: int, primary: true } } }\n`)
    slow.flow()
    await world.settled()
    expect(keys(slow).length).toBe(NOTES)
    const gone = await midway(world)
    const [subscription] = gone.client.ids.values()
    gone.say({ id: 2, type: 'unsubscribe', payload: { subscription_id: subscription } })
    gone.flow()
    await world.settled()
    expect(parts(gone)).toEqual([0, 1])
    const cut = await midway(world)
    cut.disconnect()
    slow.disconnect()
    await world.settled()
    expect(world.realtime.stats()).toMatchObject({ groups: 0, subscriptions: 0 })
  })

  test.each([false, true])('P4 E3 a new epoch begins anew (while rights are looked at: %p)', async (isSuspended) => {
    const world = await newWorld(NOTES, { timeMs: 5 })
    const slow = await midway(world, ANN)
    const other = world.connect()
    follow(other, { collection: 'rooms' })
    await world.settled()
    const looking = Promise.withResolvers<void>()
    if (isSuspended) {
      world.credentials.patience = looking.promise
      world.credentials.tell({ kind: 'user', id: ANN })
    }
    const epoch = await world.database.newEpoch()
    while (!snapshots(other).at(-1)?.seq.startsWith(epoch)) await new Promise(setImmediate)
    looking.resolve()
    slow.flow()
    await world.settled()
    expect(parts(slow).filter((part) => part === 0).length).toBe(2)
    expect(snapshots(slow).at(-1)?.seq).toStartWith(epoch)
    expect(keys(slow).length).toBe(NOTES)
  })

  test('P2 who has just taken all parts as their rights are looked at gets what has changed, and no snapshot', async () => {
    const world = await newWorld(NOTES)
    const slow = await midway(world, ANN)
    await world.write((tx) => note(tx, 'later', { n: 99 }))
    // All of this before anything is read for the client.
    slow.flow()
    while (snapshots(slow).at(-1) === undefined || !('resume' in (snapshots(slow).at(-1) as object)))
      await new Promise(setImmediate)
    world.credentials.tell({ kind: 'user', id: ANN })
    await world.settled()
    expect(parts(slow).filter((part) => part === 0).length).toBe(1)
    expect(keys(slow).at(-1)).toBe('later')
  })

  test('L4 snapshots that wait for their clients are memory: beyond it a list ends with REALTIME_BUSY', async () => {
    const world = await newWorld(0, { limits: { memory: 100_000 } })
    await world.write((tx) => {
      for (let n = 0; n < 10; n++) note(tx, `n${n}`, { n })
      run(tx, 'UPDATE notes SET raw = zeroblob(4000)')
    })
    const first = await midway(world)
    const second = world.connect()
    second.stall()
    follow(second, { ...ALL, sort: ['-n'] })
    await world.settled()
    second.flow()
    await world.settled()
    expect(codes(second)).toEqual(['REALTIME_BUSY'])
    first.flow()
    await world.settled()
    expect(keys(first).length).toBe(10)
    follow(second, { ...ALL, sort: ['-n'] }, 2)
    await world.settled()
    expect(keys(second, 2).length).toBe(10)
  })
})

describe('L4 lists of all documents', () => {
  const limits = { max_documents: 12 }

  test('limit null is all documents; without one it is that of a list', async () => {
    const world = await newWorld(60, { limits: { max_documents: 200 } })
    const connection = world.connect()
    follow(connection, { collection: 'notes' }, 'some')
    follow(connection, ALL, 'all')
    await world.settled()
    expect([keys(connection, 'some').length, keys(connection, 'all').length]).toEqual([50, 60])
  })

  test('one that is too long is refused, and one that grows too long ends at that change', async () => {
    const world = await newWorld(12, { limits })
    const connection = world.connect()
    follow(connection, ALL)
    await world.settled()
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'n0'"))
    await world.write((tx) => note(tx, 'x', { n: 99 }))
    await world.settled()
    expect(keys(connection).length).toBe(12)
    await world.write((tx) => note(tx, 'y', { n: 98 }))
    await world.settled()
    expect(codes(connection)).toEqual(['TOO_MANY_DOCUMENTS'])
    expect(keys(connection).length).toBe(12)
    follow(connection, ALL, 2)
    follow(connection, { ...ALL, filter: { n: { $lt: 5 } } }, 3)
    await world.settled()
    expect(codes(connection, 2)).toEqual(['TOO_MANY_DOCUMENTS'])
    expect(keys(connection, 3).length).toBe(4)
  })

  test('what expand adds counts', async () => {
    const world = await newWorld(0, { limits })
    await world.write((tx) => {
      for (let n = 0; n < 7; n++) note(tx, `n${n}`, { n, author: n < 5 ? ANN : null })
    })
    const connection = world.connect()
    follow(connection, { ...ALL, expand: ['author'] })
    await world.settled()
    expect(keys(connection).length).toBe(7)
    const other = world.connect()
    await world.write((tx) => run(tx, 'UPDATE notes SET author_id = ?', ANN))
    follow(other, { ...ALL, expand: ['author'], sort: ['-n'] })
    await world.settled()
    expect(codes(other)).toEqual(['TOO_MANY_DOCUMENTS'])
  })

  test('what expand adds counts while the list grows, and together with other lists', async () => {
    const world = await newWorld(0, { limits })
    await world.write((tx) => {
      for (let n = 0; n < 5; n++) note(tx, `n${n}`, { n, author: ANN })
    })
    const connection = world.connect()
    follow(connection, { ...ALL, expand: ['author'], count: true })
    await world.settled()
    // A change of a document that is there adds nothing, however often.
    for (let n = 0; n < 5; n++) await world.write((tx) => run(tx, "UPDATE notes SET n = ? WHERE id = 'n0'", n))
    await world.write((tx) => note(tx, 'x', { n: 9, author: ANN }))
    await world.settled()
    expect(keys(connection).length).toBe(6)
    follow(connection, { collection: 'rooms' }, 'other')
    await world.settled()
    expect(codes(connection, 'other')).toEqual(['TOO_MANY_DOCUMENTS'])
    await world.write((tx) => note(tx, 'y', { n: 10 }))
    await world.settled()
    expect(codes(connection)).toEqual(['TOO_MANY_DOCUMENTS'])
    expect(keys(connection).length).toBe(6)
  })

  test('a new bound holds for lists that are followed', async () => {
    const world = await newWorld(12, { limits })
    const connection = world.connect()
    follow(connection, ALL)
    await world.settled()
    world.reload(MODEL_SCHEMA)
    await world.settled()
    expect(keys(connection).length).toBe(12)
  })
})
