import { expect, setDefaultTimeout, test } from 'bun:test'
import { type Database, type DatabaseOptions, openDatabase } from '../database'
import { followDatabase } from '../follow-database'
import { createItems, insertItem, itemIds, sql } from '../testing/items'
import { manualSync } from '../testing/manual-sync'
import { stoppedClock } from '../testing/stopped-clock'
import { tempFolder } from '../testing/temp-folder'
import type { HeldTx } from './held-tx'

setDefaultTimeout(60_000)

const LONG = { idleMs: 60_000, totalMs: 60_000 }

/** Runs with a database in a file, where reads see only what is committed. */
async function inFile(run: (db: Database, path: string) => Promise<void>, options: Partial<DatabaseOptions> = {}) {
  using folder = tempFolder()
  const path = folder.file('a.db')
  const db = await openDatabase({ path, ...options })
  await createItems(db)
  await run(db, path)
  await db.close()
}

const turn = () => new Promise(setImmediate)

/** Uses a held transaction until it has ended. */
async function endOf(held: HeldTx): Promise<unknown> {
  for (;;) {
    await turn()
    try {
      held.lastSeq()
    } catch (error) {
      return error
    }
  }
}

/** The same without keeping it busy. */
async function writerIsFree(db: Database): Promise<void> {
  await db.write(() => {})
}

test('W20 it reads what it wrote, nobody else does before its commit, and other writes wait', async () => {
  await inFile(async (db) => {
    const before = db.write((tx) => tx.run(insertItem('before')))
    const held = await db.hold(LONG)
    await before
    let written = false
    const after = db
      .write((tx) => {
        expect(tx.all(sql('SELECT id FROM items ORDER BY id'))).toEqual([['before'], ['held']])
        tx.run(insertItem('later'))
      })
      .then(() => {
        written = true
      })
    held.run(insertItem('held'))
    await turn()
    await turn()
    expect(held.all(sql('SELECT id FROM items ORDER BY id'))).toEqual([['before'], ['held']])
    expect([itemIds(db), written]).toEqual([['before'], false])
    const { seq } = await held.commit()
    await after
    expect([seq, itemIds(db)]).toEqual([2, ['before', 'held', 'later']])
    expect(() => held.run(insertItem('x'))).toThrow('already been committed')
  })
})

test('W20 W17 a commit is acknowledged when it is durable, and callbacks run then', async () => {
  using folder = tempFolder()
  const sync = manualSync()
  sync.automatic()
  const db = await openDatabase({ path: folder.file('a.db') }, { startWalSync: sync.start })
  await createItems(db)
  sync.manual()
  const held = await db.hold(LONG)
  const events: string[] = []
  held.run(insertItem('a'))
  held.afterCommit(() => void events.push('callback'))
  const committing = held.commit().then(() => events.push('resolved'))
  // The writer is free before the sync.
  const next = db.write((tx) => tx.run(insertItem('b')))
  while (db.stats().unsynced < 2) await turn()
  expect(events).toEqual([])
  sync.automatic()
  sync.finish()
  await committing
  expect(events).toEqual(['callback', 'resolved'])
  await next
  await db.close()
})

test('W21 without a statement it is rolled back, and says what was last', async () => {
  await inFile(async (db) => {
    const held = await db.hold({ idleMs: 20, totalMs: 60_000 })
    held.run(insertItem('a'))
    await writerIsFree(db)
    expect(() => held.get(sql('SELECT 1'))).toThrow('20 ms without a statement')
    const error = await held.commit().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'UNAVAILABLE', reason: 'idle', lastStatement: insertItem('a').text })
    held.rollback()
    expect(itemIds(db)).toEqual([])
  })
})

test('W21 however busy it is, it ends after its time', async () => {
  await inFile(async (db) => {
    const held = await db.hold({ idleMs: 60_000, totalMs: 30 })
    held.run(insertItem('a'))
    const waiting = db.write((tx) => tx.run(insertItem('b')))
    expect(await endOf(held)).toMatchObject({ reason: 'total' })
    await waiting
    expect(itemIds(db)).toEqual(['b'])
  })
})

test('W21 its limits are 250 ms and 2 s, unless the database has others', async () => {
  await inFile(
    async (db) => {
      const held = await db.hold()
      held.run(insertItem('a'))
      await writerIsFree(db)
      expect(() => held.lastSeq()).toThrow('10 ms without a statement')
    },
    { holds: { idleMs: 10 } },
  )
})

