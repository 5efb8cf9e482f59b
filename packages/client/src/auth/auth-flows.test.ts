import { describe, expect, test } from 'bun:test'
import { givenValues, totpCode, useServer } from '@koyalite/testkit'
import { createKoyalite, isKoyaError, type KoyaError, type KoyaliteOptions } from '../index'
import { BLOG_SCHEMA, metadata } from '../testing/blog'

const server = useServer({
  command: 'dev',
  schema: BLOG_SCHEMA,
  settings:
    'auth: { rate_limit: { register: 1000/minute, login: 1000/minute, mail: 1000/hour, password_reset: 1000/hour } }\n',
})
const client = (options: Partial<KoyaliteOptions> = {}) =>
  createKoyalite(metadata, { url: server.process.url, ...options })
const mailed = (email: string) => givenValues(() => server.process.url).find(`in the email to ${email}`)
const PASSWORD = 'correct horse battery'
let accounts = 0
const newEmail = () => `user${++accounts}@example.com`

async function signedIn(email = newEmail()) {
  const koya = client()
  await koya.auth.register({ email, password: PASSWORD, name: 'Ann' })
  return koya
}

async function failure(call: Promise<unknown>): Promise<KoyaError> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  )
  if (isKoyaError(error)) return error
  throw error
}

describe('signing up, in and out', () => {
  test('with email and password', async () => {
    const email = newEmail()
    const koya = client()
    expect(koya.auth.status).toBe('signed_out')
    const result = await koya.auth.register({ email, password: PASSWORD, name: 'Ann' })
    expect(result).toMatchObject({ status: 'signed_in', user: { email, name: 'Ann' } })
    expect(result.user?.created_at).toBeDate()
    expect(koya.auth.user).toBe(result.user)
    expect(await koya.auth.ready).toBe(result.user)
    await koya.auth.logout()
    expect([koya.auth.status, koya.auth.user]).toEqual(['signed_out', null])
    expect((await failure(koya.auth.getMe())).code).toBe('UNAUTHENTICATED')
    expect((await failure(koya.auth.login({ email, password: 'wrong' }))).code).toBe('UNAUTHENTICATED')
    expect((await koya.auth.login({ email, password: PASSWORD })).status).toBe('signed_in')
    expect((await koya.auth.login(email, PASSWORD)).user?.email).toBe(email)
    const taken = await failure(client().auth.register({ email, password: PASSWORD }))
    expect(taken.code).toBe('CONFLICT')
  })

  test('as an anonymous user, who keeps id and documents when registering', async () => {
    const koya = client()
    const { user: guest } = await koya.auth.anonymous({ name: 'Guest' })
    const post = await koya.posts.create({ title: 'mine', author_id: guest?.id })
    const { user } = await koya.auth.register({ email: newEmail(), password: PASSWORD })
    expect(user?.id).toBe(guest?.id as string)
    expect((await koya.posts.getById(post.id)).author_id).toBe(user?.id as string)
  })

  test('with a mailed link, and a mailed code', async () => {
    const email = newEmail()
    const koya = await signedIn(email)
    await koya.auth.magicLink.request(email)
    expect((await koya.auth.magicLink.login(await mailed(email))).user?.email).toBe(email)
    await koya.auth.logout()
    await koya.auth.otp.request(email)
    expect((await koya.auth.otp.verify(email, await mailed(email))).user?.email).toBe(email)
  })

  test('a second factor is asked for, and shown', async () => {
    const email = newEmail()
    const koya = await signedIn(email)
    const { secret, otpauthUrl } = await koya.auth.mfa.enroll()
    expect(otpauthUrl).toStartWith('otpauth://')
    const [recoveryCode = '', another = ''] = await koya.auth.mfa.activate(totpCode(secret, -1))
    const result = await koya.auth.login({ email, password: PASSWORD })
    if (result.status !== 'mfa_required') throw new Error(result.status)
    expect(result.methods).toEqual(['totp', 'recovery_code'])
    expect((await koya.auth.mfa.verify(result.mfaToken, { recoveryCode })).user.email).toBe(email)
    expect(await koya.auth.mfa.get()).toEqual({ totp: true, recoveryCodesLeft: 9 })
    expect(await koya.auth.reauthenticate({ code: totpCode(secret) })).toBeDate()
    const renewed = await koya.auth.mfa.recoveryCodes({ recoveryCode: another })
    expect(renewed).toHaveLength(10)
    await koya.auth.mfa.disable({ recoveryCode: renewed[0] ?? '' })
    expect((await koya.auth.mfa.get()).totp).toBe(false)
  })

  test('the account waits for its link where that is set', async () => {
    const response = () => Response.json({ verification_required: true }, { status: 202 })
    const koya = client({ fetch: async () => response() })
    const result = await koya.auth.register({ email: newEmail(), password: PASSWORD })
    expect(result).toEqual({ status: 'verification_required', user: null })
    expect(koya.auth.status).toBe('signed_out')
  })

  test('is not for a client with a token', async () => {
    const koya = client({ token: server.key })
    expect(koya.auth.status).toBe('signed_out')
    expect((await failure(koya.auth.login({ email: 'a@example.com', password: 'x' }))).message).toContain('`token`')
    expect(await new Promise((resolve) => koya.auth.onChange((event) => resolve(event)))).toBe('signed_out')
  })
})

