import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type AuthTester, PASSWORD, startAuth, type TestResponse } from '../../testing/start-auth'

// auth.enumeration: hidden (SPEC.md, E1)

const SYSTEM = { system: true }
const OTHER = 'another horse 7'

let auth: AuthTester
const start = (settings: Readonly<Record<string, string>> = {}) =>
  startAuth({ settings: { 'auth.enumeration': 'hidden', ...settings } })
beforeEach(async () => {
  auth = await start()
})
afterEach(() => auth.close())

const register = (email: string, password = PASSWORD, more: object = {}) =>
  auth.post('/api/auth/register', { email, password, ...more })
const verify = (token: string, password?: string, access: string | null = null) =>
  auth.post('/api/auth/email/verify', { token, ...(password === undefined ? {} : { password }) }, { token: access })
const login = (email: string, password = PASSWORD) => auth.post('/api/auth/login', { email, password })
const users = async () => (await auth.get('/api/admin/users', SYSTEM)).body.users
/** Somebody with an account. */
async function ann(email = 'ann@example.com') {
  await register(email)
  expect((await verify(auth.token(email), PASSWORD)).status).toBe(200)
  const { body } = await login(email)
  return { id: body.user.id as string, access: body.access_token as string }
}
const shown = ({ status, headers, body }: TestResponse) => ({
  status,
  body,
  headers: [...headers].filter(([name]) => !['x-request-id', 'ratelimit-remaining'].includes(name)),
})

describe('E1.3 registering, where enumeration is hidden,', () => {
  test('gives nobody a session, and responds the same for a taken address', async () => {
    await ann()
    const { id: blocked } = await ann('blocked@example.com')
    await auth.post(`/api/admin/users/${blocked}/block`, undefined, SYSTEM)
    const before = auth.mails.length
    const responses = [
      await register('ben@example.com'),
      await register('ann@example.com'),
      await register(' ANN@example.com'),
      await register('blocked@example.com'),
      await auth.post('/api/auth/register?cookies=true', { email: 'ann@example.com', password: PASSWORD }),
    ].map(shown)
    for (const response of responses) expect(response).toEqual(responses[0] as (typeof responses)[0])
    expect(responses[0]).toMatchObject({ status: 202, body: { verification_required: true } })
    expect(auth.mails.slice(before).map(({ template, to }) => [template, to])).toEqual([
      ['verify_email', 'ben@example.com'],
      ['account_exists', 'ann@example.com'],
      ['account_exists', 'ann@example.com'],
      ['account_exists', 'ann@example.com'],
    ])
    expect(await users()).toHaveLength(2)
  })

  test('does the same work for a taken address', async () => {
    await ann()
    const hashed = auth.counts.hashed
    await register('ann@example.com')
    await register('ben@example.com')
    expect(auth.counts.hashed).toBe(hashed + 2)
    const fastest = { taken: Number.POSITIVE_INFINITY, free: Number.POSITIVE_INFINITY }
    for (let n = 0; n < 60; n++) {
      for (const [kind, email] of Object.entries({ taken: 'ann@example.com', free: `free${n}@example.com` })) {
        const started = performance.now()
        expect((await register(email)).status).toBe(202)
        fastest[kind as keyof typeof fastest] = Math.min(
          fastest[kind as keyof typeof fastest],
          performance.now() - started,
        )
      }
    }
    const ratio = fastest.taken / fastest.free
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })

  test('finds what is wrong before it looks who is there', async () => {
    await ann()
    for (const email of ['ann@example.com', 'ben@example.com']) {
      const { status, body } = await register(email, 'x', { name: 'n'.repeat(21) })
      expect([status, body.error.details.map(({ field }: { field: string }) => field)]).toEqual([
        422,
        ['name', 'password'],
      ])
    }
    expect((await register('no address')).status).toBe(422)
    expect((await register('x@anonymous.invalid')).status).toBe(422)
  })

  test('counts mails to an address, whoever has it', async () => {
    await auth.close()
    auth = await start({ 'auth.rate_limit.mail': '3/hour' })
    await ann()
    for (const email of ['ann@example.com', 'ben@example.com']) {
      const statuses = []
      for (let n = 0; n < 4; n++) {
        const ip = `192.0.2.${email.length}${n}`
        statuses.push((await auth.post('/api/auth/register', { email, password: PASSWORD }, { ip })).status)
      }
      // Of the first one, one was to register.
      expect(statuses).toEqual(email.startsWith('ann') ? [202, 202, 429, 429] : [202, 202, 202, 429])
    }
  })
})

