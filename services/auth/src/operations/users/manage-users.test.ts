import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { OperatorRole } from '@koyalite/contracts'
import { Secret, TOTP } from 'otpauth'
import { makeOperator } from '../../testing/make-operator'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const SYSTEM = { system: true }
const operator = (role: OperatorRole) => makeOperator(auth, role)
const key = async (...scopes: unknown[]) => (await auth.post('/api/admin/keys', { scopes }, SYSTEM)).body.key as string

describe('users, as operators see them', () => {
  test('are listed and shown with their accounts, by id or address', async () => {
    const viewer = await operator('viewer')
    const ann = await auth.user()
    const { users } = (await auth.get('/api/admin/users', { token: viewer.token })).body
    expect(users).toMatchObject([
      { id: ann.id, account: { has_password: true, anonymous: false, blocked_at: null, mfa: false } },
    ])
    for (const id of [ann.id, 'ANN@example.com']) {
      expect((await auth.get(`/api/admin/users/${id}`, { token: viewer.token })).body).toMatchObject({
        id: ann.id,
        account: { providers: [], passkeys: 0 },
      })
    }
    expect((await auth.get('/api/admin/users/nobody', { token: viewer.token })).status).toBe(404)
  })

  test('are created with or without a password', async () => {
    const admin = await operator('admin')
    const made = await auth.post(
      '/api/admin/users',
      { email: 'bob@example.com', name: 'Bob', role: 'editor', password: PASSWORD },
      { token: admin.token },
    )
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'Bob', role: 'editor', account: { has_password: true } })
    expect((await auth.post('/api/auth/login', { email: 'bob@example.com', password: PASSWORD })).body.user.role).toBe(
      'editor',
    )
    await auth.post('/api/admin/users', { email: 'cid@example.com' }, { token: admin.token })
    expect((await auth.post('/api/auth/login', { email: 'cid@example.com', password: '' })).status).toBe(401)
    await auth.post('/api/admin/users/cid@example.com/reset-password', undefined, { token: admin.token })
    expect(
      (await auth.post('/api/auth/password/reset', { token: auth.token('cid@example.com'), password: PASSWORD }))
        .status,
    ).toBe(200)
    expect((await auth.post('/api/admin/users', { email: 'bob@example.com' }, { token: admin.token })).status).toBe(409)
  })

  test('can be given a password: all their sessions and links end, and a lock is lifted', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    const path = `/api/admin/users/${ann.id}/reset-password`
    await auth.post('/api/auth/password/forgot', { email: 'ann@example.com' })
    const link = auth.token('ann@example.com')
    for (let i = 0; i < 10; i++) await auth.post('/api/auth/login', { email: 'ann@example.com', password: 'wrong' })
    const short = await auth.post(path, { password: 'short' }, { token: admin.token })
    expect(short.body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'password' }] })
    expect((await auth.post(path, { password: PASSWORD, role: 'x' }, { token: admin.token })).status).toBe(422)
    expect((await auth.post(path, { password: 'a brand new one' }, { token: admin.token })).status).toBe(200)
    expect(auth.events.at(-1)).toMatchObject({
      event: 'user.password_reset',
      actor: { kind: 'operator', name: 'admin@example.com' },
      target: { kind: 'user', id: ann.id, name: 'ann@example.com' },
    })
    expect(JSON.stringify(auth.events)).not.toContain('brand new')
    expect(auth.mails.at(-1)).toEqual({ template: 'password_changed', to: 'ann@example.com' })
    expect((await auth.get('/api/auth/me', { token: ann.access })).status).toBe(401)
    expect((await auth.post('/api/auth/refresh', { refresh_token: ann.refresh })).status).toBe(401)
    expect((await auth.post('/api/auth/password/reset', { token: link, password: PASSWORD })).status).toBe(400)
    const login = (password: string) => auth.post('/api/auth/login', { email: 'ann@example.com', password })
    expect((await login('a brand new one')).status).toBe(200)
    expect((await login(PASSWORD)).status).toBe(401)
    expect((await auth.post(path, { password: PASSWORD }, { token: ann.access })).status).toBe(401)
    expect((await auth.post('/api/admin/users/nobody/reset-password', {}, { token: admin.token })).status).toBe(404)
  })

  test('are blocked with a reason, and until an end', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    const path = `/api/admin/users/${ann.id}/block`
    const past = await auth.post(path, { until: '2025-01-01T00:00:00Z' }, { token: admin.token })
    expect([past.status, past.body.error.code]).toEqual([400, 'INVALID_REQUEST'])
    const why = { reason: 'spam', until: '2999-01-01T00:00:00Z' }
    const { account } = (await auth.post(path, why, { token: admin.token })).body
    expect(account).toMatchObject({ block_reason: 'spam', blocked_until: '2999-01-01T00:00:00.000Z' })
    expect(auth.events.at(-1)).toMatchObject({ event: 'user.blocked', details: { reason: 'spam' } })
    const login = () => auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })
    expect((await login()).status).toBe(403)
    // Over by itself: nobody has to unblock.
    await auth.database.write((tx) => {
      tx.run({ text: `UPDATE "_koyalite_account_details" SET "blocked_until" = 1`, params: [] })
    })
    expect((await login()).status).toBe(200)
    const after = (await auth.get(`/api/admin/users/${ann.id}`, { token: admin.token })).body.account
    expect([after.blocked_at, after.block_reason]).toEqual([null, null])
    expect(after.last_sign_in_at).toBe(new Date(auth.clock.now).toISOString())
  })

  test('who lost their second factor can sign in without it', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    const remove = () => auth.call('DELETE', `/api/admin/users/${ann.id}/mfa`, undefined, { token: admin.token })
    expect((await remove()).status).toBe(404)
    const { secret } = (await auth.post('/api/auth/mfa/totp/enroll', {}, { token: ann.access })).body
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: auth.clock.now })
    expect((await auth.post('/api/auth/mfa/totp/activate', { code }, { token: ann.access })).status).toBe(200)
    expect(
      (await auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })).body.mfa_required,
    ).toBe(true)
    expect((await remove()).status).toBe(204)
    expect(auth.events.at(-1)).toMatchObject({ event: 'user.mfa_removed', target: { id: ann.id } })
    expect(
      (await auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })).body.access_token,
    ).toBeString()
  })

  test('who are blocked are signed out at once, and cannot sign in in any way', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    await auth.post('/api/auth/magic-link', { email: 'ann@example.com' })
    const link = auth.token('ann@example.com')
    expect(
      (await auth.post(`/api/admin/users/${ann.id}/block`, undefined, { token: admin.token })).body.account.blocked_at,
    ).toBeString()
    expect((await auth.get('/api/auth/me', { token: ann.access })).status).toBe(401)
    expect((await auth.post('/api/auth/refresh', { refresh_token: ann.refresh })).status).toBe(401)
    expect((await auth.post('/api/auth/magic-link', { token: link })).status).toBe(401)
    expect((await auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })).status).toBe(403)
    expect((await auth.post('/api/auth/login', { email: 'ann@example.com', password: 'wrong' })).status).toBe(401)
    const sent = auth.mails.length
    for (const path of ['password/forgot', 'magic-link', 'otp/request'])
      await auth.post(`/api/auth/${path}`, { email: 'ann@example.com' })
    expect(auth.mails).toHaveLength(sent)
    await auth.post(`/api/admin/users/${ann.id}/unblock`, undefined, { token: admin.token })
    expect((await auth.post('/api/auth/login', { email: 'ann@example.com', password: PASSWORD })).status).toBe(200)
  })

  test('get another role at once, and the log has the previous one', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    await auth.get('/api/auth/me', { token: ann.access })
    await auth.call('PATCH', `/api/admin/users/${ann.id}`, { role: 'editor' }, { token: admin.token })
    expect((await auth.get('/api/auth/me', { token: ann.access })).body.role).toBe('editor')
    expect(auth.events.at(-1)).toMatchObject({
      event: 'user.changed',
      actor: { kind: 'operator', name: 'admin@example.com' },
      target: { id: ann.id },
      details: { before: { role: 'user' }, after: { role: 'editor' } },
    })
  })

  test('are deleted with all their credentials', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    expect((await auth.call('DELETE', `/api/admin/users/${ann.id}`, undefined, { token: admin.token })).status).toBe(
      204,
    )
    expect((await auth.get('/api/auth/me', { token: ann.access })).status).toBe(401)
    for (const table of ['accounts', 'sessions', 'refresh_tokens']) {
      const left = auth.database.all({ text: `SELECT * FROM "_koyalite_${table}"`, params: [] })
      expect(JSON.stringify(left)).not.toContain(ann.id)
    }
  })

  test('have sessions that operators can list and end', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    const { sessions } = (await auth.get(`/api/admin/sessions?user=${ann.id}`, { token: admin.token })).body
    expect(sessions).toMatchObject([{ kind: 'user', subject: ann.id, method: 'password' }])
    expect((await auth.get('/api/admin/sessions?limit=1', { token: admin.token })).body.next_cursor).toBeString()
    expect(
      (await auth.call('DELETE', `/api/admin/sessions/${sessions[0].id}`, undefined, { token: admin.token })).status,
    ).toBe(204)
    expect((await auth.get('/api/auth/me', { token: ann.access })).status).toBe(401)
  })
})

