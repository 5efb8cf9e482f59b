import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Change, SqlValue } from '@koyalite/contracts'
import fc from 'fast-check'
import { type Database, type DatabaseOptions, openDatabase } from '../database'
import { connect } from '../driver/connection'
import { loadDriver } from '../driver/driver'
import { StatementCache } from '../driver/statement-cache'
import { createItems, insertItem, itemIds, sql } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { manualSync } from '../testing/manual-sync'
import { tempFolder } from '../testing/temp-folder'
import { advanceCursor, createCursor, listCursors, removeCursor } from './change-cursors'
import { Feed } from './change-feed'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

describe('change feed', () => {
  test('F4 any sequence of writes, some of which fail, is published in order, once, and as committed (property)', async () => {
    const step = fc.record({
      op: fc.constantFrom('insert', 'update', 'delete'),
      id: fc.integer({ min: 0, max: 5 }),
      fails: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 12 }), async (writes) => {
        const db = await memory()
        const mirror = new Set<string>()
        const seen: Change[] = []
        db.feed.subscribe((changes) => {
          seen.push(...changes)
          for (const { op, docId } of changes) {
            if (op === 'insert') mirror.add(String(docId))
            if (op === 'delete') mirror.delete(String(docId))
          }
        })
        const runs = writes.map((steps) =>
          db.write((tx) => {
            for (const { op, id, fails } of steps) {
              if (op === 'insert') tx.run(sql('INSERT OR REPLACE INTO items VALUES (?, 0)', String(id)))
              if (op === 'update') tx.run(sql('UPDATE items SET n = n + 1 WHERE id = ?', String(id)))
              if (op === 'delete') tx.run(sql('DELETE FROM items WHERE id = ?', String(id)))
              if (fails && id === 5) throw new Error('no')
            }
          }),
        )
        await Promise.allSettled(runs)
        await published(db)
        expect(seen.map(({ seq }) => seq)).toEqual(Array.from(seen, (_, index) => index + 1))
        expect([...mirror].sort()).toEqual(itemIds(db) as string[])
        await db.close()
      }),
      { numRuns: 60 },
    )
  })

  test('F4 who listens to some collections gets their changes, whatever is committed between them (property)', async () => {
    const collections = ['a', 'b', 'c'] as const
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), of: fc.constantFrom(...collections) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('listen' as const), of: fc.constantFrom('a', 'b') }) },
      // Committed, and not yet on the disk: then several commits are published together.
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('sync' as const) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40, size: 'max' }), async (steps) => {
        using folder = tempFolder()
        const sync = manualSync()
        sync.automatic()
        const db = await openDatabase({ path: folder.file('changes.db') }, { startWalSync: sync.start })
        sync.manual()
        const log = (of: string) =>
          db.write((tx) =>
            tx.run(sql("INSERT INTO _koyalite_changes (collection, op, doc_id, at) VALUES (?, 'insert', 1, 0)", of)),
          )
        const listening: { readonly from: number; readonly of: string; readonly seen: number[] }[] = []
        const writes: Promise<unknown>[] = []
        for (const each of steps) {
          if (each.kind === 'write') writes.push(log(each.of))
          if (each.kind === 'commit') await new Promise(setImmediate)
          if (each.kind === 'sync') sync.finish()
          if (each.kind !== 'listen') continue
          await new Promise(setImmediate)
          sync.finish()
          await published(db)
          const seen: number[] = []
          db.feed.subscribe((changes) => seen.push(...changes.map(({ seq }) => seq)), [each.of])
          listening.push({ from: db.feed.lastSeq, of: each.of, seen })
        }
        await new Promise(setImmediate)
        sync.automatic()
        sync.finish()
        await Promise.all(writes)
        await published(db)
        const all = db.feed.since(0, 1000) ?? []
        for (const { from, of, seen } of listening)
          expect(seen).toEqual(
            all.filter(({ seq, collection }) => seq > from && collection === of).map(({ seq }) => seq),
          )
        await db.close()
      }),
      { numRuns: 30 },
    )
  })

  test('F4 listeners are never called inside a write', async () => {
    const db = await memory()
    let writing = false
    let calls = 0
    db.feed.subscribe(() => {
      expect(writing).toBe(false)
      calls++
      // A listener may write: that is another batch.
      if (calls === 1) void db.write((tx) => tx.run(insertItem('from the listener')))
    })
    await db.write((tx) => {
      writing = true
      tx.run(insertItem('a'))
      writing = false
    })
    while (calls < 2) await new Promise(setImmediate)
    expect(itemIds(db)).toEqual(['a', 'from the listener'])
  })

  test('F4 a listener gets what becomes durable after it subscribed, until it leaves', async () => {
    const db = await memory()
    await db.write((tx) => tx.run(insertItem('a')))
    const seen: unknown[] = []
    const leave = db.feed.subscribe((changes) => seen.push(...changes.map(({ docId }) => docId)))
    await db.write((tx) => tx.run(insertItem('b')))
    await published(db)
    leave()
    await db.write((tx) => tx.run(insertItem('c')))
    await published(db)
    expect(seen).toEqual(['b'])
  })

  test('F4 a listener is given only the collections that it asked for', async () => {
    const db = await memory()
    const seen: string[] = []
    db.feed.subscribe(({ length }) => seen.push(`items ${length}`), ['items'])
    db.feed.subscribe(({ length }) => seen.push(`others ${length}`), ['others'])
    await db.write((tx) => tx.run(insertItem('a')))
    await published(db)
    expect(seen).toEqual(['items 1'])
  })

  test('F12 the end of a publication is told after it, also where nobody asked for what has changed', async () => {
    const db = await memory()
    const told: unknown[] = []
    db.feed.onPublished((upTo) => told.push(upTo))
    db.feed.subscribe((changes) => told.push(...changes.map(({ docId }) => docId)), ['items'])
    const leave = db.feed.subscribe(() => told.push('never'), ['others'])
    await db.write((tx) => tx.run(insertItem('a')))
    await published(db)
    leave()
    await db.write((tx) => tx.run(insertItem('b')))
    await published(db)
    expect(told).toEqual(['a', 1, 'b', 2])
  })

  test('F17 who reads all and who is given some share one read of each change', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path })
    await createItems(db)
    const connection = connect({ path, mode: 'read' })
    const statements = new StatementCache(connection)
    let read: number[] = []
    const counting = {
      get(text: string) {
        const statement = statements.get(text)
        if (!text.includes('doc_id')) return statement
        const all = (params: readonly SqlValue[]) => {
          const rows = statement.all(params)
          read.push(...rows.map(([seq]) => Number(seq)))
          return rows
        }
        return { ...statement, all }
      },
    } as unknown as StatementCache
    const feed = new Feed({ epoch: 'e', statements: counting, log: logRecorder() })
    const [given, whole]: [number[], number[]] = [[], []]
    feed.subscribe((changes) => given.push(...changes.map(({ seq }) => seq)), ['items'])
    let routed = 0
    const pull = (upTo: number) => {
      if (upTo > routed) whole.push(...feed.read(routed, upTo).map(({ seq }) => seq))
      routed = Math.max(routed, upTo)
    }
    feed.onPublished((upTo) => pull(upTo))
    const commit = async (count: number): Promise<number> => {
      for (let n = 0; n < count; n++) await db.write((tx) => tx.run(insertItem(crypto.randomUUID())))
      feed.committed(db.feed.lastSeq)
      return db.feed.lastSeq
    }
    feed.durable(await commit(3))
    for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate)
    read = []
    // The reader ahead of publication, beside it, and with nothing to read in between.
    const ahead = await commit(2)
    pull(ahead)
    const later = await commit(3)
    feed.durable(ahead)
    for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate)
    feed.durable(later)
    for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate)
    feed.durable(await commit(4))
    for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate)
    const all = Array.from({ length: 12 }, (_, index) => index + 1)
    expect([given, whole]).toEqual([all, all])
    expect(read).toEqual(all.slice(3))
    connection.close()
    await db.close()
  })

  test('F5 a listener that throws is logged and stops nobody', async () => {
    const log = logRecorder()
    const db = await memory({ log })
    const seen: unknown[] = []
    db.feed.subscribe(() => {
      throw new Error('listener')
    })
    db.feed.subscribe((changes) => seen.push(...changes))
    await db.write((tx) => tx.run(insertItem('a')))
    await published(db)
    expect(seen).toHaveLength(1)
    expect(log.records).toMatchObject([{ level: 'error', message: 'a change feed listener failed' }])
  })

  test('F6 portions end where batches end', async () => {
    const db = await memory()
    const portions: number[] = []
    db.feed.subscribe((changes) => portions.push(changes.length))
    const many = (from: number) =>
      db.write((tx) => {
        for (let n = from; n < from + 1500; n++) tx.run(insertItem(String(n)))
      })
    // Each takes longer than a batch may, so each is a batch of its own.
    await Promise.all([many(0), many(10_000), many(20_000)])
    await published(db)
    expect(portions.reduce((sum, length) => sum + length, 0)).toBe(4500)
    for (const length of portions) expect(length % 1500).toBe(0)
  })

  test('F7 since tells what it can, and null where it cannot', async () => {
    const db = await memory()
    expect(db.feed.since(0, 10)).toEqual([])
    for (const id of ['a', 'b', 'c']) await db.write((tx) => tx.run(insertItem(id)))
    expect(db.feed.since(1, 10)?.map(({ docId }) => docId)).toEqual(['b', 'c'])
    expect(db.feed.since(0, 2)).toHaveLength(2)
    expect(db.feed.since(3, 10)).toEqual([])
    expect(db.feed.since(4, 10)).toBeNull()
    await db.write((tx) => tx.run(sql('DELETE FROM _koyalite_changes WHERE seq < 3')))
    expect(db.feed.since(1, 10)).toBeNull()
    expect(db.feed.since(2, 10)).toHaveLength(1)
  })

  test('F8 the epoch outlives a clean close, and newEpoch replaces it', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const first = await openDatabase({ path })
    const { epoch } = first.feed
    await first.close()
    const second = await openDatabase({ path })
    expect(second.feed.epoch).toBe(epoch)
    const renewed = await second.newEpoch()
    expect(second.feed.epoch).toBe(renewed)
    await second.close()
    const third = await openDatabase({ path })
    expect(renewed).not.toBe(epoch)
    expect(third.feed.epoch).toBe(renewed)
    await third.close()
  })

  test('F9 commits of others are published', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path })
    await createItems(db)
    const published = Promise.withResolvers<readonly Change[]>()
    db.feed.subscribe(published.resolve)
    const other = new (loadDriver())(path, { timeout: 0 })
    other.exec("INSERT INTO items VALUES ('other', 1)")
    other.close()
    expect((await published.promise).map(({ docId }) => docId)).toEqual(['other'])
    expect(db.feed.lastSeq).toBe(1)
    await db.close()
  })

  test('F9 a second database handle that does not own the file leaves the epoch alone', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path })
    await createItems(db)
    const beside = await openDatabase({ path, owner: false })
    expect(beside.feed.epoch).toBe(db.feed.epoch)
    await beside.write((tx) => tx.run(insertItem('beside')))
    await beside.close()
    expect(itemIds(db)).toEqual(['beside'])
    const { epoch } = db.feed
    await db.close()
    const again = await openDatabase({ path })
    expect(again.feed.epoch).toBe(epoch)
    await again.close()
  })
})

