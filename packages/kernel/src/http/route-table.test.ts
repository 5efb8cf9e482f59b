import { describe, expect, test } from 'bun:test'
import { ANYONE } from '@koyalite/contracts'
import type { HttpMethod, Route } from './route'
import { createRouteTable } from './route-table'

const table = (...lines: readonly string[]) =>
  createRouteTable(
    lines.map((line): Route => {
      const [method, path = ''] = line.split(' ')
      return { method: method as HttpMethod, path, access: ANYONE, handle: () => ({ status: 204, body: null }) }
    }),
    ({ path }) => path,
  )

const routes = table(
  'GET /',
  'GET /api/collections/:collection',
  'GET /api/collections/:collection/:id',
  'PATCH /api/collections/:collection/:id',
  'GET /api/collections/:collection/live',
  'POST /api/collections/:name/live',
  'GET /api/batch',
  'POST /api/:anything',
  'GET /files/*',
  'GET /files/:bucket/list',
)

describe('which route', () => {
  const found = (method: string, path: string) => {
    const match = routes.match(method, path)
    if (match.kind !== 'found') return match
    return [match.target, Object.fromEntries(match.names.map((name, n) => [name, match.values[n]]))]
  }

  test.each([
    ['GET', '/', ['/', {}]],
    ['HEAD', '/api/collections/posts', ['/api/collections/:collection', { collection: 'posts' }]],
    ['GET', '/api/collections/posts/a%2Fb', ['/api/collections/:collection/:id', { collection: 'posts', id: 'a%2Fb' }]],
    // A literal wins over a parameter that stands earlier in the list, but not where it lacks the method.
    ['GET', '/api/collections/posts/live', ['/api/collections/:collection/live', { collection: 'posts' }]],
    ['PATCH', '/api/collections/posts/live', ['/api/collections/:collection/:id', { collection: 'posts', id: 'live' }]],
    // Each route has its own names for the same place.
    ['POST', '/api/collections/posts/live', ['/api/collections/:name/live', { name: 'posts' }]],
    ['POST', '/api/batch', ['/api/:anything', { anything: 'batch' }]],
    ['GET', '/files/photos/list', ['/files/:bucket/list', { bucket: 'photos' }]],
    ['GET', '/files/photos/2026/a.jpg', ['/files/*', {}]],
    ['GET', '/files/photos', ['/files/*', {}]],
  ])('%s %s', (method, path, expected) => {
    expect(found(method, path)).toEqual(expected)
  })

  test.each([
    // Empty segments are nobody's value.
    '/api/collections/',
    '/api/collections/posts/',
    '/api/collections//1',
    '/api/collections/posts/1/2',
    '/files',
    '/apis/batch',
    '//',
    '',
    '*',
  ])('none for %p', (path) => {
    expect(found('GET', path)).toEqual({ kind: 'unknown' })
  })

  test('another method is told from an unknown path', () => {
    expect(found('DELETE', '/api/collections/posts/live')).toEqual({
      kind: 'other_methods',
      allow: 'GET, HEAD, OPTIONS, PATCH, POST',
    })
    expect(found('PUT', '/api/batch')).toEqual({ kind: 'other_methods', allow: 'GET, HEAD, OPTIONS, POST' })
  })

  test('two routes that nothing tells apart are refused', () => {
    expect(() => table('GET /a/:x', 'GET /a/:y')).toThrow('two routes for GET /a/:y')
    expect(() => table('GET /a', 'GET /a')).toThrow('two routes for GET /a')
  })
})
