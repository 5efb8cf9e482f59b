import { expect, test } from 'bun:test'
import type { Sql } from '@koyalite/contracts'
import { bound, type DeferredSql } from './deferred-sql'
import { bind, constant, sql } from './sql-fragment'

test('SQL that waits for a caller does not compile where statements are run, whatever is made of it', () => {
  const waiting = sql`owner = ${bind(() => 'ann')}`
  // @ts-expect-error its parameters are not values yet
  const run: Sql = waiting
  // @ts-expect-error nor are those of what it is a part of
  const larger: Sql = sql`SELECT 1 WHERE ${waiting}`
  for (const deferred of [run, larger] as DeferredSql[]) expect(() => bound(deferred)).toThrow('depend on the caller')
  const fixed: Sql = sql`SELECT ${constant('1')}`
  expect(bound(fixed)).toBe(fixed)
})
