import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { type DatabaseOptions, openDatabase } from '../database'
import { createItems, insertItem, itemIds, sql } from '../testing/items'
import { tempFolder } from '../testing/temp-folder'
import { TEST_FUNCTIONS } from '../testing/test-functions'
import { connect } from './connection'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

const READER = [process.execPath, `${import.meta.dir}/../testing/reader-child.ts`]

describe('connections', () => {
  test('have the settings that the rest relies on', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const writer = connect({ path, mode: 'write' })
    const pragma = (name: string) => writer.pragma(name, { simple: true })
    expect(pragma('journal_mode')).toBe('wal')
    // A checkpoint inside a commit would sync on the event loop.
    expect(pragma('wal_autocheckpoint')).toBe(0)
    expect(pragma('synchronous')).toBe(1)
    expect(pragma('foreign_keys')).toBe(1)
    expect(pragma('recursive_triggers')).toBe(1)
    expect(pragma('trusted_schema')).toBe(0)
    // A sleeping busy handler would block the event loop.
    expect(pragma('busy_timeout')).toBe(0)
    writer.exec('CREATE TABLE t (x)')
    const reader = connect({ path, mode: 'read' })
    expect(reader.pragma('query_only', { simple: true })).toBe(1)
    expect(() => reader.exec('INSERT INTO t VALUES (1)')).toThrow()
    reader.close()
    writer.close()
  })

  test('know the functions on both sides', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db'), functions: TEST_FUNCTIONS })
    expect(db.get(sql('SELECT twice(4)'))).toEqual([8])
    expect((await db.write((tx) => tx.get(sql('SELECT twice(5)')))).value).toEqual([10])
    await db.close()
  })

  test('functions are not callable from the schema of a file', async () => {
    const db = await openDatabase({ path: ':memory:', functions: TEST_FUNCTIONS })
    await db.migrate((tx) => tx.exec('CREATE VIEW v AS SELECT twice(1)'))
    expect(() => db.all(sql('SELECT * FROM v'))).toThrow('unsafe use of twice')
  })

  test('a file that is no database is refused', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    writeFileSync(path, 'this is a text, and quite a long one, so that SQLite has a header to look at. '.repeat(20))
    expect(openDatabase({ path })).rejects.toMatchObject({ reason: 'key_missing' })
    await openDatabase({ path }).catch(() => {})
  })
})

describe('encryption', () => {
  test('everything works with a key, in threads and processes too, and nothing is readable without', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const options: DatabaseOptions = {
      path,
      key: 'correct horse battery staple',
      readerCommand: READER,
      functions: TEST_FUNCTIONS,
      checkpoints: { passiveBytes: 4096, restartBytes: 8192 },
    }
    const db = await openDatabase(options)
    await createItems(db)
    while ((db.stats().checkpoints?.checkpoints ?? 0) === 0) {
      await db.write((tx) => tx.run(insertItem(`secret-${db.feed.lastSeq}`)))
    }
    const { rows } = await db.query(sql('SELECT count(*) FROM items'), { timeoutMs: 20_000, where: 'process' })
    expect(rows).toEqual([[db.feed.lastSeq]])
    const wal = readFileSync(`${path}-wal`).toString('latin1')
    expect(wal).not.toContain('secret-')
    const { length } = itemIds(db)
    await db.close()
    const file = readFileSync(path).toString('latin1')
    expect(file).not.toContain('secret-')
    expect(file).not.toContain('SQLite format 3')

    for (const key of ['wrong', undefined]) {
      const { key: _, ...rest } = options
      const opening = openDatabase({ ...rest, ...(key === undefined ? {} : { key }) })
      expect(opening).rejects.toMatchObject({ reason: key === undefined ? 'key_missing' : 'key_wrong' })
      await opening.catch(() => {})
    }
    const again = await openDatabase(options)
    expect(itemIds(again)).toHaveLength(length)
    await again.close()
  })
})
