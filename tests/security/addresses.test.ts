import { describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { mailTo, newAddress, PASSWORD, SCHEMA, signUp } from './accounts'

const server = useServer({
  command: 'dev',
  schema: SCHEMA,
  settings: 'auth: { rate_limit: { login: 100000/second, register: 100000/second, password_reset: 100000/second } }\n',
})

/** Each would become `kit@…` or `sis@…` by some rule of Unicode. */
const LOOK_ALIKES = [
  '\u212ait@example.com',
  'kit@example.\u212aom',
  'k\u0131t@example.com',
  'K\u0130T@example.com',
  'si\u017f@example.com',
  '\uff4bit@example.com',
  'kit\uff20example.com',
  'kit@example\uff0ecom',
  'kit@example\u3002com',
  'ki\u0074\u0301@example.com',
  '\u043ait@example.com',
  'kit\u200b@example.com',
]

describe('addresses that only look like somebody’s', () => {
  test.each(LOOK_ALIKES)('%j is refused wherever an address is stored', async (email) => {
    const { id, api } = await signUp(server)
    for (const response of [
      await server.anonymous.post('/api/auth/register', { email, password: PASSWORD }),
      await server.api.post('/api/admin/users', { email }),
      await server.api.patch(`/api/admin/users/${id}`, { email }),
      await server.api.post('/api/collections/users', { email }),
      await server.api.patch(`/api/collections/users/${id}`, { email }),
      await api.post('/api/auth/email/change', { email, password: PASSWORD }),
    ]) {
      expectError(response, 'VALIDATION_ERROR')
      expect(response.body.error.details).toEqual([expect.objectContaining({ field: 'email' })])
    }
  })

  test('and finds nobody', async () => {
    const email = `kit${newAddress()}`
    await signUp(server, email)
    const sent = () => server.anonymous.get('/_/mail').then(({ text }) => text.split('<details').length)
    const before = await sent()
    const other = email.replace('k', '\u212a')
    expectError(await server.anonymous.post('/api/auth/login', { email: other, password: PASSWORD }), 'UNAUTHENTICATED')
    for (const path of ['/api/auth/magic-link', '/api/auth/otp/request', '/api/auth/password/forgot'])
      expectStatus(await server.anonymous.post(path, { email: other }), 200)
    expect(await sent()).toBe(before)
    expectError(await server.api.get(`/api/admin/users/${encodeURIComponent(other)}`), 'NOT_FOUND')
  })
})

test('ASCII case and white space around it make no difference, wherever an address is asked for', async () => {
  const email = newAddress()
  await signUp(server, ` ${email.toUpperCase()}\n`)
  const typed = `\t${email.toUpperCase()} `
  expect(
    expectStatus(await server.anonymous.post('/api/auth/login', { email: typed, password: PASSWORD }), 200).body.user,
  ).toMatchObject({ email })
  expectError(await server.anonymous.post('/api/auth/register', { email: typed, password: PASSWORD }), 'CONFLICT')
  expectStatus(await server.api.get(`/api/admin/users/${encodeURIComponent(typed)}`), 200)
  expectStatus(await server.anonymous.post('/api/auth/magic-link', { email: typed }), 200)
  expect((await mailTo(server, email)).text).toContain(email)
})
