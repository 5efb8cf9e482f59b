import { expect, setDefaultTimeout, test } from 'bun:test'
import { AsyncLocalStorage } from 'node:async_hooks'
import { openDatabase } from '../database'
import { createItems, insertItem, sql } from '../testing/items'
import { tempFolder } from '../testing/temp-folder'
import type { StatementRun } from './statement-watch'

// Real files and threads, on a machine that may be busy.
setDefaultTimeout(60_000)

const UNDER = { text: 'SELECT id FROM items WHERE n < ?', timeoutMs: 5_000 }

test('every statement of a caller is told with its rows, while somebody watches', async () => {
  using folder = tempFolder()
  const database = await openDatabase({ path: folder.file('a.db') })
  await createItems(database)
  const runs: StatementRun[] = []
  database.watchStatements((run) => runs.push(run))
  const items = ['a', 'b', 'c'].map((id, n) => insertItem(id, n))
  await database.write((tx) => items.map((item) => tx.run(item)))
  runs.length = 0
  database.all(sql(UNDER.text, 2))
  database.get(sql(UNDER.text, 0))
  await database.query(sql(UNDER.text, 9), { timeoutMs: UNDER.timeoutMs, maxRows: 2 })
  expect(runs.map(({ text, rows }) => [text, rows])).toEqual([
    [UNDER.text, 2],
    [UNDER.text, 0],
    [UNDER.text, 3],
  ])
  expect(runs.every(({ ms }) => ms > 0)).toBe(true)
  expect(() => database.all(sql('SELECT abs(-9223372036854775807 - 1) FROM items'))).toThrow()
  expect(runs).toHaveLength(4)
  database.watchStatements(null)
  database.all(sql(UNDER.text, 2))
  expect(runs).toHaveLength(4)
  await database.close()
})

test('writes of one batch are told to those who have asked for them', async () => {
  using folder = tempFolder()
  const database = await openDatabase({ path: folder.file('a.db') })
  await createItems(database)
  const callers = new AsyncLocalStorage<string>()
  const told: (readonly [string | undefined, string])[] = []
  database.watchStatements(({ text }) => told.push([callers.getStore(), text]))
  const insert = insertItem('a').text
  await Promise.all([
    ...['ann', 'ben'].map((name) => callers.run(name, () => database.write((tx) => void tx.run(insertItem(name))))),
    callers.run('cleo', () =>
      database.writeInSteps(function* (tx) {
        tx.run(insertItem('cleo 1'))
        yield
        tx.run(insertItem('cleo 2'))
      }),
    ),
    database.write((tx) => void tx.run(insertItem('nobody'))),
  ])
  expect(told.filter(([, text]) => text === insert)).toEqual([
    ['ann', insert],
    ['ben', insert],
    ['cleo', insert],
    ['cleo', insert],
    [undefined, insert],
  ])
  // What follows from a commit is of none of them.
  expect(told.filter(([name, text]) => name !== undefined && text !== insert)).toEqual([])
  await database.close()
})
