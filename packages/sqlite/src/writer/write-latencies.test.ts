import { expect, setDefaultTimeout, test } from 'bun:test'
import { openDatabase } from '../database'
import { createItems, insertItem } from '../testing/items'
import { tempFolder } from '../testing/temp-folder'
import { QueueWait } from './queue-wait'

// Real files and threads, on a machine that may be busy.
setDefaultTimeout(60_000)

test('batches and their syncs are counted once, and a write that was refused has no sync', async () => {
  using folder = tempFolder()
  const db = await openDatabase({ path: folder.file('a.db') })
  await createItems(db)
  db.takeWriteLatencies()
  await Promise.all(['a', 'b', 'c'].map((id) => db.write((tx) => tx.run(insertItem(id)))))
  const failing = db.write(() => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  const { waits, syncs } = db.takeWriteLatencies()
  // Writes that come together share a batch, unless the one before is still being synced.
  expect(syncs.count).toBeWithin(1, 4)
  expect(waits.count).toBe(syncs.count + 1)
  expect(syncs.maxMs).toBeGreaterThan(0)
  expect(db.takeWriteLatencies()).toMatchObject({ waits: { count: 0 }, syncs: { count: 0 } })
  await db.close()
})

test('what waits while another batch runs has waited since that turn ended, or since it came', () => {
  const wait = new QueueWait()
  const before = performance.now()
  wait.came()
  wait.came()
  wait.began(before + 1_000)
  wait.turned(false)
  wait.began(performance.now() + 500)
  wait.turned(true)
  wait.began(performance.now() + 10_000)
  const { count, maxMs, totalMs } = wait.latencies.take()
  expect(count).toBe(3)
  expect(maxMs).toBeLessThanOrEqual(1_000)
  // The last one came with nothing before it: it has not waited.
  expect(totalMs).toBeGreaterThan(1_400)
  expect(totalMs).toBeLessThan(9_000)
})
