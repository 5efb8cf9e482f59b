import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type AuthTester, PASSWORD, startAuth, type TestResponse } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const ANN = { email: 'ann@example.com', password: PASSWORD }

describe('register', () => {
  test('creates a user, signs them in, and sends a link to verify the address', async () => {
    const { status, body, headers } = await auth.post('/api/auth/register', {
      ...ANN,
      email: ' Ann@Example.COM ',
      name: 'Ann',
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      user: { email: 'ann@example.com', name: 'Ann', role: 'user', verified: false },
      token_type: 'Bearer',
      expires_in: 900,
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(JSON.stringify(body)).not.toContain('password')
    expect(auth.mails).toMatchObject([{ template: 'verify_email', to: 'ann@example.com' }])
    expect(auth.mails[0]?.link).toStartWith('http://localhost:8090/')
    expect(auth.events.map(({ event }) => event)).toEqual(['auth.registered', 'auth.login'])
  })

  test('reports all errors at once', async () => {
    const { status, body } = await auth.post('/api/auth/register', {
      email: 'nobody',
      password: 'short',
      name: 'x'.repeat(21),
      shoe: 43,
    })
    expect(status).toBe(422)
    expect(body.error.details.map((detail: { field: string }) => detail.field).sort()).toEqual([
      'email',
      'name',
      'password',
      'shoe',
    ])
    expect((await auth.post('/api/auth/register', {})).body.error.details).toHaveLength(2)
    for (const nonsense of [[], 'text', null, 7])
      expect((await auth.post('/api/auth/register', nonsense)).status).toBe(422)
    expect(auth.counts.hashed).toBe(0)
  })

  test.each([{ role: 'admin' }, { verified: true }, { id: '0190a5f0-7b1c-7def-8abc-0123456789ab' }])(
    'does not let anybody choose %p',
    async (extra) => {
      expect((await auth.post('/api/auth/register', { ...ANN, ...extra })).status).toBe(422)
      expect((await auth.post('/api/auth/login', ANN)).status).toBe(401)
    },
  )

  test('responds for a taken address after the same work', async () => {
    await auth.post('/api/auth/register', ANN)
    const before = auth.counts.hashed
    const { status, body } = await auth.post('/api/auth/register', {
      email: 'ANN@example.com',
      password: 'another password',
    })
    expect(status).toBe(409)
    expect(body.error.code).toBe('CONFLICT')
    expect(auth.counts.hashed).toBe(before + 1)
    expect((await auth.post('/api/auth/login', ANN)).status).toBe(200)
  })

  test('of fifty concurrent requests for one address, one succeeds', async () => {
    const responses = await Promise.all(Array.from({ length: 50 }, () => auth.post('/api/auth/register', ANN)))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(49)
  })

  test('enforces the password policy of the settings', async () => {
    const strict = await startAuth({
      settings: {
        'auth.password.min_length': '12',
        'auth.password.require_uppercase': 'true',
        'auth.password.require_number': 'true',
        'auth.password.require_special': 'true',
      },
    })
    const codes = async (password: unknown) =>
      (await strict.post('/api/auth/register', { email: 'a@example.com', password })).body.error?.details.map(
        (detail: { code: string }) => detail.code,
      )
    expect(await codes('short')).toEqual(['minLength', 'uppercase', 'number', 'special'])
    expect(await codes('x'.repeat(2000))).toContain('maxLength')
    expect(await codes(12)).toEqual(['type'])
    expect(await codes('Correct horse 9!')).toBeUndefined()
    await strict.close()
  })

  test('refuses the most common passwords, unless the settings allow them', async () => {
    const common = async (tester: AuthTester, email: string) =>
      (await tester.post('/api/auth/register', { email, password: 'PassWord1' })).body.error
    expect(await common(auth, 'a@example.com')).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ field: 'password', code: 'common' }],
    })
    const { access } = await auth.user()
    const change = { current_password: PASSWORD, new_password: 'Iloveyou1' }
    const changed = await auth.post('/api/auth/password/change', change, { token: access })
    expect(changed.body.error.details).toMatchObject([{ field: 'new_password', code: 'common' }])
    const lenient = await startAuth({ settings: { 'auth.password.common': 'allow' } })
    expect(await common(lenient, 'a@example.com')).toBeUndefined()
    await lenient.close()
  })
})

