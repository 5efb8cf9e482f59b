import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { AppError, type AuthHookCall, type AuthHooks, type HookValues, type Tx } from '@koyalite/contracts'
import { useAuthWithProvider } from '../../testing/auth-with-provider'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

const EMAIL = 'ann@example.com'
const SYSTEM = { system: true }

interface Seen {
  readonly name: string
  readonly method: string
  readonly email: unknown
}

/** Hooks of a test: each is there where the test sets it. */
class TestHooks implements AuthHooks {
  readonly seen: Seen[] = []
  onRegister: ((data: HookValues, tx: Tx) => HookValues) | null = (data) => data
  onLogin: ((user: HookValues, tx: Tx) => void) | null = () => {}

  has(name: string) {
    if (name === 'beforeRegister') return this.onRegister !== null
    return name === 'beforeLogin' ? this.onLogin !== null : true
  }
  beforeRegister(tx: Tx, call: AuthHookCall, data: HookValues) {
    this.#note('beforeRegister', call, data)
    return this.onRegister?.(data, tx) ?? data
  }
  beforeLogin(tx: Tx, call: AuthHookCall, user: HookValues) {
    this.#note('beforeLogin', call, user)
    this.onLogin?.(user, tx)
  }
  after(name: 'afterRegister' | 'afterLogin', call: AuthHookCall, user: HookValues) {
    this.#note(name, call, user)
  }
  /** What has run since it was asked last. */
  ran(): readonly string[] {
    return this.seen.splice(0).map(({ name, method }) => `${name} ${method}`)
  }
  #note(name: string, { method }: AuthHookCall, { email }: HookValues) {
    this.seen.push({ name, method, email })
  }
}

const refusal = () =>
  new AppError('FORBIDDEN', 'Only people of example.com.', {
    own: { code: 'NOT_OURS', status: 403, details: { domain: 'example.com' } },
  })
const BOTH = (method: string) =>
  ['beforeRegister', 'beforeLogin', 'afterRegister', 'afterLogin'].map((n) => `${n} ${method}`)

let hooks: TestHooks
let auth: AuthTester
const start = async (settings: Readonly<Record<string, string>> = {}) => {
  hooks = new TestHooks()
  auth = await startAuth({ settings, extra: { hooks: () => hooks } })
}
const register = (email = EMAIL) => auth.post('/api/auth/register', { email, password: PASSWORD })
const login = (email = EMAIL) => auth.post('/api/auth/login', { email, password: PASSWORD })
const users = async () => (await auth.get('/api/admin/users', SYSTEM)).body.users

describe('registrations', () => {
  beforeEach(() => start())
  afterEach(() => auth.close())

  test('hooks see what was sent, and change fields that their owner may not write', async () => {
    hooks.onRegister = (data) => ({ ...data, role: 'editor', claims: { team: 't1' }, name: String(data.name).trim() })
    const sent = { email: EMAIL, password: PASSWORD, name: ' Ann ' }
    const { status, body } = await auth.post('/api/auth/register', sent)
    expect(status).toBe(201)
    expect(body.user).toMatchObject({ email: EMAIL, role: 'editor', name: 'Ann', claims: { team: 't1' } })
    expect(hooks.ran()).toEqual(BOTH('password'))
  })

  test('what a hook refuses reaches the client in its words, and leaves nothing', async () => {
    hooks.onRegister = () => {
      throw refusal()
    }
    const { status, body } = await register()
    expect([status, body.error]).toMatchObject([
      403,
      { code: 'NOT_OURS', message: 'Only people of example.com.', details: { domain: 'example.com' } },
    ])
    expect(await users()).toEqual([])
    expect(auth.mails).toEqual([])
    expect(hooks.ran()).toEqual(['beforeRegister password'])
  })

  test('the address and the id stay what they are', async () => {
    for (const change of [{ email: 'eve@example.com' }, { id: 'x' }]) {
      hooks.onRegister = (data) => ({ ...data, ...change })
      expect((await register()).status).toBe(500)
    }
    const withoutEmail = ({ email: _, ...rest }: HookValues) => rest
    hooks.onRegister = withoutEmail
    expect((await register()).status).toBe(500)
    expect(await users()).toEqual([])
  })

  test('what a hook has written is undone where the address is taken', async () => {
    await register()
    hooks.onRegister = (data, tx) => {
      tx.run({ text: `UPDATE "users" SET "name" = 'changed'`, params: [] })
      return data
    }
    expect((await register()).status).toBe(409)
    expect((await users())[0].name).not.toBe('changed')
  })

  test('anonymous users register once more when they become full ones', async () => {
    const { access_token: token } = (await auth.post('/api/auth/anonymous')).body
    expect(hooks.ran()).toEqual(BOTH('anonymous'))
    hooks.onRegister = (data) => ({ ...data, role: data.email === EMAIL ? 'editor' : 'user' })
    const { body } = await auth.post('/api/auth/register', { email: EMAIL, password: PASSWORD }, { token })
    expect(body.user).toMatchObject({ email: EMAIL, role: 'editor' })
    expect(hooks.ran()).toEqual(BOTH('password'))
  })

  test('operators who make a user register nobody', async () => {
    expect((await auth.post('/api/admin/users', { email: EMAIL }, SYSTEM)).status).toBe(201)
    expect(hooks.ran()).toEqual([])
  })
})

