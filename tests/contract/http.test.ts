import { beforeAll, describe, expect, test } from 'bun:test'
import { createProject, expectError, expectStatus, startServer, useServer } from '@koyalite/testkit'
import { NOTES } from '../fixtures/schemas'

const server = useServer({ schema: NOTES })
const NOTES_URL = '/api/collections/notes'
const ORIGIN = { origin: 'https://app.example.com' }
let path = ''

beforeAll(async () => {
  path = `${NOTES_URL}/${expectStatus(await server.api.post(NOTES_URL, { text: 'x' }), 201).body.id}`
})
const words = (value: string | null) => (value ?? '').toLowerCase().split(/\s*,\s*/)

describe('CORS', () => {
  test('by default any origin may read, without credentials', async () => {
    for (const target of [NOTES_URL, path, '/api/openapi.json', '/api/nothing']) {
      const response = await server.anonymous.get(target, { headers: ORIGIN })
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    }
    const exposed = words(
      (await server.anonymous.get(path, { headers: ORIGIN })).headers.get('access-control-expose-headers'),
    )
    for (const name of [
      'etag',
      'koyalite-resume',
      'koyalite-schema',
      'koyalite-seq',
      'location',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'retry-after',
      'x-request-id',
    ])
      expect(exposed).toContain(name)
  })

  test('a preflight allows the methods and headers that the API has', async () => {
    const response = await server.anonymous.request('OPTIONS', path, {
      headers: {
        ...ORIGIN,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type,if-match,idempotency-key',
      },
    })
    expectStatus(response, 204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const methods = words(response.headers.get('access-control-allow-methods'))
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) expect(methods).toContain(method)
    const headers = words(response.headers.get('access-control-allow-headers'))
    for (const name of ['authorization', 'content-type', 'if-match', 'idempotency-key']) expect(headers).toContain(name)
  })

  test('allows configured origins by name and no others', async () => {
    const project = createProject({
      schema: NOTES,
      settings: 'server: { cors: { origins: ["https://app.example.com"], credentials: true } }\n',
    })
    const strict = await startServer(project)
    try {
      const ask = async (origin: string) => (await fetch(strict.url + NOTES_URL, { headers: { origin } })).headers
      const good = await ask('https://app.example.com')
      expect(good.get('access-control-allow-origin')).toBe('https://app.example.com')
      expect(good.get('access-control-allow-credentials')).toBe('true')
      expect(words(good.get('vary'))).toContain('origin')
      for (const origin of ['https://evil.example', 'https://app.example.com.evil.example', 'null']) {
        expect((await ask(origin)).get('access-control-allow-origin')).not.toBe(origin)
        expect((await ask(origin)).get('access-control-allow-origin')).not.toBe('*')
      }
    } finally {
      await strict.kill('SIGKILL')
      project.remove()
    }
  })
})

describe('HEAD and OPTIONS', () => {
  test('HEAD responds like GET, without the body', async () => {
    for (const target of [path, NOTES_URL, '/health', '/']) {
      const [get, head] = [await server.anonymous.get(target), await server.anonymous.head(target)]
      expect(head.status).toBe(get.status)
      expect(head.text).toBe('')
      expect(head.headers.get('etag')).toBe(get.headers.get('etag'))
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    }
    expect((await server.anonymous.head(`${NOTES_URL}/0190a5f0-7b1c-7def-8abc-0123456789ab`)).status).toBe(404)
  })

  test('OPTIONS lists the methods of a route', async () => {
    const response = expectStatus(await server.anonymous.request('OPTIONS', NOTES_URL), 204)
    expect(words(response.headers.get('allow'))).toEqual(expect.arrayContaining(['get', 'post']))
  })
})

describe('every response', () => {
  test('has a request id and disables content sniffing', async () => {
    for (const target of [
      '/',
      '/health',
      '/metrics',
      '/api/docs',
      '/api/openapi.json',
      NOTES_URL,
      path,
      '/nothing',
      '/api/collections/no',
    ]) {
      const response = await server.api.get(target)
      expect(response.headers.get('x-request-id') ?? '', target).not.toBe('')
      expect(response.headers.get('x-content-type-options'), target).toBe('nosniff')
    }
  })

  test('never reveals the software of the server', async () => {
    const response = await server.api.get('/')
    expect(response.headers.get('x-powered-by')).toBeNull()
    expect(response.headers.get('server') ?? '').not.toMatch(/bun|hono|node/i)
  })
})

describe('server routes', () => {
  test('GET / returns name, version and links', async () => {
    const response = expectStatus(await server.anonymous.get('/', { headers: { accept: 'application/json' } }), 200)
    expect(response.body).toMatchObject({
      name: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      links: expect.any(Object),
    })
    expect(response.text).toContain('/api/openapi.json')
    expect(response.text).toContain('/api/docs')
  })

  test('GET / and /api show browsers a page with the same links and no scripts', async () => {
    for (const target of ['/', '/api']) {
      const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
      const response = expectStatus(await server.anonymous.get(target, { headers: { accept } }), 200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(response.headers.get('vary')).toContain('Accept')
      expect(response.text).toContain('href="/api/docs"')
      expect(response.text).not.toContain('<script')
      const program = await server.anonymous.get(target)
      expect(program.body).toMatchObject({ links: { docs: '/api/docs' } })
    }
  })

  test('health, live and ready return 200 to everyone', async () => {
    for (const target of ['/health', '/health/live', '/health/ready']) {
      const response = expectStatus(await server.anonymous.get(target), 200)
      expect(response.body).toEqual(expect.any(Object))
    }
  })

  test('stats are JSON, metrics are Prometheus text', async () => {
    expect(expectStatus(await server.api.get('/health/stats'), 200).body).toEqual(expect.any(Object))
    const metrics = expectStatus(await server.api.get('/metrics'), 200)
    expect(metrics.headers.get('content-type')).toStartWith('text/plain')
    expect(metrics.text).toMatch(/^# TYPE \w+ (counter|gauge|histogram|summary)$/m)
    const samples = metrics.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of samples) expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{[^}]*\})? [-+.\deE]+(Inf|NaN)?$/)
  })
})

test('many requests on one connection and many connections are all answered', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => (await server.anonymous.get(n % 2 ? path : NOTES_URL)).status),
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
})

describe('text in a query', () => {
  test.each([
    ['filter=text:eq:%ff'],
    ['where=doc.text%20==%20%22%C3%28%22'],
    ['sort=%ED%A0%80'],
    ['limit=1&nothing=%80'],
  ])('that is not UTF-8 is refused, not replaced: %s', async (query) => {
    expectError(await server.api.get(`${NOTES_URL}?${query}`), 'INVALID_REQUEST')
  })

  test('may contain stray percent signs and any Unicode letters', async () => {
    for (const query of [
      'filter=text:like:%',
      'filter=text:like:%é',
      'filter=text:like:%25%C3%A9%',
      'filter=text:eq:%EF%BF%BD',
    ])
      expectStatus(await server.api.get(`${NOTES_URL}?${query}`), 200)
  })
})
