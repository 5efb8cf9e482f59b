import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import { createAuthenticator } from '../../testing/authenticator'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

const MINUTE = 60_000
const EMAIL = 'ann@example.com'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth({ settings: { 'auth.jwt.access_ttl': '2h' } })
})
afterEach(() => auth.close())

const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: auth.clock.now })
const reauthenticate = (token: string, proof: unknown) => auth.post('/api/auth/reauthenticate', proof, { token })
const options = (token: string | null, use = 'register') =>
  auth.post('/api/auth/passkeys/options', { for: use }, { token })
const enroll = (token: string) => auth.post('/api/auth/mfa/totp/enroll', undefined, { token })

/** What requires a fresh sign-in, and the response of each here. */
const GUARDED: readonly (readonly [string, (token: string) => ReturnType<AuthTester['call']>, number])[] = [
  ['enrolling an app', enroll, 200],
  ['making a passkey', (token) => options(token), 200],
  ['removing a passkey', (token) => auth.call('DELETE', '/api/auth/passkeys/none', undefined, { token }), 404],
  ['linking a provider', (token) => auth.post('/api/auth/oauth/corp/link', undefined, { token }), 404],
  ['unlinking a provider', (token) => auth.call('DELETE', '/api/auth/oauth/corp', undefined, { token }), 404],
]

async function statuses(token: string): Promise<readonly number[]> {
  const responses: number[] = []
  for (const [, ask] of GUARDED) responses.push((await ask(token)).status)
  return responses
}
const REFUSED = GUARDED.map(() => 403)
const ALLOWED = GUARDED.map(([, , status]) => status)

describe('credentials can be changed', () => {
  test.each(GUARDED)('%s: a quarter of an hour after the sign-in, not later', async (_what, ask, status) => {
    const ann = await auth.user()
    auth.clock.now += 15 * MINUTE - 1
    expect((await ask(ann.access)).status).toBe(status)
    auth.clock.now++
    const refused = await ask(ann.access)
    expect(refused.status).toBe(403)
    expect(refused.body.error).toMatchObject({
      code: 'FORBIDDEN',
      details: [{ field: 'session', code: 'reauthentication_required' }],
    })
    expect(refused.body.error.message).toContain('POST /api/auth/reauthenticate')
  })

  test('by a new session of the same user; renewing tokens is no sign-in', async () => {
    const ann = await auth.user()
    auth.clock.now += 15 * MINUTE
    const renewed = (await auth.post('/api/auth/refresh', { refresh_token: ann.refresh })).body.access_token
    expect(await statuses(renewed)).toEqual(REFUSED)
    const again = (await auth.post('/api/auth/login', { email: EMAIL, password: PASSWORD })).body.access_token
    expect(await statuses(again)).toEqual(ALLOWED)
    expect(await statuses(renewed)).toEqual(REFUSED)
  })

  test('for as long after it as the settings say', async () => {
    await auth.close()
    auth = await startAuth({ settings: { 'auth.sessions.fresh': '1m' } })
    const ann = await auth.user()
    auth.clock.now += MINUTE
    expect(await statuses(ann.access)).toEqual(REFUSED)
  })

  test('by anonymous users at any time: their session is all that they have', async () => {
    const { access_token } = (await auth.post('/api/auth/anonymous')).body
    auth.clock.now += 60 * MINUTE
    const credential = createAuthenticator({ origin: 'http://localhost:8090' }).register(
      (await options(access_token)).body,
    )
    expect((await auth.post('/api/auth/passkeys/register', { credential }, { token: access_token })).status).toBe(201)
    expect(await statuses(access_token)).toEqual(REFUSED)
  })

  test('a passkey begun in time can be completed later; its challenge is for nobody else', async () => {
    const ann = await auth.user()
    auth.clock.now += 14 * MINUTE
    const credential = createAuthenticator({ origin: 'http://localhost:8090' }).register(
      (await options(ann.access)).body,
    )
    auth.clock.now += 2 * MINUTE
    expect((await auth.post('/api/auth/passkeys/register', { credential }, { token: ann.access })).status).toBe(201)
  })

  test('signing in with a passkey requires no fresh sign-in', async () => {
    expect((await options(null, 'login')).status).toBe(200)
  })

  test('another address requires the password, however fresh the sign-in; without one it requires a fresh sign-in', async () => {
    const ann = await auth.user()
    const change = (token: string, more: object = {}) =>
      auth.post('/api/auth/email/change', { email: 'new@example.com', ...more }, { token })
    expect((await change(ann.access)).status).toBe(401)
    auth.clock.now += 15 * MINUTE
    expect((await change(ann.access, { password: PASSWORD })).status).toBe(200)
    await auth.post('/api/admin/users', { email: 'bob@example.com' }, { system: true })
    await auth.post('/api/auth/otp/request', { email: 'bob@example.com' })
    const code = auth.token('bob@example.com')
    const bob = (await auth.post('/api/auth/otp/verify', { email: 'bob@example.com', code })).body.access_token
    expect((await change(bob)).status).toBe(200)
    auth.clock.now += 15 * MINUTE
    expect((await change(bob)).status).toBe(403)
  })
})

