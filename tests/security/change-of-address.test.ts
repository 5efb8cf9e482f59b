import { expect, test } from 'bun:test'
import { type Api, createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { mailTo, NO_LIMITS, newAddress, PASSWORD, SCHEMA, signUp } from './accounts'

const server = useServer({ command: 'dev', schema: SCHEMA, settings: NO_LIMITS })
const post = (path: string, body: unknown) => server.anonymous.post(path, body)

/** Somebody who registered and asks for the address of a victim, who gets the mail. */
async function attack() {
  const attacker = await signUp(server)
  const victim = newAddress()
  expectStatus(await attacker.api.post('/api/auth/email/change', { email: victim, password: PASSWORD }), 200)
  const { secret: token } = await mailTo(server, victim)
  return { attacker, victim, token }
}

const emailOf = async (api: Api) => expectStatus(await api.get('/api/auth/me'), 200).body.email

test('a victim who opens the link does not give their address to the account that asked for it', async () => {
  const { attacker, victim, token } = await attack()
  expectError(await post('/api/auth/email/confirm', { token }), 'UNAUTHENTICATED')
  // The page always sends what was typed: nothing, or a password that the victim uses here or elsewhere.
  expectError(await post('/api/auth/email/confirm', { token, password: '' }), 'UNAUTHENTICATED')
  expectError(await post('/api/auth/email/confirm', { token, password: 'my own password 1' }), 'UNAUTHENTICATED')
  expect(await emailOf(attacker.api)).toBe(attacker.email)
  // The address is still the victim's to register with.
  const { user } = expectStatus(await post('/api/auth/register', { email: victim, password: PASSWORD }), 201).body
  expect(user.id).not.toBe(attacker.id)
  expectError(await attacker.api.post('/api/auth/email/confirm', { token }), 'CONFLICT')
})

test('nor does a victim who is signed in to an account of their own', async () => {
  const { attacker, token } = await attack()
  const own = await signUp(server)
  expectError(await own.api.post('/api/auth/email/confirm', { token }), 'UNAUTHENTICATED')
  expect(await emailOf(attacker.api)).toBe(attacker.email)
  expect(await emailOf(own.api)).toBe(own.email)
})

test('a request that confirms nothing changes nothing else: no session ends, no mail is sent, the link stays good', async () => {
  const ann = await signUp(server)
  const email = newAddress()
  expectStatus(await ann.api.post('/api/auth/email/change', { email, password: PASSWORD }), 200)
  const { secret: token } = await mailTo(server, email)
  expectError(await post('/api/auth/email/confirm', { token }), 'UNAUTHENTICATED')
  expectError(
    await createApi(server.process.url, `${ann.access}x`).post('/api/auth/email/confirm', { token }),
    'UNAUTHENTICATED',
  )
  expect(await emailOf(ann.api)).toBe(ann.email)
  expectStatus(await post('/api/auth/email/confirm', { token, password: PASSWORD }), 200)
  expect(await emailOf(ann.api)).toBe(email)
})
