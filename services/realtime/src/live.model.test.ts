import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SubscriptionSpec } from '@koyalite/contracts'
import { splitSeq } from './testing/live-client'
import { type FakeConnection, type ListState, type LiveWorld, openLiveWorld } from './testing/live-world'
import { Random } from './testing/random'
import { MODEL_SCHEMA, randomSchema, randomSpec, randomWrite, seedWorld, USERS } from './testing/random-world'

/** One followed list, as the test knows it. */
interface Followed {
  readonly connection: FakeConnection
  readonly requestId: number
  readonly spec: SubscriptionSpec
  /** How much of the client's log has been compared. */
  compared: number
  /** Whom the list was for, and what it had to be, from each seq on. */
  readonly expected: { readonly seq: number; readonly state: ListState }[]
}

const STEPS = Number(process.env.KOYALITE_LIVE_STEPS ?? 400)
const SEEDS = process.env.KOYALITE_LIVE_SEED
  ? [Number(process.env.KOYALITE_LIVE_SEED), Number(process.env.KOYALITE_LIVE_SEED)]
  : [Math.floor(Math.random() * 1e9), Math.floor(Math.random() * 1e9)]

test.each(SEEDS.map((seed, index) => [seed, index % 2 === 0 ? 'memory' : 'file'] as const))(
  'X1 C1 after every delta a client has what REST answered as of its seq (seed %i, %s)',
  async (seed, where) => {
    const dir = where === 'file' ? mkdtempSync(join(tmpdir(), 'koyalite-live-')) : null
    // Parts of a few documents: most snapshots have several.
    const world = await openLiveWorld(MODEL_SCHEMA, dir === null ? {} : { path: join(dir, 'live.db'), partBytes: 400 })
    try {
      await run(world, new Random(seed))
    } finally {
      await world.close()
      if (dir !== null) rmSync(dir, { recursive: true })
    }
  },
  120_000,
)

async function run(world: LiveWorld, random: Random): Promise<void> {
  await world.write((tx) => seedWorld(tx))
  let connections: FakeConnection[] = []
  let followed: Followed[] = []
  let requests = 0
  const connect = () => {
    const connection = world.connect(random.pick([null, ...USERS]))
    connections.push(connection)
    return connection
  }
  const follow = (connection: FakeConnection, spec: SubscriptionSpec, expected: Followed['expected'] = []) => {
    const requestId = ++requests
    const one: Followed = { connection, requestId, spec, compared: 0, expected }
    connection.say({ id: requestId, type: 'subscribe', payload: spec })
    followed.push(one)
    return one
  }
  const record = () => {
    const seq = world.database.feed.lastSeq
    for (const one of followed) {
      const actor = world.credentials.actor(one.connection.token)
      if (actor !== null) one.expected.push({ seq, state: world.list(actor, one.spec) })
    }
  }
  const compare = () => {
    for (const one of followed) compareLog(one)
  }
  for (let n = 0; n < 6; n++) connect()
  for (let step = 0; step < STEPS; step++) {
    const dice = random.below(100)
    if (dice < 12 && followed.length < 40) {
      follow(random.pick(connections), randomSpec(random))
      record()
    } else if (dice < 14 && followed.length > 0) {
      const one = random.pick(followed)
      const id = one.connection.client.ids.get(one.requestId)
      if (id !== undefined) {
        one.connection.say({ type: 'unsubscribe', payload: { subscription_id: id } })
        followed = followed.filter((other) => other !== one)
      }
    } else if (dice < 17) {
      // Goes away, and comes back for what it has missed.
      const gone = random.pick(connections)
      await world.settled()
      compare()
      gone.disconnect()
      connections = connections.filter((other) => other !== gone)
      const again = world.connect(gone.token)
      connections.push(again)
      const lists = followed.filter(({ connection }) => connection === gone)
      followed = followed.filter(({ connection }) => connection !== gone)
      for (let missed = random.below(4); missed > 0; missed--) {
        await world.write((tx) => randomWrite(tx, random))
        record()
      }
      for (const { requestId, spec, expected } of lists) {
        const had = gone.client.knownFor(requestId)
        const since = had?.log.at(-1)?.resume
        const one = follow(again, since === undefined ? spec : { ...spec, since }, expected.slice(-1))
        if (had) again.client.inherit(one.requestId, had)
      }
      record()
    } else if (dice < 20) {
      random.pick(connections).stall()
    } else if (dice < 24) {
      for (const connection of connections) connection.flow()
    } else if (dice < 26) {
      // From here on other rules apply.
      for (const connection of connections) connection.flow()
      await world.settled()
      compare()
      world.reload(randomSchema(random))
      record()
    } else {
      await world.write((tx) => {
        for (let n = 1 + random.below(3); n > 0; n--) randomWrite(tx, random)
      })
      record()
      // Now and then several commits go by before anybody looks.
      if (random.below(3) > 0) await world.settled()
    }
    if (random.below(20) === 0) {
      await world.settled()
      compare()
    }
  }
  for (const connection of connections) connection.flow()
  await world.settled()
  compare()
  let compared = 0
  for (const one of followed) {
    const last = world.list(world.credentials.actor(one.connection.token) ?? neverGone(), one.spec)
    const id = one.connection.client.ids.get(one.requestId)
    if (id === undefined) {
      expect(one.connection.client.errorsOf(one.requestId).map(({ code }) => code) as string[]).toContain(
        String(last.docs),
      )
      continue
    }
    if (typeof last.docs === 'string') continue
    const list = one.connection.client.list(id)
    expect(list.docs.map(({ text }) => text)).toEqual(last.docs.map(normal))
    expect(list.total).toBe(last.total)
    compared += one.compared
  }
  expect(compared).toBeGreaterThan(0)
}

/** Every state that the client has had since the last time, with what REST said at its seq. */
function compareLog(one: Followed): void {
  const { client } = one.connection
  if (client.complaints[0]) throw client.complaints[0]
  const id = client.ids.get(one.requestId)
  const list = id === undefined ? undefined : client.lists.get(id)
  if (!list) return
  for (const state of list.log.slice(one.compared)) {
    const [, seq] = splitSeq(state.seq)
    const expected = one.expected.findLast((candidate) => candidate.seq <= seq)
    one.compared++
    if (!expected || typeof expected.state.docs === 'string') continue
    const context = `${JSON.stringify(one.spec)} as ${one.connection.token} at ${state.seq}`
    expect({ context, docs: state.docs }).toEqual({ context, docs: expected.state.docs.map(normal) })
    expect({ context, total: state.total }).toEqual({ context, total: expected.state.total })
  }
}

const normal = (text: string) => JSON.stringify(JSON.parse(text))

function neverGone(): never {
  throw new Error('no user of this test is ever removed')
}
