import { expect, test } from 'bun:test'
import { openDatabase } from '@koyalite/sqlite'
import { DROPPED, IDEMPOTENCY_TABLES, selectResponse, storeResponse } from './idempotency'

test('of too many responses the oldest are dropped, and that their requests were carried out stays known', async () => {
  const database = await openDatabase({ path: ':memory:' })
  await database.migrate((tx) => {
    for (const text of IDEMPOTENCY_TABLES.steps.flat()) tx.exec(text)
  })
  const response = 'x'.repeat(1000)
  const { value } = await database.write((tx) => {
    for (let at = 1; at <= 100; at++)
      storeResponse(tx, 'c', `k${at}`, { fingerprint: 'f', response }, { now: at, maxStored: 50_000 })
    return Array.from({ length: 100 }, (_, at) => selectResponse(tx, 'c', `k${at + 1}`, 101)?.response)
  })
  const whole = value.filter((stored) => stored === response)
  expect(whole.length).toBeGreaterThan(25)
  expect(whole.length).toBeLessThanOrEqual(50)
  expect(value.filter((stored) => stored === DROPPED)).toHaveLength(100 - whole.length)
  expect(value.slice(-whole.length)).toEqual(whole)
  const day = 24 * 60 * 60 * 1000
  const { value: later } = await database.write((tx) => {
    for (let at = 0; at < 60; at++)
      storeResponse(tx, 'd', `k${at}`, { fingerprint: 'f', response }, { now: 2 * day + at, maxStored: 100_000 })
    return Array.from({ length: 60 }, (_, at) => selectResponse(tx, 'd', `k${at}`, 2 * day + 60)?.response === response)
  })
  // Expired keys no longer count.
  expect(later.every(Boolean)).toBe(true)
  await database.close()
})
