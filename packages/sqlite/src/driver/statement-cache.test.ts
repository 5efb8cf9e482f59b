import { expect, test } from 'bun:test'
import { connect } from './connection'
import { StatementCache } from './statement-cache'

test('the same text is prepared once, while it is used', () => {
  const cache = new StatementCache(connect({ path: ':memory:', mode: 'write' }), { size: 3 })
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

test('EXPLAIN is prepared each time: it would not notice another schema', () => {
  const cache = new StatementCache(connect({ path: ':memory:', mode: 'write' }))
  for (const text of ['EXPLAIN SELECT 1', '  explain query plan SELECT 1', '-- why\n/* not */ EXPLAIN SELECT 1']) {
    expect(cache.get(text)).not.toBe(cache.get(text))
  }
  expect(cache.size).toBe(0)
})
