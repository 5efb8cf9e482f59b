import { describe, expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'
import { NO_LIMITS, newAddress, PASSWORD, SCHEMA, signUp } from './accounts'

const server = useServer({ schema: SCHEMA, settings: NO_LIMITS })

/** What no body of a user sets, however it is put. */
const FORBIDDEN: readonly Readonly<Record<string, unknown>>[] = [
  { role: 'moderator' },
  { verified: true },
  { id: '0190a5f0-7b1c-7def-8abc-0123456789ab' },
  { created_at: '2001-01-01T00:00:00Z' },
  { updated_at: '2001-01-01T00:00:00Z' },
  { account: { blocked_at: null } },
  { password_hash: 'x' },
  { anonymous: false },
  { blocked_at: null },
  { _koyalite_role: 'admin' },
  { 'metadata.role': 'moderator' },
  { $set: { role: 'moderator' } },
  { user: { role: 'moderator' } },
  { data: { role: 'moderator' } },
  { Role: 'moderator' },
  { 'role ': 'moderator' },
]
/** As text: parsers differ about these. */
const HOSTILE = [
  ['"__proto__":{"role":"moderator"}', 400],
  ['"constructor":{"prototype":{"role":"moderator"}}', 400],
  ['"role":"user","role":"moderator"', 422],
] as const

describe('no body sets what is the server’s', () => {
  test('at registration, with credentials or without', async () => {
    for (const more of FORBIDDEN) {
      const registered = await server.anonymous.post('/api/auth/register', {
        email: newAddress(),
        password: PASSWORD,
        ...more,
      })
      expect({ more, status: registered.status }).toEqual({ more, status: 422 })
      expect((await server.anonymous.post('/api/auth/anonymous', more)).status).toBe(422)
    }
    for (const [text, status] of HOSTILE) {
      const raw = `{"email":"${newAddress()}","password":"${PASSWORD}",${text}}`
      const headers = { 'content-type': 'application/json' }
      const answer = await server.anonymous.request('POST', '/api/auth/register', { raw, headers })
      expect([text, answer.status]).toEqual([text, status])
    }
  })

  test('when an anonymous user is promoted', async () => {
    const token = (await server.anonymous.post('/api/auth/anonymous')).body.access_token
    const headers = { authorization: `Bearer ${token}` }
    for (const more of FORBIDDEN) {
      const body = { email: newAddress(), password: PASSWORD, ...more }
      expect((await server.anonymous.post('/api/auth/register', body, headers)).status).toBe(422)
    }
  })

  test('afterwards, by any route to one’s own document', async () => {
    const ann = await signUp(server)
    const path = `/api/collections/users/${ann.id}`
    const before = (await ann.api.get('/api/auth/me')).body
    for (const data of FORBIDDEN) {
      const operation = { collection: 'users', id: ann.id, data }
      const attempts = [
        await ann.api.patch('/api/auth/me', data),
        await ann.api.patch(path, data),
        await ann.api.put(path, { email: ann.email, ...data }),
        await ann.api.post('/api/collections/users', { email: newAddress(), ...data }),
        await ann.api.post('/api/batch', { operations: [{ op: 'update', ...operation }] }),
        await ann.api.post('/api/batch', { operations: [{ op: 'upsert', ...operation }] }),
      ]
      // Users are made by no rule, whatever is said of them.
      expect([data, attempts.map(({ status }) => status)]).toEqual([data, [422, 422, 422, 403, 422, 422]])
    }
    for (const [text, status] of HOSTILE) {
      const headers = { 'content-type': 'application/json' }
      for (const at of ['/api/auth/me', path]) {
        const answer = await ann.api.request('PATCH', at, { raw: `{${text}}`, headers })
        expect([text, answer.status]).toEqual([text, status])
      }
    }
    expect((await ann.api.get('/api/auth/me')).body).toEqual(before)
  })

  test('and other fields of requests are told to be unknown, not left out', async () => {
    const { email } = await signUp(server)
    const bodies: [string, Readonly<Record<string, unknown>>][] = [
      ['login', { email, password: PASSWORD }],
      ['password/forgot', { email }],
      ['magic-link', { email }],
      ['otp/request', { email }],
      ['otp/verify', { email, code: '000000' }],
      ['email/resend', { email }],
    ]
    for (const [path, body] of bodies) {
      for (const more of [{ role: 'moderator' }, { user_id: 'x' }, { redirect_to: 'https://evil.example.com' }])
        expect((await server.anonymous.post(`/api/auth/${path}`, { ...body, ...more })).status).toBe(422)
      const wrong = Object.fromEntries(Object.keys(body).map((name) => [name, { $ne: null }]))
      expect((await server.anonymous.post(`/api/auth/${path}`, wrong)).status).toBe(422)
    }
  })
})

test('a user is made by operators with role and standing, at once', async () => {
  const email = newAddress()
  const made = await server.api.post('/api/admin/users', {
    email,
    password: PASSWORD,
    role: 'moderator',
    verified: true,
  })
  expect(expectStatus(made, 201).body).toMatchObject({ role: 'moderator', verified: true })
})
