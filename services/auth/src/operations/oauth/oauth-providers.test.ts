import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  OIDC_CLIENT as CLIENT,
  createBrowser,
  type FakeBehaviour,
  type FakeOidc,
  type Page,
  startFakeOidc,
} from '@koyalite/testkit'
import { discordProvider } from '../../oauth/discord-provider'
import { githubProvider } from '../../oauth/github-provider'
import { type AuthTester, startAuth } from '../../testing/start-auth'

const HOME = 'http://localhost:8090'

let provider: FakeOidc
let auth: AuthTester
beforeEach(async () => {
  provider = await startFakeOidc()
  auth = await start()
})
afterEach(async () => {
  await auth.close()
  await provider.stop()
})

const start = (more: Record<string, string> = {}) =>
  startAuth({
    settings: {
      'auth.oauth.corp.client_id': CLIENT.id,
      'auth.oauth.corp.client_secret': CLIENT.secret,
      'auth.oauth.corp.issuer': provider.issuer,
      ...more,
    },
  })
const behave = (behaviour: Partial<FakeBehaviour>) => Object.assign(provider.behaviour, behaviour)
const browse = () => createBrowser({ 'localhost:8090': (request) => auth.fetch(request) })
const signIn = (path = '/api/auth/oauth/corp'): Promise<Page> => browse().open(HOME + path)
const bodyOf = (page: Page) => JSON.parse(page.text)
const users = async () => (await auth.get('/api/admin/users', { system: true })).body.users
const reasonOf = (page: Page): string => bodyOf(page).error?.details[0]?.code

describe('the secret of the application', () => {
  test.each([
    ['basic', undefined],
    ['basic', ['client_secret_basic']],
    ['basic', ['client_secret_post', 'client_secret_basic']],
    ['post', undefined],
    ['basic', ['client_secret_basic', 'client_secret_jwt', 'client_secret_post', 'private_key_jwt', 'none']],
    ['post', ['client_secret_post']],
    ['post', ['client_secret_basic', 'client_secret_jwt', 'client_secret_post', 'private_key_jwt', 'none']],
  ] as const)('is shown by %s, where the provider says %j', async (authentication, supported) => {
    behave({ authentication, metadata: { token_endpoint_auth_methods_supported: supported } })
    expect((await signIn()).status).toBe(200)
    // Which way works is known then.
    const before = provider.asked.length
    expect((await signIn()).status).toBe(200)
    expect(provider.asked.slice(before).filter((path) => path === '/token')).toHaveLength(1)
  })

  test('is not needed for a public application', async () => {
    behave({ authentication: 'none', metadata: { token_endpoint_auth_methods_supported: ['none'] } })
    await auth.close()
    auth = await startAuth({
      settings: { 'auth.oauth.corp.client_id': CLIENT.id, 'auth.oauth.corp.issuer': provider.issuer },
    })
    expect((await signIn()).status).toBe(200)
  })

  test('that is wrong, or is refused in every way we support, is reported to the operator', async () => {
    behave({ authentication: 'none' })
    const page = await signIn()
    expect([page.status, reasonOf(page)]).toEqual([503, 'provider_misconfigured'])
    behave({ metadata: { token_endpoint_auth_methods_supported: ['private_key_jwt'] } })
    await auth.close()
    auth = await start()
    expect(reasonOf(await signIn())).toBe('provider_misconfigured')
    const { cause } = auth.warnings.at(-1) as { cause: string }
    expect(cause).toEndWith('the token endpoint takes only private_key_jwt')
  })
})

