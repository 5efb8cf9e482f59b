import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { WORK_BUDGET, WorkExhaustedError } from '@koyalite/contracts'
import { type Database, type DatabaseOptions, openDatabase } from '../database'
import { createItems, insertItem, sql } from '../testing/items'
import { logRecorder } from '../testing/log-recorder'
import { tempFolder } from '../testing/temp-folder'
import { TEST_FUNCTIONS } from '../testing/test-functions'
import type { QueryOptions } from './query-runner'

// Real files, threads and processes, on a machine that may be busy.
setDefaultTimeout(60_000)

const READER = [process.execPath, `${import.meta.dir}/../testing/reader-child.ts`]
const ENDLESS = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r'
const soon = { timeoutMs: 20_000 }
const apart = { ...soon, where: 'process' } as const

describe('queries', () => {
  test('Q1 a bounded statement runs here, an unbounded one in a process', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    await fill(db, 6000)
    await db.query(sql('SELECT * FROM items WHERE id = ?', 'k1'), soon)
    await db.query(sql('SELECT * FROM items ORDER BY id LIMIT 10'), soon)
    expect(db.stats().readers?.queries).toBe(0)
    const { rows } = await db.query(sql("SELECT count(*) FROM items WHERE id LIKE '%1'"), soon)
    expect(rows).toEqual([[600]])
    expect(db.stats().readers?.queries).toBe(1)
    await db.close()
  })

  test('Q10 functions that do too much for the event loop go on in a process, and the next time begin there', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    await fill(db, 20)
    const costly = (units: number) => sql('SELECT count(*) FROM items WHERE work(? + 0 * length(id)) IS NULL', units)
    expect((await db.query(costly(WORK_BUDGET / 40), soon)).rows).toEqual([[20]])
    expect(db.stats().readers?.queries).toBe(0)
    expect((await db.query(costly(WORK_BUDGET / 10), soon)).rows).toEqual([[20]])
    expect((await db.query(costly(1), soon)).rows).toEqual([[20]])
    expect(db.stats().readers?.queries).toBe(2)
    await expect(db.query(costly(WORK_BUDGET / 10), { ...soon, where: 'here' })).rejects.toThrow(WorkExhaustedError)
    await expect(db.write((tx) => tx.get(costly(WORK_BUDGET / 10)))).rejects.toThrow(WorkExhaustedError)
    expect(() => db.get(costly(WORK_BUDGET / 10))).toThrow(WorkExhaustedError)
    await db.close()
  })

  test('Q4 a process sees what was acknowledged before, and tells the number of its state', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    for (let n = 1; n <= 20; n++) {
      const { seq } = await db.write((tx) => tx.run(insertItem(String(n))))
      const result = await db.query(sql('SELECT count(*) FROM items'), apart)
      expect(result).toMatchObject({ rows: [[n]], seq, truncated: false })
    }
    await db.close()
  })

  test('values, columns and functions are the same in a process as here', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    const query = sql(
      'SELECT ? AS text, ? AS whole, ? AS real, ? AS empty, ? AS bytes, twice(21) AS f',
      'ä\u{1F600}',
      2 ** 53 - 1,
      0.1,
      null,
      new Uint8Array([0, 200, 255]),
    )
    const here = await db.query(query, { ...soon, where: 'here' })
    const there = await db.query(query, apart)
    expect(there.columns).toEqual(['text', 'whole', 'real', 'empty', 'bytes', 'f'])
    const plain = (rows: typeof here.rows) =>
      rows[0]?.map((value) => (value instanceof Uint8Array ? [...value] : value))
    expect(plain(there.rows)).toEqual(plain(here.rows))
    await db.close()
  })

  test('maxRows cuts, here and there', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    await fill(db, 20)
    for (const where of ['here', 'process'] as const) {
      const cut = await db.query(sql('SELECT id FROM items'), { ...soon, where, maxRows: 5 })
      expect(cut).toMatchObject({ truncated: true })
      expect(cut.rows).toHaveLength(5)
      const all = await db.query(sql('SELECT id FROM items'), { ...soon, where, maxRows: 20 })
      expect(all.truncated).toBe(false)
    }
    // The connection is free again.
    await db.write((tx) => tx.run(insertItem('later')))
    await db.close()
  })

  test('Q3 at the time-out the query ends, and so does the process; others go on', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    const endless = await db.query(sql(ENDLESS), { timeoutMs: 300, where: 'process' }).catch((error: unknown) => error)
    expect(endless).toMatchObject({ code: 'QUERY_TIMEOUT' })
    expect((await db.query(sql('SELECT 1'), apart)).rows).toEqual([[1]])
    expect(db.stats().readers).toMatchObject({ timeouts: 1, waiting: 0 })
    await db.close()
  })

  test('Q3 a query whose signal is aborted ends, and so does the process; one that waits never runs', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    const gone = new AbortController()
    const failure = (signal: AbortSignal) =>
      db.query(sql(ENDLESS), { ...apart, signal }).catch((error: unknown) => error)
    const queries = [1, 2, 3].map(() => failure(gone.signal))
    gone.abort()
    for (const query of [...queries, failure(gone.signal)])
      expect(await query).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await db.query(sql('SELECT 1'), { ...apart, signal: new AbortController().signal })).rows).toEqual([[1]])
    expect(db.stats().readers).toMatchObject({ timeouts: 0, waiting: 0 })
    await db.close()
  })

  test('Q12 others do not wait for queries in the background, which wait as long as it takes', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    const ended: string[] = []
    const run = async (name: string, text: string, options: Partial<QueryOptions>) => {
      await db.query(sql(text), { ...apart, ...options }).catch(({ code }) => ended.push(code))
      ended.push(name)
    }
    const endless = run('endless', ENDLESS, { timeoutMs: 1500, background: true })
    const behind = run('behind', 'SELECT 1', { timeoutMs: 1000, background: true })
    const others = Promise.all(Array.from({ length: 3 }, () => run('other', 'SELECT 1', {})))
    await others
    expect(ended).toEqual(['other', 'other', 'other'])
    await Promise.all([endless, behind])
    expect(ended.slice(3)).toEqual(['QUERY_TIMEOUT', 'endless', 'behind'])
    await db.close()
  })

  test('Q3 waiting for a process counts', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    const queries = Array.from({ length: 5 }, () => db.query(sql(ENDLESS), { timeoutMs: 400, where: 'process' }))
    const results = await Promise.allSettled(queries)
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'QUERY_TIMEOUT' } })
    await db.close()
  })

  test('an error in the statement comes back as such', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    const wrong = db.query(sql('SELECT missing FROM items'), apart)
    expect(wrong).rejects.toMatchObject({ code: 'SQLITE_ERROR', message: 'no such column: missing' })
    await wrong.catch(() => {})
    await db.close()
  })

  for (const where of ['here', 'process', undefined] as const) {
    test(`Q8 statements that are read together see one state (${where ?? 'wherever'})`, async () => {
      using folder = tempFolder()
      const path = folder.file('a.db')
      const db = await open(path)
      const { seq } = await db.write((tx) => tx.run(insertItem('before')))
      const count = sql('SELECT count(*) FROM items')
      const meanwhile = sql('SELECT count(*), insert_meanwhile(?, ?) FROM items', path, 'meanwhile')
      const options = where === undefined ? soon : { ...soon, where }
      const read = await db.readTogether([count, meanwhile, count], options)
      expect(read.map(({ rows }) => rows[0]?.[0])).toEqual([1, 1, 1])
      expect(read.map((one) => one.seq)).toEqual([seq, seq, seq])
      expect((await db.query(count, options)).rows).toEqual([[2]])
      // No transaction was left open.
      await db.write((tx) => tx.run(insertItem('after')))
      expect((await db.query(count, options)).rows).toEqual([[3]])
      await db.close()
    })
  }

  test('Q8 one that is wrong leaves no transaction open', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    const count = sql('SELECT count(*) FROM items')
    for (const where of ['here', 'process'] as const) {
      const wrong = db.readTogether([count, sql('SELECT missing FROM items')], { ...soon, where })
      expect(wrong).rejects.toMatchObject({ message: 'no such column: missing' })
      await wrong.catch(() => {})
    }
    await db.write((tx) => tx.run(insertItem('a')))
    expect((await db.query(count, { ...soon, where: 'here' })).rows).toEqual([[1]])
    await db.close()
  })

  test('Q9 what is kept is read once per state, whoever ends it', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    let runs = 0
    const counting = { name: 'counted', arity: 0, fn: () => ++runs }
    const db = await open(path, { functions: [...TEST_FUNCTIONS, counting] })
    await db.write((tx) => tx.run(insertItem('a')))
    const page = sql('SELECT id FROM items ORDER BY id LIMIT 10')
    const count = (least: unknown) => ({
      ...sql('SELECT count(*), typeof(?), counted() FROM items', least as string),
      cacheable: true as const,
    })
    const read = async (least: unknown = 'a') => {
      const [rows, total] = await db.readTogether([page, count(least)], soon)
      expect(total?.rows[0]?.[0]).toBe(rows?.rows.length as number)
      expect(total?.seq).toBe(rows?.seq as number)
      return total?.rows[0]?.slice(0, 2)
    }
    expect(await read()).toEqual([1, 'text'])
    expect(await read()).toEqual([1, 'text'])
    expect(runs).toBe(1)
    // Other values are another question, also where they look alike.
    for (const [index, value] of ['1', 1, null, 'null', 1n].entries()) {
      for (let again = 0; again < 2; again++) await read(value)
      expect(runs).toBe(index + 2)
    }
    await db.write((tx) => tx.run(insertItem('b')))
    expect(await read()).toEqual([2, 'text'])
    expect(await read()).toEqual([2, 'text'])
    expect(runs).toBe(7)
    db.all(sql('SELECT insert_meanwhile(?, ?)', path, 'c'))
    expect(await read()).toEqual([3, 'text'])
    expect(runs).toBe(8)
    await db.migrate((tx) => tx.exec('DELETE FROM items'))
    expect(await read()).toEqual([0, 'text'])
    await db.close()
  })

  test('Q9 what a process has read is kept too, unless somebody has committed meanwhile', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const db = await open(path)
    await fill(db, 6000)
    const count = { ...sql("SELECT count(*) FROM items WHERE id LIKE '%1'"), cacheable: true as const }
    const read = async () => (await db.readTogether([count], soon))[0]?.rows[0]?.[0]
    expect([await read(), await read(), await read()]).toEqual([600, 600, 600])
    expect(db.stats().readers?.queries).toBe(1)
    await db.write((tx) => tx.run(insertItem('x1')))
    expect([await read(), await read()]).toEqual([601, 601])
    expect(db.stats().readers?.queries).toBe(2)
    const { seq } = await db.write((tx) => tx.run(insertItem('z1')))
    const reading = db.readTogether([count], soon)
    await db.write((tx) => tx.run(insertItem('y1')))
    // The process read one state or the other, and said which.
    const [overtaken] = await reading
    expect(overtaken?.rows).toEqual([[overtaken?.seq === seq ? 602 : 603]])
    expect(await read()).toBe(603)
    await db.close()
  })

  test('Q9 a database in memory keeps nothing', async () => {
    const db = await open(':memory:')
    const count = { ...sql('SELECT count(*) FROM items'), cacheable: true as const }
    for (let n = 0; n < 3; n++) {
      expect((await db.readTogether([count], soon))[0]?.rows).toEqual([[n]])
      await db.write((tx) => tx.run(insertItem(String(n))))
    }
    await db.close()
  })

  for (const text of [
    "ATTACH '/tmp/x.db' AS x",
    'DELETE FROM items',
    'DELETE FROM items RETURNING id',
    'PRAGMA query_only = 0',
  ]) {
    test(`Q7 ${text} is refused`, async () => {
      using folder = tempFolder()
      const db = await open(folder.file('a.db'))
      for (const where of ['process', 'here'] as const) {
        const refused = db.query(sql(text), { ...soon, where })
        expect(refused).rejects.toMatchObject({ code: 'READ_ONLY' })
        await refused.catch(() => {})
      }
      await db.close()
    })
  }

  const broken: readonly (readonly [string, readonly string[]])[] = [
    ['does not exist', ['/nonexistent/program']],
    ['ends at once', [process.execPath, '-e', 'process.exit(3)']],
    ['says nothing', [process.execPath, '-e', 'setInterval(() => {}, 1000)']],
    [
      'dies when asked',
      [
        process.execPath,
        '-e',
        "process.on('message', (m) => m.type === 'query' && process.kill(process.pid, 'SIGKILL'))",
      ],
    ],
  ]
  for (const [how, readerCommand] of broken) {
    test(`Q5 a reader program that ${how} leaves no query unanswered`, async () => {
      using folder = tempFolder()
      const db = await open(folder.file('a.db'), { readerCommand, log: logRecorder() })
      const queries = Array.from({ length: 6 }, () => db.query(sql('SELECT 1'), { timeoutMs: 1500, where: 'process' }))
      for (const result of await Promise.allSettled(queries)) {
        expect(result.status).toBe('rejected')
        if (result.status === 'rejected') expect(['UNAVAILABLE', 'QUERY_TIMEOUT']).toContain(result.reason.code)
      }
      // What runs here is not affected.
      expect((await db.query(sql('SELECT 1'), soon)).rows).toEqual([[1]])
      await db.close()
    })
  }

  test('Q6 a reader in the middle of a statement ends with its parent', async () => {
    using folder = tempFolder()
    const path = folder.file('a.db')
    const parent = Bun.spawn(
      [process.execPath, `${import.meta.dir}/../testing/reader-parent-child.ts`, path, ENDLESS],
      {
        stdout: 'pipe',
      },
    )
    const lines = parent.stdout.getReader()
    const reader = Number(new TextDecoder().decode((await lines.read()).value))
    expect(isAlive(reader)).toBe(true)
    parent.kill('SIGKILL')
    await parent.exited
    while (isAlive(reader)) await new Promise(setImmediate)
  })

  test('a change of the schema reaches the processes', async () => {
    using folder = tempFolder()
    const db = await open(folder.file('a.db'))
    await fill(db, 1)
    await db.query(sql('SELECT * FROM items'), apart)
    await db.migrate((tx) => tx.exec('ALTER TABLE items ADD COLUMN extra'))
    expect((await db.query(sql('SELECT * FROM items'), apart)).columns).toEqual(['id', 'n', 'extra'])
    await db.close()
  })
})

async function open(path: string, options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const db = await openDatabase({ path, functions: TEST_FUNCTIONS, readerCommand: READER, ...options })
  await createItems(db)
  return db
}

async function fill(db: Database, count: number): Promise<void> {
  await db.write((tx) => {
    for (let n = 0; n < count; n++) tx.run(insertItem(`k${n}`, n))
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
