import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { createBrowser, type Page, type TestBrowser } from '@koyalite/testkit'
import { discordProvider } from '../../oauth/discord-provider'
import { githubProvider } from '../../oauth/github-provider'
import { APPLE, GOOGLE, MICROSOFT, oidcProvider } from '../../oauth/oidc-provider'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'
import { type OidcProcess, startOidc } from '../../testing/start-oidc'

const HOME = 'http://localhost:8090'
const CALLBACK = `${HOME}/api/auth/oauth/corp/callback`
const SECRET = 'the-secret-of-the-client'

let oidc: OidcProcess
let auth: AuthTester
beforeAll(async () => {
  oidc = await startOidc({ id: 'koyalite', secret: SECRET, redirectUri: CALLBACK })
}, 30_000)
afterAll(() => oidc.stop())

const start = (more: Record<string, string> = {}) =>
  startAuth({
    settings: {
      'auth.oauth.corp.client_id': 'koyalite',
      'auth.oauth.corp.client_secret': SECRET,
      'auth.oauth.corp.issuer': oidc.issuer,
      ...more,
    },
  })
beforeEach(async () => {
  auth = await start()
})
afterEach(() => auth.close())

const browse = () =>
  createBrowser({
    'localhost:8090': (request) => auth.fetch(request),
    'app.example.com': async () => new Response('the app'),
  })

/** Goes to the provider, signs in there as somebody, agrees, and comes back. */
async function signIn(
  who: string,
  { browser = browse(), at = `${HOME}/api/auth/oauth/corp` }: { browser?: TestBrowser; at?: string } = {},
) {
  const page = await browser.open(at)
  return page.url.host === 'localhost:8090' ? page : consent(browser, page, who)
}
/** @param who subject, address, and whether the provider vouches for it */
async function consent(browser: TestBrowser, page: Page, who: string): Promise<Page> {
  const [sub = '', email, verified = 'false'] = who.split(' ')
  const account = new URLSearchParams({ sub, verified, ...(email === undefined ? {} : { email }) })
  await fetch(`${oidc.issuer}/test-account?${account}`)
  const agreed = await browser.submit(page, { prompt: 'login', login: sub, password: 'any' })
  return browser.submit(agreed, { prompt: 'consent' })
}
const bodyOf = (page: Page) => JSON.parse(page.text)
const register = async (email: string) => (await auth.post('/api/auth/register', { email, password: PASSWORD })).body
const login = (email: string) => auth.post('/api/auth/login', { email, password: PASSWORD })
const identities = async (token: string) => (await auth.get('/api/auth/identities', { token })).body.identities

describe('signing in with an OpenID provider', () => {
  test('creates a user, and finds them again by the provider’s id, whatever their address is then', async () => {
    expect((await auth.get('/api/auth/providers')).body).toEqual({
      registration: 'open',
      providers: [{ name: 'corp', label: 'corp', url: `${HOME}/api/auth/oauth/corp` }],
    })
    const first = await signIn('s1 ann@example.com true')
    expect(first.status).toBe(200)
    const { user, access_token } = bodyOf(first)
    expect(user).toMatchObject({ email: 'ann@example.com', verified: true })
    expect(await identities(access_token)).toMatchObject([{ provider: 'corp', email: 'ann@example.com' }])
    const again = bodyOf(await signIn('s1 other@example.com true'))
    expect(again.user.id).toBe(user.id)
    expect(again.user.email).toBe('ann@example.com')
  })

  test('requires the second factor', async () => {
    const { access_token, user } = bodyOf(await signIn('s1 ann@example.com true'))
    await auth.post('/api/auth/mfa/totp/enroll', undefined, { token: access_token })
    await auth.database.write((tx) =>
      tx.run({ text: 'UPDATE "_koyalite_totp" SET "active" = 1 WHERE "user_id" = ?', params: [user.id] }),
    )
    expect(bodyOf(await signIn('s1 ann@example.com true'))).toMatchObject({ mfa_required: true })
  })

  test('refuses blocked users', async () => {
    const { user } = bodyOf(await signIn('s1 ann@example.com true'))
    await auth.post(`/api/admin/users/${user.id}/block`, undefined, { system: true })
    expect((await signIn('s1 ann@example.com true')).status).toBe(403)
  })

  test('does not verify an address that the provider does not vouch for', async () => {
    const { user } = bodyOf(await signIn('s1 ann@example.com false'))
    expect(user.verified).toBe(false)
    expect(auth.mails).toMatchObject([{ template: 'verify_email', to: 'ann@example.com' }])
  })

  test('creates nobody without an address', async () => {
    expect((await signIn('s1')).status).toBe(422)
    expect((await auth.get('/api/admin/users', { system: true })).body.users).toEqual([])
  })
})