describe('sign-ins', () => {
  beforeEach(() => start())
  afterEach(() => auth.close())

  test('run hooks once the password is right', async () => {
    await register()
    hooks.ran()
    expect((await auth.post('/api/auth/login', { email: EMAIL, password: 'wrong horse 9' })).status).toBe(401)
    expect((await auth.post('/api/auth/login', { email: 'bob@example.com', password: PASSWORD })).status).toBe(401)
    expect(hooks.ran()).toEqual([])
    expect((await login()).status).toBe(200)
    expect(hooks.ran()).toEqual(['beforeLogin password', 'afterLogin password'])
  })

  test('a hook that refuses opens no session', async () => {
    await register()
    hooks.onLogin = () => {
      throw refusal()
    }
    hooks.ran()
    const { status, body } = await login()
    expect([status, body.error.code]).toEqual([403, 'NOT_OURS'])
    expect(hooks.ran()).toEqual(['beforeLogin password'])
  })

  test('a new account stays where a hook refuses its first sign-in, so that its address can be proved', async () => {
    hooks.onLogin = ({ verified }) => {
      if (verified !== true) throw refusal()
    }
    expect((await register()).body.error.code).toBe('NOT_OURS')
    expect(hooks.ran()).toEqual(['beforeRegister password', 'beforeLogin password', 'afterRegister password'])
    expect((await auth.post('/api/auth/email/verify', { token: auth.token(EMAIL), password: PASSWORD })).status).toBe(
      200,
    )
    expect((await login()).status).toBe(200)
  })

  test('a fault of a hook is no refusal: nothing stays', async () => {
    hooks.onLogin = () => {
      throw new TypeError('x is not a function')
    }
    expect((await register()).status).toBe(500)
    expect(await users()).toEqual([])
  })

  test('by a code that was mailed', async () => {
    await register()
    hooks.ran()
    await auth.post('/api/auth/otp/request', { email: EMAIL })
    const response = await auth.post('/api/auth/otp/verify', { email: EMAIL, code: auth.token(EMAIL) })
    expect(response.status).toBe(200)
    expect(hooks.ran()).toEqual(['beforeLogin otp', 'afterLogin otp'])
  })

  test('a user whom the hook deletes is not signed in', async () => {
    await register()
    hooks.onLogin = (_user, tx) => void tx.run({ text: 'DELETE FROM "users"', params: [] })
    expect((await login()).status).toBe(401)
  })
})

describe('where responses must not show who has an account', () => {
  beforeEach(() => start({ 'auth.enumeration': 'hidden' }))
  afterEach(() => auth.close())

  test('hooks run when the address is proved, and asking for a registration says nothing', async () => {
    hooks.onRegister = () => {
      throw refusal()
    }
    const asked = await register()
    const link = auth.token(EMAIL)
    expect(hooks.ran()).toEqual([])
    const proved = await auth.post('/api/auth/email/verify', { token: link, password: PASSWORD })
    expect([proved.status, proved.body.error.code]).toEqual([403, 'NOT_OURS'])
    expect(await users()).toEqual([])
    hooks.onRegister = (data) => ({ ...data, role: 'editor' })
    expect((await auth.post('/api/auth/email/verify', { token: link, password: PASSWORD })).status).toBe(200)
    expect(await users()).toMatchObject([{ role: 'editor', verified: true }])
    hooks.ran()
    const again = await register()
    expect(again.body).toEqual(asked.body)
    expect(hooks.ran()).toEqual([])
  })
})

describe('with a provider', () => {
  const testHooks = () => {
    hooks = new TestHooks()
    return hooks
  }
  const world = useAuthWithProvider({}, { hooks: () => hooks })
  beforeEach(testHooks)
  const ann = { sub: 's1', email: EMAIL, email_verified: true }

  test('the first sign-in registers, later ones do not', async () => {
    hooks.onRegister = (data) => ({ ...data, role: 'editor' })
    expect(JSON.parse((await world.signIn(ann)).text).user).toMatchObject({ email: EMAIL, role: 'editor' })
    expect(hooks.ran()).toEqual(BOTH('oauth:corp'))
    await world.signIn(ann)
    expect(hooks.ran()).toEqual(['beforeLogin oauth:corp', 'afterLogin oauth:corp'])
  })

  test('what a hook refuses is shown where the sign-in ends', async () => {
    hooks.onRegister = () => {
      throw refusal()
    }
    expect(JSON.parse((await world.signIn(ann)).text).error).toMatchObject({ code: 'NOT_OURS' })
    const page = await world
      .browse()
      .open('http://localhost:8090/api/auth/oauth/corp?redirect_to=http://localhost:8090/done')
    expect(page.url.searchParams.get('error')).toBe('NOT_OURS')
    expect(page.url.searchParams.get('error_description')).toBe('Only people of example.com.')
  })
})
