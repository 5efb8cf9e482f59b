import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { OPERATOR_ROLES, type OperatorRole } from '@koyalite/contracts'
import { Secret, TOTP } from 'otpauth'
import { type AuthTester, PASSWORD, startAuth } from './testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const SYSTEM = { system: true }

async function operator(role: OperatorRole) {
  const email = `${role}@example.com`
  const made = await auth.post('/api/admin/operators', { email, role, password: PASSWORD }, SYSTEM)
  const { body } = await auth.post('/api/admin/login', { email, password: PASSWORD })
  return {
    id: made.body.id as string,
    email,
    token: body.access_token as string,
    refresh: body.refresh_token as string,
  }
}
const key = async (...scopes: unknown[]) => (await auth.post('/api/admin/keys', { scopes }, SYSTEM)).body.key as string

describe('the first operator', () => {
  const setUp = (token: string, email = 'owner@example.com') =>
    auth.post('/api/admin/setup', { token, email, password: PASSWORD })
  const link = async () => String(await auth.auth.setupLink()).split('token=')[1] ?? ''

  test('is whoever opens the link of the first start, once', async () => {
    const token = await link()
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => setUp(token, `owner${i}@example.com`)))
    const [made, ...more] = answers.filter(({ status }) => status === 201)
    expect(more).toHaveLength(0)
    expect(made?.body.operator).toMatchObject({ role: 'owner' })
    expect((await auth.get('/api/admin/operators', { token: made?.body.access_token })).status).toBe(200)
    expect(await auth.auth.setupLink()).toBeNull()
  })

  test('is not whoever has an old link, or a guess', async () => {
    const old = await link()
    const fresh = await link()
    expect((await setUp(old)).status).toBe(403)
    expect((await setUp('guess')).status).toBe(403)
    auth.clock.now += 24 * 3_600_000
    expect((await setUp(fresh)).status).toBe(403)
  })

  test('is not whoever comes when there is one', async () => {
    const token = await link()
    await operator('owner')
    expect((await setUp(token, 'second@example.com')).status).toBe(403)
  })
})