describe('P1 an account with the same address', () => {
  test('P1.1 that is verified is linked, and keeps its password', async () => {
    const ann = await auth.user()
    expect(bodyOf(await signIn('s1 ANN@example.com true')).user.id).toBe(ann.id)
    expect((await login('ann@example.com')).status).toBe(200)
    expect((await auth.get('/api/auth/me', { token: ann.access })).status).toBe(200)
  })

  test('P1.3 that is unverified loses its password, sessions and links: it may have been a trap', async () => {
    const trap = await register('ann@example.com')
    const proof = auth.token('ann@example.com')
    const page = await signIn('s1 ann@example.com true')
    expect(bodyOf(page).user).toMatchObject({ id: trap.user.id, verified: true })
    expect((await auth.get('/api/auth/me', { token: trap.access_token })).status).toBe(401)
    expect((await auth.post('/api/auth/refresh', { refresh_token: trap.refresh_token })).status).toBe(401)
    expect((await login('ann@example.com')).status).toBe(401)
    expect((await auth.post('/api/auth/email/verify', { token: proof })).status).toBe(400)
    expect((await auth.get('/api/auth/me', { token: bodyOf(page).access_token })).status).toBe(200)
  })

  test('P1.4 is not linked if the provider does not vouch for the address', async () => {
    const ann = await auth.user()
    const page = await signIn('s1 ann@example.com false')
    expect(page.status).toBe(409)
    expect(await identities(ann.access)).toEqual([])
  })

  test('P1.5 created by a provider that does not vouch is reclaimed by the person who proves the address', async () => {
    const trap = bodyOf(await signIn('attacker ann@example.com false'))
    await auth.post('/api/auth/magic-link', { email: 'ann@example.com' })
    const mine = await auth.post('/api/auth/magic-link', { token: auth.token('ann@example.com') })
    expect(mine.body.user.id).toBe(trap.user.id)
    expect(await identities(mine.body.access_token)).toEqual([])
    expect((await auth.get('/api/auth/me', { token: trap.access_token })).status).toBe(401)
    expect((await signIn('attacker ann@example.com false')).status).toBe(409)
  })
})

