import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import { createAuthenticator } from '../../testing/authenticator'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const LOGIN = { email: 'ann@example.com', password: PASSWORD }
const ORIGIN = 'http://localhost:8090'
const codeOf = (secret: string, offset = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: auth.clock.now + offset })
const wrongCode = (secret: string) => String((Number(codeOf(secret)) + 1) % 1_000_000).padStart(6, '0')

async function withTotp() {
  const ann = await auth.user()
  const offer = (await auth.post('/api/auth/mfa/totp/enroll', undefined, { token: ann.access })).body
  const activated = await auth.post(
    '/api/auth/mfa/totp/activate',
    { code: codeOf(offer.secret) },
    { token: ann.access },
  )
  // The next code: the first one is used up.
  auth.clock.now += 30_000
  return {
    ...ann,
    secret: String(offer.secret),
    url: offer.otpauth_url,
    codes: activated.body.recovery_codes as string[],
  }
}
const firstStep = async () => (await auth.post('/api/auth/login', LOGIN)).body.mfa_token as string
const verify = (body: unknown) => auth.post('/api/auth/mfa/totp/verify', body)

describe('codes of an app', () => {
  test('are required after the password, once activated', async () => {
    const ann = await withTotp()
    expect(ann.url).toContain('otpauth://totp/')
    const { status, body } = await auth.post('/api/auth/login', LOGIN)
    expect(status).toBe(200)
    expect(body).toEqual({ mfa_required: true, mfa_token: body.mfa_token, methods: ['totp', 'recovery_code'] })
    const response = await verify({ mfa_token: body.mfa_token, code: codeOf(ann.secret) })
    expect(response.status).toBe(200)
    expect(response.body.user.id).toBe(ann.id)
    expect((await auth.get('/api/auth/mfa', { token: response.body.access_token })).body).toEqual({
      totp: true,
      recovery_codes_left: 10,
    })
  })

  test('are not required before that, and need a valid one to activate', async () => {
    const ann = await auth.user()
    const { secret } = (await auth.post('/api/auth/mfa/totp/enroll', undefined, { token: ann.access })).body
    expect(
      (await auth.post('/api/auth/mfa/totp/activate', { code: wrongCode(secret) }, { token: ann.access })).status,
    ).toBe(422)
    expect((await auth.post('/api/auth/login', LOGIN)).body.access_token).toBeString()
  })

  test('cannot be taken over by enrolling again', async () => {
    const ann = await withTotp()
    expect((await auth.post('/api/auth/mfa/totp/enroll', undefined, { token: ann.access })).status).toBe(409)
  })

  test('work once: of fifty requests with the same one, one succeeds', async () => {
    const ann = await withTotp()
    const tokens = await Promise.all(Array.from({ length: 50 }, firstStep))
    const code = codeOf(ann.secret)
    const responses = await Promise.all(tokens.map((mfa_token) => verify({ mfa_token, code })))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('one first step leads to one session, however many codes are valid', async () => {
    const ann = await withTotp()
    const mfa_token = await firstStep()
    const responses = await Promise.all(ann.codes.map((recovery_code) => verify({ mfa_token, recovery_code })))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('cannot be guessed: five wrong ones end the first step', async () => {
    const ann = await withTotp()
    const mfa_token = await firstStep()
    for (let i = 0; i < 5; i++) expect((await verify({ mfa_token, code: wrongCode(ann.secret) })).status).toBe(401)
    expect((await verify({ mfa_token, code: codeOf(ann.secret) })).status).toBe(401)
  })

  test('cannot be guessed with the password known: a correct password grants no further guesses', async () => {
    const ann = await withTotp()
    for (let i = 0; i < 2; i++) {
      const mfa_token = await firstStep()
      for (let j = 0; j < 5; j++) expect((await verify({ mfa_token, code: wrongCode(ann.secret) })).status).toBe(401)
    }
    const mfa_token = await firstStep()
    const locked = await verify({ mfa_token, code: codeOf(ann.secret) })
    expect(locked.status).toBe(429)
    expect(locked.headers.get('retry-after')).toBe('30')
    const disable = { code: codeOf(ann.secret) }
    expect((await auth.post('/api/auth/mfa/totp/disable', disable, { token: ann.access })).status).toBe(429)
    auth.clock.now += 30_000
    expect((await verify({ mfa_token, code: codeOf(ann.secret) })).status).toBe(200)
  })

  test('cannot be guessed concurrently: the tenth wrong one locks, and later ones are not checked', async () => {
    const ann = await withTotp()
    const tokens = await Promise.all(Array.from({ length: 20 }, firstStep))
    const wrong = tokens.slice(0, 10).map((mfa_token) => verify({ mfa_token, code: wrongCode(ann.secret) }))
    const right = tokens.slice(10).map((mfa_token) => verify({ mfa_token, code: codeOf(ann.secret) }))
    expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual(Array(10).fill(401))
    expect(new Set((await Promise.all(right)).map(({ status }) => status))).toEqual(new Set([401]))
    expect((await verify({ mfa_token: await firstStep(), code: codeOf(ann.secret) })).headers.get('retry-after')).toBe(
      '30',
    )
  })

  test('of a minute ago, or from another first step long ago, are void', async () => {
    const ann = await withTotp()
    const mfa_token = await firstStep()
    expect((await verify({ mfa_token, code: codeOf(ann.secret, -90_000) })).status).toBe(401)
    auth.clock.now += 5 * 60_000
    expect((await verify({ mfa_token, code: codeOf(ann.secret) })).status).toBe(401)
  })

  test('are required to disable them', async () => {
    const ann = await withTotp()
    const disable = (body: unknown) => auth.post('/api/auth/mfa/totp/disable', body, { token: ann.access })
    for (const body of [{}, { code: wrongCode(ann.secret) }, { code: codeOf(ann.secret), recovery_code: 'x' }]) {
      expect((await disable(body)).status).toBe(422)
    }
    expect((await disable({ code: codeOf(ann.secret) })).status).toBe(200)
    expect((await auth.post('/api/auth/login', LOGIN)).body.access_token).toBeString()
  })

  test('are required after a magic link and a mailed code too', async () => {
    await withTotp()
    await auth.post('/api/auth/magic-link', { email: LOGIN.email })
    expect((await auth.post('/api/auth/magic-link', { token: auth.token(LOGIN.email) })).body.mfa_required).toBe(true)
    await auth.post('/api/auth/otp/request', { email: LOGIN.email })
    const response = await auth.post('/api/auth/otp/verify', { email: LOGIN.email, code: auth.token(LOGIN.email) })
    expect(response.body.mfa_required).toBe(true)
  })
})

describe('recovery codes', () => {
  test('work once each: of fifty requests with one, one succeeds', async () => {
    const ann = await withTotp()
    expect(new Set(ann.codes).size).toBe(10)
    const tokens = await Promise.all(Array.from({ length: 50 }, firstStep))
    const responses = await Promise.all(
      tokens.map((mfa_token) => verify({ mfa_token, recovery_code: ann.codes[0]?.toUpperCase() })),
    )
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await auth.get('/api/auth/mfa', { token: ann.access })).body.recovery_codes_left).toBe(9)
  })

  test('of somebody else do not work', async () => {
    const ann = await withTotp()
    const bob = await auth.user('bob@example.com')
    const { secret } = (await auth.post('/api/auth/mfa/totp/enroll', undefined, { token: bob.access })).body
    await auth.post('/api/auth/mfa/totp/activate', { code: codeOf(secret) }, { token: bob.access })
    const { mfa_token } = (await auth.post('/api/auth/login', { email: 'bob@example.com', password: PASSWORD })).body
    expect((await verify({ mfa_token, recovery_code: ann.codes[0] })).status).toBe(401)
  })

  test('are void when new ones are created', async () => {
    const ann = await withTotp()
    const renewed = await auth.post('/api/auth/mfa/recovery-codes', { code: codeOf(ann.secret) }, { token: ann.access })
    expect(renewed.body.recovery_codes).toHaveLength(10)
    expect((await verify({ mfa_token: await firstStep(), recovery_code: ann.codes[0] })).status).toBe(401)
    expect((await verify({ mfa_token: await firstStep(), recovery_code: renewed.body.recovery_codes[0] })).status).toBe(
      200,
    )
  })

  test('and secrets are in no audit event', async () => {
    const ann = await withTotp()
    await verify({ mfa_token: await firstStep(), recovery_code: ann.codes[0] })
    const text = JSON.stringify(auth.events)
    for (const secret of [ann.secret, ...ann.codes]) expect(text).not.toContain(secret)
    expect(auth.events.map(({ event }) => event)).toContain('auth.recovery_code_used')
  })
})

describe('passkeys', () => {
  const options = async (kind: 'register' | 'login', token?: string) =>
    (await auth.post('/api/auth/passkeys/options', { for: kind }, { token: token ?? null })).body

  async function withPasskey(authenticator = createAuthenticator({ origin: ORIGIN })) {
    const ann = await auth.user()
    const credential = authenticator.register(await options('register', ann.access))
    const added = await auth.post('/api/auth/passkeys/register', { credential, name: 'Laptop' }, { token: ann.access })
    return { ...ann, authenticator, added, credential }
  }
  const login = (credential: unknown) => auth.post('/api/auth/passkeys/login', { credential })

  test('are added and sign in, without a name to type', async () => {
    const { id, authenticator, added, access } = await withPasskey()
    expect(added.status).toBe(201)
    const response = await login(authenticator.login(await options('login')))
    expect(response.status).toBe(200)
    expect(response.body.user.id).toBe(id)
    const { passkeys } = (await auth.get('/api/auth/passkeys', { token: access })).body
    expect(passkeys).toMatchObject([{ name: 'Laptop', last_used_at: new Date(auth.clock.now).toISOString() }])
  })

  test('need no second factor', async () => {
    const { access, authenticator } = await withPasskey()
    const { secret } = (await auth.post('/api/auth/mfa/totp/enroll', undefined, { token: access })).body
    await auth.post('/api/auth/mfa/totp/activate', { code: codeOf(secret) }, { token: access })
    expect((await login(authenticator.login(await options('login')))).body.access_token).toBeString()
  })

  test('satisfy a challenge once: of fifty replays, one succeeds', async () => {
    const { authenticator } = await withPasskey()
    const credential = authenticator.login(await options('login'))
    const responses = await Promise.all(Array.from({ length: 50 }, () => login(credential)))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('satisfy only our own, unexpired challenges', async () => {
    const { authenticator } = await withPasskey()
    const made = { challenge: Buffer.from('mine').toString('base64url'), rpId: 'localhost' }
    expect((await login(authenticator.login(made))).status).toBe(401)
    const late = authenticator.login(await options('login'))
    auth.clock.now += 5 * 60_000
    expect((await login(late)).status).toBe(401)
  })

  test('are refused from another site, or without user verification', async () => {
    const ann = await auth.user()
    for (const authenticator of [
      createAuthenticator({ origin: 'http://evil.example.com' }),
      createAuthenticator({ origin: ORIGIN, verifiesUser: false }),
    ]) {
      const credential = authenticator.register(await options('register', ann.access))
      expect((await auth.post('/api/auth/passkeys/register', { credential }, { token: ann.access })).status).toBe(422)
    }
  })

  test('that were cloned are detected by their counter', async () => {
    const { authenticator } = await withPasskey(createAuthenticator({ origin: ORIGIN, counter: 5 }))
    const early = authenticator.login(await options('login'))
    expect((await login(authenticator.login(await options('login')))).status).toBe(200)
    expect((await login(early)).status).toBe(401)
  })

  test('of a challenge for somebody else are not added', async () => {
    const { access } = await auth.user()
    const bob = await auth.user('bob@example.com')
    const credential = createAuthenticator({ origin: ORIGIN }).register(await options('register', access))
    expect((await auth.post('/api/auth/passkeys/register', { credential }, { token: bob.access })).status).toBe(422)
  })

  test('are removed by their owner only, and then sign nobody in', async () => {
    const { access, authenticator } = await withPasskey()
    const bob = await auth.user('bob@example.com')
    const [{ id }] = (await auth.get('/api/auth/passkeys', { token: access })).body.passkeys
    expect((await auth.call('DELETE', `/api/auth/passkeys/${id}`, undefined, { token: bob.access })).status).toBe(404)
    expect((await auth.call('DELETE', `/api/auth/passkeys/${id}`, undefined, { token: access })).status).toBe(204)
    expect((await login(authenticator.login(await options('login')))).status).toBe(401)
  })

  test('nonsense is refused, and options to add one require a session', async () => {
    expect((await auth.post('/api/auth/passkeys/options', { for: 'register' })).status).toBe(401)
    for (const [credential, status] of [
      [null, 422],
      [{}, 422],
      [{ id: 'a', rawId: 'a', type: 'public-key', response: { clientDataJSON: 'e30' } }, 401],
    ] as const) {
      expect([credential, (await login(credential)).status]).toEqual([credential, status])
    }
  })
})