describe('login', () => {
  test('recognizes an address in any spelling', async () => {
    await auth.post('/api/auth/register', ANN)
    const { status, body } = await auth.post('/api/auth/login', { email: ' ANN@example.com', password: PASSWORD })
    expect(status).toBe(200)
    expect(body.user.email).toBe('ann@example.com')
  })

  test('responds the same, after the same work, to every failed attempt', async () => {
    await auth.post('/api/auth/register', ANN)
    await auth.post('/api/auth/anonymous')
    const placeholder = auth.database.get({
      text: `SELECT "email" FROM "users" WHERE "email" LIKE '%.invalid'`,
      params: [],
    })?.[0]
    const responses = []
    for (const email of ['ann@example.com', 'nobody@example.com', String(placeholder), 'no address at all']) {
      const before = auth.counts.verified
      const { status, body } = await auth.post('/api/auth/login', { email, password: 'wrong password' })
      expect(auth.counts.verified).toBe(before + 1)
      const { request_id: _id, timestamp: _at, ...error } = body.error
      responses.push(JSON.stringify([status, error]))
    }
    expect(new Set(responses).size).toBe(1)
    expect(responses[0]).toContain('401')
  })

  test('refuses malformed attempts', async () => {
    for (const body of [{}, { email: 'a@example.com' }, { ...ANN, otp: '1' }, { email: {}, password: [] }]) {
      expect((await auth.post('/api/auth/login', body)).status).toBe(422)
    }
    expect(auth.counts.verified).toBe(0)
  })

  test('locks an account after ten wrong passwords in a row, whether it exists or not, longer each time', async () => {
    await auth.post('/api/auth/register', ANN)
    for (const email of ['ann@example.com', 'nobody@example.com']) {
      for (let i = 0; i < 10; i++)
        expect((await auth.post('/api/auth/login', { email, password: 'wrong' })).status).toBe(401)
      const locked = await auth.post('/api/auth/login', { email, password: PASSWORD })
      expect(locked.status).toBe(429)
      expect(locked.headers.get('retry-after')).toBe('30')
    }
    auth.clock.now += 30_000
    expect((await auth.post('/api/auth/login', { ...ANN, password: 'wrong' })).status).toBe(401)
    expect((await auth.post('/api/auth/login', ANN)).headers.get('retry-after')).toBe('60')
    auth.clock.now += 60_000
    expect((await auth.post('/api/auth/login', ANN)).status).toBe(200)
    expect((await auth.post('/api/auth/login', { ...ANN, password: 'wrong' })).status).toBe(401)
    expect((await auth.post('/api/auth/login', ANN)).status).toBe(200)
  })

  test('is limited per address and per account', async () => {
    const limited = await startAuth({ settings: { 'auth.rate_limit.login': '5/minute' } })
    const login = (email: string, ip: string) => limited.post('/api/auth/login', { email, password: 'wrong' }, { ip })
    for (let i = 0; i < 5; i++) expect((await login('ann@example.com', `192.0.2.${i}`)).status).toBe(401)
    const refused = await login('Ann@example.com', '192.0.2.99')
    expect(refused.status).toBe(429)
    expect(refused.body.error.code).toBe('RATE_LIMITED')
    expect(refused.headers.get('retry-after')).toBe('12')
    expect(refused.headers.get('ratelimit-remaining')).toBe('0')
    for (let i = 0; i < 5; i++) expect((await login(`other${i}@example.com`, '203.0.113.1')).status).toBe(401)
    expect((await login('someone@example.com', '203.0.113.1')).status).toBe(429)
    await limited.close()
  })

  test('keeps passwords and anything like one out of the audit log', async () => {
    await auth.post('/api/auth/register', ANN)
    await auth.post('/api/auth/login', { ...ANN, password: 'hunter2 hunter2' })
    expect(JSON.stringify(auth.events)).not.toContain('hunter2')
    expect(auth.events.at(-1)).toMatchObject({ event: 'auth.login', outcome: 'failure', ip: '192.0.2.1' })
  })
})

