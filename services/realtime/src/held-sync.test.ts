import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeConnection, type LiveWorld, type LiveWorldOptions, openLiveWorld } from './testing/live-world'
import { MODEL_SCHEMA, seedWorld } from './testing/random-world'
import { follow, note } from './testing/world-steps'

/** A disk that takes as long as a test wants. */
function heldDisk() {
  let isHeld = false
  let waiting: (() => void)[] = []
  const ports: NonNullable<LiveWorldOptions['ports']> = {
    startWalSync: async ({ onSynced }) => ({
      request(ticket) {
        const sync = () => onSynced(ticket)
        if (isHeld) waiting.push(sync)
        else queueMicrotask(sync)
      },
      stats: () => ({ syncs: 0, lastMs: 0, maxMs: 0, totalMs: 0 }),
      close: async () => {},
    }),
  }
  return {
    ports,
    hold() {
      isHeld = true
    },
    /** Writes to the disk what it was asked to store until now. */
    sync() {
      for (const one of waiting.splice(0)) one()
    },
    /** Only what it was asked for first. */
    syncOne() {
      waiting.shift()?.()
    },
    release() {
      isHeld = false
      for (const one of waiting) one()
      waiting = []
    },
  }
}

const dirs: string[] = []
const worlds: LiveWorld[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

async function newWorld() {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-live-'))
  dirs.push(dir)
  const disk = heldDisk()
  const world = await openLiveWorld(MODEL_SCHEMA, { path: join(dir, 'live.db'), ports: disk.ports })
  worlds.push(world)
  await world.write((tx) => seedWorld(tx))
  return { world, disk }
}

const turns = async (count = 20) => {
  for (let n = 0; n < count; n++) await new Promise(setImmediate)
}
const types = ({ client }: FakeConnection) => client.messages.map(({ type }) => type)
function keys({ client }: FakeConnection): readonly (string | number)[] {
  return client.list(client.ids.get(1) ?? '').docs.map(({ key }) => key)
}
const pongOf = (connection: FakeConnection) => {
  connection.say({ type: 'ping' })
  const pong = connection.client.messages.at(-1)
  return pong?.type === 'pong' ? Number(pong.payload.seq.split('.').at(-1)) : Number.NaN
}

test('X3 E1 M4 what is committed is sent when it is on the disk, to newcomers too, and nothing tells of it before', async () => {
  const { world, disk } = await newWorld()
  const [early, late] = [world.connect(), world.connect()]
  follow(early, { collection: 'notes' })
  await world.settled()
  disk.hold()
  const before = pongOf(early)
  const written = world.write((tx) => note(tx, 'a'))
  await turns()
  // Reads see it already.
  expect(world.list({ kind: 'anonymous' }, { collection: 'notes' }).docs).toHaveLength(1)
  follow(late, { collection: 'notes' })
  await turns()
  expect(types(early).filter((type) => type !== 'pong')).toEqual(['connected', 'subscribed', 'snapshot'])
  expect(types(late)).not.toContain('snapshot')
  expect(pongOf(early)).toBe(before)
  expect(pongOf(late)).toBeNaN()
  disk.release()
  const seq = await written
  await world.settled()
  for (const connection of [early, late]) {
    expect(keys(connection)).toEqual(['a'])
    expect(pongOf(connection)).toBe(seq)
  }
  expect(types(late)).toEqual(['connected', 'subscribed', 'snapshot', 'pong', 'pong'])
})

test('X2 E1 what became durable earlier goes out earlier, and is not held back by what came behind it', async () => {
  const { world, disk } = await newWorld()
  const connection = world.connect()
  follow(connection, { collection: 'notes', sort: ['id'] })
  await world.settled()
  disk.hold()
  const first = world.write((tx) => note(tx, 'a'))
  await turns()
  const second = world.write((tx) => note(tx, 'b'))
  await turns()
  expect(keys(connection)).toEqual([])
  disk.sync()
  await first
  await turns()
  // The second may be on the disk by the same sync; never is it shown without the first.
  expect(keys(connection)[0]).toBe('a')
  disk.release()
  await second
  await world.settled()
  expect(keys(connection)).toEqual(['a', 'b'])
  const seqs = connection.client
    .list(connection.client.ids.get(1) ?? '')
    .log.map(({ seq }) => Number(seq.split('.').at(-1)))
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
})

test('M4 a pong gets there though nothing was to be sent', async () => {
  const { world } = await newWorld()
  const connection = world.connect()
  // Its rule looks at what is changed here, so that the page is read again and shows nothing else.
  follow(connection, { collection: 'messages', limit: 1, sort: ['room.name'] })
  await world.settled()
  for (let n = 0; n < 5; n++) {
    const seq = await world.write((tx) => tx.run({ text: 'UPDATE rooms SET name = ?', params: [`n${n}`] }))
    await world.settled()
    expect(pongOf(connection)).toBe(seq)
  }
})

test('M4 what is on the disk is not settled while a message tells of it together with what is not', async () => {
  const { world, disk } = await newWorld()
  const connection = world.connect()
  follow(connection, { collection: 'notes' })
  await world.settled()
  disk.hold()
  const before = pongOf(connection)
  const first = world.write((tx) => note(tx, 'a'))
  await turns()
  const second = world.write((tx) => note(tx, 'b'))
  await turns()
  disk.syncOne()
  await first
  await turns()
  expect(types(connection)).not.toContain('delta')
  expect(pongOf(connection)).toBe(before)
  disk.release()
  const seq = await second
  await world.settled()
  expect(types(connection)).toContain('delta')
  expect(pongOf(connection)).toBe(Number(seq))
})
