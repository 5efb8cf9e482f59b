import { afterEach, describe, expect, test } from 'bun:test'
import { splitSeq } from './testing/live-client'
import { type FakeConnection, type LiveWorld, type LiveWorldOptions, openLiveWorld } from './testing/live-world'
import { MODEL_SCHEMA, seedWorld, USERS } from './testing/random-world'
import { follow, note, run } from './testing/world-steps'

const [ADMIN = '', ANN = '', BEN = ''] = USERS
const open: LiveWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) {
    await world.close()
    for (const { client } of world.connections) expect(client.complaints).toEqual([])
  }
})

async function newWorld(options: LiveWorldOptions = {}): Promise<LiveWorld> {
  const world = await openLiveWorld(MODEL_SCHEMA, options)
  open.push(world)
  await world.write((tx) => seedWorld(tx))
  return world
}

const BY_N = { collection: 'notes', aggregate: { group: 'n' } }

/** What the client was sent as groups, one entry for each snapshot. */
function groups(connection: FakeConnection): unknown[] {
  return connection.client.messages.flatMap(({ type, payload }) =>
    type === 'snapshot' && 'groups' in payload ? [payload.groups] : [],
  )
}
const types = (connection: FakeConnection) => connection.client.messages.map(({ type }) => type)
const errors = (connection: FakeConnection) => connection.client.errorsOf(1).map(({ code }) => code as string)
const resumeOf = ({ client }: FakeConnection) => client.lists.get(client.ids.get(1) ?? '')?.log.at(-1)?.resume

async function pong(connection: FakeConnection): Promise<number> {
  const before = connection.client.messages.length
  connection.say({ type: 'ping' })
  const message = connection.client.messages.slice(before).find(({ type }) => type === 'pong')
  if (message?.type !== 'pong') throw new Error('a ping is answered at once')
  return splitSeq(message.payload.seq)[1]
}

