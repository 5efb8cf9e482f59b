import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Planner } from '@koyalite/contracts'
import { type Database, openDatabase } from '../database'
import { withPlanner } from './planner'

let database: Database
beforeAll(async () => {
  database = await openDatabase({ path: ':memory:' })
  await database.migrate((tx) => {
    tx.exec(
      'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT); CREATE INDEX a_x ON a (x); CREATE TABLE b (z TEXT)',
    )
    tx.exec("INSERT INTO a (x, y) VALUES ('1', '2')")
  })
})
afterAll(() => database.close())

const planned = <T>(use: (planner: Planner) => T) =>
  withPlanner(database, { tables: ['a', 'none'], functions: [] }, use)
const details = (planner: Planner, text: string, indexes: readonly string[]) =>
  planner.plan({ text, params: ['1'] }, indexes).map(({ detail, depth }) => `${depth} ${detail}`)

test('a statement is planned with the indexes that are given, and no others', () => {
  const schema = { text: 'SELECT * FROM sqlite_schema', params: [] }
  const before = database.all(schema)
  planned((planner) => {
    expect(planner.indexes).toEqual(['CREATE INDEX a_x ON a (x)'])
    const text = 'SELECT * FROM a WHERE x = ?'
    expect(details(planner, text, planner.indexes)).toEqual(['0 SEARCH a USING INDEX a_x (x=?)'])
    expect(details(planner, text, [])).toEqual(['0 SCAN a'])
    expect(details(planner, 'SELECT * FROM a WHERE y = ?', [...planner.indexes, 'CREATE INDEX t ON a (y, x)'])).toEqual(
      ['0 SEARCH a USING COVERING INDEX t (y=?)'],
    )
    // What was tried is gone.
    expect(details(planner, 'SELECT * FROM a WHERE y = ?', planner.indexes)).toEqual(['0 SCAN a'])
    expect(
      details(planner, 'SELECT * FROM a AS o WHERE EXISTS (SELECT 1 FROM a WHERE x = ? AND id < o.id LIMIT 1)', []),
    ).toEqual(['0 SCAN o', '0 CORRELATED SCALAR SUBQUERY 1', '1 SEARCH a USING INTEGER PRIMARY KEY (rowid<?)'])
  })
  expect(database.all(schema)).toEqual(before)
})

test('other tables are not there', () => {
  expect(() => planned((planner) => details(planner, 'SELECT * FROM b WHERE z = ?', []))).toThrow('no such table')
})

test('what ANALYZE has found counts', async () => {
  const analyzed = await openDatabase({ path: ':memory:' })
  await analyzed.migrate((tx) => {
    tx.exec(
      'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT); CREATE INDEX a_x ON a (x); CREATE INDEX a_y ON a (y)',
    )
    // All the same in x, all different in y.
    tx.exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO a SELECT i, 'same', i FROM n",
    )
    tx.exec('ANALYZE')
  })
  const both = "SELECT * FROM a WHERE x = ? AND y = '3'"
  withPlanner(analyzed, { tables: ['a'], functions: [] }, (planner) => {
    expect(details(planner, both, planner.indexes)).toEqual(['0 SEARCH a USING INDEX a_y (y=?)'])
  })
  await analyzed.close()
})
