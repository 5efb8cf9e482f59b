import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { makeOperator } from '../testing/make-operator'
import { type AuthTester, PASSWORD, startAuth, type TestResponse } from '../testing/start-auth'

const ANN = { email: 'ann@example.com', password: PASSWORD }
const HOME = 'http://localhost:8090'
const APP = 'https://app.example.com'
const MINUTE = 60_000

let auth: AuthTester
const open = async (settings: Record<string, string> = {}) => {
  auth = await startAuth({
    settings: { 'server.cors.origins': APP, 'server.cors.credentials': 'true', ...settings },
  })
  await auth.post('/api/auth/register', ANN)
}
beforeEach(() => open())
afterEach(() => auth.close())

type Jar = Readonly<Record<string, string>>
const jarOf = ({ headers }: TestResponse): Jar =>
  Object.fromEntries(headers.getSetCookie().map((one) => one.split(';', 1)[0]?.split('=') as [string, string]))
const cookieOf = (jar: Jar) =>
  Object.entries(jar)
    .map((pair) => pair.join('='))
    .join('; ')
/** Names of the cookies that a response takes away, without the instance's id. */
const cleared = ({ headers }: TestResponse) =>
  headers
    .getSetCookie()
    .filter((one) => one.includes('Max-Age=0'))
    .map((one) => /koyalite_([a-z]+)/.exec(one)?.[1])
    .toSorted()
const named = (name: string) => `koyalite_${name}_${auth.runtime.instance.shortId}`

async function signIn() {
  const response = await auth.post('/api/auth/login?cookies=true', ANN)
  const jar = jarOf(response)
  return { jar, cookie: cookieOf(jar), csrf: String(response.body.csrf_token), response }
}
const write = (headers: Record<string, string>) => auth.call('PATCH', '/api/auth/me', { name: 'x' }, { headers })
const me = (cookie: string) => auth.get('/api/auth/me', { headers: { cookie } })

describe('an access cookie', () => {
  test('C1 lives as long as its session; expired it is a 401 until it is renewed, and never anonymous', async () => {
    const { cookie, csrf, response } = await signIn()
    for (const one of response.headers.getSetCookie()) expect(one).toContain(`Max-Age=${30 * 86_400}`)
    expect((await me(cookie)).status).toBe(200)
    auth.clock.now += 16 * MINUTE
    const headers = { cookie, 'x-csrf-token': csrf }
    const both = await Promise.all([write(headers), write(headers), me(cookie)])
    for (const one of both) {
      expect(one.status).toBe(401)
      expect(one.headers.getSetCookie()).toEqual([])
      expect(one.body.error.message).toContain('/api/auth/refresh')
    }
    const renewed = await auth.post('/api/auth/refresh', {}, { headers })
    expect(renewed.status).toBe(200)
    expect((await write({ cookie: cookieOf(jarOf(renewed)), 'x-csrf-token': csrf })).status).toBe(200)
  })

  test('C1 of an ended session is a 401 that clears it, once', async () => {
    const { jar, cookie, csrf } = await signIn()
    expect((await auth.post('/api/auth/logout', {}, { headers: { cookie, 'x-csrf-token': csrf } })).status).toBe(204)
    const first = await me(cookie)
    expect(first.status).toBe(401)
    expect(cleared(first)).toEqual(['access', 'csrf', 'refresh'])
    // The browser no longer has any of them, so the caller is anonymous.
    expect(Object.keys(jar).every((name) => name.endsWith(auth.runtime.instance.shortId))).toBe(true)
    expect((await me('')).headers.getSetCookie()).toEqual([])
  })

  test.each(['nonsense', 'a.b.c', 'a.b.c.d', 'kl_key'])(
    'C1 that is not ours (%s) is a 401 that takes it away',
    async (value) => {
      const response = await me(`${named('access')}=${value}`)
      expect(response.status).toBe(401)
      expect(cleared(response)).toEqual(['access'])
    },
  )

  test('C1 is not valid as a bearer token, nor the reverse', async () => {
    const { jar } = await signIn()
    const { access } = await auth.user('ben@example.com')
    expect((await auth.get('/api/auth/me', { token: jar[named('access')] ?? '' })).status).toBe(401)
    expect((await auth.get('/api/auth/me', { token: access })).status).toBe(200)
    expect((await me(`${named('access')}=${access}`)).status).toBe(401)
  })

  test('C1 of another name, as of another project on this host, is ignored', async () => {
    const { jar } = await signIn()
    for (const name of ['koyalite_access', 'koyalite_access_00000000']) {
      const response = await auth.get('/api/auth/providers', { headers: { cookie: `${name}=x` } })
      expect(response.status).toBe(200)
      expect((await me(`${name}=${jar[named('access')]}`)).headers.getSetCookie()).toEqual([])
    }
  })

  test('C1 survives a new signing key and another secret: the session is what counts', async () => {
    const { cookie, csrf } = await signIn()
    for (let n = 0; n < 3; n++) {
      auth.clock.now += 3 * 86_400_000 * (n === 0 ? 1 : 0.5)
      await auth.runtime.signingKeys.rotate()
    }
    const response = await me(cookie)
    expect(response.status).toBe(401)
    expect(response.headers.getSetCookie()).toEqual([])
    expect((await auth.post('/api/auth/refresh', {}, { headers: { cookie, 'x-csrf-token': csrf } })).status).toBe(200)
  })

  test('C1 of a deleted or blocked user is cleared', async () => {
    const { cookie, response } = await signIn()
    await auth.post(`/api/admin/users/${response.body.user.id}/block`, {}, { system: true })
    expect(cleared(await me(cookie))).toEqual(['access', 'csrf', 'refresh'])
  })
})

