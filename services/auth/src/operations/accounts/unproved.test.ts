import { describe, expect, test } from 'bun:test'
import type { Page } from '@koyalite/testkit'
import { HOME, useAuthWithProvider } from '../../testing/auth-with-provider'
import { createAuthenticator } from '../../testing/authenticator'
import { PASSWORD } from '../../testing/start-auth'

const VICTIM = 'victim@example.com'
const NEW = 'a new password 7'

const corp = useAuthWithProvider()

const me = async (token: string) => (await corp.auth.get('/api/auth/me', { token })).status
const login = async (password: string) => (await corp.auth.post('/api/auth/login', { email: VICTIM, password })).status
const identities = async (token: string) => (await corp.auth.get('/api/auth/identities', { token })).body.identities

const read = ({ status, text }: Page) => ({ status, body: JSON.parse(text) })
/** A sign-in with the provider: status and body. */
const signIn = async (sub: string, email: string, verified: boolean) =>
  read(await corp.signIn({ sub, email, email_verified: verified }))
/** Links an account at the provider to the signed-in caller. */
const link = async (token: string, sub: string, email: string, verified: boolean) =>
  read(await corp.link(token, { sub, email, email_verified: verified }))

async function addPasskey(token: string) {
  const device = createAuthenticator({ origin: HOME })
  const options = (await corp.auth.post('/api/auth/passkeys/options', { for: 'register' }, { token })).body
  await corp.auth.post('/api/auth/passkeys/register', { credential: device.register(options) }, { token })
  return async () => {
    const asked = (await corp.auth.post('/api/auth/passkeys/options', { for: 'login' })).body
    return (await corp.auth.post('/api/auth/passkeys/login', { credential: device.login(asked) })).status
  }
}

/** Ways in which the owner of an address shows that it is theirs, without being signed in. */
const PROOFS = {
  confirmation: () => corp.auth.post('/api/auth/email/verify', { token: corp.auth.token(VICTIM) }),
  async reset() {
    await corp.auth.post('/api/auth/password/forgot', { email: VICTIM })
    return corp.auth.post('/api/auth/password/reset', { token: corp.auth.token(VICTIM), password: NEW })
  },
  async 'a magic link'() {
    await corp.auth.post('/api/auth/magic-link', { email: VICTIM })
    return corp.auth.post('/api/auth/magic-link', { token: corp.auth.token(VICTIM) })
  },
  async 'a mailed code'() {
    await corp.auth.post('/api/auth/otp/request', { email: VICTIM })
    return corp.auth.post('/api/auth/otp/verify', { email: VICTIM, code: corp.auth.token(VICTIM) })
  },
  'a provider that vouches': () => signIn('victim', VICTIM, true),
}

describe.each(Object.entries(PROOFS))('by %s', (_name, prove) => {
  test('an account created with a provider that does not vouch loses that provider, its sessions and later credentials', async () => {
    const trap = await signIn('attacker', VICTIM, false)
    const token = trap.body.access_token
    const useKey = await addPasskey(token)
    const { secret } = (await corp.auth.post('/api/auth/mfa/totp/enroll', undefined, { token })).body
    expect(secret).toBeString()
    const { refresh_token } = (await signIn('attacker', VICTIM, false)).body
    expect((await prove()).status).toBe(200)
    expect(await me(token)).toBe(401)
    expect((await corp.auth.post('/api/auth/refresh', { refresh_token })).status).toBe(401)
    expect(await useKey()).toBe(401)
    expect((await signIn('attacker', VICTIM, false)).status).toBe(409)
    expect((await corp.auth.get(`/api/admin/users/${VICTIM}`, { system: true })).body).toMatchObject({
      id: trap.body.user.id,
      verified: true,
      account: { mfa: false, passkeys: 0 },
    })
  })

  test('an account registered by somebody else loses the providers and passkeys that they added', async () => {
    const { body } = await corp.auth.post('/api/auth/register', { email: VICTIM, password: PASSWORD })
    const useKey = await addPasskey(body.access_token)
    expect((await link(body.access_token, 'attacker', 'attacker@example.com', true)).status).toBe(200)
    const other = await signIn('attacker', 'attacker@example.com', true)
    expect(other.body.user.id).toBe(body.user.id)
    expect((await prove()).status).toBe(200)
    expect(await useKey()).toBe(401)
    expect(await me(other.body.access_token)).toBe(401)
    const again = await signIn('attacker', 'attacker@example.com', true)
    expect(again.body.user.id).not.toBe(body.user.id)
  })
})

