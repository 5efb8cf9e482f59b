import { afterEach, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { until } from '@koyalite/testkit'
import { skipWaitingEvents } from './store/event-log'
import { countUndelivered } from './store/undelivered-events'
import { type EventsWorld, openEventsWorld, type Recorder, record, sql } from './testing/events-world'

let world: EventsWorld
afterEach(() => world.close())

const keys = ({ seen }: Recorder) => seen.map(({ change }) => change?.key)
const setAside = () => world.events.health().map((one) => one.setAside)

/** A subscriber that cannot take `b`. */
async function faulty(error: () => Error): Promise<Recorder> {
  const recorder = await record(world.events, ['notes.*'])
  recorder.before = (tx, { change }) => {
    tx.run(sql('INSERT INTO tags (id) SELECT count(*) FROM tags'))
    if (change?.key === 'b') throw error()
  }
  await world.database.write((tx) => {
    for (const id of ['a', 'b', 'c']) tx.run(sql('INSERT INTO notes (id) VALUES (?)', id))
  })
  return recorder
}

test('E5 an event that fails by itself is set aside, and delivered again at the next start', async () => {
  world = await openEventsWorld()
  const recorder = await faulty(() => new TypeError('b is not iterable'))
  await world.events.caughtUp()
  expect([keys(recorder), setAside()]).toEqual([['a', 'c'], [1]])
  expect(world.events.health()).toMatchObject([{ failing: null, state: 'live' }])
  expect(world.database.all(sql('SELECT count(*) FROM tags'))).toEqual([[2]])
  // Other documents or patterns are no reason to try: another version of the server is.
  await recorder.subscription.changed()
  expect(setAside()).toEqual([1])
  await recorder.subscription.end()
  const again = await record(world.events, ['notes.*'])
  expect([again.seen, setAside()]).toEqual([[expect.objectContaining({ change: expect.anything() })], [0]])
  expect(again.seen[0]?.change).toMatchObject({ key: 'b', doc: { id: 'b' } })
})

test('E5 what passes, like a full queue, is waited for', async () => {
  world = await openEventsWorld()
  let tries = 0
  const recorder = await faulty(() => {
    tries++
    return new AppError('QUEUE_FULL', 'the queue is full')
  })
  await until(() => tries > 30)
  expect([keys(recorder), setAside()]).toEqual([['a'], [0]])
})

test('E5 where a hundred are set aside the fault is not theirs: the next one is waited for', async () => {
  world = await openEventsWorld()
  const { database } = world
  await database.write((tx) =>
    tx.run(
      sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
        INSERT INTO "_koyalite_undelivered_events" SELECT 'test', i, 'e', '{"type":"notes.created"}', 'no' FROM n`),
    ),
  )
  const recorder = await record(world.events, [])
  recorder.patterns = ['notes.*']
  await recorder.subscription.changed()
  let tries = 0
  recorder.before = () => {
    tries++
    throw new TypeError('no')
  }
  await database.write((tx) => tx.run(sql("INSERT INTO notes (id) VALUES ('a')")))
  await until(() => tries > 30)
  expect(setAside()).toEqual([100])
})

test('E10 in a copy and after a restore, what was set aside is skipped', async () => {
  world = await openEventsWorld()
  await faulty(() => new TypeError('no'))
  await world.events.caughtUp()
  await world.database.write((tx) => void skipWaitingEvents(tx))
  expect(countUndelivered(world.database, 'test')).toBe(0)
})
