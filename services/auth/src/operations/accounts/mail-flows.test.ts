import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { makeOperator } from '../../testing/make-operator'
import { type AuthTester, type CallOptions, PASSWORD, startAuth } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const ANN = 'ann@example.com'
const NEW = 'a new password 7'
const login = (password = PASSWORD, email = ANN) => auth.post('/api/auth/login', { email, password })
const me = (token: string) => auth.get('/api/auth/me', { token })
const all = <T>(make: () => Promise<T>) => Promise.all(Array.from({ length: 50 }, make))

/** An account that somebody made with an address that may not be theirs. */
async function unproved() {
  const { body } = await auth.post('/api/auth/register', { email: ANN, password: PASSWORD })
  return { id: body.user.id as string, access: body.access_token as string, refresh: body.refresh_token as string }
}

/** What a response shows, except for what differs in every response. */
function shown({ status, body, headers }: Awaited<ReturnType<AuthTester['post']>>) {
  return JSON.stringify({ status, body, headers: [...headers].filter(([name]) => name !== 'x-request-id') })
}

describe('requesting mails does not reveal who exists', () => {
  test.each(['/api/auth/password/forgot', '/api/auth/magic-link', '/api/auth/otp/request', '/api/auth/email/resend'])(
    '%s',
    async (path) => {
      await unproved()
      const sent = auth.mails.length
      const responses = []
      for (const email of [ANN, ' ANN@example.com ', 'nobody@example.com', 'no address']) {
        const before = auth.events.length
        responses.push(shown(await auth.post(path, { email })))
        expect(auth.events).toHaveLength(before + 1)
        // The limit is whole again: headers tell what is left of it.
        auth.clock.now += 3_600_000
      }
      expect(new Set(responses).size).toBe(1)
      expect(auth.mails).toHaveLength(sent + 2)
      expect((await auth.post(path, { email: 7 })).status).toBe(422)
    },
  )

  test('links use the configured URL, whatever the request says', async () => {
    await unproved()
    const request = new Request('http://evil.example.com/api/auth/password/forgot', {
      method: 'POST',
      headers: { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com', 'content-type': 'application/json' },
      body: JSON.stringify({ email: ANN }),
    })
    await auth.fetch(request)
    expect(auth.mails.at(-1)?.link).toStartWith('http://localhost:8090/_/auth/reset-password#token=')
  })

  test('is limited per account', async () => {
    const limited = await startAuth({ settings: { 'auth.rate_limit.password_reset': '3/hour' } })
    const forgot = (ip: string) => limited.post('/api/auth/password/forgot', { email: ANN }, { ip })
    for (let i = 0; i < 3; i++) expect((await forgot(`192.0.2.${i}`)).status).toBe(200)
    expect((await forgot('192.0.2.9')).status).toBe(429)
    await limited.close()
  })
})

describe('resetting a password', () => {
  const forgot = async () => {
    await auth.post('/api/auth/password/forgot', { email: ANN })
    return auth.token(ANN)
  }
  const reset = (token: string, password = NEW) => auth.post('/api/auth/password/reset', { token, password })

  test('sets it, verifies the address, and ends all sessions', async () => {
    const ann = await auth.user()
    expect((await reset(await forgot())).status).toBe(200)
    expect((await me(ann.access)).status).toBe(401)
    expect((await auth.post('/api/auth/refresh', { refresh_token: ann.refresh })).status).toBe(401)
    expect((await login()).status).toBe(401)
    expect((await login(NEW)).body.user.verified).toBe(true)
    expect(auth.mails.at(-1)).toMatchObject({ template: 'password_changed', to: ANN })
  })

  test('works once: of fifty requests with one link, one succeeds', async () => {
    await auth.user()
    const token = await forgot()
    const responses = await all(() => reset(token))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await reset(token)).status).toBe(400)
  })

  test('works with the last link only, for an hour, and with an acceptable password', async () => {
    await auth.user()
    const first = await forgot()
    const second = await forgot()
    expect((await reset(first)).status).toBe(400)
    expect((await reset(second, 'short')).status).toBe(422)
    auth.clock.now += 3_600_000
    expect((await reset(second)).status).toBe(400)
    expect((await login()).status).toBe(200)
  })

  test('junk causes no hashing', async () => {
    const before = auth.counts.hashed
    expect((await reset('junk')).status).toBe(400)
    expect(auth.counts.hashed).toBe(before)
  })

  test('unlocks a locked account', async () => {
    await auth.user()
    for (let i = 0; i < 11; i++) await login('wrong')
    expect((await login()).status).toBe(429)
    await reset(await forgot())
    expect((await login(NEW)).status).toBe(200)
  })

  test('is useless to a person who registered with the address of somebody else', async () => {
    const attacker = await unproved()
    await reset(await forgot())
    expect((await me(attacker.access)).status).toBe(401)
    expect((await login()).status).toBe(401)
  })
})

