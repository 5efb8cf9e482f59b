import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import { makeOperator } from '../../testing/make-operator'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

const MINUTE = 60_000

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth({ settings: { 'auth.jwt.access_ttl': '2h' } })
})
afterEach(() => auth.close())

const PATH = '/api/admin/session/proof'
const prove = (token: string, proof: unknown) => auth.post(PATH, proof, { token })
const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: auth.clock.now })

/** What the proof of a session is missing now; null where nothing is. */
async function missing(token: string): Promise<string | null> {
  const { actor } = await auth.auth.identify(token)
  try {
    auth.auth.requireProof(actor, auth.clock.now)
    return null
  } catch (error) {
    return (error as { readonly details: readonly { readonly code: string }[] }).details[0]?.code ?? 'refused'
  }
}

async function enroll(token: string): Promise<{ readonly secret: string; readonly codes: readonly string[] }> {
  const { secret } = (await auth.post('/api/admin/mfa/totp/enroll', undefined, { token })).body
  const activated = await auth.post('/api/admin/mfa/totp/activate', { code: codeOf(secret) }, { token })
  expect(activated.status).toBe(200)
  return { secret, codes: activated.body.recovery_codes }
}

describe('the proof of an operator', () => {
  test('is their sign-in for ten minutes, then their password, for that session alone', async () => {
    const one = await makeOperator(auth, 'admin')
    const other = (await auth.post('/api/admin/login', { email: one.email, password: PASSWORD })).body.access_token
    auth.clock.now += 10 * MINUTE - 1
    expect(await missing(one.token)).toBeNull()
    auth.clock.now++
    expect(await missing(one.token)).toBe('password_required')
    const proved = await prove(one.token, { password: PASSWORD })
    expect(proved).toMatchObject({
      status: 200,
      body: { proved_until: new Date(auth.clock.now + 10 * MINUTE).toISOString() },
    })
    expect([await missing(one.token), await missing(other)]).toEqual([null, 'password_required'])
    expect(auth.events.at(-1)).toMatchObject({ event: 'admin.session_proved', details: { method: 'password' } })
    auth.clock.now += 10 * MINUTE
    expect(await missing(one.token)).toBe('password_required')
  })

  test('that is wrong proves nothing, is recorded, and counted as at a sign-in', async () => {
    const { token, email } = await makeOperator(auth, 'admin')
    auth.clock.now += 10 * MINUTE
    const wrong = await prove(token, { password: 'not this one' })
    expect(wrong).toMatchObject({ status: 422, body: { error: { details: [{ field: 'password', code: 'wrong' }] } } })
    expect(auth.events.at(-1)).toMatchObject({ event: 'operator.password_confirmation', outcome: 'failure' })
    for (let index = 0; index < 20; index++) {
      auth.clock.now += 1000
      await prove(token, { password: `guess ${index}` })
    }
    expect((await prove(token, { password: PASSWORD })).status).toBe(429)
    expect((await auth.post('/api/admin/login', { email, password: PASSWORD })).status).toBe(429)
    expect(await missing(token)).toBe('password_required')
    for (const body of [{}, { code: '1', password: PASSWORD }, { secret: 'x' }, []])
      expect((await prove(token, body)).status).toBe(422)
  })

  test('takes the second factor where there is one: a code once, or a recovery code, and not the password', async () => {
    const { token, email } = await makeOperator(auth, 'owner')
    const { secret, codes } = await enroll(token)
    // The sign-in was without it.
    auth.clock.now += MINUTE
    expect(await missing(token)).toBe('second_factor_required')
    expect((await prove(token, { password: PASSWORD })).status).toBe(403)
    expect((await prove(token, { code: '000000' })).status).toBe(422)
    expect(await missing(token)).toBe('second_factor_required')
    const code = codeOf(secret)
    expect((await prove(token, { code })).status).toBe(200)
    expect(await missing(token)).toBeNull()
    auth.clock.now += 10 * MINUTE
    expect(await missing(token)).toBe('second_factor_required')
    expect((await prove(token, { code })).status).toBe(422)
    expect((await prove(token, { recovery_code: codes[0] })).status).toBe(200)
    expect((await prove(token, { recovery_code: codes[0] })).status).toBe(422)
    expect(await missing(token)).toBeNull()
    // A sign-in with it is a proof of it.
    const { mfa_token } = (await auth.post('/api/admin/login', { email, password: PASSWORD })).body
    const step = await auth.post('/api/admin/mfa/totp/verify', { mfa_token, code: codeOf(secret) })
    expect(await missing(step.body.access_token)).toBeNull()
  })

  test('is for operators in person: no key, no user, nobody', async () => {
    const { key } = (await auth.post('/api/admin/keys', { scopes: [{ scope: 'admin' }] }, { system: true })).body
    const ann = await auth.user()
    for (const token of [key, ann.access]) {
      expect((await prove(token, { password: PASSWORD })).status).toBe(403)
      expect(await missing(token)).not.toBeNull()
    }
    expect((await auth.post(PATH, { password: PASSWORD })).status).toBe(401)
  })
})