describe('me', () => {
  test('returns the user, who may change their own fields', async () => {
    const ann = await auth.user()
    const changed = await auth.call('PATCH', '/api/auth/me', { name: 'Ann' }, { token: ann.access })
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({ id: ann.id, name: 'Ann' })
    expect((await auth.get('/api/auth/me', { token: ann.access })).body).toEqual(changed.body)
  })

  test.each([{ role: 'editor' }, { verified: false }, { email: 'x@example.com' }, { id: 'x' }, { shoe: 1 }])(
    'does not let a user change %p',
    async (change) => {
      const ann = await auth.user()
      const before = (await auth.get('/api/auth/me', { token: ann.access })).body
      expect((await auth.call('PATCH', '/api/auth/me', change, { token: ann.access })).status).toBe(422)
      expect((await auth.get('/api/auth/me', { token: ann.access })).body).toEqual(before)
    },
  )

  test('is UNAUTHENTICATED without a token', async () => {
    for (const method of ['GET', 'PATCH'])
      expect((await auth.call(method, '/api/auth/me', method === 'GET' ? undefined : {})).status).toBe(401)
  })
})

describe('anonymous users', () => {
  test('have a session, and keep their document when they register', async () => {
    const { status, body } = await auth.post('/api/auth/anonymous', { name: 'Guest' })
    expect(status).toBe(201)
    const token = body.access_token
    expect((await auth.get('/api/auth/me', { token })).body.id).toBe(body.user.id)
    const promoted = await auth.post('/api/auth/register', ANN, { token })
    expect(promoted.status).toBe(201)
    expect(promoted.body.user).toMatchObject({
      id: body.user.id,
      email: 'ann@example.com',
      name: 'Guest',
      verified: false,
    })
    expect((await auth.get('/api/auth/me', { token })).status).toBe(401)
    expect((await auth.post('/api/auth/login', ANN)).status).toBe(200)
    expect(auth.mails.at(-1)).toMatchObject({ template: 'verify_email', to: 'ann@example.com' })
  })

  test('are promoted once: of fifty concurrent requests, one succeeds', async () => {
    const { access_token: token, user: guest } = (await auth.post('/api/auth/anonymous')).body
    const register = (i: number) =>
      auth.post('/api/auth/register', { email: `guest${i}@example.com`, password: PASSWORD }, { token })
    // The token is known then: all are identified before the first password is hashed.
    await auth.get('/api/auth/me', { token })
    const responses = await Promise.all(Array.from({ length: 50 }, (_, i) => register(i)))
    const made = responses.filter(({ status }) => status === 201).map(({ body }) => body.user.id)
    expect(made).toEqual([guest.id])
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(49)
    expect(auth.events.filter(({ event }) => event === 'auth.promoted')).toHaveLength(1)
    // A later client has a token that counts as none, and creates its own account.
    const later = await register(50)
    expect([later.status, later.body.user.id === guest.id]).toEqual([201, false])
  })

  test('cannot take an address that is taken, or gain rights', async () => {
    await auth.user()
    const { body } = await auth.post('/api/auth/anonymous')
    expect((await auth.post('/api/auth/register', ANN, { token: body.access_token })).status).toBe(409)
    const rise = { email: 'eve@example.com', password: PASSWORD, role: 'admin' }
    expect((await auth.post('/api/auth/register', rise, { token: body.access_token })).status).toBe(422)
    expect((await auth.post('/api/auth/register', { password: PASSWORD }, { token: body.access_token })).status).toBe(
      422,
    )
  })

  test('a full user who registers again creates a second account', async () => {
    const ann = await auth.user()
    const second = await auth.post(
      '/api/auth/register',
      { email: 'bob@example.com', password: PASSWORD },
      { token: ann.access },
    )
    expect(second.status).toBe(201)
    expect(second.body.user.id).not.toBe(ann.id)
  })
})