describe('pruning', () => {
  test('F10 what is too old goes, but never the last change', async () => {
    const db = await withChanges({ keepMs: 1000, maxBytes: 1e9 }, 50)
    await db.write((tx) => tx.run(sql('UPDATE _koyalite_changes SET at = at - 5000 WHERE seq <= 20')))
    expect(await db.prune()).toBe(20)
    await db.write((tx) => tx.run(sql('UPDATE _koyalite_changes SET at = at - 5000')))
    expect(await db.prune()).toBe(29)
    await db.write((tx) => tx.run(insertItem('next')))
    expect(db.feed.lastSeq).toBe(51)
  })

  test('F10 what is too much goes, the oldest first', async () => {
    const db = await withChanges({ keepMs: 1e9, maxBytes: 10_000 }, 1200)
    const removed = await db.prune()
    expect(removed).toBeGreaterThan(800)
    const seqs = db.all(sql('SELECT min(seq), max(seq), count(*) FROM _koyalite_changes'))[0]
    expect(seqs).toEqual([removed + 1, 1200, 1200 - removed])
    // The estimate of a row's size has changed a little.
    expect(await db.prune()).toBeLessThan(20)
  })

  test('F10 nothing goes that a live cursor has yet to see', async () => {
    const db = await withChanges({ keepMs: -1000, maxBytes: 1e9 }, 10)
    await db.write((tx) => createCursor(tx, 'search'))
    await db.write((tx) => tx.run(insertItem('new')))
    await db.write((tx) => tx.run(insertItem('newer')))
    expect(await db.prune()).toBe(10)
    expect(db.feed.since(10, 10)).toHaveLength(2)
    await db.write((tx) => advanceCursor(tx, 'search', 11))
    expect(await db.prune()).toBe(1)
    await db.write((tx) => removeCursor(tx, 'search'))
    expect(listCursors(db)).toEqual([])
  })

  test('F11 a cursor that is too far behind is broken, loudly, and no longer keeps the log', async () => {
    const log = logRecorder()
    const db = await memory({ changes: { keepMs: 1e9, maxBytes: 1000, maxLagBytes: 2000 }, log })
    await db.write((tx) => createCursor(tx, 'search'))
    for (let n = 0; n < 500; n++) await db.write((tx) => tx.run(insertItem(String(n))))
    await db.prune()
    expect(listCursors(db)).toEqual([{ name: 'search', seq: 0, state: 'broken' }])
    expect(log.records.at(-1)).toMatchObject({ level: 'error', fields: { cursor: 'search' } })
    expect(db.feed.since(0, 10)).toBeNull()
    const { value: moved } = await db.write((tx) => advanceCursor(tx, 'search', 400))
    expect(moved).toBe(false)
    const { value: renewed } = await db.write((tx) => createCursor(tx, 'search'))
    expect(renewed).toEqual({ name: 'search', seq: 500, state: 'live' })
  })
})

async function memory(options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const db = await openDatabase({ path: ':memory:', ...options })
  await createItems(db)
  return db
}

async function withChanges(changes: DatabaseOptions['changes'], count: number): Promise<Database> {
  const db = await memory(changes === undefined ? {} : { changes })
  await Promise.all(Array.from({ length: count }, (_, n) => db.write((tx) => tx.run(insertItem(String(n))))))
  return db
}

/** Resolves when all changes so far have been handed to the listeners. */
async function published(db: Database): Promise<void> {
  for (let turns = 0; turns < 8; turns++) await new Promise(setImmediate)
  expect(db.stats().unsynced).toBe(0)
}
