import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openDatabase } from '../database'
import { createItems, insertItem, sql } from '../testing/items'
import { tempFolder } from '../testing/temp-folder'

setDefaultTimeout(60_000)

const readerCommand = [process.execPath, new URL('../testing/reader-child.ts', import.meta.url).pathname]
const ids = () => [sql('SELECT id || char(10) FROM items ORDER BY id'), sql("SELECT 'end'")]

describe('stream', () => {
  test.each([undefined, 'correct horse'])('S1: is of one state while writes go on (key: %p)', async (key) => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db'), readerCommand, ...(key === undefined ? {} : { key }) })
    await createItems(db)
    const name = (n: number) => `${String(n).padStart(5, '0')}-${'x'.repeat(200)}`
    await db.write((tx) => {
      for (let n = 0; n < 5000; n++) tx.run(insertItem(name(n)))
    })
    const stream = await db.stream(ids())
    expect(stream.seq).toBe(db.feed.lastSeq)
    let text = ''
    for await (const portion of stream.portions) {
      await db.write((tx) => tx.run(insertItem(`later-${text.length}`)))
      text += portion.text
    }
    const lines = text.split('\n')
    expect(lines).toEqual([...Array.from({ length: 5000 }, (_, n) => name(n)), 'end'])
    await db.close()
  })

  test('S2: one who does not read ends it', async () => {
    using folder = tempFolder()
    const db = await openDatabase({ path: folder.file('a.db'), readerCommand })
    await createItems(db)
    await db.write((tx) => tx.run(insertItem('a')))
    const idle = await db.stream(ids(), { patienceMs: 1 })
    await idle.stop()
    expect(await failure(idle.portions.next())).toMatchObject({ name: 'AppError' })
    const left = await db.stream(ids())
    await left.portions.next()
    await left.portions.return?.()
    expect(await left.portions.next()).toEqual({ done: true, value: undefined })
    const open = await db.stream(ids())
    await db.close()
    expect(await failure(open.portions.next())).toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('S3: a statement that is wrong, or writes, is an error', async () => {
    using folder = tempFolder()
    for (const path of [folder.file('a.db'), ':memory:']) {
      const db = await openDatabase({ path, readerCommand })
      const run = async (text: string) => {
        const stream = await db.stream([sql(text)])
        for await (const _ of stream.portions);
      }
      expect(await failure(run('SELECT nowhere'))).toMatchObject({ message: 'no such column: nowhere' })
      expect(await failure(run('DELETE FROM _koyalite_meta'))).toMatchObject({
        message: 'only statements that read and return rows are allowed here',
      })
      expect(db.get(sql('SELECT count(*) > 0 FROM _koyalite_meta'))).toEqual([1])
      await db.close()
    }
  })
})

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  )
}
