import { afterEach, describe, expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, SYSTEM } from '@koyalite/contracts'
import { createHttpApp, createHttpMetrics, NO_LOG } from '@koyalite/kernel'
import { CALL, type HooksBench, hooksBench } from '../testing/hooks-bench'

const USER = CALL.actor
const SETTINGS = {
  ...{ host: '127.0.0.1', url: null, headers: {}, max_body: 1_000, trust_proxy: false as const },
  cors: { origins: ['*'], credentials: false },
}

const open: HooksBench[] = []
afterEach(() => {
  for (const bench of open.splice(0)) bench.remove()
})

function source(routes: string): string {
  return `import { defineHooks, KoyaError } from '@koyalite/hooks'\nexport default defineHooks({\n  routes: ${routes},\n})\n`
}

function bench(files: Readonly<Record<string, string>>): HooksBench {
  const made = hooksBench(
    Object.fromEntries(Object.entries(files).map(([file, routes]) => [`hooks/${file}`, source(routes)])),
  )
  open.push(made)
  return made
}

async function loaded(routes: string): Promise<HooksBench> {
  const made = bench({ 'a.ts': routes })
  await made.hooks.load()
  return made
}

async function send({ hooks }: HooksBench, path: string, init: RequestInit = {}, actor: Actor = ANONYMOUS) {
  const app = createHttpApp({
    ...{ routes: hooks.routes(), settings: SETTINGS, log: NO_LOG, metrics: createHttpMetrics(), checkHost: false },
    authenticate: () => actor,
  })
  const response = await app.fetch(new Request(`http://localhost${path}`, init), { ip: '192.0.2.9' })
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  const body = (/^[[{"]/.test(text) ? JSON.parse(text) : text) as any
  return { status: response.status, headers: response.headers, body, code: body.error?.code }
}

function json(value: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } }
}

const GET = (handler: string, more = "access: 'true'") => `[{ method: 'GET', path: '/api/x/a', ${more}, ${handler} }]`

test('a handler gets the request and its context, and what it returns is sent', async () => {
  const made =
    await loaded(`[{ method: 'POST', path: '/api/x/rooms/:room/book', access: 'true', async handler(ctx, request) {
    await ctx.db.counts.create({ n: request.body.n })
    await ctx.queue.push('mail', { room: request.params.room })
    const { method, path, params, ip, body } = request
    const seen = ['authorization', 'cookie', 'x-own'].map((name) => request.headers.get(name))
    const same = ctx.request === request && ctx.collection === undefined
    return { method, path, params, ip, body, seen, same, q: request.query.get('q'), key: ctx.env.KEY, auth: ctx.auth?.id }
  } }]`)
  const sent = json({ n: 1 })
  const headers = { ...sent.headers, authorization: 'Bearer secret', cookie: 'koyalite_session=secret', 'x-own': 'own' }
  const { status, body } = await send(made, '/api/x/rooms/a%2Fb/book?q=1', { ...sent, headers }, USER)
  expect(status).toBe(200)
  expect(body).toEqual({
    ...{ method: 'POST', path: '/api/x/rooms/a%2Fb/book', params: { room: 'a/b' }, ip: '192.0.2.9', body: { n: 1 } },
    ...{ seen: [null, null, 'own'], same: true, q: '1', key: 'value', auth: 'u1' },
  })
  expect(made.asked).toEqual([
    ['create', 'counts', { n: 1 }],
    ['push', 'user', { jobs: [{ name: 'mail', payload: { room: 'a/b' } }] }],
  ])
})

describe('access', () => {
  const key = (scope: string): Actor => ({ kind: 'service_key', scopes: [{ scope }] }) as unknown as Actor

  test.each<[string, Actor, number]>([
    ['', ANONYMOUS, 404],
    ['', USER, 404],
    ['', key('functions:invoke'), 404],
    ['', key('admin'), 200],
    ['', SYSTEM, 200],
    ["access: 'user'", ANONYMOUS, 401],
    ["access: 'user'", USER, 200],
    ["access: 'user'", key('functions:invoke'), 403],
    ["access: 'true'", ANONYMOUS, 200],
  ])('%s', async (access, actor, status) => {
    const made = await loaded(GET('handler: () => 1', access === '' ? 'output: undefined' : access))
    expect((await send(made, '/api/x/a', {}, actor)).status).toBe(status)
  })

  test('whom it refuses reaches no handler', async () => {
    const made = await loaded(
      "[{ method: 'POST', path: '/api/x/a', access: 'user', input: ['n'], async handler(ctx) { await ctx.db.counts.create({}) } }]",
    )
    expect((await send(made, '/api/x/a', json({}))).code).toBe('UNAUTHENTICATED')
    expect(made.asked).toEqual([])
  })
})

describe('bodies', () => {
  const ECHO = "[{ method: 'POST', path: '/api/x/a', access: 'true', input: ['n'], handler: (ctx, { body }) => body }]"

  test.each<[string, RequestInit, number, string | undefined]>([
    ['as declared', json({ n: 1 }), 200, undefined],
    ['not as declared', json({ m: 1 }), 422, 'VALIDATION_ERROR'],
    ['none', { method: 'POST' }, 422, 'VALIDATION_ERROR'],
    ['huge', json({ n: 'x'.repeat(2_000) }), 413, 'PAYLOAD_TOO_LARGE'],
    ['a prototype', { ...json(1), body: '{"n":1,"__proto__":{"admin":true}}' }, 400, 'INVALID_JSON'],
    ['no JSON', { ...json(1), body: '{' }, 400, 'INVALID_JSON'],
    [
      'another type',
      { method: 'POST', body: 'n=1', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['another method', { method: 'PUT' }, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s', async (_, init, status, code) => {
    const sent = await send(await loaded(ECHO), '/api/x/a', init)
    expect([sent.status, sent.code]).toEqual([status, code])
  })
})

describe('what handlers return', () => {
  test.each([
    ["ctx.reply(201, { id: 1 }, { location: '/api/x/a/1' })", 201, { id: 1 }, ['location', '/api/x/a/1']],
    ["ctx.reply(200, 'a,b', { 'Content-Type': 'text/csv' })", 200, 'a,b', ['content-type', 'text/csv']],
    ["ctx.reply(200, '<b>', { 'content-type': 'text/html' })", 200, '<b>', ['content-security-policy', 'sandbox']],
    ['ctx.reply(204)', 204, '', ['content-type', null]],
    ["({ status: 500, body: 'a document' })", 200, { status: 500, body: 'a document' }, ['cache-control', 'no-store']],
    ['undefined', 200, 'null', ['cache-control', 'no-store']],
  ] as const)('%s', async (returned, status, body, [header, value]) => {
    const sent = await send(await loaded(GET(`handler: (ctx) => ${returned}`)), '/api/x/a')
    expect([sent.status, sent.body]).toEqual([status, body])
    expect(sent.headers.get(header)).toBe(value)
  })

  test.each([
    'ctx.reply(99)',
    "ctx.reply('200')",
    "ctx.reply(200, 1, { 'set-cookie': 'koyalite_session=stolen' })",
    "ctx.reply(200, 1, { 'x-a': 'b\\r\\nset-cookie: c' })",
    "ctx.reply(200, 1, { 'x a': 'b' })",
    "ctx.reply(200, 1, 'x')",
    "new Response('x')",
    '10n',
    'new Proxy({}, { get() { throw 1 } })',
    'new Proxy({}, { ownKeys() { throw null } })',
    "'x'.repeat(20_000_000)",
  ])('%s is a fault, and says nothing of itself', async (returned) => {
    const sent = await send(await loaded(GET(`handler: (ctx) => ${returned}`)), '/api/x/a')
    expect([sent.status, sent.code]).toEqual([500, 'INTERNAL'])
    expect(sent.body.error.message).toContain('internal error')
  })

  test('what is not its output is a fault', async () => {
    const made = await loaded(
      GET('handler: (ctx, { query }) => Object.fromEntries(query)', "access: 'true', output: ['n']"),
    )
    expect((await send(made, '/api/x/a?n=1')).body).toEqual({ n: '1' })
    expect((await send(made, '/api/x/a?m=1')).code).toBe('INTERNAL')
  })

  test.each([
    ["throw new KoyaError('GONE', 'It is over.', { status: 410 })", 410, 'GONE'],
    ["throw new Error('secret')", 500, 'INTERNAL'],
    ['throw null', 500, 'INTERNAL'],
    ["throw new Proxy(new Error('secret'), { get() { throw 1 } })", 500, 'INTERNAL'],
    ["throw { status: 200, code: 'FINE' }", 500, 'INTERNAL'],
    ["return Promise.reject(new Error('secret'))", 500, 'INTERNAL'],
  ])('%s', async (code, status, expected) => {
    const made = await loaded(GET(`handler() { ${code} }`))
    const sent = await send(made, '/api/x/a')
    expect([sent.status, sent.code]).toEqual([status, expected])
    expect(JSON.stringify(sent.body)).not.toContain('secret')
    expect(made.hooks.list()[0]?.stats.failures).toBe(status === 500 ? 1 : 0)
  })
})

test.each([
  ['{}', "'routes' must be a list"],
  ['[1]', 'a route must be an object'],
  ["[{ method: 'GET' }]", "a route has no 'path'"],
  ["[{ method: 'GET', path: '/api/users' }]", "begins with /api/x/, like /api/x/hello: '/api/users' does not"],
  ["[{ method: 'GET', path: '/api/x/a/../b' }]", "'..' in the path"],
  ["[{ method: 'GET', path: '/api/x/' }]", "'' in the path"],
  ["[{ method: 'GET', path: '/api/x/*' }]", "'*' in the path"],
  ["[{ method: 'GET', path: '/api/x/:a/:a' }]", 'has the parameter :a twice'],
  ["[{ method: 'get', path: '/api/x/a' }]", "must be GET, POST, PUT, PATCH, DELETE, not 'get'"],
  ["[{ method: 'OPTIONS', path: '/api/x/a' }]", "not 'OPTIONS'"],
  ["[{ method: 'GET', path: '/api/x/a' }]", 'GET /api/x/a needs a function'],
  [
    "[{ method: 'GET', path: '/api/x/a', acess: 'true', handler() {} }]",
    "unknown key 'acess' in the route /api/x/a (did you mean 'access'?)",
  ],
  ["[{ method: 'GET', path: '/api/x/a', access: true, handler() {} }]", 'must be an expression in quotes'],
  ["[{ method: 'GET', path: '/api/x/a', access: 'usr', handler() {} }]", "GET /api/x/a: unknown name 'usr'"],
  ["[{ method: 'GET', path: '/api/x/a', input: [], handler() {} }]", 'GET /api/x/a has no body'],
  ["[{ method: 'POST', path: '/api/x/a', input: 1, handler() {} }]", 'POST /api/x/a: input: must be a list'],
])('%s is refused with its place', async (routes, message) => {
  const problem = await bench({ 'a.ts': routes })
    .hooks.load()
    .then(
      () => '',
      (error: Error) => error.message,
    )
  expect(problem).toMatch(/^hooks\/a\.ts:3:/)
  expect(problem).toContain(message)
})

test('two that match the same requests are refused', async () => {
  const route = (path: string) => `[{ method: 'GET', path: '/api/x/${path}', access: 'true', handler() {} }]`
  expect(bench({ 'a.ts': route('a/:id'), 'b.ts': route('a/:name') }).hooks.load()).rejects.toThrow(
    "defines 'GET /api/x/a/:name', which hooks/a.ts defines too",
  )
})

test('loading again serves the routes that there are now', async () => {
  const made = await loaded(GET('handler: () => 1'))
  made.write('hooks/a.ts', source("[{ method: 'GET', path: '/api/x/b', access: 'true', handler: () => 2 }]"))
  await made.hooks.load()
  expect((await send(made, '/api/x/a')).status).toBe(404)
  expect((await send(made, '/api/x/b')).body).toBe('2')
})
