import { afterEach, describe, expect, test } from 'bun:test'
import type { ServerMessage } from '@koyalite/contracts'
import { type FakeConnection, type LiveWorld, openLiveWorld } from '../testing/live-world'
import { MODEL_SCHEMA, seedWorld, USERS } from '../testing/random-world'
import { follow, note, run } from '../testing/world-steps'

const [, ANN = '', BEN = ''] = USERS
/** The token of another state. */
const moved = (token: string, by: number) => {
  const [epoch, n, ...rest] = token.split('.')
  return [epoch, Number(n) + by, ...rest].join('.')
}
const open: LiveWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) {
    await world.close()
    for (const { client } of world.connections) expect(client.complaints).toEqual([])
  }
})

async function newWorld(): Promise<LiveWorld> {
  const world = await openLiveWorld(MODEL_SCHEMA)
  open.push(world)
  await world.write((tx) => seedWorld(tx))
  return world
}

describe('going on after a break', () => {
  type Left = ReturnType<FakeConnection['client']['list']>
  let left: Left | undefined
  async function leave(world: LiveWorld, payload: object): Promise<string> {
    const connection = world.connect(ANN)
    follow(connection, payload)
    await world.settled()
    connection.disconnect()
    left = connection.client.list(connection.client.ids.get(1) ?? '')
    return left.log.at(-1)?.resume ?? ''
  }
  async function comeBack(world: LiveWorld, payload: object, since: string): Promise<ServerMessage[]> {
    const connection = world.connect(ANN)
    if (left) connection.client.inherit(1, left)
    follow(connection, { ...payload, since })
    await world.settled()
    return connection.client.messages.slice(1)
  }
  const list = { collection: 'notes', sort: ['n'], limit: 2 }

  test('S1 what was missed comes as one delta, of a window too', async () => {
    const world = await newWorld()
    await world.write((tx) => ['a', 'b', 'c', 'd'].forEach((id, n) => void note(tx, id, { n })))
    const since = await leave(world, list)
    await world.write((tx) => run(tx, "UPDATE notes SET n = 9 WHERE id = 'a'"))
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'c'"))
    await world.write((tx) => run(tx, "UPDATE notes SET raw = x'01' WHERE id = 'b'"))
    const messages = await comeBack(world, list, since).catch((error) => error)
    expect(messages).toMatchObject([
      { type: 'subscribed', payload: { resumed: true } },
      {
        type: 'delta',
        payload: {
          changes: {
            inserts: [{ doc: { id: 'd' }, after: 'b' }],
            updates: [{ doc: { id: 'b', raw: 'AQ==' } }],
            deletes: ['a'],
          },
        },
      },
    ])
  })

  test('S1 what a document was comes from all changes of it together', async () => {
    const world = await newWorld()
    await world.write((tx) => ['a', 'b', 'c', 'd'].forEach((id, n) => void note(tx, id, { n })))
    const since = await leave(world, list)
    await world.write((tx) => run(tx, "UPDATE notes SET raw = x'01' WHERE id = 'a'"))
    await world.write((tx) => run(tx, "UPDATE notes SET n = 5 WHERE id = 'a'"))
    await world.write((tx) => run(tx, "UPDATE notes SET n = 9, raw = NULL WHERE id = 'a'"))
    await world.write((tx) => run(tx, "UPDATE notes SET n = 7 WHERE id = 'b'"))
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'b'"))
    await world.write((tx) => void note(tx, 'b', { n: 1 }))
    await world.write((tx) => void note(tx, 'e', { n: 0 }))
    await world.write((tx) => run(tx, "UPDATE notes SET n = 1 WHERE id = 'e'"))
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'e'"))
    const messages = await comeBack(world, list, since)
    expect(messages).toMatchObject([
      { type: 'subscribed', payload: { resumed: true } },
      {
        type: 'delta',
        payload: { changes: { inserts: [{ doc: { id: 'c' }, after: 'b' }], updates: [], deletes: ['a'] } },
      },
    ])
  })

  test('S1 commits between reading the page and looking back make no difference', async () => {
    const world = await newWorld()
    await world.write((tx) => ['a', 'b', 'c', 'd'].forEach((id, n) => void note(tx, id, { n })))
    const since = await leave(world, list)
    await world.write((tx) => run(tx, "DELETE FROM notes WHERE id = 'a'"))
    const { database } = world
    const query = database.query.bind(database)
    database.query = async (...asked) => {
      const page = await query(...asked)
      await world.write((tx) => run(tx, "UPDATE notes SET n = 50 WHERE id = 'b'"))
      return page
    }
    const messages = await comeBack(world, list, since)
    expect(messages.slice(0, 2)).toMatchObject([
      { type: 'subscribed', payload: { resumed: true } },
      { type: 'delta', payload: { changes: { inserts: [{ doc: { id: 'c' }, after: 'b' }], deletes: ['a'] } } },
    ])
  })

  test('S1 nothing comes where nothing was missed', async () => {
    const world = await newWorld()
    const since = await leave(world, list)
    await world.write((tx) => run(tx, "UPDATE users SET name = 'x' WHERE id = ?", BEN))
    const messages = await comeBack(world, list, since)
    expect(messages).toMatchObject([{ type: 'subscribed', payload: { resumed: true } }])
    expect(messages).toHaveLength(1)
  })

  test.each([
    ['another epoch', async () => {}, (since: string) => `other${since.slice(since.indexOf('.'))}`],
    ['a bare seq', async () => {}, (since: string) => since.split('.').slice(0, 2).join('.')],
    ['a state of the future', async () => {}, (since: string) => moved(since, 1000)],
    ['a state before the one that the client began with', async () => {}, (since: string) => moved(since, -1)],
    ['another floor', async () => {}, (since: string) => since.replace(/\d+(?=\.[^.]*$)/, '0')],
    ['a token that was changed', async () => {}, (since: string) => `${since.slice(0, -3)}AAA`],
    ['nonsense', async () => {}, () => 'x'],
    [
      'a change of the user',
      (world: LiveWorld) => world.write((tx) => run(tx, "UPDATE users SET role = 'admin' WHERE id = ?", ANN)),
      (since: string) => since,
    ],
    [
      'a change of what the rule looks at',
      (world: LiveWorld) => world.write((tx) => run(tx, "UPDATE rooms SET owner_id = NULL WHERE id = 'a'")),
      (since: string) => since,
    ],
    [
      'changes of documents so large that the page is shorter',
      (world: LiveWorld) =>
        world.write((tx) => {
          note(tx, 'a')
          for (let n = 0; n < 4; n++) run(tx, "UPDATE notes SET staff = ? || hex(zeroblob(200000)) WHERE id = 'a'", n)
        }),
      (since: string) => since,
    ],
    [
      'another schema',
      async (world: LiveWorld) => {
        world.reload(
          MODEL_SCHEMA.replace(
            'collections:',
            'collections:\n  more: { fields: { id: { type: int, primary: true } } }',
          ),
        )
        await world.write((tx) => note(tx, 'z'))
      },
      (since: string) => since,
    ],
  ])('S2 a snapshot after %s', async (_name, change, token) => {
    const world = await newWorld()
    const since = await leave(world, list)
    await change(world)
    const messages = await comeBack(world, list, token(since))
    expect(messages).toMatchObject([{ type: 'subscribed', payload: { resumed: false } }, { type: 'snapshot' }])
  })

  test('S2 a snapshot where the log was pruned', async () => {
    const world = await newWorld()
    const since = await leave(world, list)
    await world.write((tx) => note(tx, 'a'))
    await world.write((tx) => note(tx, 'b'))
    await world.write((tx) =>
      run(tx, 'DELETE FROM _koyalite_changes WHERE seq < (SELECT max(seq) FROM _koyalite_changes)'),
    )
    const messages = await comeBack(world, list, since)
    expect(messages).toMatchObject([{ type: 'subscribed', payload: { resumed: false } }, { type: 'snapshot' }])
  })
})