describe('changing a password', () => {
  const change = (token: string, current_password: string, new_password: string) =>
    auth.post('/api/auth/password/change', { current_password, new_password }, { token })

  test('requires the current one, ends other sessions, keeps this one', async () => {
    const ann = await auth.user()
    const other = (await login()).body.access_token
    expect((await change(ann.access, 'wrong', NEW)).status).toBe(401)
    expect((await change(ann.access, PASSWORD, 'short')).status).toBe(422)
    expect((await change(ann.access, PASSWORD, NEW)).status).toBe(200)
    expect((await me(ann.access)).status).toBe(200)
    expect((await me(other)).status).toBe(401)
    expect((await login(NEW)).status).toBe(200)
  })

  test('voids links that were sent before, except the one that verifies the address', async () => {
    const ann = await unproved()
    const proof = auth.token(ANN)
    await auth.post('/api/auth/password/forgot', { email: ANN })
    const token = auth.token(ANN)
    await change(ann.access, PASSWORD, NEW)
    expect((await auth.post('/api/auth/password/reset', { token, password: NEW })).status).toBe(400)
    expect((await auth.post('/api/auth/email/verify', { token: proof })).status).toBe(200)
  })

  test('guesses at the current one count like those of a sign-in', async () => {
    const ann = await auth.user()
    for (let i = 0; i < 10; i++) await change(ann.access, 'wrong', NEW)
    expect((await change(ann.access, PASSWORD, NEW)).status).toBe(429)
    expect((await login()).status).toBe(429)
  })

  test('without a session is refused', async () => {
    expect((await auth.post('/api/auth/password/change', { current_password: 'a', new_password: NEW })).status).toBe(
      401,
    )
  })
})

describe('verifying an address', () => {
  test('accepts the link of the registration, once', async () => {
    const ann = await unproved()
    const token = auth.token(ANN)
    const responses = await all(() => auth.post('/api/auth/email/verify', { token }))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await me(ann.access)).body.verified).toBe(true)
  })

  test('accepts the newest link, for a day', async () => {
    const ann = await unproved()
    const first = auth.token(ANN)
    expect((await auth.post('/api/auth/email/resend', undefined, { token: ann.access })).status).toBe(200)
    expect((await auth.post('/api/auth/email/verify', { token: first })).status).toBe(400)
    auth.clock.now += 24 * 3_600_000
    expect((await auth.post('/api/auth/email/verify', { token: auth.token(ANN) })).status).toBe(400)
  })

  test('sends nothing if the address is verified', async () => {
    await auth.user()
    const sent = auth.mails.length
    await auth.post('/api/auth/email/resend', { email: ANN })
    expect(auth.mails).toHaveLength(sent)
  })
})

describe('changing an address', () => {
  const request = (token: string, email = 'new@example.com', password: string | undefined = PASSWORD) =>
    auth.post('/api/auth/email/change', { email, password }, { token })
  const confirm = (token: string, options?: CallOptions) => auth.post('/api/auth/email/confirm', { token }, options)

  test('takes effect when the new one is verified; the old one is notified', async () => {
    const ann = await auth.user()
    expect((await request(ann.access)).status).toBe(200)
    expect((await me(ann.access)).body.email).toBe(ANN)
    expect((await confirm(auth.token('new@example.com'), { token: ann.access })).status).toBe(200)
    expect((await me(ann.access)).body).toMatchObject({ email: 'new@example.com', verified: true })
    expect(auth.mails.at(-1)).toMatchObject({ template: 'email_changed', to: ANN })
    expect((await login(PASSWORD, 'new@example.com')).status).toBe(200)
    expect((await login()).status).toBe(401)
  })

  test('requires the password: a stolen session is not enough', async () => {
    const ann = await auth.user()
    expect((await request(ann.access, 'new@example.com', 'wrong')).status).toBe(401)
    expect(
      (await auth.post('/api/auth/email/change', { email: 'new@example.com' }, { token: ann.access })).status,
    ).toBe(401)
    expect(auth.mails.some(({ to }) => to === 'new@example.com')).toBe(false)
  })

  test('does not reveal that an address is taken, nor reassign it', async () => {
    const ann = await auth.user()
    await auth.user('bob@example.com')
    const sent = auth.mails.length
    const taken = shown(await request(ann.access, 'bob@example.com'))
    auth.clock.now += 360_000
    expect(taken).toBe(shown(await request(ann.access, 'free@example.com')))
    expect(auth.mails).toHaveLength(sent + 1)
    await auth.user('free@example.com')
    const link = auth.mails.find(({ template }) => template === 'change_email')?.link?.split('token=')[1] ?? ''
    expect((await confirm(link, { token: ann.access })).status).toBe(409)
  })

  test('works once, and voids links sent to the old address', async () => {
    const ann = await auth.user()
    await auth.post('/api/auth/password/forgot', { email: ANN })
    const reset = auth.token(ANN)
    await request(ann.access)
    const token = auth.token('new@example.com')
    const responses = await all(() => confirm(token, { token: ann.access }))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await auth.post('/api/auth/password/reset', { token: reset, password: NEW })).status).toBe(400)
  })
})

