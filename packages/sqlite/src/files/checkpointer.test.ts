import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { statSync } from 'node:fs'
import { until } from '@koyalite/testkit'
import { type Database, openDatabase } from '../database'
import { loadDriver, mappedLibraries } from '../driver/driver'
import { createItems, insertItem, sql } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { tempFolder } from '../testing/temp-folder'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

const LIMITS = { passiveBytes: 64 * 1024, restartBytes: 256 * 1024 }

describe('checkpoints', () => {
  test('C2 the WAL stays bounded under constant writing', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path, checkpoints: LIMITS })
    await createItems(db)
    // The thread starts with the first checkpoint: one writer alone meanwhile, so that the bound is about checkpoints.
    let before = 0
    while (db.stats().checkpoints?.checkpoints === 0) {
      await db.write((tx) => tx.run(insertItem(`before ${++before}`)))
    }
    let largest = 0
    const written = await writeConstantly(db, (stats) => {
      largest = Math.max(largest, stats.walBytes)
      return stats.restarts >= 5
    })
    expect(written).toBeGreaterThan(0)
    // What is written while a checkpoint runs comes on top of the limit.
    expect(largest).toBeLessThan(20 * LIMITS.restartBytes)
    expect(statSync(`${path}-wal`).size).toBeLessThan(20 * LIMITS.restartBytes)
    expect(db.get(sql('SELECT count(*) FROM items'))).toEqual([before + written])
    await db.close()
  })

  test('C3 a reader that blocks shows in the metric, writes go on, and the WAL shrinks afterwards', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const log = logRecorder()
    const db = await openDatabase({ path, checkpoints: LIMITS, log })
    await createItems(db)
    const reader = new (loadDriver())(path, { timeout: 0 })
    reader.exec('BEGIN; SELECT * FROM items')
    const blocked = await writeConstantly(db, ({ blockedSince }) => blockedSince !== null)
    expect(blocked).toBeGreaterThan(0)
    await writeConstantly(db, () => log.records.some(({ message }) => message.includes('a long read')))
    reader.exec('COMMIT')
    await writeConstantly(db, ({ blockedSince }) => blockedSince === null)
    expect(db.stats().checkpoints?.walBytes).toBeLessThan(20 * LIMITS.restartBytes)
    reader.close()
    await db.close()
  })

  test('C4 a WAL that is full takes no more writes, reads go on, and it empties by itself when the reader has ended', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const log = logRecorder()
    const limits = { ...LIMITS, maxBytes: 8 * LIMITS.restartBytes }
    const db = await openDatabase({ path, checkpoints: limits, log })
    await createItems(db)
    const reader = new (loadDriver())(path, { timeout: 0 })
    reader.exec('BEGIN; SELECT * FROM items')
    const refused = await writeConstantly(db, () => false).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('a long read') })
    expect(db.stats().checkpoints).toMatchObject({ full: true, blockedSince: expect.any(Number) })
    const { size } = statSync(`${path}-wal`)
    expect(size).toBeGreaterThanOrEqual(limits.maxBytes)
    const count = () => Number(db.get(sql('SELECT count(*) FROM items'))?.[0])
    const stored = count()
    expect(stored).toBeGreaterThan(0)
    expect(db.write((tx) => tx.run(insertItem('refused')))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect([count(), statSync(`${path}-wal`).size]).toEqual([stored, size])
    // Once for each doubling, not once for each attempt.
    expect(log.records.filter(({ message }) => message.includes('a long read')).length).toBeLessThan(5)
    reader.exec('COMMIT')
    reader.close()
    await until(() => db.stats().checkpoints?.full !== true)
    await db.write((tx) => tx.run(insertItem('again')))
    expect(count()).toBe(stored + 1)
    await db.close()
  })

  test('C1 commits leave the database file alone, and there is one copy of the library', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path })
    await createItems(db)
    const before = statSync(path)
    for (let n = 0; n < 50; n++) await db.write((tx) => tx.run(insertItem(String(n))))
    expect(statSync(path).mtimeMs).toBe(before.mtimeMs)
    const copies = mappedLibraries()?.filter((library) => library.includes('better-sqlite3'))
    if (process.platform === 'linux') expect(copies).toHaveLength(1)
    await db.close()
  })

  test('a failed checkpoint is reported, and the next one works', async () => {
    using folder = tempFolder()
    const log = logRecorder()
    let broken = true
    const { startMaintenance } = await import('./maintenance')
    const db = await openDatabase(
      { path: folder.file('a.db'), checkpoints: LIMITS, log },
      {
        startMaintenance: async (options) => {
          const real = await startMaintenance(options)
          const checkpoint: typeof real.checkpoint = (mode) =>
            broken ? Promise.reject(new Error('disk')) : real.checkpoint(mode)
          return { ...real, checkpoint }
        },
      },
    )
    await createItems(db)
    await writeConstantly(db, ({ failed }) => failed > 0)
    expect(log.records.at(-1)?.message).toContain('checkpoint failed')
    broken = false
    await writeConstantly(db, ({ checkpoints }) => checkpoints > 0)
    await db.close()
  })
})

interface Seen {
  readonly walBytes: number
  readonly restarts: number
  readonly blockedSince: number | null
  readonly failed: number
  readonly checkpoints: number
}

let next = 0

/** Eight writers, until `enough` returns true. Returns the number of writes. */
async function writeConstantly(db: Database, enough: (seen: Seen) => boolean): Promise<number> {
  let written = 0
  let done = false
  let restarts = 0
  let last = 0
  const filler = 'x'.repeat(500)
  const writer = async () => {
    while (!done) {
      await db.write((tx) => tx.run(insertItem(`${++next}-${filler}`)))
      written++
      const stats = db.stats().checkpoints
      if (stats === null) throw new Error('the database has no checkpoints')
      if (stats.walBytes < last) restarts++
      last = stats.walBytes
      done ||= enough({ ...stats, restarts })
    }
  }
  await Promise.all(Array.from({ length: 8 }, writer))
  return written
}
