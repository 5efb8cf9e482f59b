import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { openDatabase } from './database'
import { createItems, insertItem, itemIds, sql } from './testing/items'
import { tempFolder } from './testing/temp-folder'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

describe('snapshot', () => {
  for (const key of [undefined, 'correct horse'] as const) {
    test(`is of one state while writes go on (${key === undefined ? 'plain' : 'encrypted'})`, async () => {
      using folder = tempFolder()
      const options = { path: folder.file('a.db'), ...(key === undefined ? {} : { key }) }
      const db = await openDatabase(options)
      await createItems(db)
      const filler = 'x'.repeat(1000)
      await db.write((tx) => {
        for (let n = 0; n < 1000; n++) tx.run(insertItem(`${n}-${filler}`))
      })
      let writing = true
      const pairs = (async () => {
        for (let n = 0; writing; n++) {
          await db.write((tx) => {
            tx.run(insertItem(`pair-${n}-a`))
            tx.run(insertItem(`pair-${n}-b`))
          })
        }
      })()
      await db.snapshot(folder.file('copy.db'))
      writing = false
      await pairs
      const copy = await openDatabase({ ...options, path: folder.file('copy.db') })
      expect(copy.get(sql('PRAGMA integrity_check'))).toEqual(['ok'])
      const ids = itemIds(copy)
      expect(ids.length).toBeGreaterThanOrEqual(1000)
      expect(ids.length % 2).toBe(0)
      expect(existsSync(folder.file('copy.db.part'))).toBe(false)
      await copy.close()
      await db.close()
    })
  }

  test('of a database in memory', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: ':memory:' })
    await createItems(db)
    await db.write((tx) => tx.run(insertItem('a')))
    await db.snapshot(folder.file('copy.db'))
    const copy = await openDatabase({ path: folder.file('copy.db') })
    expect(itemIds(copy)).toEqual(['a'])
    await copy.close()
  })
})
