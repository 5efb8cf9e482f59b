import { expect, test } from 'bun:test'
import { ANONYMOUS } from '@koyalite/contracts'
import { createHttpApp, createMetrics, EVERYONE, NO_LOG } from '@koyalite/kernel'
import { docsRoutes } from './docs-page'

const app = createHttpApp({
  routes: docsRoutes(EVERYONE),
  settings: {
    host: '127.0.0.1',
    url: null,
    cors: { origins: ['*'], credentials: false },
    headers: {},
    max_body: 1000,
    trust_proxy: false,
  },
  log: NO_LOG,
  metrics: createMetrics().http,
  authenticate: () => ANONYMOUS,
})
const get = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
  app.fetch(new Request(`http://localhost${path}`, { headers: { ...headers } }), { ip: '' })

test('the page runs nothing inline and loads nothing from elsewhere', async () => {
  const response = await get('/api/docs')
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('http')
  const html = await response.text()
  expect(html).not.toMatch(/https?:/)
  expect(html).not.toMatch(/<script(?![^>]*src=)/)
  expect(html).not.toMatch(/<style| style=| on\w+=/)
})

test('its files are there, may be cached for good, and are compressed for those who ask', async () => {
  const html = await (await get('/api/docs')).text()
  const paths = [...html.matchAll(/(?:href|src)="(\/api\/docs\/[^"]+)"/g)].map(([, path]) => path as string)
  expect(paths).toHaveLength(4)
  for (const path of paths) {
    const plain = await get(path)
    expect(plain.status).toBe(200)
    expect(plain.headers.get('content-type')).toStartWith(path.endsWith('.css') ? 'text/css' : 'text/javascript')
    expect(plain.headers.get('cache-control')).toContain('immutable')
    expect(plain.headers.has('content-encoding')).toBe(false)
    const compressed = await get(path, { 'accept-encoding': 'br, gzip;q=0.5' })
    expect(compressed.headers.get('content-encoding')).toBe('gzip')
    const bytes = Bun.gunzipSync(await compressed.arrayBuffer())
    expect(Buffer.from(bytes).equals(Buffer.from(await plain.arrayBuffer()))).toBe(true)
    expect((await get(path, { 'accept-encoding': 'gzip;q=0' })).headers.has('content-encoding')).toBe(false)
  }
})