describe('the redirect to the provider and back', () => {
  /** A browser that has signed in at the provider, and the address that it was sent back to but has not opened yet. */
  async function halfWay(): Promise<{ readonly owner: TestBrowser; readonly back: string }> {
    let back = ''
    let halted = true
    const owner = createBrowser({
      'localhost:8090': async (request) => {
        if (!halted || !request.url.startsWith(CALLBACK)) return auth.fetch(request)
        back = request.url
        return new Response('halted')
      },
    })
    await signIn('s1 ann@example.com true', { browser: owner })
    halted = false
    return { owner, back }
  }

  test('completes once: of fifty attempts, one succeeds', async () => {
    const { owner, back } = await halfWay()
    const pages = await Promise.all(Array.from({ length: 50 }, () => owner.open(back)))
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(pages.filter(({ status }) => status === 401)).toHaveLength(49)
  })

  test('completes only in the browser that began it', async () => {
    const { owner, back } = await halfWay()
    expect((await browse().open(back)).status).toBe(401)
    // The code is then consumed: the client that tried it had it.
    expect((await owner.open(back)).status).toBe(401)
  })

  test.each([
    ['another state', 401, (url: URL) => url.searchParams.set('state', 'other')],
    ['another code', 401, (url: URL) => url.searchParams.set('code', 'other')],
    ['another issuer', 401, (url: URL) => url.searchParams.set('iss', 'http://evil.example.com')],
    ['no issuer, where the provider always gives it', 401, (url: URL) => url.searchParams.delete('iss')],
    ['a refusal', 401, (url: URL) => url.searchParams.set('error', 'access_denied')],
    ['another provider', 404, (url: URL) => Object.assign(url, { pathname: '/api/auth/oauth/other/callback' })],
  ] as const)('does not end with %s', async (_name, status, change) => {
    const { owner, back } = await halfWay()
    const url = new URL(back)
    change(url)
    expect((await owner.open(url.href)).status).toBe(status)
    expect((await auth.get('/api/admin/users', { system: true })).body.users).toEqual([])
  })

  test('expires after ten minutes', async () => {
    const { owner, back } = await halfWay()
    auth.clock.now += 600_000
    expect((await owner.open(back)).status).toBe(401)
  })

  test('sends PKCE, state and nonce, and sets a cookie that scripts cannot read', async () => {
    const response = await auth.get('/api/auth/oauth/corp')
    expect(response.status).toBe(302)
    const url = new URL(response.headers.get('location') ?? '')
    expect(url.origin).toBe(oidc.issuer)
    for (const name of ['state', 'nonce', 'code_challenge']) expect(url.searchParams.get(name)).toBeTruthy()
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    expect(url.searchParams.get('redirect_uri')).toBe(CALLBACK)
    expect(response.headers.get('set-cookie')).toMatch(/koyalite_oauth_\w{8}=.*HttpOnly.*SameSite=Lax/)
    expect(response.text).toBe('')
  })

  test.each([
    ['http://localhost:8090', false, 'koyalite_oauth', ['Path=/api/auth/oauth', 'SameSite=Lax', 'HttpOnly']],
    ['http://localhost:8090', true, 'koyalite_oauth', ['Path=/api/auth/oauth', 'SameSite=None', 'HttpOnly', 'Secure']],
    ['https://app.example.com', false, '__Host-koyalite_oauth', ['Path=/', 'SameSite=Lax', 'HttpOnly', 'Secure']],
    ['https://app.example.com', true, '__Host-koyalite_oauth', ['Path=/', 'SameSite=None', 'HttpOnly', 'Secure']],
  ])(
    'at %s ties the way to the browser (answered by a form: %p) with %s',
    async (publicUrl, formPost, name, attributes) => {
      const { issuer } = oidc
      const site = await startAuth({
        publicUrl,
        settings: { 'auth.oauth.corp.client_id': 'koyalite', 'auth.oauth.corp.client_secret': SECRET },
        extra: { knownProviders: { corp: oidcProvider({ label: 'Corp', issuer, formPost }) } },
      })
      const first = await site.get('/api/auth/oauth/corp')
      const [pair = '', ...rest] = first.headers.get('set-cookie')?.split('; ') ?? []
      expect(pair).toStartWith(`${name}_${site.runtime.instance.shortId}=`)
      expect(rest.filter((one) => !one.startsWith('Max-Age=')).toSorted()).toEqual(attributes.toSorted())
      // Flows in two tabs share the cookie; one of another name is none of ours.
      const again = async (cookie: string) =>
        (await site.get('/api/auth/oauth/corp', { headers: { cookie } })).headers.get('set-cookie')
      expect(await again(pair)).toStartWith(`${pair};`)
      const [was, other] = name.startsWith('__Host-') ? [name, name.slice(7)] : [name, `__Host-${name}`]
      expect(await again(pair.replace(was, other))).not.toContain(pair.split('=')[1] ?? '')
      await site.close()
    },
  )

  test('refuses unconfigured providers', async () => {
    for (const name of ['google', 'nobody', '__proto__'])
      expect((await auth.get(`/api/auth/oauth/${name}`)).status).toBe(404)
  })

  test('a provider that does not respond is not our error', async () => {
    const broken = await start({ 'auth.oauth.corp.issuer': 'http://127.0.0.1:1' })
    expect((await broken.get('/api/auth/oauth/corp')).status).toBe(503)
    await broken.close()
  })
})

