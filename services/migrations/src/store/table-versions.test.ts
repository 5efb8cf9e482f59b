import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { ServiceTables } from '@koyalite/contracts'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { isUpToDate, newerTablesProblem, upgradeTables } from './table-versions'

let database: Database
beforeEach(async () => {
  database = await openDatabase({ path: ':memory:' })
})
afterEach(() => database.close())

const FIRST = ['CREATE TABLE IF NOT EXISTS "_koyalite_toys" ("id" INTEGER PRIMARY KEY)']
const SECOND = ['ALTER TABLE "_koyalite_toys" ADD COLUMN "name" TEXT', `INSERT INTO "_koyalite_toys" VALUES (1, 'x')`]
const toys = (...steps: readonly (readonly string[])[]): readonly ServiceTables[] => [{ service: 'toys', steps }]
const upgrade = (services: readonly ServiceTables[]) => database.migrate((tx) => upgradeTables(tx, services))
const all = () => database.all({ text: 'SELECT * FROM "_koyalite_toys"', params: [] })

test('a fresh database sees every step once', async () => {
  expect(isUpToDate(database, toys(FIRST, SECOND))).toBe(false)
  for (let i = 0; i < 2; i++) await upgrade(toys(FIRST, SECOND))
  expect(all()).toEqual([[1, 'x']])
  expect(isUpToDate(database, toys(FIRST, SECOND))).toBe(true)
})

test('a database of an older version sees the steps that it has not seen', async () => {
  await upgrade(toys(FIRST))
  expect(isUpToDate(database, toys(FIRST, SECOND))).toBe(false)
  await upgrade(toys(FIRST, SECOND))
  expect(all()).toEqual([[1, 'x']])
})

test('a step that fails leaves everything as it was, and is tried again', async () => {
  await upgrade(toys(FIRST))
  await expect(upgrade(toys(FIRST, [...SECOND, 'SELECT nonsense FROM nowhere']))).rejects.toThrow('nowhere')
  expect(all()).toEqual([])
  await upgrade(toys(FIRST, SECOND))
  expect(all()).toEqual([[1, 'x']])
})

test('a newer database is refused, and a service that is not known here is nobody’s matter', async () => {
  await upgrade([...toys(FIRST, SECOND), { service: 'others', steps: [['SELECT 1']] }])
  expect(newerTablesProblem(database, toys(FIRST, SECOND))).toBeNull()
  expect(newerTablesProblem(database, toys(FIRST))).toContain('a newer version of KoyaLite')
  await expect(upgrade(toys(FIRST))).rejects.toThrow('toys 2 instead of 1')
})
