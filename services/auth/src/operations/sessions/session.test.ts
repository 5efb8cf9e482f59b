import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const me = (token: string) => auth.get('/api/auth/me', { token })
const refresh = (refresh_token: string) => auth.post('/api/auth/refresh', { refresh_token })

describe('S1 an access token', () => {
  test('S1.1 is a JWT that the published keys verify, and contains nothing that may change', async () => {
    const { id, access } = await auth.user()
    const { keys } = (await auth.get('/.well-known/jwks.json')).body
    expect(keys).toHaveLength(1)
    expect(keys[0].d).toBeUndefined()
    const key = await importJWK(keys[0], 'EdDSA')
    const { payload } = await jwtVerify(access, key, { issuer: 'koyalite', currentDate: new Date(auth.clock.now) })
    expect(decodeProtectedHeader(access)).toMatchObject({ alg: 'EdDSA', kid: keys[0].kid })
    expect(payload.sub).toBe(id)
    expect(payload.exp).toBe(auth.clock.now / 1000 + 15 * 60)
    expect(payload).not.toHaveProperty('role')
  })

  test('S1.2 is refused once it has expired, cached or not, also where anonymous callers are allowed', async () => {
    const { access } = await auth.user()
    expect((await me(access)).status).toBe(200)
    auth.clock.now += 15 * MINUTE
    expect((await me(access)).status).toBe(401)
    expect((await auth.get('/api/auth/sessions', { token: access })).status).toBe(401)
  })

  test('S1.3 is refused when it is forged, foreign, unsigned or malformed', async () => {
    const { access } = await auth.user()
    const [head = '', body = '', signature = ''] = access.split('.')
    const claims = decodeJwt(access)
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    const { keys } = (await auth.get('/.well-known/jwks.json')).body
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: keys[0].kid })
      .sign(Buffer.from(keys[0].x, 'base64url'))
    const changed = `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'someone' })).toString('base64url')}.${signature}`
    for (const token of [
      none,
      confused,
      changed,
      `${head}.${body}.${'A'.repeat(86)}`,
      'nonsense',
      'kl_nonsense',
      'a.b.c',
    ]) {
      expect((await me(token)).status).toBe(401)
    }
    for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer a b', '']) {
      expect((await auth.get('/api/auth/me', { headers: { authorization } })).status).toBe(401)
    }
  })

  test('S1.4 does not prevent a new sign-in when it is invalid', async () => {
    const { access, refresh: token } = await auth.user()
    auth.clock.now += 20 * MINUTE
    expect((await auth.post('/api/auth/refresh', { refresh_token: token }, { token: access })).status).toBe(200)
    expect(
      (await auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD }, { token: access })).status,
    ).toBe(200)
  })

  test('S1.5 is verified once, then cached: the second request is synchronous', async () => {
    const { access } = await auth.user()
    const request = {
      id: 'r',
      ip: '192.0.2.1',
      time: 0,
      method: 'GET',
      path: '/',
      query: new URLSearchParams(),
      headers: new Headers({ authorization: `Bearer ${access}` }),
      reportRateLimit: () => {},
      isLocal: false,
      credentials: 'checked' as const,
      isUnlimited: false,
    }
    await auth.auth.authenticate(request)
    expect(auth.auth.authenticate(request)).not.toBeInstanceOf(Promise)
  })

  test('S1.6 with a shared secret is HS256, and there are no public keys', async () => {
    const shared = await startAuth({ settings: { 'auth.jwt.secret': 'x'.repeat(32) } })
    const { access } = await shared.user()
    expect(decodeProtectedHeader(access).alg).toBe('HS256')
    expect((await shared.get('/api/auth/me', { token: access })).status).toBe(200)
    expect((await shared.get('/.well-known/jwks.json')).body).toEqual({ keys: [] })
    const otherAudience = await new SignJWT({ ...decodeJwt(access), aud: 'someone else' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from('x'.repeat(32)))
    expect((await shared.get('/api/auth/me', { token: otherAudience })).status).toBe(401)
    await shared.close()
  })

  test('S1.7 stays valid when the signing key is replaced, until it expires', async () => {
    const { access } = await auth.user()
    await auth.runtime.signingKeys.rotate()
    auth.runtime.verified.invalidate({ kind: 'session', id: decodeJwt(access).sid as string })
    expect((await me(access)).status).toBe(200)
    expect((await auth.get('/.well-known/jwks.json')).body.keys).toHaveLength(2)
    auth.clock.now += 3 * DAY
    await auth.runtime.signingKeys.rotate()
    await auth.runtime.signingKeys.rotate()
    const { keys } = (await auth.get('/.well-known/jwks.json')).body
    expect(keys.map((key: { kid: string }) => key.kid)).not.toContain(decodeProtectedHeader(access).kid)
  })
})