describe('impersonating a user', () => {
  test('is short, cannot be renewed, is visible to the user, and cannot change credentials', async () => {
    const admin = await operator('admin')
    const ann = await auth.user()
    const { status, body } = await auth.post(`/api/admin/users/${ann.id}/impersonate`, undefined, {
      token: admin.token,
    })
    expect(status).toBe(201)
    expect(body.refresh_token).toBeUndefined()
    expect(body.expires_in).toBe(900)
    const token = body.access_token
    expect((await auth.get('/api/auth/me', { token })).body.id).toBe(ann.id)
    const { sessions } = (await auth.get('/api/auth/sessions', { token: ann.access })).body
    expect(sessions.map((session: { method: string }) => session.method)).toContain('impersonation')
    for (const [path, input] of [
      ['/api/auth/password/change', { current_password: PASSWORD, new_password: 'another password' }],
      ['/api/auth/email/change', { email: 'x@example.com', password: PASSWORD }],
      ['/api/auth/mfa/totp/enroll', undefined],
      ['/api/auth/passkeys/options', { for: 'register' }],
    ] as const) {
      expect((await auth.post(path, input, { token })).status).toBe(403)
    }
    auth.clock.now += 900_000
    expect((await auth.get('/api/auth/me', { token })).status).toBe(401)
    expect(auth.events.map(({ event }) => event)).toContain('impersonation.started')
  })

  test('is for owners and admins in person', async () => {
    const ann = await auth.user()
    const path = `/api/admin/users/${ann.id}/impersonate`
    for (const role of ['editor', 'viewer'] as const)
      expect((await auth.post(path, undefined, { token: (await operator(role)).token })).status).toBe(403)
    expect((await auth.post(path, undefined, { token: await key({ scope: 'admin' }) })).status).toBe(403)
    expect((await auth.post(path, undefined, { token: ann.access })).status).toBe(403)
  })
})
