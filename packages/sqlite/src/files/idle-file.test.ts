import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { openDatabase } from '../database'
import { createItems, insertItem, itemIds, sql } from '../testing/items'
import { tempFolder } from '../testing/temp-folder'
import { databaseFileKind } from './database-key'
import { examineFile, recodeFile, settleFile } from './idle-file'

setDefaultTimeout(60_000)

const NEEDLE = 'a-needle-in-the-hay'

async function create(path: string, key?: string): Promise<void> {
  const db = await openDatabase({ path, ...(key === undefined ? {} : { key }) })
  await createItems(db)
  await db.migrate((tx) => {
    tx.exec(`CREATE TABLE "odd ""name" (n INTEGER PRIMARY KEY AUTOINCREMENT, t TEXT, twice GENERATED ALWAYS AS (n * 2) STORED);
      CREATE UNIQUE INDEX "odd index" ON "odd ""name" (t);
      CREATE VIEW seen AS SELECT t FROM "odd ""name";
      CREATE VIRTUAL TABLE words USING fts5 (text);
      INSERT INTO words VALUES ('${NEEDLE} one'), ('two');
      INSERT INTO "odd ""name" (n, t) VALUES (7, '${NEEDLE}');
      PRAGMA user_version = 42`)
  })
  await db.write((tx) => tx.run(insertItem('a')))
  await db.close()
}

describe('recodeFile', () => {
  test.each([
    [undefined, 'new key'],
    ['old key', 'new key'],
    ['old key', undefined],
    [undefined, undefined],
  ])('K1: from key %p to %p keeps everything', async (key, newKey) => {
    using folder = tempFolder()
    await create(folder.file('a.db'), key)
    const to = folder.file('b.db')
    await recodeFile({ from: folder.file('a.db'), key, to, newKey })
    expect(databaseFileKind(to)).toBe(newKey === undefined ? 'plain' : 'opaque')
    expect(statSync(to).mode & 0o777).toBe(0o600)
    for (const file of readdirSync(folder.file('.'))) {
      const clear = readFileSync(folder.file(file)).includes(NEEDLE)
      expect([file, clear]).toEqual([
        file,
        file.startsWith('a.db') ? key === undefined && file === 'a.db' : newKey === undefined,
      ])
    }
    const copy = await openDatabase({ path: to, ...(newKey === undefined ? {} : { key: newKey }) })
    expect(itemIds(copy)).toEqual(['a'])
    expect(copy.all(sql('SELECT * FROM "odd ""name"'))).toEqual([[7, NEEDLE, 14]])
    expect(copy.all(sql('SELECT * FROM seen'))).toEqual([[NEEDLE]])
    expect(copy.all(sql("SELECT text FROM words WHERE words MATCH 'two'"))).toEqual([['two']])
    expect(copy.get(sql('PRAGMA user_version'))).toEqual([42])
    expect(copy.get(sql('PRAGMA integrity_check'))).toEqual(['ok'])
    // AUTOINCREMENT continues where it was, and the change log's triggers are there.
    await copy.write((tx) => tx.run(sql('INSERT INTO "odd ""name" (t) VALUES (\'x\')')))
    expect(copy.get(sql('SELECT max(n) FROM "odd ""name"'))).toEqual([8])
    const before = copy.feed.lastSeq
    await copy.write((tx) => tx.run(insertItem('b')))
    expect(copy.feed.lastSeq).toBe(before + 1)
    await copy.close()
  })
})

describe('keys', () => {
  test('K2: a wrong key, a missing one, and one too many are told apart before anything is touched', async () => {
    using folder = tempFolder()
    await create(folder.file('plain.db'))
    await create(folder.file('secret.db'), 'right')
    const bytes = () => readdirSync(folder.file('.')).map((name) => [name, Bun.hash(readFileSync(folder.file(name)))])
    const before = bytes()
    for (const [file, key, reason] of [
      ['secret.db', 'wrong', 'key_wrong'],
      ['secret.db', undefined, 'key_missing'],
      ['plain.db', 'any', 'not_encrypted'],
    ] as const) {
      const options = { path: folder.file(file), ...(key === undefined ? {} : { key }) }
      expect(await failure(openDatabase(options))).toMatchObject({ name: 'DatabaseKeyError', reason })
      expect(await failure(examineFile(folder.file(file), key))).toMatchObject({ name: 'DatabaseKeyError', reason })
    }
    expect(bytes()).toEqual(before)
  })

  test('K2: a WAL that a crash left is not touched by a wrong key either', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db'), key: 'right' })
    await createItems(db)
    await db.write((tx) => tx.run(insertItem('a')))
    // As a killed process leaves them.
    for (const suffix of ['', '-wal']) copyFileSync(folder.file(`a.db${suffix}`), folder.file(`k.db${suffix}`))
    await db.close()
    const bytes = () => ['k.db', 'k.db-wal'].map((name) => Bun.hash(readFileSync(folder.file(name))))
    const before = bytes()
    expect(await failure(openDatabase({ path: folder.file('k.db'), key: 'wrong' }))).toMatchObject({
      reason: 'key_wrong',
    })
    expect(await failure(openDatabase({ path: folder.file('k.db') }))).toMatchObject({ reason: 'key_missing' })
    expect(bytes()).toEqual(before)
    const again = await openDatabase({ path: folder.file('k.db'), key: 'right' })
    expect(itemIds(again)).toEqual(['a'])
    await again.close()
  })

  test('K3: nothing of an encrypted database is written in the clear', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db'), key: 'k' })
    await createItems(db)
    await db.write((tx) => tx.run(insertItem(NEEDLE)))
    await db.snapshot(folder.file('copy.db'))
    for (const file of readdirSync(folder.file('.')))
      expect([file, readFileSync(folder.file(file)).includes(NEEDLE)]).toEqual([file, false])
    expect(existsSync(folder.file('a.db-wal'))).toBe(true)
    await db.close()
  })
})

describe('files', () => {
  test('K4: database, WAL, lock and snapshot belong to their owner alone', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db') })
    await createItems(db)
    await db.snapshot(folder.file('copy.db'))
    for (const file of ['a.db', 'a.db-wal', 'a.db-shm', 'copy.db'])
      expect([file, statSync(folder.file(file)).mode & 0o777]).toEqual([file, 0o600])
    await db.close()
  })

  test('K5: examining says what is wrong with a damaged file', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    await create(path)
    expect(await examineFile(path)).toMatchObject({ integrity: [], references: [], seq: 1 })
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096 * 3, 4096 * 5)
    writeFileSync(path, bytes)
    const found = await examineFile(path).then(
      ({ integrity }) => integrity.join(),
      (error: unknown) => String(error),
    )
    expect(found).not.toBe('')
  })

  test('K6: a settled copy begins a new epoch', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    await create(path)
    const { epoch } = await examineFile(path)
    await settleFile(path, {})
    const same = await openDatabase({ path })
    expect(same.feed.epoch).toBe(epoch ?? '')
    await same.close()
    await settleFile(path, { newEpoch: true })
    const other = await openDatabase({ path })
    expect(other.feed.epoch).not.toBe(epoch ?? '')
    await other.close()
  })
})

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  )
}