describe('R1 a refresh token', () => {
  test('R1.1 works once and returns a successor', async () => {
    const { refresh: first } = await auth.user()
    const second = await refresh(first)
    expect(second.status).toBe(200)
    expect(second.body).toMatchObject({ token_type: 'Bearer', expires_in: 900 })
    expect(second.body.refresh_token).not.toBe(first)
    expect((await me(second.body.access_token)).status).toBe(200)
    expect((await refresh(second.body.refresh_token)).status).toBe(200)
  })

  test('R1.2 returns the same successor again within ten seconds, while that is unused', async () => {
    const { refresh: first } = await auth.user()
    const second = (await refresh(first)).body.refresh_token
    auth.clock.now += 9_999
    expect((await refresh(first)).body.refresh_token).toBe(second)
  })

  test('R1.3 returns the same successor to fifty concurrent requests', async () => {
    const { refresh: first } = await auth.user()
    const responses = await Promise.all(Array.from({ length: 50 }, () => refresh(first)))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(responses.map(({ body }) => body.refresh_token)).size).toBe(1)
  })

  test.each([
    ['R1.4 that is used after ten seconds', 10_000, false],
    ['R1.5 that is used after its successor', 0, true],
  ])('%s ends the session for everybody', async (_name, later, useSuccessor) => {
    const { access, refresh: first } = await auth.user()
    const second = (await refresh(first)).body
    let last = second
    if (useSuccessor) last = (await refresh(second.refresh_token)).body
    expect((await me(last.access_token)).status).toBe(200)
    auth.clock.now += later
    expect((await refresh(first)).status).toBe(401)
    for (const token of [access, last.access_token]) expect((await me(token)).status).toBe(401)
    expect((await refresh(last.refresh_token)).status).toBe(401)
    expect(auth.events.at(-1)).toMatchObject({ event: 'auth.refresh_replayed', outcome: 'failure' })
  })

  test('R1.6 expires, unused, after its time', async () => {
    const { refresh: first } = await auth.user()
    auth.clock.now += 7 * DAY
    expect((await refresh(first)).status).toBe(401)
  })

  test('R1.7 is nowhere in the database', async () => {
    const { refresh: first } = await auth.user()
    const second = (await refresh(first)).body.refresh_token
    const stored = JSON.stringify(auth.database.all({ text: 'SELECT * FROM "_koyalite_refresh_tokens"', params: [] }))
    for (const token of [first, second]) expect(stored).not.toContain(token.slice(3))
  })

  test('R1.8 that was never issued is refused and ends nothing', async () => {
    const { access } = await auth.user()
    expect((await refresh(`kr_${'A'.repeat(43)}`)).status).toBe(401)
    expect((await refresh('')).status).toBe(422)
    expect((await me(access)).status).toBe(200)
  })
})