describe('signing in again', () => {
  test('C2 is never stopped by a stale or foreign cookie', async () => {
    const { cookie } = await signIn()
    auth.clock.now += 16 * MINUTE
    for (const stale of [cookie, `${named('access')}=nonsense`, `${named('access')}=x; ${named('refresh')}=y`]) {
      expect((await auth.post('/api/auth/login?cookies=true', ANN, { headers: { cookie: stale } })).status).toBe(200)
      const asked = await auth.post('/api/auth/password/forgot', { email: ANN.email }, { headers: { cookie: stale } })
      expect(asked.status).toBe(200)
    }
  })
})

describe('cookies of another project on the host, or from before they had its id', () => {
  const OTHERS = [
    'koyalite_access_0a1b2c3d=x.y.z; koyalite_csrf_0a1b2c3d=x',
    'koyalite_refresh=kr_x',
    '__Host-koyalite_access_0a1b2c3d=x',
  ]

  test.each(OTHERS)('%s: nothing to end, and nothing to renew', async (cookie) => {
    const headers = { cookie, origin: HOME }
    expect((await auth.post('/api/auth/logout', undefined, { headers })).status).toBe(204)
    for (const body of [undefined, {}]) {
      expect((await auth.post('/api/auth/refresh', body, { headers })).status).toBe(401)
    }
  })

  test('without any, a sign-out says that something is missing', async () => {
    const headers = { cookie: 'theme=dark; my_koyalite_access=1' }
    expect((await auth.post('/api/auth/logout', undefined, { headers })).status).toBe(401)
    expect((await auth.post('/api/auth/refresh', {}, { headers })).status).toBe(422)
  })
})

test('an expired or foreign cookie does not stop a sign-in with a passkey', async () => {
  const { cookie, jar } = await signIn()
  auth.clock.now += 16 * MINUTE
  const foreign = cookieOf(Object.fromEntries(Object.keys(jar).map((name) => [name, 'x'])))
  for (const sent of [cookie, foreign]) {
    const options = await auth.post('/api/auth/passkeys/options', { for: 'login' }, { headers: { cookie: sent } })
    expect(options.status).toBe(200)
    const making = await auth.post('/api/auth/passkeys/options', { for: 'register' }, { headers: { cookie: sent } })
    expect(making.status).toBe(401)
  }
})

