import { describe, expect, test } from 'bun:test'
import { ANONYMOUS, ANYONE, AppError } from '@koyalite/contracts'
import { NO_LOG } from '../log/log'
import { createHttpMetrics } from '../metrics/http-metrics'
import type { TrustProxy } from './client-address'
import type { ErrorBody } from './error-body'
import { createHttpApp } from './http-app'
import type { ApiRequest, Route } from './route'
import { json, ROUTES, SETTINGS, setUp, USER } from './testing/app-for-tests'

const { send } = setUp()
const post = (
  path: string,
  body: string | Blob | ReadableStream,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
) => send(path, { method: 'POST', body, headers: { ...headers } })
const errorOf = async (response: Response) => ((await response.json()) as ErrorBody).error

describe('routes', () => {
  test('answer synchronously where the handler does', () => {
    const { app } = setUp()
    expect(app.fetch(new Request('http://localhost/items/1'), { ip: '' })).toBeInstanceOf(Response)
  })

  test.each([
    ['/items/1', { id: '1', q: [] }],
    ['/items/a%2Fb?q=1&q=%C3%A9', { id: 'a/b', q: ['1', 'é'] }],
    ['/items/%E2%82%AC%20x', { id: '€ x', q: [] }],
    ['/items/a%252Fb', { id: 'a%2Fb', q: [] }],
    ['/items/constructor', { id: 'constructor', q: [] }],
    ['/items/__proto__', { id: '__proto__', q: [] }],
    ['/items/..%2f..%2fetc', { id: '../../etc', q: [] }],
  ])('%s', async (path, expected) => {
    const response = await send(path)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(expected)
  })

  test('the literal one wins over a parameter', async () => {
    expect(await (await send('/items/special')).json()).toBe('special')
  })

  test.each([
    '/',
    '/nothing',
    '/items/1/2',
    '/items/1/',
    '/items/',
    '//items/1',
    '/%69tems/1',
    '/items%2F1',
    '/__proto__',
    '/constructor',
  ])('no such route: %s', async (path) => {
    const response = await send(path)
    expect(response.status).toBe(404)
    expect((await errorOf(response)).code).toBe('NOT_FOUND')
  })

  test.each(['/items/%', '/items/%zz', '/items/%ff', '/items/%c3%28'])(
    'a malformed escape in %s is a 400',
    async (path) => {
      const response = await send(path)
      expect(response.status).toBe(400)
      expect((await errorOf(response)).code).toBe('INVALID_REQUEST')
    },
  )

  test('a known path with another method says which are possible', async () => {
    const response = await send('/items/1', { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PUT')
    expect((await errorOf(response)).code).toBe('METHOD_NOT_ALLOWED')
  })

  test('HEAD answers like GET, without the body', async () => {
    const get = await send('/items/1')
    const head = await send('/items/1', { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect(head.headers.get('content-length')).toBe(String((await get.text()).length))
    expect(head.headers.get('content-type')).toBe('application/json')
    expect((await send('/items', { method: 'HEAD' })).status).toBe(405)
    expect(await (await send('/page', { method: 'HEAD' })).text()).toBe('')
  })

  test('two for the same method and path are a mistake of ours', () => {
    const twice = [ROUTES[0] as Route, ROUTES[0] as Route]
    const options = {
      routes: twice,
      settings: SETTINGS,
      log: NO_LOG,
      metrics: createHttpMetrics(),
      authenticate: () => ANONYMOUS,
    }
    expect(() => createHttpApp(options)).toThrow('two routes for GET /items/special')
  })
})

describe('bodies', () => {
  test.each([
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['Application/JSON;charset="UTF-8"'],
    ['application/merge-patch+json'],
  ])('type %s is understood', async (type) => {
    expect((await post('/items', '{"a":1}', { 'content-type': type })).status).toBe(201)
  })

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=latin1'],
    ['application/jsonp'],
    ['xapplication/json'],
    ['application/json, text/plain'],
  ])('type %s is refused', async (type) => {
    const response = await post('/items', '{"a":1}', { 'content-type': type })
    expect(response.status).toBe(415)
    expect((await errorOf(response)).code).toBe('UNSUPPORTED_MEDIA_TYPE')
  })

  test('without a type, or compressed, it is refused', async () => {
    expect((await post('/items', new Blob(['{}']), {})).status).toBe(415)
    expect(
      (await post('/items', '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' })).status,
    ).toBe(415)
  })

  test('larger than the limit is a 413, announced or not', async () => {
    const pieces = (count: number) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < count; i++) controller.enqueue(new Uint8Array(100).fill(32))
          controller.enqueue(new TextEncoder().encode('1'))
          controller.close()
        },
      })
    const announced = { 'content-type': 'application/json', 'content-length': '1001' }
    expect((await post('/items', `${' '.repeat(1000)}1`, announced)).status).toBe(413)
    expect((await post('/items', pieces(10))).status).toBe(413)
    expect((await post('/stream', pieces(10))).status).toBe(413)
    expect(await (await post('/items', pieces(9))).json()).toBe(1)
    expect(await (await post('/stream', pieces(9))).json()).toBe(901)
    expect(await (await post('/large', pieces(49))).json()).toBe(4901)
    expect((await post('/large', pieces(50))).status).toBe(413)
  })
})

