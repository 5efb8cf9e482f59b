import { afterEach, describe, expect, test } from 'bun:test'
import type { ServerMessage } from '@koyalite/contracts'
import {
  type FakeConnection,
  type LiveWorld,
  type LiveWorldOptions,
  openLiveWorld,
  SERVICE_KEY,
} from './testing/live-world'
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

async function newWorld(options: LiveWorldOptions = {}, yaml = MODEL_SCHEMA): Promise<LiveWorld> {
  const world = await openLiveWorld(yaml, options)
  open.push(world)
  await world.write((tx) => seedWorld(tx))
  return world
}

const last = (connection: FakeConnection) => connection.client.messages.at(-1) as ServerMessage
const types = (connection: FakeConnection) => connection.client.messages.map(({ type }) => type)
const codes = (connection: FakeConnection, id: string | number = 1) =>
  connection.client.errorsOf(id).map(({ code }) => code as string)
function keys(connection: FakeConnection, id: string | number = 1): readonly (string | number)[] {
  return connection.client.list(connection.client.ids.get(id) ?? '').docs.map(({ key }) => key)
}

describe('messages', () => {
  test('M1 a subscription is confirmed, then comes a snapshot, then deltas', async () => {
    const world = await newWorld()
    const connection = world.connect()
    follow(connection, { collection: 'notes', sort: ['-n'], limit: 2 }, 'mine')
    await world.settled()
    expect(types(connection)).toEqual(['connected', 'subscribed', 'snapshot'])
    await world.write((tx) => note(tx, 'a', { n: 1 }))
    await world.settled()
    expect(last(connection)).toMatchObject({
      type: 'delta',
      payload: { changes: { inserts: [{ doc: { id: 'a' }, after: null }], updates: [], deletes: [] } },
    })
    await world.write((tx) => note(tx, 'b', { n: 2 }))
    await world.write((tx) => note(tx, 'c', { n: 3 }))
    await world.settled()
    expect(keys(connection, 'mine')).toEqual(['c', 'b'])
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'c'"))
    await world.settled()
    expect(keys(connection, 'mine')).toEqual(['b', 'a'])
  })

  test.each([
    ['no JSON', '{', 'INVALID_JSON'],
    ['no object', '[]', 'INVALID_REQUEST'],
    ['an unknown type', { id: 1, type: 'publish' }, 'INVALID_REQUEST'],
    ['no payload', { id: 1, type: 'subscribe' }, 'INVALID_REQUEST'],
    [
      'an unknown parameter',
      { id: 1, type: 'subscribe', payload: { collection: 'notes', order: 'n' } },
      'INVALID_REQUEST',
    ],
    ['an unknown collection', { id: 1, type: 'subscribe', payload: { collection: 'note' } }, 'COLLECTION_NOT_FOUND'],
    [
      'a filter that is none',
      { id: 1, type: 'subscribe', payload: { collection: 'notes', filter: { n: { $gt: 'x' } } } },
      'INVALID_FILTER',
    ],
    [
      'a field of others',
      { id: 1, type: 'subscribe', payload: { collection: 'notes', filter: { staff: 'x' } } },
      'INVALID_FILTER',
    ],
    [
      'a sort that is none',
      { id: 1, type: 'subscribe', payload: { collection: 'notes', sort: ['x'] } },
      'INVALID_SORT',
    ],
    ['too many', { id: 1, type: 'subscribe', payload: { collection: 'notes', limit: 501 } }, 'INVALID_REQUEST'],
    ['what is not there', { id: 1, type: 'unsubscribe', payload: { subscription_id: 's9' } }, 'NOT_FOUND'],
    ['a bad token', { id: 1, type: 'auth', payload: { token: 'x' } }, 'UNAUTHENTICATED'],
    ['prototypes', '{"id":1,"type":"ping","__proto__":{}}', 'INVALID_JSON'],
    [
      'a filter on a prototype',
      '{"id":1,"type":"subscribe","payload":{"collection":"notes","filter":{"__proto__":{}}}}',
      'INVALID_FILTER',
    ],
    [
      'a value that cannot be compared with',
      '{"id":1,"type":"subscribe","payload":{"collection":"notes","filter":{"title":{"$in":[750727362669608961]}}}}',
      'INVALID_FILTER',
    ],
    ['a number that would become another', '{"id":1,"type":"ping","payload":750727362669608961}', 'INVALID_JSON'],
  ])('M1 %s is answered with an error, and the connection goes on', async (_name, message, code) => {
    const world = await newWorld()
    const connection = world.connect()
    connection.say(message)
    connection.say({ id: 2, type: 'ping' })
    await world.settled()
    expect(connection.client.messages[1]).toMatchObject({ type: 'error', payload: { code } })
    expect(last(connection)).toMatchObject({ id: 2, type: 'pong' })
    expect(connection.closed).toEqual([])
  })

  test('M2 who sends more than is dealt with is cut off', async () => {
    const world = await newWorld()
    const connection = world.connect()
    // The first one takes a turn of the event loop; the others wait for it.
    connection.say({ id: 1, type: 'auth', payload: { token: ANN } })
    for (let n = 0; n < 1001; n++) connection.say({ type: 'ping' })
    expect(connection.closed).toMatchObject([{ code: 1008 }])
  })

  test('M4 a pong has a seq up to which everything was sent', async () => {
    const world = await newWorld()
    const connection = world.connect()
    follow(connection, { collection: 'notes' })
    const seq = await world.write((tx) => note(tx, 'a'))
    await world.settled()
    connection.say({ type: 'ping' })
    expect(last(connection)).toMatchObject({ type: 'pong', payload: { seq: `${world.database.feed.epoch}.${seq}` } })
  })

  test('X5 a document without its key has it beside it', async () => {
    const world = await newWorld()
    const connection = world.connect()
    await world.write((tx) => note(tx, 'a', { n: 1 }))
    follow(connection, { collection: 'notes', fields: ['n'] })
    await world.settled()
    expect(last(connection)).toMatchObject({ payload: { docs: [{ n: 1 }], keys: ['a'] } })
    await world.write((tx) => note(tx, 'b', { n: 2 }))
    await world.settled()
    expect(last(connection)).toMatchObject({
      payload: { changes: { inserts: [{ doc: { n: 2 }, after: 'a', key: 'b' }] } },
    })
  })

  test('X1 what nobody sees of a change counts for the next one', async () => {
    const world = await newWorld()
    const connection = world.connect()
    await world.write((tx) => ['a', 'b', 'c'].forEach((id, n) => void note(tx, id, { n: 10 * n })))
    follow(connection, { collection: 'notes', sort: ['n'], fields: ['id'] })
    await world.settled()
    await world.write((tx) => run(tx, "UPDATE notes SET n = n - 1 WHERE id <> 'a'"))
    await world.settled()
    expect(last(connection).type).toBe('snapshot')
    await world.write((tx) => run(tx, "UPDATE notes SET n = 20 WHERE id = 'a'"))
    await world.settled()
    expect(keys(connection)).toEqual(['b', 'c', 'a'])
  })

  test('an unsubscribed list is silent, and its group is gone', async () => {
    const world = await newWorld()
    const connection = world.connect()
    follow(connection, { collection: 'notes' })
    await world.settled()
    connection.say({ type: 'unsubscribe', payload: { subscription_id: connection.client.ids.get(1) } })
    await world.write((tx) => note(tx, 'a'))
    await world.settled()
    expect(last(connection).type).toBe('snapshot')
    expect(world.realtime.stats()).toMatchObject({ subscriptions: 0, groups: 0 })
  })
})

