import { describe, expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, ANYONE, AppError, type RouteAccess } from '@koyalite/contracts'
import { z } from 'zod'
import { NO_LOG } from '../log/log'
import { createHttpMetrics } from '../metrics/http-metrics'
import { JsonText, reply, route } from './define-route'
import { createHttpApp } from './http-app'
import { pageOf, paginated } from './paginated'
import type { Route } from './route'
import { queryFlag } from './route-query'
import { SETTINGS, USER } from './testing/app-for-tests'

const usersOnly: RouteAccess<Extract<Actor, { kind: 'user' }>> = {
  kind: 'signed_in',
  description: 'Users.',
  check(actor) {
    if (actor.kind === 'user') return actor
    throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  },
}

const toy = z.object({ id: z.string(), color: z.enum(['red', 'blue']), parts: z.array(z.object({ name: z.string() })) })
const numbers = paginated('numbers', z.int(), { above: z.coerce.number().optional() })

const ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/toys/:shelf/:id',
    summary: 'Paint a toy',
    access: usersOnly,
    bodyLimit: 1_000_000,
    query: z.strictObject({ twice: queryFlag.optional(), tag: z.array(z.string()).default([]) }),
    body: z.strictObject({
      color: toy.shape.color,
      note: z.string().max(3).optional(),
      in: z.object({ depth: z.int() }),
    }),
    responses: { 201: toy },
    handle: ({ params, query, body, actor }) => ({
      id: `${params.shelf}/${params.id}/${actor.email}/${query.twice}/${query.tag.join('+')}`,
      color: body.color,
      parts: [],
    }),
  }),
  route({
    method: 'GET',
    path: '/toys/:id',
    summary: 'A toy, or where it has gone',
    access: ANYONE,
    responses: { 200: toy, 202: null },
    handle: ({ params: { id } }) =>
      id === 'gone'
        ? reply(202, null, { headers: { location: '/elsewhere' }, cookies: ['a=1', 'b=2'] })
        : reply(200, new JsonText('{"id":"x","color":"red","parts":[]}')),
  }),
  route({
    method: 'PUT',
    path: '/toys/:id',
    summary: 'A body that may be left out',
    access: ANYONE,
    body: z.strictObject({ color: toy.shape.color.default('red') }),
    responses: { 200: z.object({ color: z.string() }) },
    handle: async ({ body }) => body,
  }),
  route({
    method: 'POST',
    path: '/boxes/:id',
    summary: 'A box that may be locked, and says so before it is looked at what is put in',
    access: ANYONE,
    query: z.strictObject({ force: queryFlag.default(false) }),
    body: z.strictObject({ color: toy.shape.color }),
    responses: { 200: z.object({ color: z.string() }) },
    beforeBody({ params: { id }, query: { force } }) {
      if (id === 'locked' && !force) throw new AppError('FORBIDDEN', 'The box is locked.')
    },
    handle: ({ body }) => body,
  }),
  route({
    method: 'DELETE',
    path: '/toys/:id',
    summary: 'Throw a toy away',
    access: ANYONE,
    responses: { 204: null },
    async handle() {},
  }),
  route({
    method: 'GET',
    path: '/page',
    summary: 'Text',
    access: ANYONE,
    responses: { 200: { mediaType: 'text/plain; charset=utf-8' } },
    handle: () => 'hello',
  }),
  route({
    method: 'GET',
    path: '/numbers',
    summary: 'Numbers in pages',
    access: ANYONE,
    query: numbers.query,
    responses: { 200: numbers.response },
    handle: ({ query: { limit, cursor, above = 0 } }) => {
      const all = Array.from({ length: 1000 }, (_, index) => index + 1).filter((number) => number > above)
      const found = all.filter((number) => number > Number(cursor ?? 0)).slice(0, limit + 1)
      const { page, next_cursor } = pageOf(found, limit, String)
      return { numbers: page, next_cursor }
    },
  }),
  // @ts-expect-error a route has an access
  route({ method: 'GET', path: '/a', summary: 'a', responses: { 204: null }, handle() {} }),
  route({
    method: 'GET',
    path: '/b/:id',
    summary: 'b',
    access: ANYONE,
    responses: { 200: toy },
    // @ts-expect-error what is returned is what is declared
    handle: () => ({ id: 'x', color: 'green', parts: [] }),
  }),
  route({
    method: 'GET',
    path: '/c/:id',
    summary: 'c',
    access: ANYONE,
    responses: { 200: toy, 201: toy },
    // @ts-expect-error no path has a parameter that it does not name
    handle: ({ params }) => reply(201, { id: params.name, color: 'red', parts: [] }),
  }),
]

async function send(path: string, init: RequestInit & { readonly json?: unknown } = {}, actor: Actor = USER) {
  const app = createHttpApp({
    routes: ROUTES,
    settings: SETTINGS,
    log: NO_LOG,
    metrics: createHttpMetrics(),
    authenticate: () => actor,
  })
  const { json, ...rest } = init
  const body = json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }
  const request = new Request(`http://localhost:8090${path}`, { ...body, ...rest })
  const fetched = app.fetch(request, { ip: '192.0.2.1' })
  const response = await fetched
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  return {
    isSync: fetched instanceof Response,
    response,
    status: response.status,
    // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
    body: (isJson ? JSON.parse(text) : text) as any,
  }
}
const post = (query: string, json: unknown, actor?: Actor) => send(`/toys/a/b${query}`, { method: 'POST', json }, actor)
const good = { color: 'red', in: { depth: 1 } }