describe('errors', () => {
  test('have one shape', async () => {
    const response = await send('/refused')
    expect(response.status).toBe(409)
    expect(response.headers.get('retry-after')).toBe('5')
    const error = await errorOf(response)
    expect(error).toEqual({
      code: 'CONFLICT',
      message: 'no',
      details: [{ field: 'a', code: 'unique', message: 'taken' }],
      operation: 3,
      request_id: response.headers.get('x-request-id') ?? '',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
  })

  test.each(['/bug', '/bug-later'])('an unknown one (%s) says nothing, and the log has it', async (path) => {
    const { send, errors } = setUp()
    const response = await send(path)
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).toContain('"INTERNAL"')
    expect(text).not.toContain('secret detail')
    expect(text).not.toContain('TypeError')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ request_id: response.headers.get('x-request-id'), err: expect.any(TypeError) })
  })

  test('of authentication are answered with a challenge, whether it is awaited or not', async () => {
    const refuse = () => {
      throw new AppError('UNAUTHENTICATED', 'the token has expired')
    }
    for (const authenticate of [refuse, async () => refuse()]) {
      const response = await setUp({ authenticate }).send('/who')
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    }
  })
})

describe('who asks', () => {
  test('the actor reaches the handler', async () => {
    for (const authenticate of [() => USER, async () => USER]) {
      expect(await (await setUp({ authenticate }).send('/who')).json()).toMatchObject({ kind: 'user' })
    }
  })

  test.each([
    [false, '203.0.113.9', '192.0.2.1'],
    [true, '203.0.113.9', '203.0.113.9'],
    [true, '10.9.9.9, 203.0.113.9', '203.0.113.9'],
    [true, 'spoofed, 2001:db8::1', '2001:db8::1'],
    [true, '203.0.113.9, <script>', '192.0.2.1'],
    [true, '', '192.0.2.1'],
    [true, '203.0.113.9:4711', '203.0.113.9'],
    [true, '[2001:DB8:0:0::1]:4711', '2001:db8::1'],
    [true, '"[2001:db8::1]"', '2001:db8::1'],
    [true, '::ffff:203.0.113.9', '203.0.113.9'],
    [true, '::ffff:cb00:7109', '203.0.113.9'],
    [true, 'fe80::1%eth0', 'fe80::1'],
    [true, '1.2.3.4, unknown', '192.0.2.1'],
    [1, '10.9.9.9, 203.0.113.9', '203.0.113.9'],
    [0, '203.0.113.9', '192.0.2.1'],
    [2, '198.51.100.7, 203.0.113.9, 10.0.0.1', '203.0.113.9'],
    [2, '203.0.113.9', '203.0.113.9'],
    [2, 'nonsense, 10.0.0.1:99', '10.0.0.1'],
    [['192.0.2.0/24'], '198.51.100.7, 203.0.113.9', '203.0.113.9'],
    [
      ['192.0.2.0/24', '10.0.0.0/8', '2001:db8::/32'],
      '198.51.100.7, 203.0.113.9, [2001:db8::7]:1, 10.0.0.1',
      '203.0.113.9',
    ],
    [['::ffff:192.0.2.0/120'], '203.0.113.9', '203.0.113.9'],
    [['192.0.2.1'], '203.0.113.9', '203.0.113.9'],
    [['10.0.0.0/8'], '203.0.113.9', '192.0.2.1'],
    [['192.0.2.0/24', '203.0.113.0/24'], '203.0.113.9', '203.0.113.9'],
    [[], '203.0.113.9', '192.0.2.1'],
  ] as [TrustProxy, string, string][])(
    'trust_proxy %p, X-Forwarded-For %p → %s',
    async (trust_proxy, forwarded, ip) => {
      const response = await setUp({ settings: { trust_proxy } }).send('/who', {
        headers: { 'x-forwarded-for': forwarded },
      })
      expect(await response.json()).toMatchObject({ ip })
    },
  )
})

describe('the header Forwarded', () => {
  test.each([
    ['for=203.0.113.9', '203.0.113.9'],
    ['for="203.0.113.9:4711";proto=https', '203.0.113.9'],
    ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['for=198.51.100.7, by=10.0.0.1; for=203.0.113.9 ;host="a,b"', '203.0.113.9'],
    ['for="_hidden"', '192.0.2.1'],
    ['for=unknown', '192.0.2.1'],
    ['proto=https', '192.0.2.1'],
  ])('%s → %s', async (forwarded, ip) => {
    const { send } = setUp({ settings: { trust_proxy: true } })
    expect(await (await send('/who', { headers: { forwarded } })).json()).toMatchObject({ ip })
    // A client can send either: the one that proxies write most counts.
    const both = { forwarded: 'for=198.51.100.1', 'x-forwarded-for': '203.0.113.9' }
    expect(await (await send('/who', { headers: both })).json()).toMatchObject({ ip: '203.0.113.9' })
  })
})