describe('groups', () => {
  test('G1 the same list with the same rights is one group with one id; on one connection each has its own', async () => {
    const world = await newWorld()
    const [one, other, same] = [world.connect(), world.connect(), world.connect(ANN)]
    follow(one, { collection: 'rooms', sort: ['name'] }, 1)
    follow(one, { collection: 'rooms', sort: ['name'] }, 2)
    follow(other, { collection: 'rooms', sort: ['name', 'id'] }, 1)
    follow(same, { collection: 'users', fields: ['id', 'email'] }, 1)
    follow(other, { collection: 'users', fields: ['id', 'email'] }, 2)
    await world.settled()
    // Rooms have a rule about who asks, users have none, except for their claims: the second is shared by everybody.
    expect(world.realtime.stats()).toMatchObject({ subscriptions: 5, groups: 2 })
    expect(one.client.ids.get(1)).toBe(other.client.ids.get(1) as string)
    expect(one.client.ids.get(1)).not.toBe(one.client.ids.get(2) as string)
    await world.write((tx) => run(tx, "UPDATE rooms SET name = 'z' WHERE id = 'a'"))
    await world.settled()
    for (const id of [1, 2]) expect(keys(one, id)).toEqual(['b', 'c', 'a'])
    expect(keys(other)).toEqual(['b', 'c', 'a'])
  })

  test('R1 a change of another value touches nobody', async () => {
    const world = await newWorld()
    const connection = world.connect()
    follow(connection, { collection: 'notes', filter: { room_id: 'a' } })
    await world.settled()
    await world.write((tx) => note(tx, 'n1', { room: 'b' }))
    await world.settled()
    expect(last(connection).type).toBe('snapshot')
    await world.write((tx) => run(tx, "UPDATE notes SET room_id = 'a' WHERE id = 'n1'"))
    await world.settled()
    expect(keys(connection)).toEqual(['n1'])
    await world.write((tx) => run(tx, "UPDATE notes SET room_id = 'b' WHERE id = 'n1'"))
    await world.settled()
    expect(keys(connection)).toEqual([])
  })

  test('R2 a membership that goes takes the messages with it', async () => {
    const world = await newWorld()
    const connection = world.connect(BEN)
    await world.write((tx) => {
      run(tx, "INSERT INTO members (room_id, user_id) VALUES ('a', ?)", BEN)
      run(tx, "INSERT INTO messages (id, room_id, text) VALUES (1, 'a', 'x'), (2, 'b', 'y')")
    })
    follow(connection, { collection: 'messages' })
    await world.settled()
    expect(keys(connection)).toEqual([1])
    await world.write((tx) => run(tx, 'DELETE FROM members'))
    await world.settled()
    expect(last(connection)).toMatchObject({ type: 'delta', payload: { changes: { deletes: [1] } } })
  })
})