test('a handler gets what is declared, parsed, and its value is the response', async () => {
  const { status, body, response } = await post('?twice=true&tag=x&tag=y', good)
  expect([status, body.id]).toEqual([201, 'a/b/a@example.com/true/x+y'])
  expect(response.headers.get('cache-control')).toBe('no-store')
})

describe('faults', () => {
  test('of query and body are told at once, in one form', async () => {
    const { status, body } = await post('?twice=maybe&other=1', { color: 'green', note: 'long', more: 1 })
    expect([status, body.error.code]).toEqual([422, 'VALIDATION_ERROR'])
    expect(body.error.details.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual([
      ['twice', 'invalid_value'],
      ['other', 'unknown'],
      ['color', 'invalid_value'],
      ['note', 'too_big'],
      ['in', 'required'],
      ['more', 'unknown'],
    ])
    expect(body.error.message).toBe(body.error.details[0].message)
  })

  test('of the query alone are those of a request, as in lists of documents', async () => {
    const { status, body } = await send('/numbers?limit=0&limit=1&cursor=')
    expect([status, body.error.code]).toEqual([400, 'INVALID_REQUEST'])
    expect(body.error.details.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual([
      ['limit', 'repeated'],
      ['cursor', 'too_small'],
    ])
  })

  test.each([
    [{ color: 5, in: { depth: 1 } }, 'color', 'invalid_value'],
    [{ color: 'red', in: {} }, 'in.depth', 'required'],
    [{ color: 'red', in: { depth: 'deep' } }, 'in.depth', 'invalid_type'],
    [{ color: 'red', in: null }, 'in', 'invalid_type'],
    ['red', '', 'invalid_type'],
  ])('%j: %s is %s', async (json, field, code) => {
    const { body } = await post('', json)
    expect(body.error.details).toEqual([expect.objectContaining({ field, code })])
  })

  test('are told in less than what was sent, however long the names in it are', async () => {
    for (const length of [200_000, 2_000]) {
      const json = Object.fromEntries(['a', 'b'].map((name) => [name.repeat(length), 1]))
      const { status, body } = await post('', { ...good, ...json })
      expect([status, body.error.details.length]).toEqual([422, 2])
      expect(JSON.stringify(body).length).toBeLessThan(51_000)
      expect(body.error.details[0].field.length).toBe(Math.min(length, 10_001))
    }
  })

  test('a body that is no JSON is INVALID_JSON, one of another type is not taken', async () => {
    const asText = await send('/toys/a/b', { method: 'POST', body: 'x' })
    expect(asText.body.error.code).toBe('UNSUPPORTED_MEDIA_TYPE')
    const headers = { 'content-type': 'application/json' }
    expect((await send('/toys/a/b', { method: 'POST', body: '{', headers })).body.error.code).toBe('INVALID_JSON')
  })
})

test('access is checked before anything of the request is looked at', async () => {
  const { body } = await post('?wrong=1', 'wrong', ANONYMOUS)
  expect(body.error.code).toBe('UNAUTHENTICATED')
})

test('what must not be served whatever its body is, is refused before the body is read', async () => {
  const headers = { 'content-type': 'application/json' }
  const put = async (path: string, body: string) => (await send(path, { method: 'POST', body, headers })).body
  expect((await put('/boxes/locked', '{')).error.code).toBe('FORBIDDEN')
  expect((await put('/boxes/open', '{')).error.code).toBe('INVALID_JSON')
  expect(await put('/boxes/locked?force=true', '{"color":"red"}')).toEqual({ color: 'red' })
  const { error } = await put('/boxes/locked?force=maybe', '{}')
  expect(error.details.map(({ field }: { field: string }) => field)).toEqual(['force', 'color'])
})

test('a body whose fields may all be absent may be absent itself', async () => {
  expect((await send('/toys/a', { method: 'PUT' })).body).toEqual({ color: 'red' })
  expect((await send('/toys/a', { method: 'PUT', json: { color: 'blue' } })).body).toEqual({ color: 'blue' })
  expect((await post('', undefined)).body.error.code).toBe('UNSUPPORTED_MEDIA_TYPE')
})

test('replies have a status, headers and cookies; JSON text is sent as it is', async () => {
  const gone = await send('/toys/gone')
  expect([gone.status, gone.body, gone.response.headers.get('location')]).toEqual([202, '', '/elsewhere'])
  expect(gone.response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect((await send('/toys/here')).body).toEqual({ id: 'x', color: 'red', parts: [] })
  expect([(await send('/toys/x', { method: 'DELETE' })).status]).toEqual([204])
  const page = await send('/page')
  expect([page.body, page.response.headers.get('content-type')]).toEqual(['hello', 'text/plain; charset=utf-8'])
})

test('what is synchronous is served without a turn of the event loop', async () => {
  expect((await send('/toys/here')).isSync).toBe(true)
  expect((await send('/numbers?limit=1')).isSync).toBe(true)
})

test('a list has pages, 50 entries each where nothing is asked', async () => {
  const first = (await send('/numbers?above=5')).body
  expect([first.numbers[0], first.numbers.length, first.next_cursor]).toEqual([6, 50, '55'])
  const last = (await send('/numbers?limit=500&cursor=990')).body
  expect(last).toEqual({ numbers: [991, 992, 993, 994, 995, 996, 997, 998, 999, 1000], next_cursor: null })
  expect((await send('/numbers?limit=10&cursor=990')).body.next_cursor).toBeNull()
  for (const limit of ['0', '501', '1.5', '', ' 5', '1e2']) {
    expect([limit, (await send(`/numbers?limit=${encodeURIComponent(limit)}`)).status]).toEqual([limit, 400])
  }
})