describe('callers on this machine', () => {
  const isLocal = async (
    url: string,
    ip: string,
    headers: Record<string, string> = {},
    trust_proxy: TrustProxy = false,
  ) => {
    const { app } = setUp({ settings: { host: '0.0.0.0', trust_proxy } })
    const response = await app.fetch(new Request(`${url}/who`, { headers }), { ip })
    return ((await response.json()) as { local: boolean }).local
  }
  const HERE = 'http://localhost:8090'

  test.each([
    [HERE, '127.0.0.1'],
    [HERE, '::ffff:127.0.0.1'],
    ['http://127.0.0.1', '127.0.0.1'],
    ['http://[::1]:8090', '::1'],
    ['http://app.localhost', '127.8.9.1'],
    [HERE, 'local'],
  ])('%s from %s is one', async (url, ip) => {
    expect(await isLocal(url, ip)).toBe(true)
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]']) {
      expect(await isLocal(url, ip, { origin })).toBe(true)
    }
  })

  test.each([
    [HERE, '192.0.2.1'],
    [HERE, '::ffff:192.0.2.1'],
    [HERE, ''],
    ['http://evil.example.com', '127.0.0.1'],
    ['http://localhost.evil.example.com', '127.0.0.1'],
    ['http://127.0.0.1.evil.example.com', '127.0.0.1'],
    ['http://192.168.0.7', '127.0.0.1'],
    ['http://0.0.0.0:8090', '127.0.0.1'],
  ])('%s from %s is not', async (url, ip) => {
    expect(await isLocal(url, ip)).toBe(false)
    expect(await isLocal(url, ip, {}, true)).toBe(false)
  })

  test.each([
    ['forwarded', 'for=127.0.0.1'],
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-anything', ''],
    ['via', '1.1 caddy'],
    ['cf-connecting-ip', '127.0.0.1'],
    ['cf-ray', 'x'],
    ['x-real-ip', '127.0.0.1'],
    ['origin', 'https://evil.example.com'],
    ['origin', 'null'],
    ['origin', 'https://localhost.evil.example.com'],
  ])('nor is whoever sends %s: %s', async (name, value) => {
    for (const trust of [false, true]) expect(await isLocal(HERE, '127.0.0.1', { [name]: value }, trust)).toBe(false)
  })
})

describe('records', () => {
  test('each request is logged once, without its query', async () => {
    const { send, entries } = setUp({ authenticate: () => USER })
    await send('/items/1?q=private')
    await send('/later')
    await send('/nothing')
    await send('/bug')
    expect(entries.map(({ path, status, actor, bytes }) => ({ path, status, kind: actor.kind, bytes }))).toEqual([
      { path: '/items/1', status: 200, kind: 'user', bytes: '{"id":"1","q":["private"]}'.length },
      { path: '/later', status: 200, kind: 'user', bytes: 7 },
      { path: '/nothing', status: 404, kind: 'anonymous', bytes: expect.any(Number) },
      { path: '/bug', status: 500, kind: 'user', bytes: expect.any(Number) },
    ])
  })

  test('each request is counted once, by route', async () => {
    const { send, metrics } = setUp()
    for (const path of ['/items/1', '/items/2', '/items/%', '/later', '/nothing', '/bug']) await send(path)
    expect(metrics.inFlight()).toBe(0)
    expect(metrics.answered()).toBe(6)
    const lines = [...metrics.lines('')]
    expect(lines).toContain('http_requests_total{method="GET",route="/items/:id",status="200"} 2')
    expect(lines).toContain('http_requests_total{method="GET",route="/items/:id",status="400"} 1')
    expect(lines).toContain('http_requests_total{method="OTHER",route="unmatched",status="404"} 1')
    expect(lines).toContain('http_request_duration_seconds_count{method="GET",route="/items/:id"} 3')
    expect(lines).toContain('http_request_duration_seconds_bucket{method="GET",route="/items/:id",le="+Inf"} 3')
  })
})

test('a handler can see when the client goes away', async () => {
  let seen: AbortSignal | undefined
  const handle = (request: ApiRequest) => {
    seen = request.signal
    return json(1)
  }
  const route: Route = { method: 'GET', path: '/', access: ANYONE, handle }
  const app = createHttpApp({
    routes: [route],
    settings: SETTINGS,
    log: NO_LOG,
    metrics: createHttpMetrics(),
    authenticate: () => ANONYMOUS,
  })
  const controller = new AbortController()
  await app.fetch(new Request('http://localhost/', { signal: controller.signal }), { ip: '' })
  controller.abort()
  expect(seen?.aborted).toBe(true)
})

test('an entry of the log has the route as it is declared, and no word of the caller in it', async () => {
  const { send, entries } = setUp()
  await send('/items/secret-7')
  await send('/nothing/secret-8')
  expect(entries.map(({ route, collection }) => [route, collection])).toEqual([
    ['GET /items/:id', null],
    ['OTHER unmatched', null],
  ])
})