describe('the final redirect', () => {
  test('to a page of ours with a code, which is exchanged for tokens once', async () => {
    const browser = browse()
    const at = `${HOME}/api/auth/oauth/corp?redirect_to=/welcome?a=1`
    const page = await signIn('s1 ann@example.com true', { browser, at })
    expect(page.url.pathname).toBe('/welcome')
    expect(page.url.searchParams.get('a')).toBe('1')
    const code = page.url.searchParams.get('code')
    const exchange = () => browser.post(`${HOME}/api/auth/oauth/exchange`, { code })
    const responses = await Promise.all(Array.from({ length: 50 }, exchange))
    const [ok, ...more] = responses.filter(({ status }) => status === 200)
    expect(more).toHaveLength(0)
    expect(bodyOf(ok as Page).user.email).toBe('ann@example.com')
  })

  test('with cookies, if the page asks for them', async () => {
    const browser = browse()
    const page = await signIn('s1 ann@example.com true', {
      browser,
      at: `${HOME}/api/auth/oauth/corp?cookies=true&redirect_to=/welcome`,
    })
    expect(page.url.search).toBe('')
    const name = `koyalite_access_${auth.runtime.instance.shortId}`
    const cookie = `${name}=${browser.cookie('localhost:8090', name)}`
    expect((await auth.get('/api/auth/me', { headers: { cookie } })).body.email).toBe('ann@example.com')
  })

  test('to an origin that the settings name, also with errors', async () => {
    await auth.close()
    auth = await start({ 'server.cors.origins': '["https://app.example.com"]' })
    await auth.user()
    const page = await signIn('s1 ann@example.com false', {
      at: `${HOME}/api/auth/oauth/corp?redirect_to=https://app.example.com/in`,
    })
    expect(page.url.host).toBe('app.example.com')
    expect(page.url.searchParams.get('error')).toBe('CONFLICT')
  })

  test.each([
    'https://evil.example.com/',
    '//evil.example.com',
    '/\\evil.example.com',
    'javascript:alert(1)',
    'http://localhost:8090@evil.example.com',
    'http://',
  ])('never at %s', async (target) => {
    expect((await auth.get(`/api/auth/oauth/corp?redirect_to=${encodeURIComponent(target)}`)).status).toBe(400)
  })
})

describe('linking', () => {
  async function link(token: string, who = 's9 work@example.com false', meanwhile = async () => {}): Promise<Page> {
    // What a page's script does: it asks for the address, and the browser keeps the cookie.
    let url = ''
    const browser = createBrowser({
      'localhost:8090': async (request) => {
        if (!request.url.endsWith('/begin')) return auth.fetch(request)
        const headers = new Headers({ authorization: `Bearer ${token}` })
        const response = await auth.fetch(new Request(`${HOME}/api/auth/oauth/corp/link`, { method: 'POST', headers }))
        url = ((await response.clone().json()) as { url: string }).url
        return response
      },
    })
    await browser.open(`${HOME}/begin`)
    const page = await browser.open(url)
    await meanwhile()
    return consent(browser, page, who)
  }

  test('adds a way to sign in, whatever address the other account has', async () => {
    const ann = await auth.user()
    expect((await link(ann.access)).status).toBe(200)
    expect(bodyOf(await signIn('s9 work@example.com false')).user.id).toBe(ann.id)
    expect((await link(ann.access)).status).toBe(200)
  })

  test('ends with the session that began it, also for a thief of that session', async () => {
    const ann = await auth.user()
    const again = (await login('ann@example.com')).body.access_token
    const page = await link(ann.access, 's9 thief@example.com true', async () => {
      expect((await auth.call('DELETE', '/api/auth/sessions', undefined, { token: again })).body).toEqual({ ended: 1 })
    })
    expect(page.status).toBe(401)
    expect(await identities(again)).toEqual([])
  })

  test('accepts no identity of another user, and one of each provider', async () => {
    const ann = await auth.user()
    await link(ann.access)
    const bob = await auth.user('bob@example.com')
    expect((await link(bob.access)).status).toBe(409)
    expect((await link(ann.access, 's10 more@example.com true')).status).toBe(409)
  })

  test('can be undone while there is another way to sign in', async () => {
    const ann = await auth.user()
    await link(ann.access)
    const unlink = (token: string) => auth.call('DELETE', '/api/auth/oauth/corp', undefined, { token })
    expect((await unlink(ann.access)).status).toBe(204)
    expect((await unlink(ann.access)).status).toBe(404)
    const only = bodyOf(await signIn('s2 only@example.com true')).access_token
    expect((await unlink(only)).status).toBe(409)
    expect(await identities(only)).toHaveLength(1)
  })

  test('requires a session', async () => {
    expect((await auth.post('/api/auth/oauth/corp/link')).status).toBe(401)
    expect((await auth.get('/api/auth/identities')).status).toBe(401)
  })
})