describe('P1.10 a new address requires the account as well as its mailbox', () => {
  const confirm = (body: object, options?: CallOptions) => auth.post('/api/auth/email/confirm', body, options)
  const asked = async () => {
    const ann = await auth.user()
    await auth.post('/api/auth/email/change', { email: 'new@example.com', password: PASSWORD }, { token: ann.access })
    return { ann, token: auth.token('new@example.com') }
  }

  test('the link alone changes nothing, whoever opens it, and stays valid', async () => {
    const { ann, token } = await asked()
    const other = await auth.user('other@example.com')
    const sent = auth.mails.length
    expect((await confirm({ token })).status).toBe(401)
    expect((await confirm({ token, password: '' })).status).toBe(401)
    expect((await confirm({ token }, { token: other.access })).status).toBe(401)
    expect((await me(ann.access)).body).toMatchObject({ email: ANN })
    expect(auth.mails).toHaveLength(sent)
    expect(auth.events.some(({ event }) => event === 'auth.email_changed')).toBe(false)
    expect((await confirm({ token, password: PASSWORD })).status).toBe(200)
    expect((await me(ann.access)).body).toMatchObject({ email: 'new@example.com', verified: true })
  })

  test('a wrong password counts like that of a sign-in, and leaves the link valid', async () => {
    const { token } = await asked()
    for (let i = 0; i < 10; i++) expect((await confirm({ token, password: 'wrong' })).status).toBe(401)
    expect((await confirm({ token, password: PASSWORD })).status).toBe(429)
    expect((await login()).status).toBe(429)
    auth.clock.now += 31_000
    expect((await confirm({ token, password: PASSWORD })).status).toBe(200)
  })

  test('an operator who impersonates the user is not the user', async () => {
    const { ann, token } = await asked()
    const operator = await makeOperator(auth, 'owner')
    const { body } = await auth.post(`/api/admin/users/${ann.id}/impersonate`, undefined, { token: operator.token })
    expect((await confirm({ token }, { token: body.access_token })).status).toBe(401)
  })

  test('an account without a password needs its session', async () => {
    const { body } = await auth.post('/api/auth/anonymous')
    await auth.post('/api/auth/email/change', { email: 'new@example.com' }, { token: body.access_token })
    const token = auth.token('new@example.com')
    expect((await confirm({ token, password: PASSWORD })).status).toBe(401)
    expect((await confirm({ token }, { token: body.access_token })).status).toBe(200)
  })

  test('its page asks for the password', async () => {
    const page = await (await auth.fetch(new Request('http://localhost:8090/_/auth/confirm-email'))).text()
    expect(page).toContain('<input name="password" type="password" autocomplete="current-password">')
  })
})

describe('a magic link', () => {
  const ask = async () => {
    await auth.post('/api/auth/magic-link', { email: ANN })
    return auth.token(ANN)
  }
  const use = (token: string) => auth.post('/api/auth/magic-link', { token })

  test('signs in, once', async () => {
    const ann = await auth.user()
    const token = await ask()
    const responses = await all(() => use(token))
    const [ok, ...more] = responses.filter(({ status }) => status === 200)
    expect(more).toHaveLength(0)
    expect(ok?.body.user.id).toBe(ann.id)
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(49)
    expect((await login()).status).toBe(200)
  })

  test('expires after a quarter of an hour', async () => {
    await auth.user()
    const token = await ask()
    auth.clock.now += 15 * 60_000
    expect((await use(token)).status).toBe(401)
  })

  test('P1.2 reclaims an account that somebody else registered with this address', async () => {
    const attacker = await unproved()
    const response = await use(await ask())
    expect(response.body.user).toMatchObject({ id: attacker.id, verified: true })
    expect((await me(attacker.access)).status).toBe(401)
    expect((await auth.post('/api/auth/refresh', { refresh_token: attacker.refresh })).status).toBe(401)
    expect((await login()).status).toBe(401)
    expect((await me(response.body.access_token)).status).toBe(200)
  })

  test('has exactly one purpose', async () => {
    for (const body of [{}, { email: ANN, token: 'x' }, { token: 7 }])
      expect((await auth.post('/api/auth/magic-link', body)).status).toBe(422)
  })
})