describe('whose account it is', () => {
  test.each(['', ' ', '\t', undefined, null, 7, {}, 'a\u0000b', 'x'.repeat(256)])(
    'is refused without an id (sub %j): it would be one account for many people',
    async (sub) => {
      behave({ idToken: { sub, email: 'ann@example.com', email_verified: true } })
      const page = await signIn()
      expect([page.status, reasonOf(page)]).toEqual([401, 'invalid_answer'])
      expect(await users()).toEqual([])
    },
  )

  const address = { email: 'ann@example.com' }
  const other = { email: 'bob@example.com' }
  // ID token, userinfo, and the address with its standing.
  test.each([
    [{ ...address, email_verified: true }, null, 'ann@example.com true'],
    [{ ...address, email_verified: 'true' }, null, 'ann@example.com true'],
    [{ ...address, email_verified: 'false' }, null, 'ann@example.com false'],
    [{ ...address, email_verified: 1 }, null, 'ann@example.com false'],
    [{ ...address, email_verified: null }, null, 'ann@example.com false'],
    [address, null, 'ann@example.com false'],
    // Only asked, not in the token.
    [{}, { ...address, email_verified: true }, 'ann@example.com true'],
    [{ email: null }, { ...address, email_verified: 'true' }, 'ann@example.com true'],
    [{ email: null, email_verified: null }, { ...address, email_verified: true }, 'ann@example.com true'],
    [address, { ...address, email_verified: true }, 'ann@example.com true'],
    // Never an address from here with a word from there.
    [{ email_verified: true }, other, 'bob@example.com false'],
    [{ email: null, email_verified: true }, other, 'bob@example.com false'],
    [address, { email_verified: true }, 'ann@example.com false'],
    [{ ...address, email_verified: false }, { ...address, email_verified: true }, 'ann@example.com false'],
    [{ ...address, email_verified: true }, { ...other, email_verified: true }, 'ann@example.com true'],
    [address, { ...other, email_verified: true }, 'bob@example.com true'],
  ])('is taken from one source: token %j, userinfo %j → %s', async (idToken, userinfo, expected) => {
    behave({ idToken: { sub: 's', ...idToken }, userinfo: userinfo && { sub: 's', ...userinfo } })
    const { user } = bodyOf(await signIn())
    expect(`${user.email} ${user.verified}`).toBe(expected)
  })

  test('is not taken from the userinfo of somebody else', async () => {
    behave({ idToken: { sub: 's' }, userinfo: { sub: 'other', email: 'ann@example.com', email_verified: true } })
    expect(reasonOf(await signIn())).toBe('invalid_answer')
    expect(await users()).toEqual([])
  })

  test.each(['\u212ait@example.com', 'kit@example\uff0ecom', '', 7, [['kit@example.com']]])(
    'never becomes that of a user by an address that only looks like theirs: %j',
    async (email) => {
      await auth.user('kit@example.com')
      behave({ idToken: { sub: 's', email, email_verified: true } })
      expect((await signIn()).status).toBe(422)
    },
  )
})

describe('the ID token', () => {
  test('must have the nonce that was sent', async () => {
    behave({ nonce: false })
    const page = await signIn()
    expect([page.status, reasonOf(page)]).toEqual([401, 'invalid_answer'])
    behave({ idToken: { sub: 's', nonce: 'another' } })
    expect(reasonOf(await signIn())).toBe('invalid_answer')
  })

  test('may omit it if the settings say so', async () => {
    behave({ nonce: false })
    await auth.close()
    auth = await start({ 'auth.oauth.corp.nonce': 'false' })
    expect((await signIn()).status).toBe(200)
    expect(provider.visits.at(-1)?.searchParams.has('nonce')).toBe(false)
  })

  test.each([
    ['signed by somebody else', { foreignKey: true }],
    ['for another application', { idToken: { sub: 's', aud: 'other' } }],
    ['of another issuer', { idToken: { sub: 's', iss: 'https://evil.example.com' } }],
    ['that has expired', { idToken: { sub: 's', exp: 1 } }],
  ])('%s is refused', async (_what, behaviour) => {
    behave(behaviour)
    const page = await signIn()
    expect([page.status, reasonOf(page)]).toEqual([401, 'invalid_answer'])
    expect(await users()).toEqual([])
  })
})

