import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { SqlValue } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import { type Fixture, openFixture } from '../fixture/open-fixture'
import { compileDelete, compileInsert, compileUpdate } from './write-statements'

let db: Fixture
beforeAll(async () => {
  db = await openFixture(`
version: 1
collections:
  things:
    table: odd "things
    fields:
      id:   { type: int, primary: true, default: auto }
      name: { type: string, nullable: true, column: 'the "name' }
      size: { type: int, default: 3 }
`)
})
afterAll(() => db.close())

const values = (given: Record<string, SqlValue>): ReadonlyMap<Field, SqlValue> =>
  new Map(Object.entries(given).map(([name, value]) => [db.collection('things').fields.get(name) as Field, value]))

test('insert, update and delete say and do what they should', async () => {
  const things = db.collection('things')
  const insert = compileInsert(things, values({ name: `x'); DROP TABLE "odd ""things"; --`, size: 4 }))
  expect(insert.text).toBe('INSERT INTO "odd ""things" ("the ""name", "size") VALUES (?, ?)')
  await db.run(insert)
  await db.run(compileInsert(things, new Map()))
  const update = compileUpdate(things, 1, values({ size: 5, name: null }))
  expect(update).toEqual({
    text: 'UPDATE "odd ""things" SET "size" = ?, "the ""name" = ? WHERE "id" = ?',
    params: [5, null, 1],
  })
  await db.run(update)
  expect(db.list('things', '').docs).toEqual([
    { id: 1, name: null, size: 5 },
    { id: 2, name: null, size: 3 },
  ])
  expect(compileDelete(things, 2)).toEqual({ text: 'DELETE FROM "odd ""things" WHERE "id" = ?', params: [2] })
  await db.run(compileDelete(things, 2))
  expect(db.list('things', '').docs).toHaveLength(1)
  expect(() => compileUpdate(things, 1, new Map())).toThrow(RangeError)
})