describe('the link of the registration', () => {
  test('keeps the password and its sessions: it was sent to the person who registered', async () => {
    const { body } = await corp.auth.post('/api/auth/register', { email: VICTIM, password: PASSWORD })
    expect((await PROOFS.confirmation()).status).toBe(200)
    expect(await me(body.access_token)).toBe(200)
    expect(await login(PASSWORD)).toBe(200)
  })

  test('with the password it keeps everything: a person who has both set the account up', async () => {
    const { body } = await corp.auth.post('/api/auth/register', { email: VICTIM, password: PASSWORD })
    const useKey = await addPasskey(body.access_token)
    expect(
      (await corp.auth.post('/api/auth/email/verify', { token: corp.auth.token(VICTIM), password: PASSWORD })).status,
    ).toBe(200)
    expect(await me(body.access_token)).toBe(200)
    expect(await useKey()).toBe(200)
  })

  test('with a wrong password it proves nothing, and stays valid', async () => {
    const { body } = await corp.auth.post('/api/auth/register', { email: VICTIM, password: PASSWORD })
    const token = corp.auth.token(VICTIM)
    for (const password of ['', 'not that one 7']) {
      const refused = await corp.auth.post('/api/auth/email/verify', { token, password })
      expect(refused).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining('password') } } })
    }
    expect((await corp.auth.get('/api/auth/me', { token: body.access_token })).body.verified).toBe(false)
    expect((await corp.auth.post('/api/auth/email/verify', { token: 'x', password: PASSWORD })).status).toBe(400)
    expect((await corp.auth.post('/api/auth/email/verify', { token, password: PASSWORD })).status).toBe(200)
    expect(await login(PASSWORD)).toBe(200)
  })

  test('an account without a password has none to send, and loses everything', async () => {
    await signIn('attacker', VICTIM, false)
    expect(
      (await corp.auth.post('/api/auth/email/verify', { token: corp.auth.token(VICTIM), password: '' })).status,
    ).toBe(200)
    expect((await signIn('attacker', VICTIM, false)).status).toBe(409)
  })

  test('a person signed in to that account need not send it', async () => {
    const { body } = await corp.auth.post('/api/auth/register', { email: VICTIM, password: PASSWORD })
    const token = body.access_token
    const proof = { token: corp.auth.token(VICTIM), password: '' }
    expect((await corp.auth.post('/api/auth/email/verify', proof, { token })).status).toBe(200)
    expect(await me(token)).toBe(200)
  })

  test('its own page asks for the password, and always sends it', async () => {
    const page = await (await corp.auth.fetch(new Request(`${HOME}/_/auth/verify-email`))).text()
    expect(page).toContain('<input name="password" type="password" autocomplete="current-password">')
  })

  test('keeps everything if opened while signed in to that account: both are proved', async () => {
    const { body } = await signIn('ann', VICTIM, false)
    const token = body.access_token
    const useKey = await addPasskey(token)
    const proof = corp.auth.token(VICTIM)
    expect((await corp.auth.post('/api/auth/email/verify', { token: proof }, { token })).status).toBe(200)
    expect(await me(token)).toBe(200)
    expect(await useKey()).toBe(200)
    expect((await signIn('ann', VICTIM, false)).body.user).toMatchObject({ id: body.user.id, verified: true })
  })

  test('does not if signed in to another account', async () => {
    await signIn('attacker', VICTIM, false)
    const proof = corp.auth.token(VICTIM)
    const { access } = await corp.auth.user('other@example.com')
    expect((await corp.auth.post('/api/auth/email/verify', { token: proof }, { token: access })).status).toBe(200)
    expect((await signIn('attacker', VICTIM, false)).status).toBe(409)
  })
})

describe('the placeholder of an anonymous user', () => {
  test('is not an address that a provider can vouch for, or that can be registered or changed to', async () => {
    const { body } = await corp.auth.post('/api/auth/anonymous', {})
    const { email } = body.user
    const vouched = await signIn('attacker', email, true)
    expect(vouched).toMatchObject({ status: 422, body: { error: { details: [{ code: 'email_missing' }] } } })
    for (const address of ['me@anonymous.invalid', 'ME@Anonymous.Invalid ']) {
      const registered = await corp.auth.post('/api/auth/register', { email: address, password: PASSWORD })
      expect(registered).toMatchObject({ status: 422, body: { error: { details: [{ field: 'email' }] } } })
      const change = { email: address }
      expect((await corp.auth.post('/api/auth/email/change', change, { token: body.access_token })).status).toBe(422)
    }
    expect(await identities(body.access_token)).toEqual([])
  })
})

test('a provider that later vouches for the address verifies it, and removes nothing from its owner', async () => {
  const first = await signIn('ann', VICTIM, false)
  expect(first.body.user.verified).toBe(false)
  const again = await signIn('ann', VICTIM, true)
  expect(again.body.user).toMatchObject({ id: first.body.user.id, verified: true })
  expect(await identities(again.body.access_token)).toHaveLength(1)
  // What was there before may have been somebody else's.
  expect(await me(first.body.access_token)).toBe(401)
})

test('linking a provider that vouches for the account’s own address verifies it', async () => {
  const { body } = await corp.auth.post('/api/auth/register', { email: VICTIM, password: PASSWORD })
  expect((await link(body.access_token, 'ann', VICTIM, true)).status).toBe(200)
  expect((await corp.auth.get('/api/auth/me', { token: body.access_token })).body.verified).toBe(true)
  expect(await login(PASSWORD)).toBe(200)
})