describe('logout', () => {
  test.each([
    ['an expired cookie', 16 * MINUTE, (jar: Jar) => jar],
    ['a session that is over', 40 * 86_400_000, (jar: Jar) => jar],
    ['a foreign cookie', 0, (_jar: Jar) => ({ [named('access')]: 'nonsense' })],
    ['a stale refresh cookie', 0, (_jar: Jar) => ({ [named('refresh')]: 'nonsense' })],
    ['what pages read', 0, (_jar: Jar) => ({ [named('csrf')]: 'nonsense' })],
  ] as [string, number, (jar: Jar) => Jar][])(
    'C3 with %s succeeds and takes the cookies away',
    async (_name, later, sent) => {
      const { jar } = await signIn()
      auth.clock.now += later
      const response = await auth.post('/api/auth/logout', undefined, { headers: { cookie: cookieOf(sent(jar)) } })
      expect(response.status).toBe(204)
      expect(cleared(response)).toEqual(['access', 'csrf', 'refresh'])
    },
  )

  test('C3 with an expired cookie ends the session', async () => {
    const { cookie, csrf } = await signIn()
    auth.clock.now += 16 * MINUTE
    expect((await auth.post('/api/auth/logout', {}, { headers: { cookie } })).status).toBe(204)
    expect((await auth.post('/api/auth/refresh', {}, { headers: { cookie, 'x-csrf-token': csrf } })).status).toBe(401)
  })

  test('C3 of an open session needs its token, or a page that may use its cookies', async () => {
    const { cookie } = await signIn()
    const out = (headers: Record<string, string>) =>
      auth.post('/api/auth/logout', undefined, { headers: { cookie, ...headers } })
    expect((await out({})).status).toBe(403)
    expect((await out({ origin: 'https://evil.example.com' })).status).toBe(403)
    expect((await out({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await me(cookie)).status).toBe(200)
    expect((await out({ origin: HOME, 'sec-fetch-site': 'same-origin' })).status).toBe(204)
    expect((await me(cookie)).status).toBe(401)
  })
})

describe('refresh', () => {
  test('C4 accepts an empty body and no body', async () => {
    const { cookie, csrf } = await signIn()
    const headers = { cookie, 'x-csrf-token': csrf }
    expect((await auth.post('/api/auth/refresh', undefined, { headers })).status).toBe(200)
    expect((await auth.post('/api/auth/refresh', {}, { headers })).status).toBe(200)
    expect((await auth.post('/api/auth/refresh', {}, { headers: { cookie } })).status).toBe(403)
    expect((await auth.post('/api/auth/refresh', {})).status).toBe(422)
  })

  test('C4 that finds nothing clears what has ended, and nothing of an open session', async () => {
    const { jar, csrf } = await signIn()
    const sent = (cookies: Jar) =>
      auth.post('/api/auth/refresh', {}, { headers: { cookie: cookieOf(cookies), 'x-csrf-token': csrf } })
    expect(cleared(await sent({ ...jar, [named('refresh')]: 'gone' }))).toEqual(['refresh'])
    expect(cleared(await sent({ [named('refresh')]: 'gone' }))).toEqual(['access', 'csrf', 'refresh'])
    auth.clock.now += 40 * 86_400_000
    const over = await sent(jar)
    expect(over.status).toBe(401)
    expect(cleared(over)).toEqual(['access', 'csrf', 'refresh'])
  })

  test('C4 with a reused cookie ends the session, and the response clears the cookies', async () => {
    const { jar, cookie, csrf } = await signIn()
    const refresh = () => auth.post('/api/auth/refresh', {}, { headers: { cookie, 'x-csrf-token': csrf } })
    const next = jarOf(await refresh())
    auth.clock.now += 11_000
    const replayed = await refresh()
    expect(replayed.status).toBe(401)
    expect(cleared(replayed)).toEqual(['access', 'csrf', 'refresh'])
    expect(next[named('refresh')]).not.toBe(jar[named('refresh')])
    expect((await me(cookieOf(next))).status).toBe(401)
  })
})

describe('the CSRF token', () => {
  const ask = (cookie: string, headers: Record<string, string> = {}) =>
    auth.get('/api/auth/csrf', { headers: { cookie, ...headers } })

  test('C5 can be read again with either cookie, expired or not, and is the same for the whole session', async () => {
    const { jar, cookie, csrf } = await signIn()
    expect((await ask(cookie)).body).toEqual({ csrf_token: csrf })
    expect((await ask(`${named('access')}=${jar[named('access')]}`)).body.csrf_token).toBe(csrf)
    expect((await ask(`${named('refresh')}=${jar[named('refresh')]}`)).body.csrf_token).toBe(csrf)
    auth.clock.now += 16 * MINUTE
    const again = await ask(cookie)
    expect(again.body.csrf_token).toBe(csrf)
    expect(again.headers.get('cache-control')).toContain('no-store')
    const headers = { cookie, 'x-csrf-token': csrf }
    expect((await auth.post('/api/auth/refresh', {}, { headers })).body.csrf_token).toBe(csrf)
    expect((await signIn()).csrf).not.toBe(csrf)
    expect((await ask('')).status).toBe(401)
  })

  test('C5 is for the same origin, and for those that may send cookies', async () => {
    const { cookie, csrf } = await signIn()
    for (const headers of [
      { origin: HOME },
      { origin: APP, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin' },
    ])
      expect((await ask(cookie, headers)).body.csrf_token).toBe(csrf)
    for (const headers of [
      { origin: 'https://evil.example.com' },
      { origin: 'null' },
      { origin: 'http://localhost:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const refused = await ask(cookie, headers as Record<string, string>)
      expect(refused.status).toBe(403)
      expect(refused.text).not.toContain(csrf)
      expect(
        (
          await auth.post(
            '/api/auth/refresh',
            {},
            { headers: { cookie, 'x-csrf-token': csrf, ...headers } as Record<string, string> },
          )
        ).status,
      ).toBe(403)
      const login = await auth.post('/api/auth/login?cookies=true', ANN, { headers: headers as Record<string, string> })
      expect(login.status).toBe(403)
      expect(login.headers.getSetCookie()).toEqual([])
    }
  })
})

describe("an operator's cookie", () => {
  async function operatorInBrowser() {
    const { email } = await makeOperator(auth, 'owner')
    const response = await auth.post('/api/admin/login?cookies=true', { email, password: PASSWORD })
    return { response, cookie: cookieOf(jarOf(response)), csrf: String(response.body.csrf_token) }
  }
  const OWN = { origin: HOME, 'sec-fetch-site': 'same-origin' }
  const session = (headers: Record<string, string>) => auth.post('/api/admin/session', undefined, { headers })

  test('C6 is separate, unreadable by scripts, and valid under /api/admin/ only', async () => {
    const { response, cookie, csrf } = await operatorInBrowser()
    expect(response.status).toBe(200)
    expect(response.text).not.toContain('token":"ey')
    const [only, ...more] = response.headers.getSetCookie()
    expect(more).toEqual([])
    expect(only).toStartWith(`${named('operator')}=`)
    for (const attribute of ['Path=/api/admin', 'SameSite=Strict', 'HttpOnly']) expect(only).toContain(attribute)
    expect(only).not.toContain(csrf)
    expect((await auth.get('/api/admin/operators', { headers: { cookie } })).status).toBe(200)
    const make = (headers: Record<string, string>) =>
      auth.post('/api/admin/keys', { scopes: [{ scope: 'data:read' }] }, { headers: { cookie, ...headers } })
    expect((await make({})).status).toBe(403)
    expect((await make({ 'x-csrf-token': csrf })).status).toBe(201)
    expect((await auth.get('/api/auth/me', { headers: { cookie } })).status).toBe(401)
    const value = cookie.split('=')[1]
    expect((await me(`${named('access')}=${value}`)).status).toBe(401)
  })

  test("C6 is never valid for a user, nor a user's for an operator", async () => {
    const ann = await signIn()
    const { cookie } = await operatorInBrowser()
    expect((await auth.get('/api/admin/operators', { headers: { cookie: ann.cookie } })).status).toBe(401)
    const value = ann.jar[named('access')]
    const swapped = await auth.get('/api/admin/operators', { headers: { cookie: `${named('operator')}=${value}` } })
    expect(swapped.status).toBe(401)
    expect(cleared(swapped)).toEqual(['operator'])
    // Side by side in one browser: each where it belongs.
    const both = `${ann.cookie}; ${cookie}`
    expect((await me(both)).body.email).toBe(ANN.email)
    expect((await auth.get('/api/admin/operators', { headers: { cookie: both } })).status).toBe(200)
  })

  test('C7 is renewed for a page of this server only; its token is in no cookie', async () => {
    const { cookie, csrf } = await operatorInBrowser()
    for (const headers of [
      {},
      { origin: HOME },
      { 'sec-fetch-site': 'same-origin' },
      { ...OWN, origin: APP },
      { ...OWN, 'sec-fetch-site': 'same-site' },
      { ...OWN, 'sec-fetch-site': 'none' },
    ])
      expect((await session({ cookie, ...headers })).status).toBe(403)
    expect((await session(OWN)).status).toBe(401)
    const again = await session({ cookie, ...OWN })
    expect(again.body).toMatchObject({ csrf_token: csrf, operator: { role: 'owner' } })
    auth.clock.now += 16 * MINUTE
    const expired = await auth.get('/api/admin/operators', { headers: { cookie } })
    expect(expired.status).toBe(401)
    expect(expired.headers.getSetCookie()).toEqual([])
    const renewed = await session({ cookie, ...OWN })
    expect(renewed.status).toBe(200)
    expect((await auth.get('/api/admin/operators', { headers: { cookie: cookieOf(jarOf(renewed)) } })).status).toBe(200)
  })

  test('C7 is issued to pages of this server only, and ended by them', async () => {
    const { email } = await makeOperator(auth, 'owner')
    const login = (headers: Record<string, string>) =>
      auth.post('/api/admin/login?cookies=true', { email, password: PASSWORD }, { headers })
    for (const headers of [
      { origin: APP },
      { origin: 'https://evil.example.com' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      expect((await login(headers)).status).toBe(403)
    }
    const { body, ...rest } = await login(OWN)
    const cookie = cookieOf(jarOf({ body, ...rest }))
    const end = (headers: Record<string, string>) =>
      auth.call('DELETE', '/api/admin/session', undefined, { headers: { cookie, ...headers } })
    expect((await end({ origin: APP, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const ended = await end({ 'x-csrf-token': body.csrf_token })
    expect([ended.status, cleared(ended)]).toEqual([204, ['operator']])
    expect(cleared(await auth.get('/api/admin/operators', { headers: { cookie } }))).toEqual(['operator'])
    expect((await end({})).status).toBe(204)
  })

  test('C7 requires the second factor', async () => {
    const { cookie, csrf } = await operatorInBrowser()
    const headers = { cookie, 'x-csrf-token': csrf }
    expect((await auth.get('/api/admin/mfa', { headers })).status).toBe(200)
    expect((await auth.post('/api/admin/mfa/totp/enroll', {}, { headers })).status).toBe(200)
    expect((await auth.get('/api/admin/mfa', { token: (await auth.user('ben@example.com')).access })).status).toBe(403)
  })
})

test('I1 a token of another instance is invalid, even with the same secret and users', async () => {
  const settings = { 'auth.jwt.secret': 'one secret for both of them, 32 characters' }
  const [one, other] = [await startAuth({ settings }), await startAuth({ settings })]
  const { access } = await one.user()
  for (const [server, status] of [
    [one, 200],
    [other, 401],
  ] as const)
    expect((await server.get('/api/auth/me', { token: access })).status).toBe(status)
  await one.close()
  await other.close()
})
