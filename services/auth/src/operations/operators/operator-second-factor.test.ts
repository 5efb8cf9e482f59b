import { afterEach, beforeEach, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import { makeOperator } from '../../testing/make-operator'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

const SYSTEM = { system: true }

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth({ settings: { 'auth.jwt.access_ttl': '2h' } })
})
afterEach(() => auth.close())

const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: auth.clock.now })
const enroll = (token: string) => auth.post('/api/auth/mfa/totp/enroll', undefined, { token })
const login = (email: string) => auth.post('/api/admin/login', { email, password: PASSWORD })
const verify = (body: unknown) => auth.post('/api/auth/mfa/totp/verify', body)
const factors = async (token: string) => (await auth.get('/api/auth/mfa', { token })).body

async function withApp(role: 'owner' | 'admin' = 'admin') {
  const operator = await makeOperator(auth, role)
  const secret = String((await enroll(operator.token)).body.secret)
  const body = { code: codeOf(secret) }
  const activated = await auth.post('/api/auth/mfa/totp/activate', body, { token: operator.token })
  expect(activated.status).toBe(200)
  auth.clock.now += 30_000
  return { ...operator, secret, codes: activated.body.recovery_codes as string[] }
}

test('operators are asked for a code of their app, once they have one', async () => {
  const admin = await withApp()
  const first = await login(admin.email)
  expect(first.body).toEqual({
    mfa_required: true,
    mfa_token: first.body.mfa_token,
    methods: ['totp', 'recovery_code'],
  })
  expect((await verify({ mfa_token: first.body.mfa_token, code: 'wrong' })).status).toBe(401)
  const signedIn = await verify({ mfa_token: first.body.mfa_token, code: codeOf(admin.secret) })
  expect(signedIn.status).toBe(200)
  expect(signedIn.body.operator).toMatchObject({ id: admin.id, role: 'admin' })
  expect((await auth.get('/api/admin/users', { token: signedIn.body.access_token })).status).toBe(200)
  expect(await factors(signedIn.body.access_token)).toEqual({ totp: true, recovery_codes_left: 10 })
  expect((await verify({ mfa_token: first.body.mfa_token, code: codeOf(admin.secret) })).status).toBe(401)
  const { mfa_token } = (await login(admin.email)).body
  expect((await verify({ mfa_token, recovery_code: admin.codes[0] })).body.operator.id).toBe(admin.id)
  expect(auth.events.findLast(({ event }) => event === 'auth.recovery_code_used')).toMatchObject({
    actor: { kind: 'operator', id: admin.id, name: admin.email },
  })
})

test('enrolling requires a fresh sign-in, removing it a code', async () => {
  const admin = await makeOperator(auth, 'admin')
  auth.clock.now += 15 * 60_000
  const refused = await enroll(admin.token)
  expect(refused.status).toBe(403)
  expect(refused.body.error.details).toMatchObject([{ code: 'reauthentication_required' }])
  const again = (await login(admin.email)).body.access_token
  const { secret } = (await enroll(again)).body
  await auth.post('/api/auth/mfa/totp/activate', { code: codeOf(secret) }, { token: again })
  auth.clock.now += 30_000
  const disable = (body: unknown) => auth.post('/api/auth/mfa/totp/disable', body, { token: again })
  expect((await disable({ code: 'wrong' })).status).toBe(422)
  expect((await disable({ code: codeOf(secret) })).status).toBe(200)
  expect((await login(admin.email)).body.access_token).toBeString()
})

test('codes cannot be guessed with the password known', async () => {
  const admin = await withApp()
  for (let i = 0; i < 2; i++) {
    const { mfa_token } = (await login(admin.email)).body
    for (let j = 0; j < 5; j++) expect((await verify({ mfa_token, code: 'wrong' })).status).toBe(401)
  }
  const { mfa_token } = (await login(admin.email)).body
  expect((await verify({ mfa_token, code: codeOf(admin.secret) })).status).toBe(429)
})

test('the first step is void once the operator is disabled or has another password', async () => {
  const admin = await withApp()
  const first = async () => (await login(admin.email)).body.mfa_token
  const byDisabling = await first()
  await auth.call('PATCH', `/api/admin/operators/${admin.id}`, { disabled: true }, SYSTEM)
  expect((await verify({ mfa_token: byDisabling, code: codeOf(admin.secret) })).status).toBe(401)
  await auth.call('PATCH', `/api/admin/operators/${admin.id}`, { disabled: false }, SYSTEM)
  const byReset = await first()
  await auth.post(`/api/admin/operators/${admin.id}/reset-password`, undefined, SYSTEM)
  expect((await verify({ mfa_token: byReset, code: codeOf(admin.secret) })).status).toBe(401)
})

test('owners can remove a lost one; nobody else can, nor through the routes of users', async () => {
  const owner = await makeOperator(auth, 'owner')
  const admin = await withApp()
  const remove = (token: string) => auth.call('DELETE', `/api/admin/operators/${admin.id}/mfa`, undefined, { token })
  expect((await remove(admin.token)).status).toBe(403)
  expect((await auth.call('DELETE', `/api/admin/users/${admin.id}/mfa`, undefined, SYSTEM)).status).toBe(404)
  expect((await login(admin.email)).body.mfa_required).toBe(true)
  expect((await remove(owner.token)).status).toBe(204)
  expect((await remove(owner.token)).status).toBe(404)
  expect((await login(admin.email)).body.access_token).toBeString()
})

test('a user and an operator each have their own', async () => {
  const admin = await withApp()
  const ann = await auth.user(admin.email)
  expect(await factors(ann.access)).toEqual({ totp: false, recovery_codes_left: 0 })
  expect(
    (await auth.post('/api/auth/login', { email: admin.email, password: PASSWORD })).body.access_token,
  ).toBeString()
})

test('it is deleted with its operator, by id or address', async () => {
  await makeOperator(auth, 'owner')
  const admin = await withApp()
  expect((await auth.call('DELETE', `/api/admin/operators/${admin.email}`, undefined, SYSTEM)).status).toBe(204)
  expect((await auth.get('/api/auth/me', { token: admin.token })).status).toBe(401)
  for (const table of ['totp', 'recovery_codes', 'operators WHERE "role" = \'admin\'']) {
    const text = `SELECT count(*) FROM ${table.replace(/^\w+/, '"_koyalite_$&"')}`
    expect(auth.database.get({ text, params: [] })).toEqual([0])
  }
})

test('a role assigned by email address takes effect at once', async () => {
  await makeOperator(auth, 'owner')
  const admin = await makeOperator(auth, 'admin')
  expect((await auth.get('/api/auth/me', { token: admin.token })).body.role).toBe('admin')
  const keys = () => auth.post('/api/admin/keys', { scopes: [{ scope: 'data:read' }] }, { token: admin.token })
  expect((await keys()).status).toBe(201)
  await auth.call('PATCH', `/api/admin/operators/${admin.email}`, { role: 'viewer' }, SYSTEM)
  expect((await keys()).status).toBe(403)
})
