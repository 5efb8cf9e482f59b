import { expect, test } from 'bun:test'
import { useAuthWithProvider } from '../../testing/auth-with-provider'
import { PASSWORD } from '../../testing/start-auth'

// auth.enumeration: hidden (SPEC.md, E1)

const corp = useAuthWithProvider({ 'auth.enumeration': 'hidden' })
const users = async () => (await corp.auth.get('/api/admin/users', { system: true })).body.users

test('an address that the provider does not vouch for leads nowhere, whether somebody has it or not', async () => {
  const email = 'ann@example.com'
  expect((await corp.auth.post('/api/admin/users', { email, password: PASSWORD }, { system: true })).status).toBe(201)
  const taken = await corp.signIn({ sub: 's1', email, email_verified: false })
  const free = await corp.signIn({ sub: 's2', email: 'ben@example.com', email_verified: false })
  const shown = [taken, free].map(({ status, text }) => {
    const { code, message, details } = JSON.parse(text).error
    return { status, code, message, details }
  })
  expect(shown[0]).toMatchObject({ status: 422, code: 'VALIDATION_ERROR', details: [{ code: 'email_unverified' }] })
  expect(shown[1]).toEqual(shown[0] as (typeof shown)[0])
  expect(await users()).toHaveLength(1)
  expect(corp.auth.mails.filter(({ template }) => template !== 'verify_email')).toEqual([])
})

test('one that it vouches for signs in', async () => {
  const page = await corp.signIn({ sub: 's1', email: 'ann@example.com', email_verified: true })
  expect(JSON.parse(page.text).user).toMatchObject({ email: 'ann@example.com', verified: true })
})

test('an anonymous user who links such an account gets no address by it', async () => {
  await corp.auth.post('/api/admin/users', { email: 'ann@example.com' }, { system: true })
  for (const email of ['ann@example.com', 'ben@example.com']) {
    const { access_token: token, user } = (await corp.auth.post('/api/auth/anonymous')).body
    const page = await corp.link(token, { sub: `s-${email}`, email, email_verified: false })
    expect([page.status, page.text]).toEqual([200, '{"ok":true}'])
    const linked = (await users()).find(({ id }: { id: string }) => id === user.id)
    expect(linked).toMatchObject({ verified: false, account: { anonymous: false } })
    expect(linked.email).toEndWith('@anonymous.invalid')
  }
})