describe('the link of such a registration', () => {
  test('makes the account, with its password and fields, for who knows the password', async () => {
    await register('ann@example.com', PASSWORD, { name: 'Ann' })
    const token = auth.token('ann@example.com')
    const [waiting, nobody] = [await login('ann@example.com'), await login('nobody@example.com')]
    expect([waiting.status, waiting.body.error.message]).toEqual([401, nobody.body.error.message])
    expect((await verify(token)).status).toBe(401)
    expect((await verify(token, '')).status).toBe(401)
    expect((await verify(token, OTHER)).status).toBe(401)
    expect(await users()).toEqual([])
    expect((await verify(token, PASSWORD)).status).toBe(200)
    const { status, body } = await login('ann@example.com')
    expect([status, body.user]).toMatchObject([200, { email: 'ann@example.com', verified: true, name: 'Ann' }])
    expect((await verify(token, PASSWORD)).status).toBe(400)
    expect(auth.events.map(({ event }) => event)).toContain('auth.registered')
  })

  test('belongs to one registration: a stranger’s neither replaces it nor opens it', async () => {
    await register('ann@example.com')
    const own = auth.token('ann@example.com')
    await register('ann@example.com', OTHER)
    const strangers = auth.token('ann@example.com')
    expect((await verify(strangers, PASSWORD)).status).toBe(401)
    expect((await verify(own, PASSWORD)).status).toBe(200)
    expect((await verify(strangers, OTHER)).body.error.code).toBe('CONFLICT')
    expect((await login('ann@example.com', OTHER)).status).toBe(401)
    expect((await login('ann@example.com')).status).toBe(200)
  })

  test('makes one account, however often and however many are used at once', async () => {
    for (let n = 0; n < 3; n++) await register('ann@example.com', PASSWORD, { name: `Ann ${n}` })
    const tokens = auth.mails.map(({ link }) => link?.split('token=')[1] ?? '')
    const responses = await Promise.all(
      tokens.flatMap((token) => Array.from({ length: 10 }, () => verify(token, PASSWORD))),
    )
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200, 400, 409]))
    expect(await users()).toHaveLength(1)
    expect(auth.events.filter(({ event }) => event === 'auth.registered')).toHaveLength(1)
  })

  test('expires after a day', async () => {
    await register('ann@example.com')
    auth.clock.now += 24 * 3_600_000
    expect((await verify(auth.token('ann@example.com'), PASSWORD)).status).toBe(400)
  })

  test('locks after wrong passwords, like a sign-in', async () => {
    await register('ann@example.com')
    const token = auth.token('ann@example.com')
    for (let n = 0; n < 10; n++) expect((await verify(token, OTHER)).status).toBe(401)
    expect((await verify(token, PASSWORD)).status).toBe(429)
    auth.clock.now += 30_000
    expect((await verify(token, PASSWORD)).status).toBe(200)
  })

  test('promotes an anonymous user, who keeps id and session, or sends the password', async () => {
    for (const [email, inPerson] of [
      ['ann@example.com', true],
      ['ben@example.com', false],
    ] as const) {
      const { body } = await auth.post('/api/auth/anonymous')
      const { access_token: token, user } = body
      const asked = await auth.post('/api/auth/register', { email, password: PASSWORD }, { token })
      expect([asked.status, asked.body]).toEqual([202, { verification_required: true }])
      expect((await auth.get('/api/auth/me', { token })).body.email).toEndWith('@anonymous.invalid')
      const link = auth.token(email)
      expect((await verify(link, inPerson ? undefined : PASSWORD, inPerson ? token : null)).status).toBe(200)
      expect((await auth.get('/api/auth/me', { token })).status).toBe(inPerson ? 200 : 401)
      expect((await login(email)).body.user).toMatchObject({ id: user.id, email, verified: true })
    }
  })

  test('is void once the anonymous user is somebody, or gone', async () => {
    const { body } = await auth.post('/api/auth/anonymous')
    const { access_token: token, user } = body
    const ask = (email: string) => auth.post('/api/auth/register', { email, password: PASSWORD }, { token })
    await ask('ann@example.com')
    await ask('ben@example.com')
    expect((await verify(auth.token('ann@example.com'), undefined, token)).status).toBe(200)
    expect((await verify(auth.token('ben@example.com'), PASSWORD)).status).toBe(409)
    const other = (await auth.post('/api/auth/anonymous')).body
    await auth.post(
      '/api/auth/register',
      { email: 'cy@example.com', password: PASSWORD },
      { token: other.access_token },
    )
    await auth.call('DELETE', `/api/admin/users/${other.user.id}`, undefined, SYSTEM)
    expect((await verify(auth.token('cy@example.com'), PASSWORD)).status).toBe(400)
    expect((await users()).map(({ id }: { id: string }) => id)).toEqual([user.id])
  })
})

describe('the owner of an address', () => {
  test('is sent a link that sets a new password', async () => {
    await ann()
    await register('ann@example.com', OTHER)
    const token = auth.token('ann@example.com')
    expect((await auth.post('/api/auth/password/reset', { token, password: OTHER })).status).toBe(200)
    expect((await login('ann@example.com', OTHER)).status).toBe(200)
  })

  test('is notified when another user wants the address', async () => {
    await ann()
    const { access: token } = await ann('ben@example.com')
    const change = (email: string) => auth.post('/api/auth/email/change', { email, password: PASSWORD }, { token })
    const before = auth.mails.length
    expect(shown(await change('ann@example.com'))).toEqual(shown(await change('new@example.com')))
    expect(auth.mails.slice(before).map(({ template, to }) => [template, to])).toEqual([
      ['account_exists', 'ann@example.com'],
      ['change_email', 'new@example.com'],
    ])
  })
})
