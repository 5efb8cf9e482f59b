import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { openDatabase } from '../database'
import { loadDriver } from '../driver/driver'
import { ConstraintError } from '../driver/sqlite-error'
import { createItems, insertItem, itemIds, sql } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { manualSync } from '../testing/manual-sync'
import { stoppedClock } from '../testing/stopped-clock'
import { tempFolder } from '../testing/temp-folder'
import type { Tx } from './tx'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

describe('writer', () => {
  test('W1 functions queued in one turn are one batch, in the order of the queue', async () => {
    const db = await memory()
    using _ = stoppedClock()
    const before = db.stats().writer.batches
    const order: number[] = []
    await Promise.all([0, 1, 2, 3].map((n) => db.write(() => void order.push(n))))
    expect(order).toEqual([0, 1, 2, 3])
    expect(db.stats().writer.batches - before).toBe(1)
  })

  test('W1 a batch has at most 256 functions', async () => {
    const db = await memory()
    using _ = stoppedClock()
    await Promise.all(Array.from({ length: 1000 }, (_, n) => db.write((tx) => tx.run(insertItem(String(n))))))
    expect(db.stats().writer.largestBatch).toBe(256)
    expect(itemIds(db)).toHaveLength(1000)
  })

  test('W1 no further function begins after 5 ms', async () => {
    const db = await memory()
    const before = db.stats().writer.batches
    const busy = () => {
      const started = performance.now()
      while (performance.now() - started < 6);
    }
    await Promise.all([db.write(busy), db.write(busy), db.write(busy)])
    expect(db.stats().writer.batches - before).toBe(3)
  })

  test('W2 a function that throws changes nothing, and nobody else', async () => {
    const db = await memory()
    const failure = new Error('no')
    const results = await Promise.allSettled([
      db.write((tx) => tx.run(insertItem('a'))),
      db.write((tx) => {
        tx.run(insertItem('b'))
        throw failure
      }),
      db.write((tx) => tx.run(insertItem('c'))),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: failure })
    expect(itemIds(db)).toEqual(['a', 'c'])
  })

  test('W2 a batch in which all fail stores nothing and the next one works', async () => {
    const db = await memory()
    const failing = () => {
      throw new Error('no')
    }
    const results = await Promise.allSettled([db.write(failing), db.write(failing)])
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    await db.write((tx) => tx.run(insertItem('a')))
    expect(itemIds(db)).toEqual(['a'])
  })

  test('W3 an asynchronous function does not compile, and is undone if it runs', async () => {
    const db = await memory()
    // @ts-expect-error a write function must not return a Promise
    const typed = db.write(async (tx: Tx) => tx.run(insertItem('a')))
    expect(typed).rejects.toThrow('must not be asynchronous')
    // @ts-expect-error nor a value that may be one
    const maybe = db.write((): number | Promise<number> => 1)
    await maybe
    const untyped = db.write(((tx: Tx) => Promise.resolve(tx.run(insertItem('b')))) as unknown as (tx: Tx) => number)
    expect(untyped).rejects.toThrow('must not be asynchronous')
    await Promise.allSettled([typed, untyped])
    expect(itemIds(db)).toEqual([])
    const sync: { value: number } = await db.write(() => 7)
    expect(sync.value).toBe(7)
  })

  for (const end of ['COMMIT', 'ROLLBACK', 'COMMIT; BEGIN', 'RELEASE write']) {
    test(`W7 a statement that ends the transaction (${end}) fails the whole batch`, async () => {
      const log = logRecorder()
      const db = await openDatabase({ path: ':memory:', log })
      await createItems(db)
      using _ = stoppedClock()
      const results = await Promise.allSettled([
        db.write((tx) => tx.run(insertItem('a'))),
        db.write((tx) => tx.exec(end)),
        db.write((tx) => tx.run(insertItem('b'))),
      ])
      const refused = results.filter(
        (result) =>
          result.status === 'rejected' && result.reason instanceof AppError && result.reason.code === 'UNAVAILABLE',
      )
      // The third may have been in the batch, or run after it.
      expect(refused.length).toBeGreaterThanOrEqual(2)
      expect(results.slice(0, 2).every((result) => result.status === 'rejected')).toBe(true)
      expect(log.records.some(({ level }) => level === 'error')).toBe(true)
      await db.write((tx) => tx.run(insertItem('c')))
      expect(itemIds(db)).toContain('c')
    })
  }

  test('W19 a deferred reference that points nowhere at COMMIT fails the write that made it, and no other', async () => {
    const db = await memory()
    await db.migrate((tx) =>
      tx.exec('CREATE TABLE child (item TEXT REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED)'),
    )
    const child = (id: string) => sql('INSERT INTO child VALUES (?)', id)
    const events: string[] = []
    const results = await Promise.allSettled([
      db.write((tx) => {
        tx.afterCommit(() => void events.push('a'))
        tx.run(insertItem('a'))
      }),
      db.write((tx) => {
        tx.afterCommit(() => void events.push('guilty'))
        tx.run(insertItem('of the guilty'))
        tx.run(child('missing'))
      }),
      // It fails by what the guilty one wrote, which is not there in the end.
      db.write((tx) => tx.run(insertItem('of the guilty'))),
      db.write((tx) => {
        tx.run(child('b'))
        tx.run(insertItem('b'))
      }),
      db.write(() => {
        throw new Error('of its own')
      }),
      db.write((tx) => tx.run(sql("DELETE FROM items WHERE id = 'b'"))),
      db.writeInSteps(function* (tx) {
        tx.run(insertItem('step 1'))
        yield
        tx.run(insertItem('step 2'))
      }),
    ])
    expect(results.map((result) => (result.status === 'rejected' ? result.reason : result.status))).toEqual([
      'fulfilled',
      expect.objectContaining({ code: 'CONFLICT', kind: 'foreign_key' }),
      'fulfilled',
      'fulfilled',
      new Error('of its own'),
      expect.objectContaining({ code: 'CONFLICT', kind: 'foreign_key' }),
      'fulfilled',
    ])
    expect(events).toEqual(['a'])
    expect(itemIds(db)).toEqual(['a', 'b', 'of the guilty', 'step 1', 'step 2'])
    using _ = stoppedClock()
    const before = db.stats().writer.batches
    await Promise.all([db.write((tx) => tx.run(insertItem('c'))), db.write((tx) => tx.run(insertItem('d')))])
    expect(db.stats().writer.batches - before).toBe(1)
  })

  test('W8 a lock of another connection is waited for without blocking the loop', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path, log: logRecorder() })
    await createItems(db)
    const other = new (loadDriver())(path, { timeout: 0 })
    other.exec('BEGIN IMMEDIATE')
    const write = db.write((tx) => tx.run(insertItem('a')))
    // The loop turns while the write waits: this poll could not run otherwise.
    while (db.stats().writer.busyRetries < 3) await new Promise(setImmediate)
    other.exec('COMMIT')
    await write
    expect(itemIds(db)).toEqual(['a'])
    other.close()
    await db.close()
  })

  test('W8 a lock held for too long refuses the writes', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const log = logRecorder()
    const db = await openDatabase({ path, log, busyTimeoutMs: 20 })
    await createItems(db)
    const other = new (loadDriver())(path, { timeout: 0 })
    other.exec('BEGIN IMMEDIATE')
    const refused = await db.write((tx) => tx.run(insertItem('a'))).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', message: 'the database is locked by another process' })
    expect(log.records.at(-1)?.fields.advice).toContain('another process')
    other.exec('COMMIT')
    await db.write((tx) => tx.run(insertItem('b')))
    expect(itemIds(db)).toEqual(['b'])
    other.close()
    await db.close()
  })

  test('W9 each result has the number of its own last change', async () => {
    const db = await memory()
    const results = await Promise.all([
      db.write((tx) => void tx.run(insertItem('a'))),
      db.write((tx) => void tx.run(sql("INSERT INTO items VALUES ('b', 1), ('c', 2)"))),
      db.write(() => {}),
      db.write((tx) => void tx.run(sql('UPDATE items SET n = n'))),
      db.write((tx) => void tx.run(sql("DELETE FROM items WHERE id = 'a'"))),
    ])
    expect(results.map(({ seq }) => seq)).toEqual([1, 3, 3, 3, 4])
    expect(db.feed.lastSeq).toBe(4)
  })

  test('W11 a Tx is of no use after its function', async () => {
    const db = await memory()
    let kept: Tx | undefined
    await db.write((tx) => {
      kept = tx
    })
    expect(() => kept?.run(insertItem('a'))).toThrow('after its write function returned')
    expect(() => kept?.exec('DELETE FROM items')).toThrow('after its write function returned')
  })

  test('W12 attempt undoes its own changes only, and nests', async () => {
    const db = await memory()
    await db.write((tx) => {
      tx.run(insertItem('a'))
      expect(() =>
        tx.attempt(() => {
          tx.run(insertItem('b'))
          tx.attempt(() => tx.run(insertItem('c')))
          tx.run(insertItem('a'))
        }),
      ).toThrow(ConstraintError)
      tx.attempt(() => {
        tx.run(insertItem('d'))
        expect(() =>
          tx.attempt(() => {
            tx.run(insertItem('e'))
            throw new Error('no')
          }),
        ).toThrow('no')
      })
    })
    expect(itemIds(db)).toEqual(['a', 'd'])
    expect(db.feed.lastSeq).toBe(2)
  })

  test('W17 afterCommit runs when the write is durable, before its promise resolves, in order', async () => {
    using folder = tempFolder()
    const sync = manualSync()
    sync.automatic()
    const db = await openDatabase({ path: folder.file('a.db') }, { startWalSync: sync.start })
    await createItems(db)
    sync.manual()
    const events: string[] = []
    const note = (event: string) => () => void events.push(event)
    const writes = ['a', 'b'].map((id) =>
      db
        .write((tx) => {
          tx.afterCommit(note(`${id} first`))
          tx.run(insertItem(id))
          tx.afterCommit(note(`${id} second, sees ${id}`))
        })
        .then(note(`${id} resolved`)),
    )
    while (db.stats().unsynced === 0) await new Promise(setImmediate)
    expect(events).toEqual([])
    sync.automatic()
    sync.finish()
    await Promise.all(writes)
    for (const id of ['a', 'b'])
      expect(events.filter((event) => event.startsWith(id))).toEqual([
        `${id} first`,
        `${id} second, sees ${id}`,
        `${id} resolved`,
      ])
    // In one batch or in two.
    const ran = events.filter((event) => !event.endsWith('resolved'))
    expect(ran).toEqual(['a first', 'a second, sees a', 'b first', 'b second, sees b'])
    await db.close()
  })

  test('W17 afterCommit is not run where the write failed, its attempt was undone, or its batch was lost', async () => {
    const db = await openDatabase({ path: ':memory:', log: logRecorder() })
    const events: string[] = []
    const note = (event: string) => () => void events.push(event)
    await Promise.allSettled([
      db.write((tx) => {
        tx.afterCommit(note('before'))
        tx.attempt(() => tx.afterCommit(note('kept')))
        expect(() =>
          tx.attempt(() => {
            tx.afterCommit(note('undone'))
            tx.attempt(() => tx.afterCommit(note('undone with the outer one')))
            throw new Error('no')
          }),
        ).toThrow('no')
        tx.afterCommit(note('after'))
      }),
      db.write((tx) => {
        tx.afterCommit(note('failed'))
        throw new Error('no')
      }),
      db.write(() => {}),
    ])
    expect(events).toEqual(['before', 'kept', 'after'])
    const lost = await Promise.allSettled([
      db.write((tx) => tx.afterCommit(note('lost with its batch'))),
      db.write((tx) => tx.exec('ROLLBACK')),
    ])
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(events).toEqual(['before', 'kept', 'after'])
  })

  test('W17 an error in afterCommit is logged, undoes nothing, and stops no other', async () => {
    const log = logRecorder()
    const db = await openDatabase({ path: ':memory:', log })
    await createItems(db)
    const events: string[] = []
    const { value } = await db.write((tx) => {
      tx.run(insertItem('a'))
      tx.afterCommit(() => {
        throw new Error('no')
      })
      // @ts-expect-error it must not be asynchronous
      tx.afterCommit(async () => {
        throw new Error('late')
      })
      tx.afterCommit(() => void events.push('ran'))
      return 'value'
    })
    expect([value, events, itemIds(db)]).toEqual(['value', ['ran'], ['a']])
    await new Promise(setImmediate)
    expect(log.records.map(({ fields }) => String(fields.err))).toEqual([
      'Error: no',
      'TypeError: an afterCommit callback must not be asynchronous',
      'Error: late',
    ])
  })

  test('W17 afterCommit of a migration runs too; after its function a Tx takes no more', async () => {
    const db = await memory()
    const events: string[] = []
    let leaked: Tx | undefined
    await db.migrate((tx) => {
      leaked = tx
      tx.afterCommit(() => void events.push('migrated'))
    })
    expect(events).toEqual(['migrated'])
    expect(() => leaked?.afterCommit(() => {})).toThrow('after its write function returned')
  })

  test('RETURNING runs to its end with run, get and all', async () => {
    const db = await memory()
    const values = "VALUES ('%1', 1), ('%2', 2)"
    const insert = (x: string) =>
      sql(`INSERT INTO items ${values.replace('%1', `${x}1`).replace('%2', `${x}2`)} RETURNING id`)
    await db.write((tx) => {
      expect(tx.run(insert('a')).changes).toBe(2)
      expect(tx.get(insert('b'))).toEqual(['b1'])
      expect(tx.all(insert('c'))).toEqual([['c1'], ['c2']])
    })
    expect(itemIds(db)).toHaveLength(6)
  })

  test('reading with a statement that writes is refused', async () => {
    const db = await memory()
    expect(() => db.all(insertItem('a'))).toThrow('a write statement')
    expect(() => db.get(sql('DELETE FROM items RETURNING id'))).toThrow('a write statement')
  })
})

async function memory() {
  const db = await openDatabase({ path: ':memory:' })
  await createItems(db)
  return db
}