describe('a failure', () => {
  const at = (path: string, response: () => Response | Promise<Response>) => ({ responses: { [path]: response } })
  const json = (status: number, body: object) => () => Response.json(body, { status })
  test.each([
    ['cancelled', 401, { refusal: 'access_denied' }],
    ['cancelled', 401, { refusal: 'user_cancelled_authorize' }],
    ['provider_unavailable', 503, { refusal: 'temporarily_unavailable' }],
    ['provider_unavailable', 503, { refusal: 'server_error' }],
    ['provider_misconfigured', 503, { refusal: 'unauthorized_client' }],
    ['provider_refused', 503, { refusal: 'invalid_scope' }],
    ['code_expired', 401, at('/token', json(400, { error: 'invalid_grant' }))],
    ['provider_misconfigured', 503, at('/token', json(401, { error: 'invalid_client' }))],
    ['provider_unavailable', 503, at('/token', () => new Response('down', { status: 502 }))],
    ['invalid_answer', 401, at('/token', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }))],
    ['invalid_answer', 401, at('/token', () => Response.redirect('http://127.0.0.1:1/', 307))],
    ['invalid_answer', 401, at('/token', json(200, { access_token: 'a', token_type: 'Bearer' }))],
    ['provider_unavailable', 503, at('/jwks', () => new Response(null, { status: 500 }))],
  ] as const)('is %s (%d): %j', async (reason, status, behaviour) => {
    behave(behaviour)
    const page = await signIn()
    expect([page.status, reasonOf(page)]).toEqual([status, reason])
    expect(bodyOf(page).error.message).toContain('corp')
    expect(auth.warnings).toMatchObject([{ provider: 'corp', reason, cause: expect.any(String) }])
    expect(auth.events.at(-1)).toMatchObject({ event: 'auth.oauth', outcome: 'failure', details: { reason } })
    // What the provider can say cannot be used up by one failure.
    behave({ refusal: null, responses: {} })
    expect((await signIn()).status).toBe(200)
  })

  test('returns to the page that began, with its reason', async () => {
    behave({ refusal: 'access_denied' })
    const { searchParams } = (await signIn('/api/auth/oauth/corp?redirect_to=/welcome')).url
    expect(searchParams.get('error')).toBe('UNAUTHENTICATED')
    expect(searchParams.get('error_reason')).toBe('cancelled')
    expect(searchParams.get('error_description')).toContain('cancelled')
  })

  test('also before the redirect', async () => {
    behave({ metadata: { issuer: 'https://other.example.com' } })
    const page = await signIn()
    expect([page.status, reasonOf(page)]).toEqual([503, 'provider_misconfigured'])
    expect(auth.warnings).toHaveLength(1)
  })

  test('leaves no secret in the log', async () => {
    for (const behaviour of [
      { idToken: { sub: '', email: 'ann@example.com' } },
      { foreignKey: true },
      { authentication: 'none' as const },
      { nonce: false },
      at('/token', json(200, { access_token: 'the-access-token', token_type: 'mac', id_token: 'x' })),
    ]) {
      behave(behaviour)
      await signIn()
    }
    expect(auth.warnings).toHaveLength(5)
    const logged = JSON.stringify(auth.warnings)
    for (const secret of ['the-access-token', 'the-code', 'eyJ', CLIENT.secret, 'ann@example.com'])
      expect(logged).not.toContain(secret)
  })
})

describe('an endless response', () => {
  /** A body that continues until nobody reads it, and how much of it was read. */
  function endless(begin: string, type = 'application/json') {
    const state = { sent: 0, cancelled: false }
    const chunk = new Uint8Array(64 * 1024).fill(32)
    const respond = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.enqueue(state.sent === 0 ? new TextEncoder().encode(begin) : chunk)
            state.sent += chunk.length
          },
          cancel() {
            state.cancelled = true
          },
        }),
        { headers: { 'content-type': type } },
      )
    return { state, respond }
  }

  test.each([
    // Before it has begun nothing that anybody sent is wrong.
    ['/.well-known/openid-configuration', 503],
    ['/token', 401],
    ['/userinfo', 401],
    ['/jwks', 401],
  ] as const)('is aborted: %s (%d)', async (path, status) => {
    const { state, respond } = endless('{"a":"')
    behave({ idToken: { sub: 's' }, userinfo: { sub: 's' }, responses: { [path]: respond } })
    expect((await signIn()).status).toBe(status)
    expect(state.sent).toBeLessThan(50_000_000)
    expect(JSON.stringify(auth.warnings)).toContain('1000000 bytes')
  })

  test('is aborted although it is small on the wire: gzip', async () => {
    const bomb = Bun.gzipSync(new Uint8Array(50_000_000).fill(32))
    expect(bomb.length).toBeLessThan(1_000_000)
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    behave({ responses: { '/token': () => new Response(bomb, { headers }) } })
    expect(reasonOf(await signIn())).toBe('invalid_answer')
  })

  test.each([
    ['github', '/user'],
    ['github', '/user/emails'],
    ['discord', '/api/users/@me'],
  ] as const)('is given up: %s %s', async (name, path) => {
    const base = provider.issuer
    const token = () => Response.json({ access_token: 'a', token_type: 'bearer' })
    const authorize = (request: Request) => {
      const url = new URL(request.url)
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.search = `code=c&state=${url.searchParams.get('state')}`
      return Response.redirect(back.href)
    }
    behave({
      responses: {
        '/login/oauth/authorize': authorize,
        '/login/oauth/access_token': token,
        '/oauth2/authorize': authorize,
        '/api/oauth2/token': token,
        '/user': () => Response.json({ id: 1 }),
        [path]: endless('["').respond,
      },
    })
    await auth.close()
    auth = await startAuth({
      settings: { [`auth.oauth.${name}.client_id`]: 'c', [`auth.oauth.${name}.client_secret`]: 's' },
      extra: { knownProviders: { github: githubProvider({ web: base, api: base }), discord: discordProvider(base) } },
    })
    const page = await signIn(`/api/auth/oauth/${name}`)
    expect([page.status, reasonOf(page)]).toEqual([401, 'invalid_answer'])
  })
})
