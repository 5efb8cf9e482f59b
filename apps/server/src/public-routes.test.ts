import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANONYMOUS } from '@koyalite/contracts'
import { createHttpApp, createMetrics, NO_LOG } from '@koyalite/kernel'
import { publicRoutes } from './public-routes'

const dir = mkdtempSync(join(tmpdir(), 'koyalite-public-'))
afterAll(() => rmSync(dir, { recursive: true }))
mkdirSync(join(dir, 'public'))
writeFileSync(join(dir, 'schema.yaml'), 'secret')
writeFileSync(join(dir, 'public', 'live.html'), '<p>')
writeFileSync(join(dir, 'public', '.env'), 'secret')
writeFileSync(join(dir, 'public', 'notes.txt'), 'secret')

const app = createHttpApp({
  routes: publicRoutes(join(dir, 'public')),
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
const get = (path: string) => app.fetch(new Request(`http://localhost${path}`), { ip: '' })

test('a page is served with its type and a policy', async () => {
  const response = await get('/public/live.html')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(await response.text()).toBe('<p>')
})

test.each([
  '/public/',
  '/public/none.html',
  '/public/.env',
  '/public/notes.txt',
  '/public/..%2fschema.yaml',
  '/public/%2e%2e%2fschema.yaml',
  '/public/live.html%00.html',
  '/public/..%5cschema.yaml',
])('nothing else is: %s', async (path) => {
  expect((await get(path)).status).toBe(404)
})