describe('operators', () => {
  test('sign in apart from users, with sessions of their own', async () => {
    const admin = await operator('admin')
    await auth.user('ann@example.com')
    expect((await auth.post('/api/admin/login', { email: 'ann@example.com', password: PASSWORD })).status).toBe(401)
    expect((await auth.post('/api/auth/login', { email: admin.email, password: PASSWORD })).status).toBe(401)
    expect((await auth.get('/api/auth/me', { token: admin.token })).body).toMatchObject({
      email: admin.email,
      role: 'admin',
    })
    const renewed = await auth.post('/api/auth/refresh', { refresh_token: admin.refresh })
    expect(renewed.body.operator).toMatchObject({ email: admin.email })
    expect((await auth.post('/api/auth/logout', undefined, { token: renewed.body.access_token })).status).toBe(204)
    expect((await auth.get('/api/auth/me', { token: admin.token })).status).toBe(401)
  })

  test('get in after the same work or not at all, and are locked like users', async () => {
    await operator('owner')
    for (const email of ['owner@example.com', 'nobody@example.com']) {
      for (let i = 0; i < 10; i++) {
        const before = auth.counts.verified
        expect((await auth.post('/api/admin/login', { email, password: 'wrong' })).status).toBe(401)
        expect(auth.counts.verified).toBe(before + 1)
      }
      expect((await auth.post('/api/admin/login', { email, password: PASSWORD })).status).toBe(429)
    }
  })

  test('are made, changed and removed by owners only', async () => {
    const owner = await operator('owner')
    const admin = await operator('admin')
    const make = (token: string, role: string) =>
      auth.post('/api/admin/operators', { email: `x${role}@example.com`, role }, { token })
    expect((await make(admin.token, 'owner')).status).toBe(403)
    expect((await make(await key({ scope: 'admin' }), 'owner')).status).toBe(403)
    const change = (token: string, id: string, body: unknown) =>
      auth.call('PATCH', `/api/admin/operators/${id}`, body, { token })
    expect((await change(admin.token, admin.id, { role: 'owner' })).status).toBe(403)
    expect((await change(owner.token, admin.id, { role: 'viewer' })).status).toBe(200)
    expect((await auth.get('/api/auth/me', { token: admin.token })).body.role).toBe('viewer')
    expect((await change(owner.token, admin.id, { role: 'emperor' })).status).toBe(422)
    expect(
      (await auth.call('DELETE', `/api/admin/operators/${admin.id}`, undefined, { token: owner.token })).status,
    ).toBe(204)
    expect((await auth.get('/api/auth/me', { token: admin.token })).status).toBe(401)
  })

  test('the last owner stays', async () => {
    const owner = await operator('owner')
    for (const change of [{ role: 'admin' }, { disabled: true }]) {
      expect(
        (await auth.call('PATCH', `/api/admin/operators/${owner.id}`, change, { token: owner.token })).status,
      ).toBe(409)
    }
    expect((await auth.call('DELETE', `/api/admin/operators/${owner.id}`, undefined, SYSTEM)).status).toBe(409)
  })

  test('who are disabled are out at once, with what they began in the names of others', async () => {
    await operator('owner')
    const admin = await operator('admin')
    const ann = await auth.user()
    const acting = (await auth.post(`/api/admin/users/${ann.id}/impersonate`, undefined, { token: admin.token })).body
      .access_token
    expect((await auth.get('/api/auth/me', { token: acting })).body.id).toBe(ann.id)
    await auth.call('PATCH', `/api/admin/operators/${admin.id}`, { disabled: true }, SYSTEM)
    for (const token of [admin.token, acting]) expect((await auth.get('/api/auth/me', { token })).status).toBe(401)
    expect((await auth.post('/api/admin/login', { email: admin.email, password: PASSWORD })).status).toBe(401)
    expect((await auth.post('/api/auth/refresh', { refresh_token: admin.refresh })).status).toBe(401)
  })

  test('who get another role act in nobody’s name any more', async () => {
    const owner = await operator('owner')
    const admin = await operator('admin')
    const ann = await auth.user()
    const acting = await auth.post(`/api/admin/users/${ann.id}/impersonate`, undefined, { token: admin.token })
    const token = acting.body.access_token
    const change = (body: unknown) =>
      auth.call('PATCH', `/api/admin/operators/${admin.id}`, body, { token: owner.token })
    await change({ role: 'admin' })
    expect((await auth.get('/api/auth/me', { token })).status).toBe(200)
    await change({ role: 'viewer' })
    expect((await auth.get('/api/auth/me', { token })).status).toBe(401)
    expect((await auth.get('/api/auth/me', { token: admin.token })).body.role).toBe('viewer')
    expect((await auth.get('/api/auth/me', { token: ann.access })).status).toBe(200)
  })

  test('choose their password under a link, once, and change it knowing it', async () => {
    const made = await auth.post('/api/admin/operators', { email: 'new@example.com', role: 'owner' }, SYSTEM)
    const token = made.body.link.split('token=')[1]
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => auth.post('/api/admin/password', { token, password: PASSWORD })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const first = (await auth.post('/api/admin/login', { email: 'new@example.com', password: PASSWORD })).body
      .access_token
    const change = (current_password: string) =>
      auth.post('/api/admin/password/change', { current_password, new_password: 'another password' }, { token: first })
    expect((await change('wrong')).status).toBe(401)
    expect((await change(PASSWORD)).status).toBe(200)
    const reset = await auth.post(`/api/admin/operators/new@example.com/reset-password`, undefined, SYSTEM)
    expect(reset.body.link).toContain('token=')
    expect((await auth.get('/api/auth/me', { token: first })).status).toBe(401)
    expect(
      (await auth.post('/api/admin/login', { email: 'new@example.com', password: 'another password' })).status,
    ).toBe(401)
  })

  test('cannot guess at the password of one whose session they have', async () => {
    const owner = await operator('owner')
    const change = (current_password: string) =>
      auth.post(
        '/api/admin/password/change',
        { current_password, new_password: 'another password' },
        { token: owner.token },
      )
    for (let i = 0; i < 10; i++) expect((await change(`guess ${i}`)).status).toBe(401)
    expect((await change(PASSWORD)).status).toBe(429)
    expect(auth.events.at(-1)).toMatchObject({ event: 'operator.password_confirmation', outcome: 'failure' })
    auth.clock.now += 30_000
    expect((await change(PASSWORD)).status).toBe(200)
  })

  test('can only give keys what they may themselves', async () => {
    const admin = await operator('admin')
    const owner = await operator('owner')
    const make = (token: string) => auth.post('/api/admin/keys', { scopes: [{ scope: 'admin' }] }, { token })
    expect((await make(admin.token)).status).toBe(403)
    expect(
      (await auth.post('/api/admin/keys', { scopes: [{ scope: 'data:read' }] }, { token: admin.token })).status,
    ).toBe(201)
    expect((await make(owner.token)).status).toBe(201)
    expect(auth.events.filter(({ event }) => event === 'key.created')).toHaveLength(2)
    expect(JSON.stringify(auth.events)).not.toContain('kl_')
  })
})

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

  test('are made with or without a password', async () => {
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

  test('get a password from an operator: all their sessions and links end, and a lock opens', async () => {
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

  test('who lost their second factor get in without it', async () => {
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

  test('who are blocked are out at once, whichever way they come back', async () => {
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

  test('get another role at once, and the log has what it was before', async () => {
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

  test('are deleted with all that signed them in', async () => {
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

  test('have sessions that operators see and end', async () => {
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

describe('acting as a user', () => {
  test('is short, cannot be renewed, shows to the user, and stays away from credentials', async () => {
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

describe('every route of the admin API', () => {
  const OPEN = ['/api/admin/login', '/api/admin/setup', '/api/admin/password']
  const guarded = () => auth.auth.routes.filter(({ path }) => path.startsWith('/api/admin/') && !OPEN.includes(path))

  /** The status of every guarded route, for somebody; bodies are empty objects. */
  async function walk(token: string | null, filter: (method: string) => boolean): Promise<readonly string[]> {
    const answers: string[] = []
    for (const { method, path } of guarded()) {
      if (!filter(method)) continue
      const answer = await auth.call(method, path.replace(':id', 'some-id'), method === 'GET' ? undefined : {}, {
        token,
      })
      answers.push(`${answer.status} ${method} ${path}`)
    }
    return answers
  }
  const statuses = (answers: readonly string[]) => [...new Set(answers.map((answer) => answer.slice(0, 3)))]

  test('is there to be walked', () => expect(guarded().length).toBeGreaterThan(20))

  test('asks nobody in who does not say who they are', async () =>
    expect(statuses(await walk(null, () => true))).toEqual(['401']))

  test('is closed to users, whatever their role is called', async () => {
    const ann = await auth.user()
    for (const role of ['user', ...OPERATOR_ROLES]) {
      await auth.call('PATCH', `/api/admin/users/${ann.id}`, { role }, SYSTEM)
      expect(statuses(await walk(ann.access, () => true))).toEqual(['403'])
    }
  })

  test('lets a viewer write nothing but their own password', async () => {
    const { token } = await operator('viewer')
    const written = await walk(token, (method) => method !== 'GET')
    expect(written.filter((answer) => !answer.startsWith('403'))).toEqual(['422 POST /api/admin/password/change'])
  })

  test('lets an editor write no users, keys or operators', async () => {
    const { token } = await operator('editor')
    const written = await walk(token, (method) => method !== 'GET')
    expect(written.filter((answer) => !answer.startsWith('403'))).toEqual(['422 POST /api/admin/password/change'])
  })

  test.each([
    [{ scope: 'data:read' }],
    [{ scope: 'data:write' }],
    [{ scope: 'files' }],
    [{ scope: 'functions:invoke' }],
    [{ scope: 'admin', collections: ['posts'] }],
  ])('is closed to a key with %p', async (scope) => {
    expect(statuses(await walk(await key(scope), () => true))).toEqual(['403'])
  })

  test('opens users, sessions and roles to a key with the scope auth, and nothing else', async () => {
    const open = (await walk(await key({ scope: 'auth' }), () => true)).filter((answer) => !answer.startsWith('403'))
    expect(open.every((answer) => /\/api\/admin\/(users|sessions|roles)/.test(answer))).toBe(true)
    expect(open.some((answer) => answer.includes('impersonate'))).toBe(false)
  })
})
