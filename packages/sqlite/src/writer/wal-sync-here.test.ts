import { expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { type DatabaseOptions, openDatabase } from '../database'
import { startMaintenance } from '../files/maintenance'
import { createItems, insertItem, itemIds } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { manualSync } from '../testing/manual-sync'
import { tempFolder } from '../testing/temp-folder'
import { startWalSync } from './wal-sync'
import { syncHere } from './wal-sync-here'

// Real files and threads, on a machine that may be busy.
setDefaultTimeout(60_000)

async function openLazily(options: DatabaseOptions) {
  const started: string[] = []
  const db = await openDatabase(
    { ...options, threads: 'when_needed' },
    {
      startWalSync: async (given) => {
        return syncHere(given, (inThread) => {
          started.push('sync')
          return startWalSync(inThread)
        })
      },
      startMaintenance: (given) => {
        started.push('maintenance')
        return startMaintenance(given)
      },
    },
  )
  return { db, started }
}

test('W24 a command that writes little starts no thread', async () => {
  using folder = tempFolder()
  const path = folder.file('a.db')
  const { db, started } = await openLazily({ path })
  await createItems(db)
  await db.write((tx) => tx.run(insertItem('a')))
  expect(db.stats().sync?.syncs).toBe(3)
  await db.close()
  expect(started).toEqual([])
  expect(existsSync(`${path}-wal`)).toBe(false)
})

test('W24 one that writes more starts each once, and every write is synced', async () => {
  using folder = tempFolder()
  const { db, started } = await openLazily({
    path: folder.file('a.db'),
    checkpoints: { passiveBytes: 4096, restartBytes: 8192 },
  })
  await createItems(db)
  while ((db.stats().checkpoints?.checkpoints ?? 0) < 2 || db.feed.lastSeq < 40)
    await db.write((tx) => tx.run(insertItem(`${db.feed.lastSeq}`)))
  expect(started.toSorted()).toEqual(['maintenance', 'sync'])
  expect(db.stats()).toMatchObject({ unsynced: 0, sync: { syncs: expect.any(Number) } })
  await db.close()
  const again = await openDatabase({ path: folder.file('a.db') })
  expect(itemIds(again).length).toBeGreaterThanOrEqual(40)
  await again.close()
})

test('W24 the thread takes over when it runs, and not before', async () => {
  using folder = tempFolder()
  const [wal, synced] = [folder.file('a.db-wal'), [] as number[]]
  writeFileSync(wal, '')
  const thread = manualSync()
  const begun = Promise.withResolvers<void>()
  const options = { walPath: wal, onSynced: (ticket: number) => synced.push(ticket), onFailed: expect.unreachable }
  const sync = syncHere(options, (given) => begun.promise.then(() => thread.start(given)))
  for (let ticket = 1; ticket <= 12; ticket++) sync.request(ticket)
  expect(synced).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  begun.resolve()
  await new Promise(setImmediate)
  sync.request(13)
  expect([synced.at(-1), thread.requested()]).toEqual([12, 13])
  thread.finish()
  expect(synced.at(-1)).toBe(13)
  await sync.close()
})

test('W24 where no thread can be started, it goes on without', async () => {
  using folder = tempFolder()
  const [wal, synced] = [folder.file('a.db-wal'), [] as number[]]
  writeFileSync(wal, '')
  const options = { walPath: wal, onSynced: (ticket: number) => synced.push(ticket), onFailed: expect.unreachable }
  const sync = syncHere(options, async ({ onFailed }) => {
    onFailed(new Error('no threads left'))
    throw new Error('no threads left')
  })
  for (let ticket = 1; ticket <= 12; ticket++) {
    sync.request(ticket)
    await new Promise(setImmediate)
  }
  expect(synced).toHaveLength(12)
  await sync.close()
})

test('W24 W15 it fails once if the WAL was replaced', async () => {
  using folder = tempFolder()
  const path = folder.file('a.db')
  const fatal: string[] = []
  const log = logRecorder()
  const { db } = await openLazily({ path, log, onFatal: (error) => fatal.push(error.message) })
  await createItems(db)
  renameSync(`${path}-wal`, `${path}-moved`)
  writeFileSync(`${path}-wal`, '')
  for (const id of ['a', 'b']) {
    const refused = await db.write((tx) => tx.run(insertItem(id))).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'UNAVAILABLE' })
  }
  expect(fatal).toEqual([`${path}-wal was replaced`])
  renameSync(`${path}-moved`, `${path}-wal`)
  await db.close()
})
