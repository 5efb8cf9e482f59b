import { describe, expect, test } from 'bun:test'
import { HOME, useAuthWithProvider } from '../../testing/auth-with-provider'
import { createAuthenticator } from '../../testing/authenticator'
import { PASSWORD } from '../../testing/start-auth'

const corp = useAuthWithProvider()

async function anonymous() {
  const { body } = await corp.auth.post('/api/auth/anonymous', { name: 'Guest' })
  return { id: body.user.id as string, token: body.access_token as string, email: body.user.email as string }
}
const account = async (id: string) => (await corp.auth.get(`/api/admin/users/${id}`, { system: true })).body

const link = async (token: string, claims: Record<string, unknown>) => (await corp.link(token, claims)).status
const signIn = async (claims: Record<string, unknown>) => JSON.parse((await corp.signIn(claims)).text)

describe('an anonymous user becomes a full one, with the same id', () => {
  test('by linking a provider, with its address', async () => {
    const guest = await anonymous()
    const claims = { sub: 's', email: 'ann@example.com', email_verified: true }
    expect(await link(guest.token, claims)).toBe(200)
    expect(await account(guest.id)).toMatchObject({
      email: 'ann@example.com',
      verified: true,
      name: 'Guest',
      account: { anonymous: false, providers: ['corp'] },
    })
    // The session continues, and the provider signs in the same user.
    expect((await corp.auth.get('/api/auth/me', { token: guest.token })).body.id).toBe(guest.id)
    expect((await signIn(claims)).user.id).toBe(guest.id)
    expect(corp.auth.events.map(({ event }) => event)).toContain('auth.promoted')
  })

  test('with an unverified address, if the provider does not vouch for it', async () => {
    const guest = await anonymous()
    expect(await link(guest.token, { sub: 's', email: 'ann@example.com' })).toBe(200)
    expect(await account(guest.id)).toMatchObject({ email: 'ann@example.com', verified: false })
    expect(corp.auth.mails).toMatchObject([{ template: 'verify_email', to: 'ann@example.com' }])
  })

  test('without an address, if the provider returns none', async () => {
    const guest = await anonymous()
    expect(await link(guest.token, { sub: 's' })).toBe(200)
    expect(await account(guest.id)).toMatchObject({ email: guest.email, account: { anonymous: false } })
    expect((await signIn({ sub: 's' })).user.id).toBe(guest.id)
  })

  test('but not with the address of somebody else', async () => {
    const [guest, ann] = [await anonymous(), await corp.auth.user('ann@example.com')]
    expect(await link(guest.token, { sub: 's', email: 'ann@example.com', email_verified: true })).toBe(409)
    expect(await account(guest.id)).toMatchObject({ account: { anonymous: true, providers: [] } })
    expect(await account(ann.id)).toMatchObject({ account: { providers: [] } })
  })

  test('by a passkey', async () => {
    const guest = await anonymous()
    const device = createAuthenticator({ origin: HOME })
    const options = (await corp.auth.post('/api/auth/passkeys/options', { for: 'register' }, { token: guest.token }))
      .body
    const credential = device.register(options)
    expect((await corp.auth.post('/api/auth/passkeys/register', { credential }, { token: guest.token })).status).toBe(
      201,
    )
    expect(await account(guest.id)).toMatchObject({ account: { anonymous: false, passkeys: 1 } })
    const asked = (await corp.auth.post('/api/auth/passkeys/options', { for: 'login' })).body
    const used = await corp.auth.post('/api/auth/passkeys/login', { credential: device.login(asked) })
    expect(used.body.user.id).toBe(guest.id)
  })

  test('by verifying an address', async () => {
    const guest = await anonymous()
    await corp.auth.post('/api/auth/email/change', { email: 'ann@example.com' }, { token: guest.token })
    await corp.auth.post(
      '/api/auth/email/confirm',
      { token: corp.auth.token('ann@example.com') },
      { token: guest.token },
    )
    expect(await account(guest.id)).toMatchObject({ email: 'ann@example.com', account: { anonymous: false } })
  })

  test('by registering', async () => {
    const guest = await anonymous()
    const body = { email: 'ann@example.com', password: PASSWORD }
    const registered = await corp.auth.post('/api/auth/register', body, { token: guest.token })
    expect(registered.body.user.id).toBe(guest.id)
    expect(await account(guest.id)).toMatchObject({ account: { anonymous: false } })
  })
})

test('a promoted user cannot be promoted again: registering creates another user', async () => {
  const guest = await anonymous()
  await link(guest.token, { sub: 's', email: 'ann@example.com', email_verified: true })
  const body = { email: 'bob@example.com', password: PASSWORD }
  const registered = await corp.auth.post('/api/auth/register', body, { token: guest.token })
  expect(registered.status).toBe(201)
  expect(registered.body.user.id).not.toBe(guest.id)
})
