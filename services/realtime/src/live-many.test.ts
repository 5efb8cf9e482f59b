import { afterEach, describe, expect, test } from 'bun:test'
import { type FakeConnection, type LiveWorld, openLiveWorld } from './testing/live-world'
import { MODEL_SCHEMA, seedWorld, USERS } from './testing/random-world'
import { follow, run } from './testing/world-steps'

const [, ANN = '', BEN = ''] = USERS
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

function keys({ client }: FakeConnection): readonly (string | number)[] {
  return client.list(client.ids.get(1) ?? '').docs.map(({ key }) => key)
}

describe('many', () => {
  const many = (world: LiveWorld) => {
    const users = [ANN, BEN, null]
    const connections = Array.from({ length: 900 }, (_, n) => world.connect(users[n % 3] ?? null))
    for (const connection of connections) follow(connection, { collection: 'users', fields: ['id'], sort: ['id'] })
    return connections
  }
  const added = (n: number) => `0190001${n}-0000-7000-8000-000000000000`
  const add = (world: LiveWorld, n: number) =>
    world.write((tx) =>
      run(
        tx,
        "INSERT INTO users (id, email, role, verified, created_at, updated_at) VALUES (?, ?, 'user', 1, '', '')",
        added(n),
        `new${n}@example.com`,
      ),
    )
  const complete = (connections: readonly FakeConnection[], count: number) => {
    for (const connection of connections) {
      expect(keys(connection)).toEqual([...USERS, ...Array.from({ length: count }, (_, n) => added(n))])
    }
  }

  test('E2 A1 who is asked about in the midst of what is being sent gets it once', async () => {
    const world = await newWorld()
    const connections = many(world)
    await world.settled()
    expect(world.realtime.stats()).toMatchObject({ subscriptions: 900, groups: 1 })
    for (let n = 0; n < 4; n++) {
      const before = world.realtime.stats().delivered
      const written = add(world, n)
      while (world.realtime.stats().delivered === before) await new Promise(setImmediate)
      expect(world.realtime.stats().delivered).toBeLessThan(before + 900)
      world.credentials.tell({ kind: 'user', id: n % 2 === 0 ? ANN : BEN })
      await written
      await world.settled()
      complete(connections, n + 1)
    }
  })

  test('A1 who is asked about meanwhile misses nothing', async () => {
    const world = await newWorld()
    const connections = many(world)
    await world.settled()
    const { promise, resolve } = Promise.withResolvers<void>()
    world.credentials.patience = promise
    world.credentials.tell({ kind: 'user', id: ANN })
    await add(world, 0)
    await world.settled()
    expect(keys(connections[0] as FakeConnection)).toEqual(USERS)
    resolve()
    await world.settled()
    await world.settled()
    complete(connections, 1)
  })
})