describe('the account', () => {
  test('is read and changed, also in the session', async () => {
    const koya = await signedIn()
    const events: string[] = []
    koya.auth.onChange((event, user) => void events.push(`${event} ${user?.name}`))
    const before = koya.auth.user
    expect(await koya.auth.getMe()).toEqual(before as NonNullable<typeof before>)
    const changed = await koya.auth.updateMe({ name: 'Bob' })
    expect(changed.name).toBe('Bob')
    expect(koya.auth.user?.name).toBe('Bob')
    expect(events).toEqual(['signed_in Ann', 'refreshed Bob', 'refreshed Bob'])
  })

  test('has another password, address and proof of it', async () => {
    const email = newEmail()
    const koya = await signedIn(email)
    await koya.auth.email.verify({ token: await mailed(email), password: PASSWORD })
    expect(await koya.auth.getMe()).toMatchObject({ verified: true })
    await koya.auth.email.resend()
    await koya.auth.password.change({ currentPassword: PASSWORD, newPassword: 'battery horse correct' })
    expect(await koya.auth.reauthenticate({ password: 'battery horse correct' })).toBeDate()
    const next = newEmail()
    await koya.auth.email.change({ email: next, password: 'battery horse correct' })
    await koya.auth.email.confirm({ token: await mailed(next) })
    expect((await koya.auth.getMe()).email).toBe(next)
    await koya.auth.password.forgot(next)
    await koya.auth.password.reset({ token: await mailed(next), password: PASSWORD })
    // All sessions have ended, and the client finds out with the next call.
    expect((await failure(koya.auth.getMe())).code).toBe('UNAUTHENTICATED')
    expect(koya.auth.status).toBe('signed_out')
    expect((await koya.auth.login(next, PASSWORD)).status).toBe('signed_in')
    await koya.auth.otp.request(next)
    expect(await koya.auth.reauthenticate({ mailedCode: await mailed(next) })).toBeDate()
  })

  test('has sessions: `logout` ends its own, and all only where that is asked for', async () => {
    const email = newEmail()
    const [here, there, elsewhere] = [await signedIn(email), client(), client()]
    await there.auth.login(email, PASSWORD)
    await elsewhere.auth.login(email, PASSWORD)
    const sessions = await here.auth.sessions.list()
    expect(sessions).toHaveLength(3)
    expect(sessions.filter(({ current }) => current)).toMatchObject([
      { method: 'password', createdAt: expect.any(Date) },
    ])
    await there.auth.logout()
    expect((await here.auth.getMe()).email).toBe(email)
    await there.auth.login(email, PASSWORD)
    expect(await there.auth.sessions.endOthers()).toBe(2)
    await here.auth.login(email, PASSWORD)
    const [first] = (await there.auth.sessions.list()).filter(({ current }) => !current)
    await there.auth.sessions.end(first?.id ?? '')
    expect((await failure(here.auth.getMe())).code).toBe('UNAUTHENTICATED')
    await here.auth.login(email, PASSWORD)
    await here.auth.logout({ everywhere: true })
    expect((await failure(there.auth.getMe())).code).toBe('UNAUTHENTICATED')
    await here.auth.logout()
  })

  test('has passkeys and linked providers; creating one needs a browser', async () => {
    const koya = await signedIn()
    expect(await koya.auth.passkeys.list()).toEqual([])
    expect((await failure(koya.auth.passkeys.remove('none'))).code).toBe('NOT_FOUND')
    expect((await failure(koya.auth.passkeys.register({ name: 'x' }))).message).toContain('browser')
    expect(await koya.auth.oauth.identities()).toEqual([])
    expect(await koya.auth.oauth.providers()).toEqual({ registration: 'open', providers: [] })
    expect((await failure(koya.auth.oauth.unlink('github'))).status).toBe(404)
  })
})