describe('a sign-in is made fresh again', () => {
  async function stale() {
    const ann = await auth.user()
    auth.clock.now += 60 * MINUTE
    expect(await statuses(ann.access)).toEqual(REFUSED)
    return ann
  }
  const mailedCode = async () => {
    await auth.post('/api/auth/otp/request', { email: EMAIL })
    return auth.token(EMAIL)
  }

  test('by the password, for as long as a sign-in, in this session alone', async () => {
    const ann = await stale()
    const other = (await auth.post('/api/auth/login', { email: EMAIL, password: PASSWORD })).body.access_token
    auth.clock.now += 20 * MINUTE
    const proved = await reauthenticate(ann.access, { password: PASSWORD })
    expect(proved.status).toBe(200)
    expect(proved.body).toEqual({ fresh_until: new Date(auth.clock.now + 15 * MINUTE).toISOString() })
    expect(await statuses(ann.access)).toEqual(ALLOWED)
    expect(await statuses(other)).toEqual(REFUSED)
    auth.clock.now += 15 * MINUTE
    expect(await statuses(ann.access)).toEqual(REFUSED)
    expect(auth.events.findLast(({ event }) => event === 'auth.reauthenticated')).toMatchObject({
      actor: { id: ann.id },
      details: { method: 'password' },
    })
  })

  test('not by a wrong one, which counts like that of a sign-in', async () => {
    const ann = await stale()
    for (let i = 0; i < 10; i++) expect((await reauthenticate(ann.access, { password: 'wrong' })).status).toBe(401)
    expect((await reauthenticate(ann.access, { password: PASSWORD })).status).toBe(429)
    expect(await statuses(ann.access)).toEqual(REFUSED)
    expect((await auth.post('/api/auth/login', { email: EMAIL, password: PASSWORD })).status).toBe(429)
  })

  test('by a mailed code, once', async () => {
    const ann = await stale()
    const code = await mailedCode()
    expect((await reauthenticate(ann.access, { mailed_code: '000000x' })).status).toBe(401)
    expect((await reauthenticate(ann.access, { mailed_code: code })).status).toBe(200)
    expect(await statuses(ann.access)).toEqual(ALLOWED)
    expect((await reauthenticate(ann.access, { mailed_code: code })).status).toBe(401)
  })

  test('not by a code that was mailed to somebody else', async () => {
    const ann = await stale()
    await auth.user('bob@example.com')
    await auth.post('/api/auth/otp/request', { email: 'bob@example.com' })
    const mailed_code = auth.token('bob@example.com')
    expect((await reauthenticate(ann.access, { mailed_code })).status).toBe(401)
    expect(await statuses(ann.access)).toEqual(REFUSED)
  })

  test('by a code of the app or a recovery code, each once; then a mailbox alone is not enough', async () => {
    const ann = await auth.user()
    const { secret } = (await enroll(ann.access)).body
    const activated = await auth.post('/api/auth/mfa/totp/activate', { code: codeOf(secret) }, { token: ann.access })
    const [recovery_code] = activated.body.recovery_codes
    for (const proof of [() => ({ code: codeOf(secret) }), () => ({ recovery_code })]) {
      auth.clock.now += 15 * MINUTE
      expect((await options(ann.access)).status).toBe(403)
      expect((await reauthenticate(ann.access, { mailed_code: await mailedCode() })).status).toBe(403)
      expect((await options(ann.access)).status).toBe(403)
      expect((await reauthenticate(ann.access, proof())).status).toBe(200)
      expect((await options(ann.access)).status).toBe(200)
      expect((await reauthenticate(ann.access, proof())).status).toBe(422)
    }
  })

  test('by a passkey of theirs, and of nobody else', async () => {
    const ann = await auth.user()
    const bob = await auth.user('bob@example.com')
    const [hers, his] = [
      createAuthenticator({ origin: 'http://localhost:8090' }),
      createAuthenticator({ origin: 'http://localhost:8090' }),
    ]
    for (const [device, token] of [
      [hers, ann.access],
      [his, bob.access],
    ] as const) {
      const credential = device.register((await options(token)).body)
      expect((await auth.post('/api/auth/passkeys/register', { credential }, { token })).status).toBe(201)
    }
    auth.clock.now += 15 * MINUTE
    const response = async (device: typeof hers) => ({ credential: device.login((await options(null, 'login')).body) })
    expect((await reauthenticate(ann.access, await response(his))).status).toBe(401)
    expect((await enroll(ann.access)).status).toBe(403)
    const used = await response(hers)
    expect((await reauthenticate(ann.access, used)).status).toBe(200)
    expect((await enroll(ann.access)).status).toBe(200)
    expect((await reauthenticate(ann.access, used)).status).toBe(401)
  })

  test('by one proof, of a signed-in user in person', async () => {
    const ann = await auth.user()
    for (const nonsense of [{}, { password: PASSWORD, code: '1' }, { password: 1 }, null, [], { fresh: true }]) {
      expect((await reauthenticate(ann.access, nonsense)).status).toBe(422)
    }
    expect((await auth.post('/api/auth/reauthenticate', { password: PASSWORD })).status).toBe(401)
    expect((await auth.post('/api/auth/reauthenticate', { password: PASSWORD }, { system: true })).status).toBe(403)
    await auth.post('/api/auth/logout', undefined, { token: ann.access })
    expect((await reauthenticate(ann.access, { password: PASSWORD })).status).toBe(401)
  })

  test('and nothing of it remains when the session ends', async () => {
    const ann = await auth.user()
    await reauthenticate(ann.access, { password: PASSWORD })
    const proofs = () => auth.database.all({ text: 'SELECT * FROM "_koyalite_session_proofs"', params: [] }).length
    expect(proofs()).toBe(1)
    await auth.post('/api/auth/logout', undefined, { token: ann.access })
    expect(proofs()).toBe(0)
  })
})
