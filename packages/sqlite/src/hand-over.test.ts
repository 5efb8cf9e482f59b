import { describe, expect, test } from 'bun:test'
import { type Database, openDatabase } from './database'
import { createItems, insertItem, itemIds, sql } from './testing/items'
import { tempFolder } from './testing/temp-folder'

async function openItems(path: string): Promise<Database> {
  const db = await openDatabase({ path })
  await createItems(db)
  await db.write((tx) => tx.run(insertItem('1')))
  return db
}

describe('the right to write, handed over', () => {
  test('W16 reads go on and writes wait; what the other wrote is published, and statements are compiled anew', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await openItems(path)
    const all = () => db.all(sql('SELECT * FROM items ORDER BY id')).map((row) => row.length)
    const published = Promise.withResolvers<readonly unknown[]>()
    const seen: unknown[] = []
    db.feed.subscribe((changes) => {
      seen.push(...changes.map(({ docId }) => docId))
      if (seen.length === 2) published.resolve(seen)
    })
    const [columns = 0] = all()
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const handed = db.handOver(async () => {
      const other = await openDatabase({ path, owner: false })
      begun.resolve()
      await go.promise
      await other.migrate((tx) => {
        tx.exec("ALTER TABLE items ADD COLUMN more TEXT DEFAULT 'x'")
        tx.run(insertItem('2'))
      })
      await other.close()
      return 'done'
    })
    await begun.promise
    let written = false
    const writing = db
      .write((tx) => tx.run(insertItem('3')))
      .then(() => {
        written = true
      })
    expect([all(), written]).toEqual([[columns], false])
    go.resolve()
    expect(await handed).toBe('done')
    await writing
    expect(all()).toEqual([columns + 1, columns + 1, columns + 1])
    expect(await published.promise).toEqual(['2', '3'])
    await db.close()
  })

  test('W16 where the work fails, its error is the result, and writes go on', async () => {
    using folder = tempFolder()
    const db = await openItems(folder.file('a.db'))
    const handed = db.handOver(async () => {
      throw new Error('it broke')
    })
    const after = db.write((tx) => tx.run(insertItem('2')))
    expect(await handed.catch((error: unknown) => error)).toEqual(new Error('it broke'))
    await after
    expect(itemIds(db)).toEqual(['1', '2'])
    await db.close()
  })
})