describe('cookie mode', () => {
  async function signIn() {
    await auth.post('/api/auth/register', ANN)
    const response = await auth.post('/api/auth/login?cookies=true', ANN)
    const cookies = response.headers.getSetCookie()
    const jar = Object.fromEntries(cookies.map((cookie) => cookie.split(';', 1)[0]?.split('=') as [string, string]))
    const cookie = Object.entries(jar)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ')
    return { response, cookies, jar, cookie, csrf: String(jar[`koyalite_csrf_${auth.runtime.instance.shortId}`]) }
  }

  test('exposes no token to scripts', async () => {
    const { response, cookies, csrf } = await signIn()
    expect(response.body).toMatchObject({ csrf_token: csrf, user: { email: 'ann@example.com' } })
    expect(response.text).not.toContain('access_token')
    for (const cookie of cookies) {
      expect(cookie).toMatch(/SameSite=(Lax|Strict)/)
      if (!cookie.startsWith('koyalite_csrf')) expect(cookie).toContain('HttpOnly')
    }
  })

  test('reads are allowed by the cookie, writes need the token of the session as well', async () => {
    const { cookie, csrf } = await signIn()
    expect((await auth.get('/api/auth/me', { headers: { cookie } })).status).toBe(200)
    const patch = (headers: Record<string, string>) => auth.call('PATCH', '/api/auth/me', { name: 'A' }, { headers })
    expect((await patch({ cookie })).status).toBe(403)
    expect((await patch({ cookie, 'x-csrf-token': 'wrong' })).status).toBe(403)
    expect((await patch({ cookie, 'x-csrf-token': csrf })).status).toBe(200)
    // A sibling domain can plant a cookie and know what it planted.
    const planted = cookie.replace(csrf, 'planted')
    expect((await patch({ cookie: planted, 'x-csrf-token': 'planted' })).status).toBe(403)
  })

  test('renews and ends with cookies, only from our own pages', async () => {
    const { cookie, csrf } = await signIn()
    expect((await auth.post('/api/auth/refresh', undefined, { headers: { cookie } })).status).toBe(403)
    const renewed = await auth.post('/api/auth/refresh', undefined, { headers: { cookie, 'x-csrf-token': csrf } })
    expect(renewed.status).toBe(200)
    const fresh = renewed.headers
      .getSetCookie()
      .map((one) => one.split(';', 1)[0])
      .join('; ')
    const token = /koyalite_csrf_\w+=([^;]+)/.exec(fresh)?.[1] ?? ''
    expect((await auth.post('/api/auth/logout', undefined, { headers: { cookie: fresh } })).status).toBe(403)
    const out = await auth.post('/api/auth/logout', undefined, { headers: { cookie: fresh, 'x-csrf-token': token } })
    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie().every((one) => one.includes('Max-Age=0'))).toBe(true)
    expect((await auth.get('/api/auth/me', { headers: { cookie: fresh } })).status).toBe(401)
  })

  describe('a server with an https URL', () => {
    let tls: AuthTester
    beforeEach(async () => {
      tls = await startAuth({ publicUrl: 'https://app.example.com' })
      await tls.post('/api/auth/register', ANN)
    })
    afterEach(() => tls.close())
    const pairs = ({ headers }: TestResponse) => headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '')

    test('limits cookies to TLS and this host', async () => {
      const signedIn = await tls.post('/api/auth/login?cookies=true', ANN)
      const out = await tls.post('/api/auth/logout', undefined, {
        headers: { cookie: pairs(signedIn).join('; '), 'x-csrf-token': signedIn.body.csrf_token },
      })
      expect(out.status).toBe(204)
      for (const { headers } of [signedIn, out]) {
        const cookies = headers.getSetCookie()
        expect(cookies).toHaveLength(3)
        for (const cookie of cookies) {
          const [pair, ...attributes] = cookie.split('; ')
          expect(pair).toStartWith('__Host-koyalite_')
          expect(attributes).toContain('Path=/')
          expect(attributes).toContain('Secure')
          expect(cookie).not.toContain('Domain')
          expect(attributes.includes('HttpOnly')).toBe(!pair?.startsWith('__Host-koyalite_csrf_'))
        }
      }
    })

    test('its cookies sign in, renew and open connections; cookies of other names, which a sibling domain can plant, are ignored', async () => {
      const signedIn = await tls.post('/api/auth/login?cookies=true', ANN)
      const cookie = pairs(signedIn).join('; ')
      const planted = cookie.replaceAll('__Host-', '')
      const me = (sent: string) => tls.get('/api/auth/me', { headers: { cookie: sent } })
      expect((await me(cookie)).body.email).toBe(ANN.email)
      expect((await me(`${planted}; ${cookie}`)).body.email).toBe(ANN.email)
      expect((await me(planted)).status).toBe(401)
      const of = (sent: string) => tls.auth.credentialOf(new Headers({ cookie: sent }))
      expect(of(cookie)?.from).toBe('cookie')
      expect(of(planted)).toBeNull()
      const csrf = { 'x-csrf-token': signedIn.body.csrf_token }
      const refresh = (sent: string) => tls.post('/api/auth/refresh', undefined, { headers: { cookie: sent, ...csrf } })
      expect((await refresh(planted)).status).not.toBe(200)
      const refused = await tls.post('/api/auth/refresh', undefined, { headers: { cookie } })
      expect(refused.status).toBe(403)
      expect(refused.body.error.message).toContain('__Host-koyalite_csrf')
      expect((await refresh(cookie)).status).toBe(200)
    })
  })
})
