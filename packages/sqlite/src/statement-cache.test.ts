import { expect, test } from 'bun:test'
import { connect } from './connection'
import { StatementCache } from './statement-cache'

test('the same text is prepared once, while it is used', () => {
  const cache = new StatementCache(connect({ path: ':memory:', mode: 'write' }), 3)
  const hot = cache.get('SELECT 0')
  for (let n = 1; n <= 50; n++) {
    cache.get(`SELECT ${n}`)
    expect(cache.get('SELECT 0')).toBe(hot)
    expect(cache.size).toBeLessThanOrEqual(6)
  }
  cache.clear()
  expect(cache.get('SELECT 0')).not.toBe(hot)
})

test('rows are arrays', () => {
  const cache = new StatementCache(connect({ path: ':memory:', mode: 'write' }))
  expect(cache.get('SELECT 1, 2').get([])).toEqual([1, 2])
})
