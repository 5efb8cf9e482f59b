import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { OPERATOR_ROLES, type OperatorRole } from '@koyalite/contracts'
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

describe('the first operator', () => {
  const setUp = (token: string, email = 'owner@example.com') =>
    auth.post('/api/admin/setup', { token, email, password: PASSWORD })
  const link = async () => String(await auth.auth.setupLink()).split('token=')[1] ?? ''

  test('is the person who opens the link of the first start, once', async () => {
    const token = await link()
    const responses = await Promise.all(Array.from({ length: 50 }, (_, i) => setUp(token, `owner${i}@example.com`)))
    const [made, ...more] = responses.filter(({ status }) => status === 201)
    expect(more).toHaveLength(0)
    expect(made?.body.operator).toMatchObject({ role: 'owner' })
    expect((await auth.get('/api/admin/operators', { token: made?.body.access_token })).status).toBe(200)
    expect(await auth.auth.setupLink()).toBeNull()
  })

  test('cannot be created with an old link, or a guess', async () => {
    const old = await link()
    const fresh = await link()
    expect((await setUp(old)).status).toBe(403)
    expect((await setUp('guess')).status).toBe(403)
    auth.clock.now += 24 * 3_600_000
    expect((await setUp(fresh)).status).toBe(403)
  })

  test('cannot be created when there is one already', async () => {
    const token = await link()
    await operator('owner')
    expect((await setUp(token, 'second@example.com')).status).toBe(403)
  })
})

describe('operators', () => {
  test('sign in separately from users, with their own sessions', async () => {
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

  test('are refused after the same work as accepted, and locked like users', async () => {
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

  test('are created, changed and removed by owners only', async () => {
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

  test('the last owner cannot be removed', async () => {
    const owner = await operator('owner')
    for (const change of [{ role: 'admin' }, { disabled: true }]) {
      expect(
        (await auth.call('PATCH', `/api/admin/operators/${owner.id}`, change, { token: owner.token })).status,
      ).toBe(409)
    }
    expect((await auth.call('DELETE', `/api/admin/operators/${owner.id}`, undefined, SYSTEM)).status).toBe(409)
  })

  test('who are disabled are signed out at once, including their impersonations', async () => {
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

  test('who get another role lose their impersonations', async () => {
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

  test('choose their password with a link, once, and change it with the current one', async () => {
    const made = await auth.post('/api/admin/operators', { email: 'new@example.com', role: 'owner' }, SYSTEM)
    const token = made.body.link.split('token=')[1]
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => auth.post('/api/admin/password', { token, password: PASSWORD })),
    )
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
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

  test('cannot guess the password with a stolen session', async () => {
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

  test('can only grant keys the rights that they have', async () => {
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

describe('every route of the admin API', () => {
  const OPEN = ['login', 'setup', 'password', 'session', 'mfa/totp/verify'].map((name) => `/api/admin/${name}`)
  /** What every operator has of their own. */
  /** What they do to themselves: unlocking is for those who may change documents. */
  const isOwn = (response: string) => / \/api\/admin\/(?:mfa|session\/(?:editing|proof))/.test(response)
  const guarded = () => auth.auth.routes.filter(({ path }) => path.startsWith('/api/admin/') && !OPEN.includes(path))

  /** The status of every guarded route, for somebody; bodies are empty objects. */
  async function walk(token: string | null, filter: (method: string) => boolean): Promise<readonly string[]> {
    const responses: string[] = []
    for (const { method, path } of guarded()) {
      if (!filter(method)) continue
      const response = await auth.call(method, path.replace(':id', 'some-id'), method === 'GET' ? undefined : {}, {
        token,
      })
      responses.push(`${response.status} ${method} ${path}`)
    }
    return responses
  }
  const statuses = (responses: readonly string[]) => [...new Set(responses.map((response) => response.slice(0, 3)))]

  test('is listed', () => expect(guarded().length).toBeGreaterThan(20))

  test('refuses anonymous callers', async () => expect(statuses(await walk(null, () => true))).toEqual(['401']))

  test('is closed to users, whatever their role is called', async () => {
    const ann = await auth.user()
    for (const role of ['user', ...OPERATOR_ROLES]) {
      await auth.call('PATCH', `/api/admin/users/${ann.id}`, { role }, SYSTEM)
      expect(statuses(await walk(ann.access, () => true))).toEqual(['403'])
    }
  })

  test('lets a viewer write nothing but their own password, second factor and session', async () => {
    const { token } = await operator('viewer')
    const written = await walk(token, (method) => method !== 'GET')
    const allowed = written.filter((response) => !response.startsWith('403') && !isOwn(response))
    expect(allowed).toEqual(['422 POST /api/admin/password/change'])
  })

  test('lets an editor write no users, keys or operators', async () => {
    const { token } = await operator('editor')
    const written = await walk(token, (method) => method !== 'GET')
    const allowed = written.filter((response) => !response.startsWith('403') && !isOwn(response))
    expect(allowed).toEqual(['422 POST /api/admin/password/change'])
  })

  test.each([[{ scope: 'data:read' }], [{ scope: 'data:write' }], [{ scope: 'admin', collections: ['posts'] }]])(
    'is closed to a key with %p',
    async (scope) => {
      expect(statuses(await walk(await key(scope), () => true))).toEqual(['403'])
    },
  )

  test('allows a key with the scope auth users, sessions and roles, and nothing else', async () => {
    const open = (await walk(await key({ scope: 'auth' }), () => true)).filter(
      (response) => !response.startsWith('403'),
    )
    expect(open.every((response) => /\/api\/admin\/(users|sessions|roles)/.test(response))).toBe(true)
    expect(open.some((response) => response.includes('impersonate'))).toBe(false)
  })
})