describe('what each provider vouches for', () => {
  const configuration = { serverMetadata: () => ({ issuer: 'x' }) } as never
  const claims = (more: object) => ({
    accessToken: 'x',
    claims: { sub: '1', email: ' A@Example.com', ...more } as never,
  })
  const google = {
    provider: GOOGLE,
    yes: { email_verified: true },
    no: [{}, { email_verified: false }, { email_verified: 'yes' }, { email_verified: 1 }],
  }
  const cases = [
    ['google', google],
    ['apple', { provider: APPLE, yes: { email_verified: 'true' }, no: [{}, { email_verified: 'false' }] }],
    [
      'microsoft',
      { provider: MICROSOFT, yes: { xms_edov: true }, no: [{}, { email_verified: true }, { xms_edov: false }] },
    ],
    ['any other', { ...google, provider: oidcProvider({ label: 'x', issuer: 'http://x' }) }],
  ] as const

  test.each(cases)('%s', async (_name, { provider, yes, no }) => {
    expect(await provider.profile(configuration, claims(yes), [])).toMatchObject({
      subject: '1',
      email: 'a@example.com',
      emailVerified: true,
    })
    for (const more of no) expect((await provider.profile(configuration, claims(more), [])).emailVerified).toBe(false)
  })
})

describe('providers without OpenID', () => {
  let responses: Record<string, unknown>
  let server: ReturnType<typeof Bun.serve>
  beforeEach(() => {
    server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      async fetch(request) {
        const url = new URL(request.url)
        if (url.pathname.endsWith('/authorize')) {
          const back = new URL(url.searchParams.get('redirect_uri') ?? '')
          back.search = new URLSearchParams({ code: 'c', state: url.searchParams.get('state') ?? '' }).toString()
          return Response.redirect(back.href)
        }
        if (/token$/.test(url.pathname)) {
          const form = new URLSearchParams(await request.text())
          if (!form.get('code_verifier') || form.get('client_secret') !== 's')
            return Response.json({ error: 'invalid_grant' }, { status: 400 })
          return Response.json({ access_token: 'at', token_type: 'bearer' })
        }
        if (request.headers.get('authorization') !== 'Bearer at') return new Response(null, { status: 401 })
        return Response.json(responses[url.pathname] ?? null)
      },
    })
  })
  afterEach(() => server.stop(true))

  async function signInAt(name: 'github' | 'discord', more: Record<string, string> = {}) {
    const base = `http://127.0.0.1:${server.port}`
    await auth.close()
    auth = await startAuth({
      settings: { [`auth.oauth.${name}.client_id`]: 'c', [`auth.oauth.${name}.client_secret`]: 's', ...more },
      extra: { knownProviders: { github: githubProvider({ web: base, api: base }), discord: discordProvider(base) } },
    })
    return browse().open(`${HOME}/api/auth/oauth/${name}`)
  }

  test('GitHub: the primary address counts if it is verified there', async () => {
    responses = {
      '/user': { id: 42, email: 'public@example.com' },
      '/user/emails': [
        { email: 'old@example.com', primary: false, verified: true },
        { email: 'Ann@example.com', primary: true, verified: true },
      ],
    }
    expect(bodyOf(await signInAt('github')).user).toMatchObject({ email: 'ann@example.com', verified: true })
    responses['/user/emails'] = [{ email: 'ann@example.com', primary: true, verified: false }]
    expect(bodyOf(await signInAt('github')).user.verified).toBe(false)
  })

  test.each([
    [
      'github',
      { '/user': { id: 1, name: 'Ann' }, '/user/emails': [{ email: 'a@example.com', primary: true, verified: true }] },
    ],
    ['discord', { '/api/users/@me': { id: '7', name: 'Ann', email: 'a@example.com', verified: true } }],
  ] as const)('%s: what it says fills fields of the user', async (name, said) => {
    responses = said
    const page = await signInAt(name, { [`auth.oauth.${name}.profile.name`]: 'name' })
    expect(bodyOf(page).user).toMatchObject({ email: 'a@example.com', name: 'Ann' })
  })

  test('Discord: the address counts if it is verified there', async () => {
    responses = { '/api/users/@me': { id: '7', email: 'ann@example.com', verified: true } }
    expect(bodyOf(await signInAt('discord')).user).toMatchObject({ email: 'ann@example.com', verified: true })
    responses = { '/api/users/@me': { id: '7', email: 'ann@example.com', verified: false } }
    expect(bodyOf(await signInAt('discord')).user.verified).toBe(false)
  })

  test('an invalid response is not our error, and signs nobody in', async () => {
    responses = { '/user': { login: 'x' } }
    expect((await signInAt('github')).status).toBe(401)
  })
})
