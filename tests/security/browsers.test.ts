import { describe, expect, test } from 'bun:test'
import { type ApiResponse, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { NO_LIMITS, PASSWORD, SCHEMA, signUp } from './accounts'

const APP = 'https://app.example.com'
const EVIL = 'https://evil.example.com'
const server = useServer({
  schema: SCHEMA,
  settings: `${NO_LIMITS}server: { cors: { origins: ["${APP}"], credentials: true } }\n`,
})

/** Signs somebody new in with cookies. */
async function inBrowser() {
  const { email, id } = await signUp(server)
  const response = await server.anonymous.post('/api/auth/login?cookies=true', { email, password: PASSWORD })
  const cookies = cookiesOf(expectStatus(response, 200))
  return { email, id, response, cookies, csrf: response.body.csrf_token as string }
}
const cookiesOf = ({ headers }: ApiResponse) =>
  new Map(
    headers
      .getSetCookie()
      .map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1).split(';')[0] ?? '']),
  )
const header = (cookies: ReadonlyMap<string, string>) => [...cookies].map((pair) => pair.join('=')).join('; ')
const me = (cookie: string) => server.anonymous.get('/api/auth/me', { headers: { cookie } })

describe('cookie mode', () => {
  test('gives no token to scripts, and cookies as narrow as can be', async () => {
    const { response } = await inBrowser()
    expect(response.text).not.toContain('access_token')
    expect(response.text).not.toContain('refresh_token')
    const [access = '', refresh = '', csrf = ''] = response.headers.getSetCookie()
    expect(access).toMatch(/^koyalite_access_[0-9a-f]{8}=.*; Path=\/; HttpOnly; SameSite=Lax/)
    expect(refresh).toMatch(/^koyalite_refresh_[0-9a-f]{8}=.*; Path=\/api\/auth; HttpOnly; SameSite=Strict/)
    expect(csrf).toMatch(/^koyalite_csrf_[0-9a-f]{8}=.*SameSite=Strict/)
    expect(csrf).not.toContain('HttpOnly')
  })

  test('lets a cookie read; what changes something needs the token of the same session', async () => {
    const [ann, eve] = [await inBrowser(), await inBrowser()]
    const cookie = header(ann.cookies)
    expectStatus(await me(cookie), 200)
    const changes: [string, string, unknown?][] = [
      ['PATCH', '/api/auth/me', { name: 'x' }],
      ['POST', '/api/collections/notes', { text: 'x' }],
      ['POST', '/api/batch', { operations: [{ op: 'create', collection: 'notes', data: { text: 'x' } }] }],
      ['PATCH', `/api/collections/users/${ann.id}`, { name: 'x' }],
      ['DELETE', '/api/auth/sessions'],
      ['POST', '/api/auth/password/change', { current_password: PASSWORD, new_password: `${PASSWORD}1` }],
      ['POST', '/api/auth/mfa/totp/enroll', {}],
      ['POST', '/api/auth/logout'],
    ]
    for (const [method, path, json] of changes) {
      for (const token of [undefined, '', 'x', eve.csrf]) {
        const headers = { cookie, ...(token === undefined ? {} : { 'x-csrf-token': token }) }
        expectError(
          await server.anonymous.request(method, path, { headers, ...(json === undefined ? {} : { json }) }),
          'FORBIDDEN',
        )
      }
    }
    // A sibling domain can plant the cookie that scripts read; the session knows another.
    const csrfCookie = [...ann.cookies.keys()].find((name) => name.startsWith('koyalite_csrf_')) ?? ''
    const planted = header(new Map([...ann.cookies, [csrfCookie, 'planted']]))
    const headers = { cookie: planted, 'x-csrf-token': 'planted' }
    expectError(await server.anonymous.post('/api/collections/notes', { text: 'x' }, headers), 'FORBIDDEN')
    expectStatus(
      await server.anonymous.post('/api/collections/notes', { text: 'x' }, { cookie, 'x-csrf-token': ann.csrf }),
      201,
    )
    expect((await me(cookie)).body.name).toBeNull()
  })

  test('does not count the token of a page that may not have it: the browser says whose it is', async () => {
    const { cookies, csrf } = await inBrowser()
    const shown = { cookie: header(cookies), 'x-csrf-token': csrf }
    const own = server.process.url
    const foreign: Record<string, string>[] = [
      { origin: EVIL },
      { origin: 'null' },
      { origin: own.replace(/\d+$/, '1') },
      { origin: own.replace('http:', 'ftp:') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: EVIL, 'sec-fetch-site': 'same-origin' },
    ]
    for (const page of foreign) {
      const headers = { ...shown, ...page }
      for (const [method, path, json] of [
        ['POST', '/api/collections/notes', { text: 'x' }],
        ['PATCH', '/api/auth/me', { name: 'x' }],
        ['POST', '/api/auth/refresh', undefined],
        ['POST', '/api/auth/logout', undefined],
      ] as const) {
        const response = await server.anonymous.request(method, path, { headers, ...(json && { json }) })
        expectError(response, 'FORBIDDEN')
        expect(response.text).toMatch(/Pages of this origin may not use|available only to pages of this server/)
      }
    }
    const ours = [{}, { origin: own }, { origin: own, 'sec-fetch-site': 'same-origin' }, { origin: APP }]
    for (const page of ours)
      expectStatus(await server.anonymous.post('/api/collections/notes', { text: 'x' }, { ...shown, ...page }), 201)
    expectStatus(await me(header(cookies)), 200)
  })

  test('renews only what comes with the token, and ends the session for both cookies', async () => {
    const { cookies, csrf } = await inBrowser()
    const cookie = header(cookies)
    expectError(await server.anonymous.post('/api/auth/refresh', undefined, { cookie }), 'FORBIDDEN')
    const renewed = expectStatus(
      await server.anonymous.post('/api/auth/refresh', undefined, { cookie, 'x-csrf-token': csrf }),
      200,
    )
    expect(renewed.text).not.toContain('refresh_token')
    const next = cookiesOf(renewed)
    const out = await server.anonymous.post('/api/auth/logout', undefined, {
      cookie: header(next),
      'x-csrf-token': renewed.body.csrf_token,
    })
    expect([...cookiesOf(expectStatus(out, 204)).values()]).toEqual(['', '', ''])
    for (const jar of [cookies, next]) expectError(await me(header(jar)), 'UNAUTHENTICATED')
  })
})

