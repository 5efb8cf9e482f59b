import { expect, test } from 'bun:test'
import { auditSearch, logsSearch, rangeOnly, requestsSearch, speedSearch } from './observe-search'

test('what is known stays, and what is broken is dropped', () => {
  expect(requestsSearch({ path: '/api', status: 404, min_ms: '100', own: 'true', live: 0, id: 'a', x: 1 })).toEqual({
    ...{ path: '/api', status: '404', min_ms: 100, own: true, live: 0, id: 'a' },
  })
  expect(
    requestsSearch({ path: '', status: '6xx', min_ms: -1, own: 'yes', live: 'x', range: '2y', actor: {} }),
  ).toEqual({})
  expect(rangeOnly({ range: '<script>' })).toEqual({ range: '1h' })
  expect(speedSearch({ range: '7d', route: 'GET /api', query: ['a'] })).toEqual({ range: '7d', route: 'GET /api' })
  expect(auditSearch({ key: 42, action: 'document.*', entry: '3', collection: null })).toEqual({
    ...{ key: '42', action: 'document.*', entry: 3 },
  })
  expect(logsSearch({ level: 'fatal', q: 'x', requests: 0 })).toEqual({ q: 'x', requests: 0 })
})