describe('a live aggregate', () => {
  test('V1 is a snapshot of its groups, and another one whenever they are different', async () => {
    const world = await newWorld()
    const connection = world.connect()
    follow(connection, BY_N)
    await world.settled()
    expect(types(connection)).toEqual(['connected', 'subscribed', 'snapshot'])
    await world.write((tx) => note(tx, 'a', { n: 1 }))
    await world.settled()
    await world.write((tx) => note(tx, 'b', { n: 2 }))
    await world.settled()
    // A change that the result does not show, and one of what the caller may not read.
    await world.write((tx) => run(tx, "UPDATE notes SET at = '2024-01-01T00:00:00.000Z'"))
    await world.write((tx) => note(tx, 'c', { n: 2, isPublic: false }))
    await world.settled()
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'a'"))
    await world.settled()
    expect(groups(connection)).toEqual([
      [],
      [{ n: 1, count: 1 }],
      [
        { n: 1, count: 1 },
        { n: 2, count: 1 },
      ],
      [{ n: 2, count: 1 }],
    ])
  })

  test('G1 each caller has groups of their own rights', async () => {
    const world = await newWorld()
    const [ann, ben, nobody] = [world.connect(ANN), world.connect(BEN), world.connect()]
    for (const one of [ann, ben, nobody]) follow(one, { collection: 'notes', aggregate: {} })
    await world.settled()
    await world.write((tx) => note(tx, 'a', { author: ANN, isPublic: false }))
    await world.settled()
    expect([ann, ben, nobody].map((one) => groups(one).at(-1))).toEqual([
      [{ count: 1 }],
      [{ count: 0 }],
      [{ count: 0 }],
    ])
    expect([ann, ben, nobody].map((one) => groups(one).length)).toEqual([2, 1, 1])
  })

  test('A1 follows the rights of its actor', async () => {
    const world = await newWorld()
    const connection = world.connect(BEN)
    follow(connection, { collection: 'messages', aggregate: { group: 'room_id' } })
    await world.write((tx) => run(tx, "INSERT INTO messages (id, room_id, text) VALUES (1, 'a', 'x')"))
    await world.settled()
    await world.write((tx) => run(tx, "INSERT INTO members (room_id, user_id) VALUES ('a', ?)", BEN))
    await world.settled()
    await world.write((tx) => run(tx, 'DELETE FROM members'))
    await world.settled()
    expect(groups(connection).slice(-3)).toEqual([[], [{ room_id: 'a', count: 1 }], []])
    await world.write((tx) => run(tx, "UPDATE users SET role = 'admin' WHERE id = ?", BEN))
    await world.settled()
    expect(groups(connection).at(-1)).toEqual([{ room_id: 'a', count: 1 }])
  })

  test('V2 is read at most so often, and then has everything', async () => {
    const world = await newWorld({ aggregateMs: 300 })
    const connection = world.connect()
    follow(connection, { collection: 'notes', aggregate: {} })
    await world.settled()
    const started = performance.now()
    for (let n = 0; n < 50; n++) await world.write((tx) => note(tx, `n${n}`))
    await world.settled()
    expect(groups(connection).at(-1)).toEqual([{ count: 50 }])
    expect(groups(connection).length - 1).toBeLessThanOrEqual(Math.ceil((performance.now() - started) / 300) + 1)
    // A subscriber who comes meanwhile gets the same.
    const other = world.connect()
    follow(other, { collection: 'notes', aggregate: {} })
    await world.settled()
    expect(groups(other)).toEqual([[{ count: 50 }]])
  })

  test('V3 M4 keeps nobody else up while it rests; its own client is told no seq that it does not have', async () => {
    const world = await newWorld({ aggregateMs: 2_000 })
    const [connection, other] = [world.connect(), world.connect()]
    follow(connection, { collection: 'notes', aggregate: {} })
    follow(other, { collection: 'notes' })
    await world.settled()
    const before = await pong(connection)
    const seq = await world.write((tx) => note(tx, 'a'))
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate)
    expect(await pong(other)).toBe(seq)
    expect(groups(connection)).toHaveLength(1)
    expect(await pong(connection)).toBe(before)
    await world.settled()
    expect(groups(connection)).toHaveLength(2)
    expect(await pong(connection)).toBe(seq)
  })

  test('V4 continues without a message where nothing has changed, else with a snapshot', async () => {
    const world = await newWorld()
    const first = world.connect(ANN)
    follow(first, BY_N)
    await world.write((tx) => note(tx, 'a', { n: 1 }))
    await world.settled()
    const since = resumeOf(first)
    first.disconnect()
    const again = world.connect(ANN)
    follow(again, { ...BY_N, since })
    await world.settled()
    expect([types(again), again.client.resumed]).toEqual([['connected', 'subscribed'], 1])
    await world.write((tx) => run(tx, "UPDATE rooms SET name = 'z'"))
    const stranger = world.connect(BEN)
    follow(stranger, { ...BY_N, since })
    const other = world.connect(ANN)
    follow(other, { collection: 'notes', aggregate: { group: 'n', values: 'count:as:c' }, since })
    await world.settled()
    expect([stranger, other].map(({ client }) => client.resumed)).toEqual([0, 0])
    await world.write((tx) => note(tx, 'b', { n: 2 }))
    await world.settled()
    const later = world.connect(ANN)
    follow(later, { ...BY_N, since })
    await world.settled()
    expect([groups(later).length, later.client.resumed]).toEqual([1, 0])
  })

  test('E5 ends with the error that the same request gets', async () => {
    const world = await newWorld()
    const most = Number.MAX_SAFE_INTEGER
    const connection = world.connect(ADMIN)
    follow(connection, { collection: 'notes', aggregate: { values: 'sum:n' } })
    await world.write((tx) => note(tx, 'a', { n: most }))
    await world.settled()
    expect(groups(connection).at(-1)).toEqual([{ sum_n: most }])
    await world.write((tx) => note(tx, 'b', { n: 1 }))
    await world.settled()
    expect(errors(connection)).toEqual(['OUT_OF_RANGE'])
    const many = world.connect(ADMIN)
    follow(many, { collection: 'notes', aggregate: { group: 'id' } })
    await world.write((tx) => {
      for (let n = 0; n < 1001; n++) note(tx, `many ${n}`)
    })
    await world.settled()
    expect(errors(many)).toEqual(['INVALID_REQUEST'])
  })

  test.each([
    [{ collection: 'notes', aggregate: { group: 'staff' } }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: { values: ['sum:nothing'] } }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: { having: { staff: 'x' } } }, 'INVALID_FILTER'],
    [{ collection: 'notes', aggregate: { having: { count: { $gt: 'x' } } } }, 'INVALID_FILTER'],
    [{ collection: 'notes', aggregate: { having: { $or: [] } } }, 'INVALID_FILTER'],
    [{ collection: 'notes', aggregate: {}, sort: 'n' }, 'INVALID_SORT'],
    [{ collection: 'notes', aggregate: {}, expand: ['room'] }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: {}, fields: ['id'] }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: {}, count: false }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: {}, limit: 1001 }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: { timezone: 'Mars' } }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: { by: 'n' } }, 'INVALID_REQUEST'],
    [{ collection: 'notes', aggregate: 'count' }, 'INVALID_REQUEST'],
    [{ collection: 'nothing', aggregate: {} }, 'COLLECTION_NOT_FOUND'],
  ])('M1 %j is refused with %s', async (payload, code) => {
    const world = await newWorld()
    const connection = world.connect()
    follow(connection, payload)
    await world.settled()
    expect(errors(connection)).toEqual([code])
  })

  test('has conditions over its groups in JSON', async () => {
    const world = await newWorld()
    await world.write((tx) => {
      for (const [id, n] of [
        ['a', 1],
        ['b', 1],
        ['c', 2],
        ['d', 3],
      ] as const)
        note(tx, id, { n })
    })
    const connection = world.connect()
    follow(connection, {
      collection: 'notes',
      filter: { n: { $lt: 3 } },
      aggregate: { values: ['count:as:notes'], group: ['n'], having: { $or: [{ notes: { $gt: 1 } }, { n: null }] } },
      sort: ['-notes'],
      limit: 10,
    })
    await world.settled()
    expect(groups(connection)).toEqual([[{ n: 1, notes: 2 }]])
  })
})