describe('a sign-in', () => {
  test('makes a session of its own, whatever cookies a browser came with', async () => {
    const eve = await inBrowser()
    const { email, id } = await signUp(server)
    const fixed = { cookie: header(eve.cookies), 'x-csrf-token': eve.csrf }
    const ann = await server.anonymous.post('/api/auth/login?cookies=true', { email, password: PASSWORD }, fixed)
    const cookies = cookiesOf(expectStatus(ann, 200))
    for (const [name, value] of cookies) expect(eve.cookies.get(name)).not.toBe(value)
    expect((await me(header(eve.cookies))).body.id).toBe(eve.id)
    expect((await me(header(cookies))).body.id).toBe(id)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'cannot be sent by a form of another site: %s',
    async (type) => {
      const { email } = await signUp(server)
      const raw = JSON.stringify({ email, password: PASSWORD })
      for (const path of [
        'login?cookies=true',
        'register?cookies=true',
        'magic-link?cookies=true',
        'refresh',
        'password/forgot',
      ]) {
        const response = await server.anonymous.request('POST', `/api/auth/${path}`, {
          raw,
          headers: { 'content-type': type, origin: EVIL },
        })
        expect([path, response.status]).toEqual([path, path.endsWith('cookies=true') ? 403 : 415])
        expect(response.headers.getSetCookie()).toEqual([])
      }
    },
  )
})

describe('pages of other origins', () => {
  test('are told by no answer that they may read it or send cookies', async () => {
    const { cookies } = await inBrowser()
    const cookie = header(cookies)
    for (const origin of [EVIL, 'null', `${APP}.evil.example.com`, APP.replace('https', 'http'), `${APP}:8443`]) {
      const preflight = await server.anonymous.request('OPTIONS', '/api/auth/login', {
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      })
      const read = await server.anonymous.get('/api/auth/me', { headers: { origin, cookie } })
      for (const { headers } of [preflight, read])
        expect(headers.get('access-control-allow-origin') ?? '').not.toBe(origin)
      for (const { headers } of [preflight, read]) expect(headers.get('access-control-allow-origin')).not.toBe('*')
    }
    const known = await server.anonymous.get('/api/auth/me', { headers: { origin: APP, cookie } })
    expect(known.headers.get('access-control-allow-origin')).toBe(APP)
    expect(known.headers.get('access-control-allow-credentials')).toBe('true')
    expect(known.headers.get('vary')?.toLowerCase()).toContain('origin')
  })
})

test('what names somebody is kept by no cache', async () => {
  const ann = await signUp(server)
  for (const path of [
    '/api/auth/me',
    '/api/auth/sessions',
    '/api/auth/mfa',
    '/api/auth/passkeys',
    '/api/auth/identities',
  ])
    expect(expectStatus(await ann.api.get(path), 200).headers.get('cache-control')).toBe('no-store')
})
