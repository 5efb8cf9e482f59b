import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import type { Change } from '@koyalite/contracts'
import { openDatabase } from '../database'
import { createItems, insertItem, itemIds } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { manualSync } from '../testing/manual-sync'
import { tempFolder } from '../testing/temp-folder'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

describe('durability', () => {
  test('W4 W5 a write is acknowledged by a sync that began after its commit; commits do not wait', async () => {
    using folder = tempFolder()
    const { db, sync } = await openManual(folder.file('a.db'))
    const acknowledged: string[] = []
    const write = (id: string) => void db.write((tx) => tx.run(insertItem(id))).then(() => acknowledged.push(id))

    write('a')
    const first = await nextRequest(sync)
    write('b')
    write('c')
    const second = await nextRequest(sync)
    write('d')
    const third = await nextRequest(sync)
    // Committed and visible, but not acknowledged.
    expect(itemIds(db)).toEqual(['a', 'b', 'c', 'd'])
    expect(acknowledged).toEqual([])
    expect(db.stats().unsynced).toBe(3)

    sync.finish(first)
    await turn()
    expect(acknowledged).toEqual(['a'])
    sync.finish(third)
    await turn()
    expect(second).toBeLessThan(third)
    expect(acknowledged).toEqual(['a', 'b', 'c', 'd'])
    sync.automatic()
    await db.close()
  })

  test('F4 changes are published after the sync', async () => {
    using folder = tempFolder()
    const { db, sync } = await openManual(folder.file('a.db'))
    const seen: Change[] = []
    db.feed.subscribe((changes) => seen.push(...changes))
    void db.write((tx) => tx.run(insertItem('a')))
    await nextRequest(sync)
    await turn()
    expect(db.feed.lastSeq).toBe(1)
    expect(seen).toEqual([])
    expect(db.feed.since(0, 10)).toEqual([])
    sync.finish()
    await turn()
    expect(seen.map(({ docId }) => docId)).toEqual(['a'])
    expect(db.feed.since(0, 10)).toHaveLength(1)
    sync.automatic()
    await db.close()
  })

  test('W6 after a failed sync nothing is acknowledged or published', async () => {
    using folder = tempFolder()
    const fatal: Error[] = []
    const { db, sync } = await openManual(folder.file('a.db'), (error) => fatal.push(error))
    const seen: Change[] = []
    db.feed.subscribe((changes) => seen.push(...changes))
    const waiting = db.write((tx) => tx.run(insertItem('a')))
    await nextRequest(sync)
    const queued = db.write((tx) => tx.run(insertItem('b')))
    sync.fail(new Error('EIO'))
    const later = db.write((tx) => tx.run(insertItem('c')))
    for (const write of [waiting, queued, later]) {
      expect(await write.catch((error: unknown) => error)).toMatchObject({ code: 'UNAVAILABLE' })
    }
    // Even if the system then claims success.
    sync.finish()
    await turn()
    expect(seen).toEqual([])
    expect(fatal.map(({ message }) => message)).toEqual(['EIO'])
    await db.close()
  })

  test('W15 the sync fails if the WAL was replaced', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const fatal = Promise.withResolvers<Error>()
    const db = await openDatabase({ path, onFatal: fatal.resolve, log: logRecorder() })
    await createItems(db)
    renameSync(`${path}-wal`, `${path}-moved`)
    writeFileSync(`${path}-wal`, '')
    const refused = await db.write((tx) => tx.run(insertItem('a'))).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'UNAVAILABLE' })
    expect((await fatal.promise).message).toContain('was replaced')
    renameSync(`${path}-moved`, `${path}-wal`)
    await db.close()
  })

  test('W6 the default ends the process', async () => {
    using folder = tempFolder()
    const child = Bun.spawn(
      [process.execPath, `${import.meta.dir}/../testing/failing-sync-child.ts`, folder.file('a.db')],
      {
        stdout: 'pipe',
        stderr: 'pipe',
      },
    )
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    expect(out).toBe('')
    expect(err).toContain('writing to the disk failed')
    expect(code).toBe(1)
  })

  test('W14 close commits and syncs what is queued, refuses the rest, leaves one file', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path })
    await createItems(db)
    const writes = Array.from({ length: 600 }, (_, n) => db.write((tx) => tx.run(insertItem(String(n)))))
    const closed = db.close()
    expect(db.write((tx) => tx.run(insertItem('late')))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await Promise.all(writes)
    await closed
    expect(existsSync(`${path}-wal`)).toBe(false)
    expect(statSync(path).size).toBeGreaterThan(0)
    const again = await openDatabase({ path })
    expect(itemIds(again)).toHaveLength(600)
    await again.close()
  })

  test('a write does not wait for password hashes: the sync has a thread of its own', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db') })
    await createItems(db)
    let hashed = 0
    const hashes = Array.from({ length: 16 }, () => Bun.password.hash('secret').then(() => hashed++))
    for (let n = 0; n < 3; n++) await db.write((tx) => tx.run(insertItem(String(n))))
    expect(hashed).toBeLessThan(16)
    await Promise.all(hashes)
    await db.close()
  })

  test('W14 another process that opens and closes the file leaves the WAL alone, whatever we did before', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openDatabase({ path, checkpoints: { passiveBytes: 4096, restartBytes: 8192 } })
    await createItems(db)
    while ((db.stats().checkpoints?.checkpoints ?? 0) < 3)
      await db.write((tx) => tx.run(insertItem(`${db.feed.lastSeq}`)))
    await db.snapshot(folder.file('copy.db'))
    const { ino } = statSync(`${path}-wal`)
    // Had something in this process dropped SQLite's locks, this would take itself for the last one and remove the WAL.
    const program = `import { Database } from 'bun:sqlite'
      const db = new Database(process.argv[1])
      db.query('SELECT count(*) FROM items').get()
      db.close()`
    expect(Bun.spawnSync([process.execPath, '-e', program, path], { stderr: 'inherit' }).exitCode).toBe(0)
    expect(statSync(`${path}-wal`).ino).toBe(ino)
    await db.write((tx) => tx.run(insertItem('after')))
    expect(itemIds(db)).toContain('after')
    await db.close()
  })

  test('W6 the process may end while the threads wait', async () => {
    using folder = tempFolder()
    const program = `import { openDatabase } from '${import.meta.dir}/../database'
      await openDatabase({ path: process.argv[1] })
      process.exit(7)`
    const child = Bun.spawn([process.execPath, '-e', program, folder.file('a.db')], { stderr: 'inherit' })
    expect(await child.exited).toBe(7)
  })

  test('W4 durability normal acknowledges the commit', async () => {
    using folder = tempFolder()
    const sync = manualSync()
    const db = await openDatabase({ path: folder.file('a.db'), durability: 'normal' }, { startWalSync: sync.start })
    await createItems(db)
    await db.write((tx) => tx.run(insertItem('a')))
    expect(sync.requested()).toBe(0)
    expect(db.stats().sync).toBeNull()
    await db.close()
  })
})

async function openManual(path: string, onFatal: (error: Error) => void = () => {}) {
  const sync = manualSync()
  const opening = openDatabase({ path, onFatal, log: logRecorder() }, { startWalSync: sync.start })
  await nextRequest(sync)
  sync.finish()
  const db = await opening
  const created = createItems(db)
  await nextRequest(sync)
  sync.finish()
  await created
  return { db, sync }
}

/** The ticket of the next batch that asks for a sync. */
async function nextRequest(sync: ReturnType<typeof manualSync>): Promise<number> {
  const before = sync.requested()
  while (sync.requested() === before) await turn()
  return sync.requested()
}

/** Two turns: what was asked for in this one has happened, and those who waited for it have run. */
async function turn(): Promise<void> {
  await new Promise(setImmediate)
  await new Promise(setImmediate)
}