describe('a mailed code', () => {
  const ask = async () => {
    await auth.post('/api/auth/otp/request', { email: ANN })
    return auth.token(ANN)
  }
  const use = (code: string, email = ANN) => auth.post('/api/auth/otp/verify', { email, code })
  const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

  test('signs in, once', async () => {
    await auth.user()
    const code = await ask()
    expect(code).toMatch(/^\d{6}$/)
    const responses = await all(() => use(code))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('cannot be guessed: five wrong guesses delete it', async () => {
    await auth.user()
    const code = await ask()
    const responses = await all(() => use(other(code)))
    expect(responses.every(({ status }) => status === 401)).toBe(true)
    expect((await use(code)).status).toBe(429)
    auth.clock.now += 30_000
    expect((await use(code)).status).toBe(401)
  })

  test('cannot be guessed with code after code: ten consecutive wrong guesses lock, whether the user exists or not', async () => {
    await auth.user()
    for (const email of [ANN, 'nobody@example.com']) {
      for (let round = 0; round < 2; round++) {
        await auth.post('/api/auth/otp/request', { email })
        for (let i = 0; i < 5; i++) expect((await use('x', email)).status).toBe(401)
      }
      expect((await use('x', email)).headers.get('retry-after')).toBe('30')
    }
    expect((await auth.post('/api/auth/login', { email: ANN, password: PASSWORD })).status).toBe(200)
    const code = await ask()
    expect((await use(code)).status).toBe(429)
    auth.clock.now += 30_000
    expect((await use(code)).status).toBe(200)
  })

  test('is valid for one address, for ten minutes, the newest only', async () => {
    await auth.user()
    await auth.user('bob@example.com')
    const first = await ask()
    const second = await ask()
    if (first !== second) expect((await use(first)).status).toBe(401)
    expect((await use(second, 'bob@example.com')).status).toBe(401)
    auth.clock.now += 600_000
    expect((await use(second)).status).toBe(401)
  })
})

describe('the pages of mailed links', () => {
  test('exist for every link, change nothing when opened, and run only their own script', async () => {
    await auth.user()
    await auth.post('/api/auth/password/forgot', { email: ANN })
    await auth.post('/api/auth/magic-link', { email: ANN })
    const setup = await auth.auth.setupLink()
    const links = [...auth.mails.flatMap(({ link }) => link ?? []), String(setup)]
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) {
      const { status, text, headers } = await auth.get(new URL(link).pathname)
      expect(status).toBe(200)
      expect(headers.get('content-security-policy')).toContain("script-src 'self';")
      const [, script = ''] = /<script src="([^"]+)" defer><\/script>/.exec(text) ?? []
      const { headers: its, text: source } = await auth.get(script)
      expect([its.get('content-type'), source.length > 0]).toEqual(['text/javascript; charset=utf-8', true])
      expect(text.match(/<script/g)).toHaveLength(1)
      const endpoint = /data-endpoint="([^"?]+)/.exec(text)?.[1]
      expect(auth.auth.routes.some(({ method, path }) => method === 'POST' && path === endpoint)).toBe(true)
    }
    expect((await auth.post('/api/auth/magic-link', { token: auth.token(ANN) })).status).toBe(200)
  })

  test('show the project, and continue where the settings say', async () => {
    const page = async (name: string) => (await auth.get(`/_/auth/${name}`)).text
    expect(await page('verify-email')).not.toContain('id="next"')
    await auth.close()
    auth = await startAuth({
      settings: {
        name: 'The <Shop>',
        'server.cors.origins': '["https://app.example.com"]',
        'auth.pages.after_verify': 'https://app.example.com/welcome?from=mail&x="',
        'auth.pages.after_reset': '/public/index.html',
        'auth.pages.after_email_change': '/account',
        'auth.pages.after_magic_link': 'https://app.example.com',
      },
    })
    const next = async (name: string) => /id="next" href="([^"]*)"/.exec(await page(name))?.[1]
    expect(await next('verify-email')).toBe('https://app.example.com/welcome?from=mail&amp;x=%22')
    expect(await next('reset-password')).toBe('/public/index.html')
    expect(await next('confirm-email')).toBe('/account')
    expect(await next('magic-link')).toBe('https://app.example.com/')
    expect(await next('setup')).toBe('/_/auth/operator')
    expect(await page('magic-link')).toContain('<title>Sign in · The &lt;Shop&gt;</title>')
  })

  test('lead nowhere else: the settings are refused', async () => {
    const settings = { 'auth.pages.after_verify': 'https://evil.example.com' }
    const refused = await startAuth({ settings }).catch((error: Error) => error.message)
    expect(refused).toContain('auth.pages.after_verify: expected a path like /welcome, or a URL on server.url')
  })
})
