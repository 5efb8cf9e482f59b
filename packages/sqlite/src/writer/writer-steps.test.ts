import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { measureWork, spendWork, WORK_BUDGET } from '@koyalite/contracts'
import { openDatabase } from '../database'
import { createItems, insertItem, itemIds } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { tempFolder } from '../testing/temp-folder'
import type { Tx } from './tx'

// Real files and threads, on a machine that may be busy.
setDefaultTimeout(60_000)

const folder = tempFolder()
let count = 0
afterAll(() => folder[Symbol.dispose]())

async function onDisk() {
  const db = await openDatabase({ path: folder.file(`${count++}.db`), log: logRecorder() })
  await createItems(db)
  return db
}

/** Longer than the writer keeps the event loop for itself. */
function work() {
  const started = performance.now()
  while (performance.now() - started < 11);
}

/** One document a step. */
function* inserts(tx: Tx, ids: readonly string[]): Generator<void, number> {
  for (const id of ids) {
    tx.run(insertItem(id))
    work()
    yield
  }
  return tx.lastSeq()
}

test('W18 between its steps others have turns, see nothing of it, and write after it', async () => {
  const db = await onDisk()
  const first = await db.write((tx) => tx.lastSeq())
  const seen: unknown[][] = []
  let turns = 0
  let isDone = false
  const look = () => {
    turns++
    seen.push([...itemIds(db)])
    db.stats()
    if (!isDone) setImmediate(look)
  }
  const before = db.write((tx) => tx.run(insertItem('before')))
  const long = db.writeInSteps((tx) => inserts(tx, ['a', 'b', 'c', 'd']))
  const after = db.write((tx) => {
    tx.run(insertItem('e'))
    return tx.all({ text: 'SELECT id FROM items ORDER BY id', params: [] }).flat()
  })
  setImmediate(look)
  const { value, seq } = await long
  isDone = true
  expect([value, seq]).toEqual([first.seq + 5, first.seq + 5])
  expect((await before).seq).toBe(first.seq + 1)
  expect((await after).value).toEqual(['a', 'b', 'before', 'c', 'd', 'e'])
  expect(turns).toBeGreaterThanOrEqual(4)
  for (const ids of seen)
    expect([[], ['a', 'b', 'before', 'c', 'd'], ['a', 'b', 'before', 'c', 'd', 'e']]).toContainEqual(ids as string[])
  await db.close()
})

test('W18 a step that fails undoes the earlier ones, and nothing of its neighbours', async () => {
  const db = await onDisk()
  const long = db.writeInSteps(function* (tx) {
    yield* inserts(tx, ['a', 'b'])
    throw new Error('no')
  })
  const results = await Promise.allSettled([
    db.write((tx) => tx.run(insertItem('before'))),
    long,
    db.write((tx) => tx.run(insertItem('after'))),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(itemIds(db)).toEqual(['after', 'before'])
  await db.close()
})

test('W18 closing waits for it, and it may ask for something after its commit in any step', async () => {
  const db = await onDisk()
  const called: string[] = []
  const long = db.writeInSteps(function* (tx) {
    tx.afterCommit(() => void called.push('first'))
    const seq = yield* inserts(tx, ['a', 'b', 'c'])
    tx.afterCommit(() => void called.push('last'))
    return seq
  })
  const closed = db.close()
  expect((await long).value).toBeGreaterThan(0)
  expect(called).toEqual(['first', 'last'])
  await closed
})

test('W18 each step has a work budget of its own', async () => {
  const db = await onDisk()
  const share = WORK_BUDGET * 0.75
  expect(measureWork(() => spendWork(share))).toBe(share)
  const steps = (units: readonly number[]) =>
    db.writeInSteps(function* (tx) {
      for (const unit of units) {
        spendWork(unit)
        yield
      }
      tx.run(insertItem(String(units.length)))
    })
  await steps([share, share, share])
  expect(await steps([share, 2 * share]).catch(({ code }) => code)).toBe('QUERY_TIMEOUT')
  expect(itemIds(db)).toEqual(['3'])
  await db.close()
})

test('W18 a database in memory, which others read as it is, is given back at the end', async () => {
  const db = await openDatabase({ path: ':memory:' })
  await createItems(db)
  let seen: readonly unknown[] = []
  const long = db.writeInSteps((tx) => inserts(tx, ['a', 'b']))
  setImmediate(() => setImmediate(() => (seen = itemIds(db))))
  await long
  expect([[], ['a', 'b']]).toContainEqual([...seen] as string[])
})