for (const statement of ['COMMIT', 'ROLLBACK', "INSERT OR ROLLBACK INTO items (id) VALUES ('x')"]) {
  test(`W21 a statement that ends the transaction (${statement}) ends it, and the next write works`, async () => {
    await inFile(async (db) => {
      await db.migrate((tx) => tx.exec('CREATE UNIQUE INDEX one ON items (n)'))
      const held = await db.hold(LONG)
      held.run(insertItem('a'))
      expect(() => held.run(sql(statement))).toThrow()
      expect(() => held.run(insertItem('b'))).toThrow('a statement ended the transaction')
      await db.write((tx) => tx.run(insertItem('c', 2)))
      expect(itemIds(db)).toContain('c')
      expect(itemIds(db)).not.toContain('b')
    })
  })
}

test('W21 a statement that fails leaves it as it was', async () => {
  await inFile(async (db) => {
    const held = await db.hold(LONG)
    held.run(insertItem('a'))
    expect(() => held.run(insertItem('a'))).toThrow('must be unique')
    expect(() => held.run(sql('nonsense'))).toThrow('syntax error')
    held.run(insertItem('b'))
    await held.commit()
    expect(itemIds(db)).toEqual(['a', 'b'])
  })
})

test('W21 killed in the middle of it, nothing of it is there; what was committed is', async () => {
  await inFile(async (db, path) => {
    await db.close()
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/../testing/holder-child.ts`, path], {
      stdout: 'pipe',
    })
    for await (const _ of child.stdout) child.kill('SIGKILL')
    await child.exited
    const again = await openDatabase({ path })
    expect(itemIds(again)).toEqual(['committed'])
    expect(again.get(sql('PRAGMA integrity_check'))).toEqual(['ok'])
    await again.close()
  })
})

test('W21 closing waits for whoever holds the writer, as long as they may', async () => {
  using folder = tempFolder()
  const path = folder.file('a.db')
  const db = await openDatabase({ path })
  await createItems(db)
  const held = await db.hold(LONG)
  held.run(insertItem('a'))
  const closing = db.close()
  await turn()
  expect(db.hold()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await held.commit()
  await closing
  const again = await openDatabase({ path })
  const abandoned = await again.hold({ idleMs: 20, totalMs: 60_000 })
  abandoned.run(insertItem('b'))
  await again.close()
  const last = await openDatabase({ path })
  expect(itemIds(last)).toEqual(['a'])
  await last.close()
})

test('W22 between two holders everything else that waits is written', async () => {
  await inFile(async (db) => {
    const first = await db.hold(LONG)
    const order: string[] = []
    const second = db.hold(LONG).then((held) => {
      order.push('second holder')
      return held
    })
    // Queued after the second holder, and before it in the end.
    const writes = ['a', 'b'].map((id) =>
      db.write((tx) => {
        order.push(id)
        tx.run(insertItem(id))
      }),
    )
    await turn()
    first.rollback()
    const held = await second
    expect(order).toEqual(['a', 'b', 'second holder'])
    expect(itemIds(db)).toEqual(['a', 'b'])
    held.rollback()
    await Promise.all(writes)
  })
})

test('W22 what waits too long is refused, another holder too; the one who holds goes on', async () => {
  await inFile(
    async (db) => {
      const held = await db.hold(LONG)
      const refused = await Promise.all([
        db.write((tx) => tx.run(insertItem('a'))).catch((error: unknown) => error),
        db.hold().catch((error: unknown) => error),
      ])
      for (const error of refused) expect(error).toMatchObject({ code: 'UNAVAILABLE' })
      held.run(insertItem('held'))
      await held.commit()
      await db.write((tx) => tx.run(insertItem('b')))
      expect(itemIds(db)).toEqual(['b', 'held'])
    },
    { holds: { patienceMs: 30 } },
  )
})

test('W22 more than may wait is refused at once, while the writer is handed over too', async () => {
  await inFile(
    async (db) => {
      const full = async (): Promise<void> => {
        const waiting = ['a', 'b'].map(() => db.write(() => 'written'))
        await expect(db.write(() => {})).rejects.toMatchObject({ message: expect.stringContaining('too many writes') })
        await expect(db.hold()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        release()
        expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual(['written', 'written'])
      }
      const held = await db.hold(LONG)
      let release = () => held.rollback()
      await full()
      const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      release = () => go.resolve()
      const handed = db.handOver(async () => {
        begun.resolve()
        await go.promise
      })
      await begun.promise
      await full()
      await handed
    },
    { holds: { maxWaiting: 2 } },
  )
})

test('W23 savepoints nest, and what is undone leaves neither rows nor callbacks', async () => {
  await inFile(async (db) => {
    const held = await db.hold(LONG)
    const events: string[] = []
    const note = (event: string) => held.afterCommit(() => void events.push(event))
    held.run(insertItem('a'))
    note('a')
    const outer = held.savepoint()
    held.run(insertItem('b'))
    note('b')
    const inner = held.savepoint()
    held.run(insertItem('c'))
    note('c')
    inner.rollback()
    await turn()
    const kept = held.savepoint()
    held.run(insertItem('d'))
    note('d')
    kept.release()
    expect(() => inner.rollback()).toThrow('already')
    const undone = held.savepoint()
    held.savepoint()
    held.run(insertItem('e'))
    note('e')
    undone.rollback()
    outer.release()
    await held.commit()
    expect([itemIds(db), events]).toEqual([
      ['a', 'b', 'd'],
      ['a', 'b', 'd'],
    ])
  })
})

test('W23 a deferred reference that points nowhere fails the commit, and nothing is stored', async () => {
  await inFile(async (db) => {
    await db.migrate((tx) =>
      tx.exec('CREATE TABLE child (item TEXT REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED)'),
    )
    const held = await db.hold(LONG)
    held.run(insertItem('a'))
    held.run(sql("INSERT INTO child VALUES ('missing')"))
    const waiting = db.write((tx) => tx.run(insertItem('b')))
    await expect(held.commit()).rejects.toMatchObject({ code: 'CONFLICT', kind: 'foreign_key' })
    await waiting
    expect(itemIds(db)).toEqual(['b'])
  })
})

test('W20 it goes with no other write into one transaction, and only the process that writes has it', async () => {
  await inFile(async (db, path) => {
    using _ = stoppedClock()
    const before = db.stats().writer.batches
    const writes = [db.write((tx) => tx.run(insertItem('a'))), db.write((tx) => tx.run(insertItem('b')))]
    const holding = db.hold(LONG)
    const later = [db.write((tx) => tx.run(insertItem('c'))), db.write((tx) => tx.run(insertItem('d')))]
    const held = await holding
    held.run(insertItem('held'))
    await held.commit()
    await Promise.all([...writes, ...later])
    expect(db.stats().writer.batches - before).toBe(3)
    expect(db.all(sql('SELECT doc_id FROM _koyalite_changes ORDER BY seq'))).toEqual(
      ['a', 'b', 'held', 'c', 'd'].map((id) => [id]),
    )
    const follower = followDatabase({ path, durable: db.durablePosition() })
    await expect(follower.hold()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await follower.close()
  })
})

test('W23 a write function that throws in it has changed nothing, and it goes on', async () => {
  await inFile(async (db) => {
    const held = await db.hold(LONG)
    const called: string[] = []
    const write = (id: string, fail: boolean) =>
      held.write((tx) => {
        tx.run(insertItem(id))
        tx.afterCommit(() => void called.push(id))
        if (fail) throw new Error('refused')
        return tx.lastSeq()
      })
    const seq = write('a', false)
    expect(() => write('b', true)).toThrow('refused')
    expect(() => write('a', false)).toThrow('must be unique')
    expect(() => held.write((async () => {}) as never)).toThrow('must not be asynchronous')
    expect(write('c', false)).toBeGreaterThanOrEqual(seq)
    await held.commit()
    expect(itemIds(db)).toEqual(['a', 'c'])
    expect(called).toEqual(['a', 'c'])
    expect(() => write('d', false)).toThrow('already been committed')
  })
})

test('W20 it says how it has ended, once the writer is free', async () => {
  await inFile(async (db) => {
    const committed = await db.hold(LONG)
    await committed.commit()
    expect(await committed.ended).toBe('committed')
    const rolledBack = await db.hold(LONG)
    rolledBack.rollback()
    expect(await rolledBack.ended).toBe('rolled_back')
    const idle = await db.hold({ idleMs: 10, totalMs: 60_000 })
    expect(await idle.ended).toBe('idle')
    await writerIsFree(db)
  })
})