describe('L1 a session', () => {
  test('L1.1 ends after its absolute lifetime, however active it is', async () => {
    const user = await auth.user()
    let token = user.refresh
    for (let day = 0; day < 29; day += 5) {
      auth.clock.now += 5 * DAY
      const response = await refresh(token)
      if (day < 25) expect(response.status).toBe(200)
      else expect(response.status).toBe(401)
      token = response.body.refresh_token
    }
  })

  test('L1.2 issues no token that outlives it', async () => {
    const short = await startAuth({ settings: { 'auth.sessions.absolute': '10m' } })
    const { body } = await short.post('/api/auth/register', { email: 'a@example.com', password: PASSWORD })
    expect(body.expires_in).toBe(600)
    short.clock.now += 10 * MINUTE
    expect((await short.post('/api/auth/refresh', { refresh_token: body.refresh_token })).status).toBe(401)
    await short.close()
  })

  test('L1.3 ends when it is not used', async () => {
    const idle = await startAuth({ settings: { 'auth.sessions.inactivity': '1h', 'auth.jwt.access_ttl': '2h' } })
    const user = await idle.user()
    idle.clock.now += 59 * MINUTE
    const next = (await idle.post('/api/auth/refresh', { refresh_token: user.refresh })).body
    idle.clock.now += 60 * MINUTE
    expect((await idle.get('/api/auth/me', { token: next.access_token })).status).toBe(401)
    expect((await idle.post('/api/auth/refresh', { refresh_token: next.refresh_token })).status).toBe(401)
    await idle.close()
  })

  test('L1.4 is listed for its owner, who can end it at once', async () => {
    const ann = await auth.user()
    const other = (
      await auth.post(
        '/api/auth/login',
        { email: 'ann@example.com', password: PASSWORD },
        { headers: { 'user-agent': 'Phone' } },
      )
    ).body
    expect((await me(other.access_token)).status).toBe(200)
    const { sessions } = (await auth.get('/api/auth/sessions', { token: ann.access })).body
    expect(sessions).toHaveLength(2)
    const phone = sessions.find((session: { user_agent: string }) => session.user_agent === 'Phone')
    expect(phone).toMatchObject({ method: 'password', ip: '192.0.2.1', current: false })
    expect((await auth.call('DELETE', `/api/auth/sessions/${phone.id}`, undefined, { token: ann.access })).status).toBe(
      204,
    )
    expect((await me(other.access_token)).status).toBe(401)
    expect((await refresh(other.refresh_token)).status).toBe(401)
    expect((await me(ann.access)).status).toBe(200)
  })

  test('L1.5 of somebody else does not exist', async () => {
    const ann = await auth.user()
    const bob = await auth.user('bob@example.com')
    const id = (await auth.get('/api/auth/sessions', { token: ann.access })).body.sessions[0].id
    expect((await auth.call('DELETE', `/api/auth/sessions/${id}`, undefined, { token: bob.access })).status).toBe(404)
    expect((await me(ann.access)).status).toBe(200)
  })

  test('L1.6 ends by logout, with the access token or the refresh token', async () => {
    const ann = await auth.user()
    expect((await auth.post('/api/auth/logout', undefined, { token: ann.access })).status).toBe(204)
    expect((await me(ann.access)).status).toBe(401)
    expect((await refresh(ann.refresh)).status).toBe(401)
    const again = (await auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })).body
    expect((await auth.post('/api/auth/logout', { refresh_token: again.refresh_token })).status).toBe(204)
    expect((await me(again.access_token)).status).toBe(401)
    expect((await auth.post('/api/auth/logout')).status).toBe(401)
  })

  test('L1.7 all others can be ended at once', async () => {
    const ann = await auth.user()
    const others = await Promise.all(
      [1, 2].map(() => auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })),
    )
    expect((await auth.call('DELETE', '/api/auth/sessions', undefined, { token: ann.access })).body).toEqual({
      ended: 2,
    })
    for (const { body } of others) expect((await me(body.access_token)).status).toBe(401)
    expect((await me(ann.access)).status).toBe(200)
  })

  test('L1.8 sees changes of `users` at once, and ends when the user is deleted', async () => {
    const ann = await auth.user()
    expect((await me(ann.access)).body.role).toBe('user')
    await auth.database.write((tx) => tx.run({ text: `UPDATE "users" SET "role" = 'editor'`, params: [] }))
    // The change feed tells of it in a turn after the write.
    await new Promise(setImmediate)
    expect((await me(ann.access)).body.role).toBe('editor')
    await auth.database.write((tx) => tx.run({ text: `DELETE FROM "users"`, params: [] }))
    await new Promise(setImmediate)
    expect((await me(ann.access)).status).toBe(401)
    expect((await refresh(ann.refresh)).status).toBe(401)
  })
})
