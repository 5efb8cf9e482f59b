import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { freePort, until, useServer } from '@koyalite/testkit'
import type { Browser, Page } from 'playwright-core'
import { BROWSER, launchBrowser, OWNER } from '../studio/studio-browser'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`
const PAGE = '<!doctype html><title>app</title><script src="/public/app.js"></script>'
/** What a script of the app can try. */
const SCRIPT = `
window.attempt = async (url, init) => {
  try {
    const response = await fetch(url, { credentials: 'include', ...init })
    return { status: response.status, type: response.type, text: await response.text() }
  } catch (error) {
    return { status: 0, type: 'error', text: String(error) }
  }
}
`
const WORKER = `self.addEventListener('fetch', (event) => event.respondWith(new Response('mine')))`
const files = { 'public/index.html': PAGE, 'public/app.js': SCRIPT, 'public/sw.js': WORKER }

interface Attempt {
  readonly status: number
  readonly type: string
  readonly text: string
}

describe('beside pages of the app, the studio has an origin of its own', () => {
  const port = freePort()
  const server = useServer({ schema: SCHEMA, files, port, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  const studio = () => `http://127.0.0.1:${port + 1}`
  const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers, redirect: 'manual' })

  test('there it answers, and nothing of the app does', async () => {
    expect((await get(`${studio()}/_/`)).headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect((await get(`${studio()}/`)).headers.get('location')).toBe('/_/')
    for (const path of ['/api/collections/posts', '/api/auth/me', '/public/index.html', '/api/docs', '/metrics'])
      expect([path, (await get(studio() + path)).status]).toEqual([path, 404])
    expect((await get(`${studio()}/_/`, { host: 'rebound.example.com' })).status).toBe(403)
    await server.process.said(`${studio()}/_/auth/setup#token=`)
  })

  test('at the app there is no studio and no session of operators, while keys go on', async () => {
    const app = server.process.url
    expect((await get(`${app}/_/`)).status).toBe(404)
    expect((await get(`${app}/_/assets/x.js`)).status).toBe(404)
    const login = await fetch(`${app}/api/admin/login?cookies=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(OWNER),
    })
    expect([login.status, login.headers.getSetCookie()]).toEqual([403, []])
    expect((await server.api.get('/api/admin/users')).status).toBe(200)
  })

  test('only a file of the app can be a service worker', async () => {
    const asked = { 'service-worker': 'script' }
    expect((await get(`${server.process.url}/public/sw.js`, asked)).status).toBe(200)
    expect((await get(`${server.process.url}/api/collections/posts`, asked)).status).toBe(403)
    expect((await get(`${studio()}/_/`, asked)).status).toBe(403)
    expect((await get(`${studio()}/_/icon.svg`, asked)).status).toBe(403)
  })

  describe.skipIf(BROWSER === null)('in a browser where an operator is signed in', () => {
    let browser: Browser
    let app: Page
    beforeAll(async () => {
      browser = await launchBrowser()
      const context = await browser.newContext()
      const page = await context.newPage()
      const link = () => /http\S+\/_\/auth\/setup#token=[\w-]+/.exec(server.process.output())?.[0]
      await until(() => link() !== undefined)
      await page.goto(link() ?? '')
      await page.getByLabel('Email address').fill(OWNER.email)
      await page.getByLabel('Password').fill(OWNER.password)
      await page.getByRole('button', { name: 'Set up' }).click()
      await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
      app = await context.newPage()
      await app.goto(`${server.process.url}/public/index.html`)
    }, 60_000)
    afterAll(() => browser?.close())
    const attempt = (url: string, init: object = {}) =>
      app.evaluate<Attempt>(`attempt(${JSON.stringify(url)}, ${JSON.stringify(init)})`)

    test('a page of the app reads and changes nothing as them, at either address', async () => {
      const before = (await server.api.get('/api/collections/posts?count=true')).body.total
      const post = { method: 'POST', body: '{"title":"x"}', headers: { 'content-type': 'application/json' } }
      const simple = {
        method: 'POST',
        body: '{"title":"x"}',
        headers: { 'content-type': 'text/plain' },
        mode: 'no-cors',
      }
      for (const base of [server.process.url, studio()]) {
        for (const path of ['/api/admin/users', '/api/admin/operators', '/api/admin/data/collections/posts']) {
          const read = await attempt(base + path)
          expect([path, read.status === 0 || read.status === 401]).toEqual([path, true])
          expect(read.text).not.toContain('owner@example.com')
        }
        for (const init of [post, simple]) {
          for (const path of ['/api/admin/session', '/api/admin/data/collections/posts', '/api/admin/keys']) {
            const written = await attempt(base + path, init)
            expect([path, [0, 401, 403].includes(written.status)]).toEqual([path, true])
            expect(written.text).not.toContain('csrf_token')
          }
        }
      }
      expect((await server.api.get('/api/collections/posts?count=true')).body.total).toBe(before)
      expect((await server.api.get('/api/admin/keys')).body.keys.length).toBe(1)
    })

    test('its service worker and its frames do not get the studio', async () => {
      const scope = await app.evaluate<string>(
        `navigator.serviceWorker.register('/public/sw.js').then((one) => one.scope, (error) => String(error))`,
      )
      expect(scope).toBe(`${server.process.url}/public/`)
      const wider = await app.evaluate<string>(
        `navigator.serviceWorker.register('/public/sw.js', { scope: '/' }).then((one) => one.scope, (error) => error.name)`,
      )
      expect(wider).toBe('SecurityError')
      const seen = await app.evaluate<string>(`new Promise((resolve) => {
        const frame = document.createElement('iframe')
        frame.onload = () => { try { resolve(frame.contentDocument?.body.innerText ?? 'nothing') } catch (error) { resolve('nothing') } }
        frame.src = ${JSON.stringify(`${studio()}/_/`)}
        document.body.append(frame)
      })`)
      expect(seen).toBe('nothing')
      const opened = await app.evaluate<string>(`(async () => {
        const other = window.open(${JSON.stringify(`${studio()}/_/`)})
        for (let i = 0; i < 200 && other !== null && !other.closed; i++) await new Promise((next) => setTimeout(next, 10))
        return other === null || other.closed ? 'severed' : 'held'
      })()`)
      expect(opened).toBe('severed')
    })
  })
})

describe('studio.same_origin', () => {
  const server = useServer({ schema: SCHEMA, files, settings: 'studio: { same_origin: true }' })

  test('serves it at the address of the app, which every start says in a sentence', async () => {
    expect((await fetch(`${server.process.url}/_/`)).status).toBe(200)
    await until(() => server.process.output().includes('scripts of your app can act as your operators'))
    const { findings } = (await server.api.get('/api/admin/doctor')).body
    expect(findings.find(({ check }: { check: string }) => check === 'studio').level).toBe('note')
  })
})

describe('studio.host', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'studio: { host: studio.example.com }\nserver: { url: "https://app.example.com" }',
  })
  const get = (path: string, host: string) =>
    fetch(server.process.url + path, { headers: { host }, redirect: 'manual' })

  test('is a name under which the studio answers, and the app does not', async () => {
    expect((await get('/_/', 'studio.example.com')).status).toBe(200)
    expect((await get('/api/collections/posts', 'studio.example.com')).status).toBe(404)
    expect((await get('/_/', 'app.example.com')).status).toBe(404)
    expect((await get('/api/collections/posts', 'app.example.com')).status).toBe(200)
    expect((await get('/api/admin/users', 'studio.example.com')).status).toBe(401)
    await server.process.said('https://studio.example.com/_/auth/setup#token=')
  })
})
