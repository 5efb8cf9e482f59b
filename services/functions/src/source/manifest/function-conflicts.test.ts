import { expect, test } from 'bun:test'
import { type Conflicts, nameConflicts, type RoutedFunction, routeConflicts } from './function-conflicts'
import type { Method } from './manifest-keys'
import { routeProblem } from './route-pattern'

type Row = readonly [name: string, route?: string, methods?: readonly Method[] | null, kind?: RoutedFunction['kind']]

function routed(rows: readonly Row[]): readonly RoutedFunction[] {
  return rows.map(([name, route = null, methods = null, kind = 'raw']) => {
    return { name, file: `functions/${name}.ts`, kind, route, methods }
  })
}

function lines(conflicts: Conflicts<{ readonly name: string }>): readonly string[] {
  return [...conflicts].flatMap(([{ name }, reasons]) => reasons.map((reason) => `${name}: ${reason}`))
}

test('names are there once', () => {
  const conflicts = (...names: readonly string[]) =>
    lines(nameConflicts(names.map((name, index) => ({ name, file: `functions/f${index}.ts` }))))
  expect(conflicts('pay', 'repay', 'pay2')).toEqual([])
  expect(conflicts('pay', 'other', 'pay')).toEqual([
    "pay: the function 'pay' is also in functions/f2.ts: rename one of them",
    "pay: the function 'pay' is also in functions/f0.ts: rename one of them",
  ])
  expect(conflicts('send-digest', 'sendDigest', 'senddigest')).toHaveLength(6)
  expect(conflicts('send-digest', 'sendDigest')).toEqual([
    "send-digest: the names 'send-digest' and 'sendDigest' (functions/f1.ts) are too alike: clients and some file systems take them for one",
    "sendDigest: the names 'sendDigest' and 'send-digest' (functions/f0.ts) are too alike: clients and some file systems take them for one",
  ])
})

test('a request has one function', () => {
  const conflicts = (...rows: readonly Row[]) => lines(routeConflicts(routed(rows)))
  expect(conflicts(['a', '/x'], ['b', '/y'], ['c', '/x/:id'], ['d', '/z/*'], ['e'], ['f'])).toEqual([])
  expect(conflicts(['a', '/x', ['GET']], ['b', '/x', ['POST']])).toEqual([])
  expect(conflicts(['a', '/x/:id', ['GET', 'POST']], ['b', '/x/:name', ['POST', 'PUT']])).toEqual([
    "a: the route '/x/:id' is also that of 'b' (functions/b.ts), for POST",
    "b: the route '/x/:name' is also that of 'a' (functions/a.ts), for POST",
  ])
  expect(conflicts(['a', '/x'], ['b', '/x', ['PUT']])).toHaveLength(2)
  // A raw function has what is below its route; a typed one takes POST alone.
  expect(conflicts(['a', '/x'], ['b', '/x/*'])).toHaveLength(2)
  expect(conflicts(['a', '/x', null, 'typed'], ['b', '/x/*'])).toEqual([])
  expect(conflicts(['a', '/x', null, 'typed'], ['b', '/x', ['GET']])).toEqual([])
  expect(conflicts(['a', '/x', null, 'typed'], ['b', '/x'])).toEqual([
    "a: the route '/x' is also that of 'b' (functions/b.ts), for POST",
    "b: the route '/x' is also that of 'a' (functions/a.ts), for POST",
  ])
})

test.each(['/hooks', '/hooks/stripe', '/shop/:id/items', '/files/*', '/v1.2/~x_y-z', '/apis', '/healthy', '/__x'])(
  '%s can be a route',
  (route) => expect(routeProblem(route)).toBeUndefined(),
)

test.each([
  ['hooks', "a route is a path like /hooks/stripe, not 'hooks'"],
  ['/', "the route '/' must begin with a word, like /hooks/stripe"],
  ['/:id', "the route '/:id' must begin with a word, like /hooks/:id"],
  ['/*', "the route '/*' must begin with a word, like /hooks/*"],
  ['/api', "the route '/api' is under /api, which belongs to the server"],
  ['/API/x', "the route '/API/x' is under /API, which belongs to the server"],
  ['/_/x', "the route '/_/x' is under /_, which belongs to the server"],
  ['/internal/v1', "the route '/internal/v1' is under /internal, which belongs to the server"],
  ['/health', "the route '/health' is under /health, which belongs to the server"],
  ['/metrics/x', "the route '/metrics/x' is under /metrics, which belongs to the server"],
  ['/.well-known/x', "the route '/.well-known/x' is under /.well-known, which belongs to the server"],
  ['/x//y', "the route '/x//y' has an empty part: write it without '//' and without '/' at its end"],
  ['/x/', "the route '/x/' has an empty part: write it without '//' and without '/' at its end"],
  ['/x/../api', "the route '/x/../api' must not contain '..'"],
  ['/x/*/y', "the route '/x/*/y' may have '*' only as its whole last part"],
  ['/x/a*', "the route '/x/a*' may have '*' only as its whole last part"],
  ['/x/%61pi', "'%61pi' in the route '/x/%61pi' must be letters, digits and . _ ~ -, or a parameter like :id"],
  ['/x/:', "':' in the route '/x/:' must be letters, digits and . _ ~ -, or a parameter like :id"],
  ['/x?y', "'x?y' in the route '/x?y' must be letters, digits and . _ ~ -, or a parameter like :id"],
])('%s cannot be a route', (route, problem) => expect(routeProblem(route)).toBe(problem))