describe('actors', () => {
  test('A1 another role gives a snapshot by the new rights, and nothing by the old ones', async () => {
    const world = await newWorld()
    const connection = world.connect(BEN)
    await world.write((tx) => run(tx, "INSERT INTO messages (id, room_id, text, secret) VALUES (1, 'a', 'x', 's')"))
    follow(connection, { collection: 'messages' })
    await world.settled()
    expect(keys(connection)).toEqual([])
    await world.write((tx) => {
      run(tx, "UPDATE users SET role = 'admin' WHERE id = ?", BEN)
      run(tx, "INSERT INTO messages (id, room_id, text) VALUES (2, 'b', 'y')")
    })
    await world.settled()
    expect(keys(connection)).toEqual([1, 2])
    await world.write((tx) => {
      run(tx, "UPDATE users SET role = 'user' WHERE id = ?", BEN)
      run(tx, "INSERT INTO messages (id, room_id, text) VALUES (3, 'b', 'z')")
    })
    await world.settled()
    expect(keys(connection)).toEqual([])
    expect(types(connection).filter((type) => type === 'delta')).toEqual([])
  })

  test('A1 a change of the user that changes no right is not seen', async () => {
    const world = await newWorld()
    const connection = world.connect(BEN)
    follow(connection, { collection: 'rooms' })
    await world.settled()
    await world.write((tx) => run(tx, "UPDATE users SET name = 'B' WHERE id = ?", BEN))
    await world.settled()
    expect(last(connection).type).toBe('snapshot')
    await world.write((tx) => run(tx, "UPDATE rooms SET name = 'B'"))
    await world.settled()
    expect(last(connection).type).toBe('delta')
  })

  test('A2 a logout ends the subscriptions with an error, and the connection', async () => {
    const world = await newWorld()
    const connection = world.connect(ANN)
    follow(connection, { collection: 'notes' })
    await world.settled()
    world.credentials.revoked.add(ANN)
    world.credentials.tell({ kind: 'session', id: `session-${ANN}` })
    await world.write((tx) => note(tx, 'a'))
    await world.settled()
    expect(codes(connection)).toEqual(['UNAUTHENTICATED'])
    expect(connection.closed).toMatchObject([{ code: 4401 }])
    expect(types(connection)).not.toContain('delta')
    expect(world.realtime.stats()).toMatchObject({ connections: 0, subscriptions: 0, groups: 0 })
  })

  test('A2 so does the revocation of a service key, of that key alone', async () => {
    const world = await newWorld()
    const [keyed, other] = [world.connect(SERVICE_KEY), world.connect(ANN)]
    for (const connection of [keyed, other]) follow(connection, { collection: 'notes' })
    await world.write((tx) => note(tx, 'secret', { isPublic: false }))
    await world.settled()
    expect(keys(keyed)).toEqual(['secret'])
    world.credentials.revoked.add(SERVICE_KEY)
    world.credentials.tell({ kind: 'service_key', id: 'key' })
    await world.write((tx) => note(tx, 'later', { isPublic: false, author: ANN }))
    await world.settled()
    expect(codes(keyed)).toEqual(['UNAUTHENTICATED'])
    expect(keyed.closed).toMatchObject([{ code: 4401 }])
    expect(types(keyed)).toEqual(['connected', 'subscribed', 'snapshot', 'delta', 'error', 'error'])
    expect(keys(other)).toEqual(['later'])
  })

  test('A2 whoever is not welcome any more when the connection opens is not heard of by chance', async () => {
    const world = await newWorld()
    world.credentials.revoked.add(ANN)
    const connection = world.connect(ANN)
    await world.settled()
    expect(connection.closed).toMatchObject([{ code: 4401 }])
  })

  test('A2 A3 so it is with whoever a connection has just become', async () => {
    const world = await newWorld()
    const connection = world.connect(ANN)
    await world.settled()
    const [asked, askedAgain] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    world.credentials.patience = asked.promise
    connection.say({ id: 'auth', type: 'auth', payload: { token: BEN } })
    world.credentials.patience = askedAgain.promise
    asked.resolve()
    await world.settled()
    expect(connection.closed).toEqual([])
    world.credentials.revoked.add(BEN)
    askedAgain.resolve()
    await world.settled()
    expect(connection.closed).toMatchObject([{ code: 4401 }])
  })

  test('A2 whoever cannot say what has changed has all of them asked again', async () => {
    const world = await newWorld()
    const [keyed, ann, ben] = [world.connect(SERVICE_KEY), world.connect(ANN), world.connect(BEN)]
    for (const connection of [keyed, ann, ben]) follow(connection, { collection: 'notes' })
    await world.settled()
    for (const token of [SERVICE_KEY, ANN]) world.credentials.revoked.add(token)
    world.credentials.tell({ kind: 'anything' })
    await world.write((tx) => note(tx, 'later', { isPublic: false, author: BEN }))
    await world.settled()
    expect([keyed, ann].flatMap((one) => codes(one))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    expect([keyed, ann].flatMap(types)).not.toContain('delta')
    expect(keys(ben)).toEqual(['later'])
  })

  test('A2 so does the expiry of a token, and the deletion of a user', async () => {
    const world = await newWorld()
    world.credentials.expiries.set(ANN, Date.now() + 20)
    const [expiring, deleted] = [world.connect(ANN), world.connect(BEN)]
    follow(expiring, { collection: 'notes' })
    follow(deleted, { collection: 'notes' })
    await world.settled()
    await world.write((tx) => run(tx, 'DELETE FROM users WHERE id = ?', BEN))
    while (expiring.closed.length === 0 || deleted.closed.length === 0) await new Promise(setImmediate)
    expect(codes(expiring)).toEqual(['UNAUTHENTICATED'])
    expect(codes(deleted)).toEqual(['UNAUTHENTICATED'])
  })

  test('A3 auth makes the connection somebody else’s; a bad token changes nothing', async () => {
    const world = await newWorld()
    const connection = world.connect()
    await world.write((tx) => note(tx, 'mine', { isPublic: false, author: ANN }))
    follow(connection, { collection: 'notes' })
    await world.settled()
    expect(keys(connection)).toEqual([])
    connection.say({ id: 7, type: 'auth', payload: { token: 'nobody' } })
    connection.say({ id: 8, type: 'auth', payload: { token: ANN } })
    follow(connection, { collection: 'members' }, 9)
    await world.settled()
    expect(codes(connection, 7)).toEqual(['UNAUTHENTICATED'])
    expect(keys(connection)).toEqual(['mine'])
    expect(types(connection).at(-1)).toBe('snapshot')
  })

  test('a list that nobody of them may read is refused: 401 for strangers, 403 for others', async () => {
    const yaml = `${MODEL_SCHEMA}
  logs:
    fields: { id: { type: int, primary: true, default: auto } }
    rules: { read: "auth.role == 'admin'" }
`
    const world = await newWorld({}, yaml)
    const [stranger, ann, admin] = [world.connect(), world.connect(ANN), world.connect(ADMIN)]
    for (const connection of [stranger, ann, admin]) follow(connection, { collection: 'logs' })
    await world.settled()
    expect(codes(stranger)).toEqual(['UNAUTHENTICATED'])
    expect(codes(ann)).toEqual(['FORBIDDEN'])
    expect(keys(admin)).toEqual([])
    await world.write((tx) => run(tx, "UPDATE users SET role = 'user' WHERE id = ?", ADMIN))
    await world.settled()
    expect(codes(admin)).toEqual(['FORBIDDEN'])
    expect(admin.closed).toEqual([])
  })
})

describe('slow clients', () => {
  test('B1 B2 who does not take what is sent gets nothing more, and then a snapshot; others go on', async () => {
    const world = await newWorld()
    const [slow, quick] = [world.connect(), world.connect()]
    for (const connection of [slow, quick]) follow(connection, { collection: 'notes' })
    await world.settled()
    slow.stall()
    for (let n = 0; n < 30; n++) await world.write((tx) => note(tx, `n${String(n).padStart(2, '0')}`))
    await world.settled()
    expect(keys(quick)).toHaveLength(30)
    const before = slow.client.messages.length
    expect(slow.piled).toBeLessThan(15)
    follow(slow, { collection: 'rooms' }, 2)
    slow.flow()
    await world.settled()
    expect(keys(slow)).toEqual(keys(quick))
    expect(keys(slow, 2)).toEqual(['a', 'b', 'c'])
    const after = slow.client.messages.slice(before).map(({ type }) => type)
    expect(after).toContain('snapshot')
    await world.write((tx) => run(tx, 'DELETE FROM notes'))
    await world.settled()
    expect(keys(slow)).toEqual([])
  })
})

describe('limits', () => {
  test('L1 of subscriptions and connections', async () => {
    const world = await newWorld({ limits: { max_sockets: 4, max_subscriptions: 2 } })
    const connection = world.connect(ANN)
    for (const id of [1, 2, 3]) follow(connection, { collection: 'rooms' }, id)
    await world.settled()
    expect(codes(connection, 3)).toEqual(['RATE_LIMITED'])
    world.connect(ANN)
    world.connect(ANN)
    expect(() => world.connect(ANN)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
    world.connect(BEN)
    expect(() => world.connect(null)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
    connection.disconnect()
    world.connect(null)
  })
})

describe('time, epochs, schemas', () => {
  test('E4 what hangs on the time is read again without any change', async () => {
    let time = Date.parse('2024-01-01T00:00:00.000Z')
    const yaml = MODEL_SCHEMA.replace('read: "doc.public', 'read: "doc.at > request.time || doc.public')
    const world = await newWorld({ now: () => time, timeMs: 5 }, yaml)
    const connection = world.connect()
    await world.write((tx) =>
      run(
        tx,
        "INSERT INTO notes (id, public, author_id, at) VALUES ('soon', 0, ?, '2024-01-01T01:00:00.000Z'), ('late', 0, ?, '2024-01-02T00:00:00.000Z')",
        BEN,
        BEN,
      ),
    )
    follow(connection, { collection: 'notes' })
    follow(connection, { collection: 'notes', where: 'doc.at < request.time' }, 2)
    await world.settled()
    expect(keys(connection)).toEqual(['late', 'soon'])
    expect(keys(connection, 2)).toEqual([])
    time += 2 * 3600_000
    while (keys(connection).length > 1) await new Promise(setImmediate)
    expect(keys(connection)).toEqual(['late'])
    expect(world.realtime.stats().groups).toBe(2)
  })

  test('E4 at midnight in UTC it is another day', async () => {
    let time = Date.parse('2024-01-01T23:59:59.999Z')
    const yaml = MODEL_SCHEMA.replace('read: "doc.public', 'read: "doc.day == today() || doc.public')
    const world = await newWorld({ now: () => time, timeMs: 5 }, yaml)
    const connection = world.connect()
    await world.write((tx) =>
      run(tx, "INSERT INTO notes (id, day) VALUES ('old', '2024-01-01'), ('new', '2024-01-02')"),
    )
    follow(connection, { collection: 'notes' })
    await world.settled()
    expect(keys(connection)).toEqual(['old'])
    time += 1
    while (keys(connection).includes('old')) await new Promise(setImmediate)
    expect(keys(connection)).toEqual(['new'])
  })

  test('E3 a new epoch gives everybody a snapshot', async () => {
    const world = await newWorld({ timeMs: 5 })
    const connection = world.connect()
    follow(connection, { collection: 'notes' })
    await world.settled()
    const epoch = await world.database.newEpoch()
    while (types(connection).filter((type) => type === 'snapshot').length < 2) await new Promise(setImmediate)
    expect(last(connection)).toMatchObject({ payload: { seq: expect.stringContaining(epoch) } })
  })

  test('C1 with another schema a subscription goes on, or ends with the error of a new one', async () => {
    const world = await newWorld()
    const connection = world.connect()
    follow(connection, { collection: 'notes', filter: { public: true } }, 1)
    follow(connection, { collection: 'rooms' }, 2)
    await world.settled()
    world.reload(
      MODEL_SCHEMA.replace('public: { type: bool, default: false }', 'open: { type: bool, column: public }').replace(
        'doc.public',
        'doc.open',
      ),
    )
    await world.settled()
    expect(codes(connection, 1)).toEqual(['INVALID_FILTER'])
    await world.write((tx) => run(tx, "UPDATE rooms SET name = 'z'"))
    await world.settled()
    expect(last(connection)).toMatchObject({
      type: 'delta',
      payload: { subscription_id: connection.client.ids.get(2) },
    })
  })
})
