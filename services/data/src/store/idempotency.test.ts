import { expect, test } from 'bun:test'
import { openDatabase } from '@koyalite/sqlite'
import { DROPPED, IDEMPOTENCY_TABLES, keepAnswer, keptAnswer } from './idempotency'

test('of too many answers the oldest are dropped, and that their requests were carried out stays known', async () => {
  const database = await openDatabase({ path: ':memory:' })
  await database.migrate((tx) => {
    for (const text of IDEMPOTENCY_TABLES.steps.flat()) tx.exec(text)
  })
  const answer = 'x'.repeat(1000)
  const { value } = await database.write((tx) => {
    for (let at = 1; at <= 100; at++)
      keepAnswer(tx, 'c', `k${at}`, { fingerprint: 'f', answer }, { now: at, maxStored: 50_000 })
    return Array.from({ length: 100 }, (_, at) => keptAnswer(tx, 'c', `k${at + 1}`, 101)?.answer)
  })
  const whole = value.filter((stored) => stored === answer)
  expect(whole.length).toBeGreaterThan(25)
  expect(whole.length).toBeLessThanOrEqual(50)
  expect(value.filter((stored) => stored === DROPPED)).toHaveLength(100 - whole.length)
  expect(value.slice(-whole.length)).toEqual(whole)
  const day = 24 * 60 * 60 * 1000
  const { value: later } = await database.write((tx) => {
    for (let at = 0; at < 60; at++)
      keepAnswer(tx, 'd', `k${at}`, { fingerprint: 'f', answer }, { now: 2 * day + at, maxStored: 100_000 })
    return Array.from({ length: 60 }, (_, at) => keptAnswer(tx, 'd', `k${at}`, 2 * day + 60)?.answer === answer)
  })
  // What has expired no longer counts.
  expect(later.every(Boolean)).toBe(true)
  await database.close()
})
