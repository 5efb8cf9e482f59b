import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { createBrowser } from '@koyalite/testkit'
import { type AuthTester, PASSWORD, startAuth, type TestResponse } from '../../testing/start-auth'
import { type OidcProcess, startOidc } from '../../testing/start-oidc'

const HOME = 'http://localhost:8090'
const CLIENT = { id: 'koyalite', secret: 'the-secret-of-the-client' }
const SYSTEM = { system: true }

let oidc: OidcProcess
let auth: AuthTester
beforeAll(async () => {
  oidc = await startOidc({ ...CLIENT, redirectUri: `${HOME}/api/auth/oauth/corp/callback` })
}, 30_000)
afterAll(() => oidc.stop())
beforeEach(async () => {
  auth = await startAuth({
    settings: {
      'auth.registration': 'closed',
      'auth.oauth.corp.client_id': CLIENT.id,
      'auth.oauth.corp.client_secret': CLIENT.secret,
      'auth.oauth.corp.issuer': oidc.issuer,
    },
  })
})
afterEach(() => auth.close())

const users = async () => (await auth.get('/api/admin/users', SYSTEM)).body.users
const expectClosed = ({ status, body }: TestResponse) => {
  expect(status).toBe(403)
  expect(body.error.code).toBe('FORBIDDEN')
}

/** Signs in at the provider as somebody and comes back. */
async function comeFromProvider(email: string) {
  const browser = createBrowser({ 'localhost:8090': (request) => auth.fetch(request) })
  const page = await browser.open(`${HOME}/api/auth/oauth/corp`)
  await fetch(`${oidc.issuer}/test-account?${new URLSearchParams({ sub: email, email, verified: 'true' })}`)
  const agreed = await browser.submit(page, { prompt: 'login', login: email, password: 'any' })
  return JSON.parse((await browser.submit(agreed, { prompt: 'consent' })).text)
}

describe('closed registration', () => {
  test('nobody can register, and the response is the same for a known address', async () => {
    await auth.post('/api/admin/users', { email: 'ann@example.com' }, SYSTEM)
    const asked = auth.counts.hashed
    const responses = await Promise.all([
      auth.post('/api/auth/register', { email: 'ann@example.com', password: PASSWORD }),
      auth.post('/api/auth/register', { email: 'bob@example.com', password: PASSWORD }),
      auth.post('/api/auth/register', { email: 'no address', password: '' }),
      auth.post('/api/auth/anonymous'),
    ])
    responses.forEach(expectClosed)
    expect(new Set(responses.map(({ body }) => body.error.message)).size).toBe(1)
    expect(auth.counts.hashed).toBe(asked)
    expect(await users()).toHaveLength(1)
  })

  test('a provider signs in existing users, and creates none', async () => {
    const made = await auth.post('/api/admin/users', { email: 'ann@example.com', verified: true }, SYSTEM)
    expect((await comeFromProvider('ann@example.com')).user.id).toBe(made.body.id)
    expect((await comeFromProvider('bob@example.com')).error.code).toBe('FORBIDDEN')
    expect(auth.events.at(-1)).toMatchObject({
      event: 'auth.oauth',
      outcome: 'failure',
      details: { error: 'FORBIDDEN' },
    })
    expect(await users()).toHaveLength(1)
  })

  test('mails sign in existing users only', async () => {
    for (const path of ['magic-link', 'otp/request', 'password/forgot']) {
      expect((await auth.post(`/api/auth/${path}`, { email: 'bob@example.com' })).status).toBe(200)
    }
    expect(auth.mails).toEqual([])
  })

  test('operators create users, who choose their password with a link', async () => {
    const made = await auth.post('/api/admin/users', { email: 'ann@example.com' }, SYSTEM)
    expect(made.status).toBe(201)
    await auth.post(`/api/admin/users/${made.body.id}/reset-password`, undefined, SYSTEM)
    await auth.post('/api/auth/password/reset', { token: auth.token('ann@example.com'), password: PASSWORD })
    expect((await auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })).status).toBe(200)
  })

  test('a page can detect it', async () => {
    expect((await auth.get('/api/auth/providers')).body.registration).toBe('closed')
  })
})
