import { describe, expect, test } from 'bun:test'
import { type ApiResponse, createApi, expectError, expectStatus, testScenarios, useServer } from '@koyalite/testkit'
import { mailTo, PASSWORD } from './accounts'

// auth.enumeration: hidden. Nobody learns from registering who has an account; what it causes is seen by operators only.

const NO_LIMITS = 'rate_limit: { login: 100000/second, register: 100000/second, mail: 100000/second }'
const server = useServer({
  command: 'dev',
  schema: `
version: 1
collections:
  users: { fields: { handle: { type: string, unique: true, nullable: true } } }
`,
  settings: `auth: { enumeration: hidden, ${NO_LIMITS} }\n`,
})
const asNobody = () => ({ api: server.anonymous, effects: server.effects })

const ann = { email: 'ann@example.com', password: PASSWORD, handle: 'ann' }
const register = (body: object) => server.anonymous.post('/api/auth/register', body)
const verify = async (email: string, password = PASSWORD) =>
  server.anonymous.post('/api/auth/email/verify', { token: (await mailTo(server, email)).secret, password })
const shown = ({ status, body, headers }: ApiResponse) => ({
  ...{ status, body },
  headers: [...headers].filter(([name]) => !/^(x-request-id|date|ratelimit-(remaining|reset))$/.test(name)),
})

describe('registering', () => {
  testScenarios(asNobody, [
    {
      name: 'a new address',
      request: 'POST /api/auth/register',
      json: ann,
      status: 202,
      causes: {
        mails: ['verify_email ann@example.com'],
        audit: ['auth.registration_requested success'],
        // The registration, and a link that is made for nobody.
        rows: { one_time_tokens: 2 },
      },
    },
    {
      name: 'no account yet',
      request: 'POST /api/auth/login',
      json: { email: ann.email, password: ann.password },
      status: 401,
      code: 'UNAUTHENTICATED',
      causes: { audit: ['auth.login failure'], rows: { login_failures: 1 } },
    },
  ])

  test('the link and the password make the account', async () => {
    expectError(await verify(ann.email, 'another horse 7'), 'UNAUTHENTICATED')
    expectStatus(await verify(ann.email), 200)
    server.effects.take()
  })

  testScenarios(asNobody, [
    {
      name: 'a taken address',
      request: 'POST /api/auth/register',
      json: { ...ann, handle: 'eve' },
      status: 202,
      causes: {
        mails: ['account_exists ann@example.com'],
        audit: ['auth.registration_requested failure'],
        rows: { one_time_tokens: 2 },
      },
    },
  ])

  test('no response shows whether an address is taken', async () => {
    const fields = [{}, { handle: 'ann' }, { handle: 7 }, { role: 'admin' }, { password: 'password' }]
    for (const more of fields) {
      const [taken, free] = [
        await register({ ...ann, ...more }),
        await register({ ...ann, email: 'x@y.example', ...more }),
      ]
      const without = (response: ApiResponse) =>
        JSON.stringify(shown(response)).replace(/"(request_id|timestamp)":"[^"]*"/g, '')
      expect(without(taken)).toBe(without(free))
      expect(taken.body).not.toHaveProperty('access_token')
    }
  })

  test('another unique field that is taken shows when the link is used, which stays valid', async () => {
    expectStatus(await register({ ...ann, email: 'ben@example.com' }), 202)
    const conflict = await verify('ben@example.com')
    expectError(conflict, 'CONFLICT')
    expect(conflict.body.error.details).toMatchObject([{ field: 'handle' }])
    expectStatus(await register({ ...ann, email: 'ben@example.com', handle: 'ben' }), 202)
    expectStatus(await verify('ben@example.com'), 200)
    const { access_token } = expectStatus(
      await server.anonymous.post('/api/auth/login', { email: 'ben@example.com', password: PASSWORD }),
      200,
    ).body
    expect((await createApi(server.process.url, access_token).get('/api/auth/me')).body).toMatchObject({
      ...{ email: 'ben@example.com', verified: true, handle: 'ben' },
    })
  })
})
