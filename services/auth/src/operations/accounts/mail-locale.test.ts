import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const ANN = 'ann@example.com'
const register = (metadata: object | null) =>
  auth.post('/api/auth/register', { email: ANN, password: PASSWORD, metadata })
const locale = () => auth.mails.at(-1)?.locale

test('emails are in the language of the user, or in that which was asked for', async () => {
  const { body } = await register({ locale: 'fr-CA' })
  expect(locale()).toBe('fr-CA')
  for (const path of [
    '/api/auth/password/forgot',
    '/api/auth/magic-link',
    '/api/auth/otp/request',
    '/api/auth/email/resend',
  ]) {
    await auth.post(path, { email: ANN })
    expect([path, locale()]).toEqual([path, 'fr-CA'])
    expect((await auth.post(path, { email: ANN, locale: 'de' })).status).toBeLessThan(300)
    expect([path, locale()]).toEqual([path, 'de'])
    expect((await auth.post(path, { email: ANN, locale: 'd_e' })).status).toBe(422)
  }
  const change = { current_password: PASSWORD, new_password: 'a new password 7' }
  await auth.post('/api/auth/password/change', change, { token: body.access_token })
  expect(auth.mails.at(-1)).toMatchObject({ template: 'password_changed', locale: 'fr-CA' })
})

test.each([null, {}, { locale: 7 }, { locale: '../../etc' }, { locale: { toString: 'fr' } }])(
  'who names none gets that of the settings: %j',
  async (metadata) => {
    await register(metadata)
    expect([auth.mails.length, locale()]).toEqual([1, undefined])
  },
)
