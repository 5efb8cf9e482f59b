import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Change } from '@koyalite/contracts'
import { type Database, type DatabaseOptions, openDatabase } from '../database'
import { followDatabase } from '../follow-database'
import { createItems, insertItem, sql } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { tempFolder } from '../testing/temp-folder'
import { listCursors } from './change-cursors'
import { type ChangeConsumerOptions, consumeChanges } from './consume-changes'

setDefaultTimeout(60_000)

const SOON = { firstMs: 1, longestMs: 2 }

describe('durable consumers of the change log', () => {
  test('F13 every change once and in order, from the first on, and from where it stopped', async () => {
    const db = await memory()
    await insert(db, 'a', 'b')
    const seen: string[] = []
    const first = await consumeChanges(db, noting(seen, { from: 'start' }))
    await insert(db, 'c')
    await first.caughtUp()
    await first.close()
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(listCursors(db)).toEqual([{ name: 'copy', seq: 3, state: 'live' }])
    await insert(db, 'd')
    const again = await consumeChanges(db, noting(seen, { from: 'now' }))
    await again.caughtUp()
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
    await again.close()
  })

  test('F13 one that begins now is not given what was before', async () => {
    const db = await memory()
    await insert(db, 'a')
    const seen: string[] = []
    const consumer = await consumeChanges(db, noting(seen, { from: 'now' }))
    await insert(db, 'b')
    await consumer.caughtUp()
    expect(seen).toEqual(['b'])
    await consumer.close()
  })

  test('F13 a burst that is larger than what waits in memory comes whole', async () => {
    const db = await memory()
    const seen: string[] = []
    const consumer = await consumeChanges(db, noting(seen, { from: 'start' }))
    const ids = Array.from({ length: 7_000 }, (_, n) => String(n))
    await Promise.all(ids.map((id) => db.write((tx) => tx.run(insertItem(id)))))
    await consumer.caughtUp()
    expect(seen).toEqual(ids)
    await consumer.close()
  })

  test('F13 over kill -9: exactly once with its own work, at least once else, never out of order', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const output: number[] = []
    for (let round = 0; round < 4; round++) output.push(...(await consumeUntilKilled(path, round)))
    const db = await openDatabase({ path })
    const last = await consumeChanges(db, {
      name: 'exactly once',
      from: 'start',
      handle: (changes, advance) =>
        db.write((tx) => {
          for (const { seq, docId } of changes) tx.run(sql('INSERT INTO seen (seq, id) VALUES (?, ?)', seq, docId))
          advance(tx)
        }),
    })
    await last.caughtUp()
    await last.close()
    const logged = db.all(sql('SELECT seq FROM _koyalite_changes ORDER BY seq')).map(([seq]) => Number(seq))
    expect(logged.length).toBeGreaterThan(400)
    expect(db.all(sql('SELECT seq FROM seen ORDER BY n')).map(([seq]) => Number(seq))).toEqual(logged)
    const cursor = listCursors(db).find(({ name }) => name === 'at least once')?.seq ?? 0
    const given = new Set(output)
    expect(logged.filter((seq) => seq <= cursor && !given.has(seq))).toEqual([])
    await db.close()
  })

  test('F13 only where the database is written', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path })
    await createItems(db)
    const follower = followDatabase({ path, durable: db.durablePosition() })
    expect(consumeChanges(follower, noting([], { from: 'now' }))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await follower.close()
    await db.close()
  })

  test('F14 what fails comes again before anything later, and what it had written is undone', async () => {
    const log = logRecorder()
    const db = await memory({ log })
    await db.migrate((tx) => tx.exec('CREATE TABLE seen (id TEXT)'))
    let failures = 3
    const consumer = await consumeChanges(db, {
      name: 'copy',
      from: 'start',
      log,
      backOff: SOON,
      handle: (changes, advance) =>
        db.write((tx) => {
          for (const { docId } of changes) tx.run(sql('INSERT INTO seen VALUES (?)', docId))
          advance(tx)
          if (failures-- > 0) throw new Error('no')
        }),
    })
    await insert(db, 'a')
    await insert(db, 'b')
    await consumer.caughtUp()
    expect(db.all(sql('SELECT id FROM seen'))).toEqual([['a'], ['b']])
    expect(log.records.filter(({ fields }) => fields.consumer === 'copy')).toHaveLength(3)
    expect(consumer.state).toBe('live')
    await consumer.close()
  })

  test('F14 changes of other collections are not given, and do not hold the cursor back', async () => {
    const db = await memory()
    const seen: string[] = []
    const consumer = await consumeChanges(db, noting(seen, { from: 'start', collections: ['others'] }))
    await insert(db, 'a', 'b')
    await consumer.caughtUp()
    await consumer.close()
    expect(seen).toEqual([])
    expect(listCursors(db)).toEqual([{ name: 'copy', seq: 2, state: 'live' }])
  })

  test('F14 a handler that advances step by step is given again what came after its last step', async () => {
    const db = await memory({ log: logRecorder() })
    const given: string[][] = []
    let fails = true
    const consumer = await consumeChanges(db, {
      ...{ name: 'copy', from: 'start', log: logRecorder(), backOff: SOON },
      async handle(changes, advance) {
        given.push(changes.map(({ docId }) => String(docId)))
        for (const { seq, docId } of changes) {
          await db.write((tx) => advance(tx, seq))
          if (docId === 'b' && fails) {
            fails = false
            throw new Error('no')
          }
        }
      },
    })
    await insert(db, 'a', 'b', 'c', 'd')
    await consumer.caughtUp()
    expect(given).toEqual([
      ['a', 'b', 'c', 'd'],
      ['c', 'd'],
    ])
    expect(listCursors(db)).toEqual([{ name: 'copy', seq: 4, state: 'live' }])
    await consumer.close()
  })

  test('F15 one that falls out of the log says so and starts over, without missing what changes meanwhile', async () => {
    const log = logRecorder()
    const db = await memory({ log, changes: { keepMs: 1e9, maxBytes: 1000, maxLagBytes: 2000 } })
    const begun = await consumeChanges(db, noting([], { from: 'start', log }))
    await begun.close()
    for (let n = 0; n < 500; n++) await insert(db, String(n))
    await db.prune()
    const stuck = await consumeChanges(db, noting([], { from: 'start', log }))
    await stuck.caughtUp()
    expect([stuck.state, log.records.at(-1)?.fields.consumer]).toEqual(['broken', 'copy'])
    await stuck.close()
    const seen: string[] = []
    let rebuilt = 0
    const rebuilding = await consumeChanges(db, {
      ...noting(seen, { from: 'start', log }),
      async rebuild() {
        rebuilt++
        await insert(db, 'meanwhile')
      },
    })
    await insert(db, 'after')
    while (rebuilding.state !== 'live') await new Promise(setImmediate)
    await rebuilding.caughtUp()
    expect([rebuilt, seen.filter((id) => Number.isNaN(Number(id))).sort()]).toEqual([1, ['after', 'meanwhile']])
    await rebuilding.close()
  })

  test('F15 after a reset, which no change tells of, it starts over', async () => {
    const db = await memory()
    let rebuilt = 0
    const consumer = await consumeChanges(db, {
      ...noting([], { from: 'start', log: logRecorder() }),
      async rebuild() {
        rebuilt++
      },
    })
    await db.write((tx) => tx.run(sql("UPDATE _koyalite_cursors SET state = 'broken'")))
    await db.newEpoch()
    while (rebuilt === 0 || consumer.state !== 'live') await new Promise(setImmediate)
    expect(listCursors(db).map(({ state }) => state)).toEqual(['live'])
    await consumer.close()
  })

  test('F16 close waits for what is being handled, and nothing comes after it', async () => {
    const db = await memory()
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const seen: unknown[] = []
    const consumer = await consumeChanges(db, {
      name: 'copy',
      from: 'start',
      async handle(changes) {
        begun.resolve()
        await go.promise
        seen.push(...changes.map(({ docId }) => docId))
      },
    })
    await insert(db, 'a')
    await begun.promise
    let closed = false
    const closing = consumer.close().then(() => {
      closed = true
    })
    await insert(db, 'b')
    expect(closed).toBe(false)
    go.resolve()
    await closing
    expect(seen).toEqual(['a'])
    expect(listCursors(db)).toEqual([{ name: 'copy', seq: 1, state: 'live' }])
  })
})

function noting(seen: string[], options: Partial<ChangeConsumerOptions>): ChangeConsumerOptions {
  return {
    name: 'copy',
    from: 'now',
    async handle(changes: readonly Change[]) {
      seen.push(...changes.map(({ docId }) => String(docId)))
    },
    ...options,
  }
}

async function memory(options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const db = await openDatabase({ path: ':memory:', ...options })
  await createItems(db)
  return db
}

async function insert(db: Database, ...ids: string[]): Promise<void> {
  await db.write((tx) => {
    for (const id of ids) tx.run(insertItem(id))
  })
}

/** The numbers that a consumer was given before its process was killed. */
async function consumeUntilKilled(path: string, round: number): Promise<number[]> {
  const command = [process.execPath, `${import.meta.dir}/../testing/consumer-child.ts`, path, String(round)]
  const child = Bun.spawn(command, { stdout: 'pipe' })
  const enough = 100 + Math.floor(Math.random() * 200)
  let text = ''
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk)
    if (text.split('\n').length > enough) child.kill('SIGKILL')
  }
  await child.exited
  return text.split('\n').slice(0, -1).map(Number)
}
