import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import {
  type BrowserPage,
  type FakeOidc,
  findBrowser,
  freePort,
  OIDC_CLIENT,
  openPage,
  startFakeOidc,
} from '@koyalite/testkit'
import { BLOG_SCHEMA } from '../testing/blog'
import { useSteppingServer } from './testing/stepping-server'

const TTL_MS = 15 * 60_000
const browser = findBrowser()
const provider: FakeOidc = await startFakeOidc()
const port = freePort()
const home = `http://localhost:${port}/public/index.html`
/** Of another origin: an application that is not served by the server. */
const appPort = freePort()
const app = `http://localhost:${appPort}/`

/** Those that need a browser. */
const [PASSKEY_SAMPLE, CALLBACK_SAMPLE] = Array.from(
  readFileSync(`${import.meta.dir}/../../../../docs/clients-accounts.md`, 'utf8').matchAll(/```js\n([\s\S]*?)```/g),
  ([, code = '']) => code,
)

/** The whole client, and a clock that the tests move. */
const PAGE = `
import { createKoyalite } from '../index'
const now = Date.now.bind(Date)
const send = window.fetch
Object.assign(window, {
  offset: 0,
  refreshes: 0,
  isHanging: false,
  events: [],
  create(options = {}) {
    const metadata = { collections: { users: { fields: { created_at: 'timestamp' } }, posts: {} } }
    events.length = 0
    window.koya = createKoyalite(metadata, { url: 'http://localhost:${port}', ...options })
    window.endEvents?.()
    window.endEvents = koya.auth.onChange((event, user) => events.push(event + ' ' + user?.email))
    return koya.auth.ready.then((user) => user?.email ?? null)
  },
  failure: (call) => call.then(() => 'none', ({ code }) => code),
  fetch(url, init) {
    const isRefresh = String(url).endsWith('/api/auth/refresh')
    if (isRefresh) window.refreshes++
    return isRefresh && window.isHanging ? new Promise(() => {}) : send(url, init)
  },
})
Date.now = () => now() + window.offset
document.title = 'ready'
`

async function pageScript(): Promise<string> {
  const entry = `${import.meta.dir}/page.ts`
  const built = await Bun.build({ entrypoints: [entry], files: { [entry]: PAGE }, target: 'browser' })
  return (await built.outputs[0]?.text()) ?? ''
}

describe.skipIf(browser === null)('koya.auth in a browser', async () => {
  const [html, script] = [
    '<meta charset="utf-8"><script type="module" src="/public/page.js"></script>',
    await pageScript(),
  ]
  const server = useSteppingServer(TTL_MS, {
    command: 'dev',
    port,
    schema: BLOG_SCHEMA,
    settings: `
server: { url: "http://localhost:${port}", cors: { origins: ["http://localhost:${appPort}"], credentials: true } }
auth:
  rate_limit: { register: 1000/minute, login: 1000/minute }
  oauth: { corp: { client_id: "\${CLIENT_ID}", client_secret: "\${CLIENT_SECRET}", issuer: "${provider.issuer}" } }
`,
    env: { CLIENT_ID: OIDC_CLIENT.id, CLIENT_SECRET: OIDC_CLIENT.secret },
    files: {
      'public/index.html': html,
      'public/page.js': script,
    },
  })
  let page: BrowserPage
  let other: BrowserPage
  let application: Bun.Server<undefined>
  beforeAll(async () => {
    application = Bun.serve({
      port: appPort,
      fetch: ({ url }) =>
        url.endsWith('.js')
          ? new Response(script, { headers: { 'content-type': 'text/javascript' } })
          : new Response(html, { headers: { 'content-type': 'text/html' } }),
    })
    other = await openPage(browser ?? '', home, { authenticator: true })
    // In front: passkeys are for the page that has the focus.
    page = await other.openTab(home)
    await Promise.all([isReady(page), isReady(other)])
  })
  afterAll(async () => {
    await page?.close()
    await provider.stop()
    await application?.stop(true)
  })
  const isReady = (tab: BrowserPage) => tab.until('document.title === "ready"')
  const both = (expression: string) => Promise.all([page, other].map((tab) => tab.evaluate(expression)))
  async function reload(tab: BrowserPage): Promise<void> {
    await tab.evaluate('document.title = "", location.reload()')
    await isReady(tab)
  }
  let accounts = 0
  async function register(): Promise<string> {
    const email = `page${++accounts}@example.com`
    const account = JSON.stringify({ email, password: 'correct horse battery', name: 'Ann' })
    expect(await page.evaluate(`koya.auth.register(${account}).then(({ status }) => status)`)).toBe('signed_in')
    return email
  }
  async function expire(): Promise<void> {
    await server.step()
    await both(`offset += ${TTL_MS}`)
  }

  test('D30 another user in one tab is another user in all', async () => {
    await both('create()')
    const first = await register()
    await other.until(`koya.auth.user?.email === "${first}"`)
    const second = await register()
    await other.until(`koya.auth.user?.email === "${second}"`)
    expect(await other.evaluate('events')).toEqual([
      'signed_out undefined',
      `signed_in ${first}`,
      `user_changed ${second}`,
    ])
    expect(await other.evaluate('koya.auth.getMe().then(({ email }) => email)')).toBe(second)
    await page.evaluate('koya.auth.logout()')
    await other.until('koya.auth.status === "signed_out"')
  })

  test('passkeys are created, listed, used and removed', async () => {
    await page.evaluate('create()')
    const email = await register()
    await page.evaluate(`(async () => {\n${PASSKEY_SAMPLE}\n})()`)
    const [{ id, name }] = await page.evaluate('koya.auth.passkeys.list()')
    expect(name).toBe('Laptop')
    const proof = 'koya.auth.reauthenticate({ passkey: true }).then((until) => until > new Date())'
    expect(await page.evaluate(proof)).toBe(true)
    await page.evaluate('koya.auth.logout()')
    const result = await page.evaluate('koya.auth.passkeys.login()')
    expect(result).toMatchObject({ status: 'signed_in', user: { email } })
    const used = await page.evaluate('koya.auth.passkeys.list().then(([{ lastUsedAt }]) => lastUsedAt instanceof Date)')
    expect(used).toBe(true)
    const aborted = 'koya.auth.passkeys.login({ signal: AbortSignal.abort() })'
    expect(await page.evaluate(`failure(${aborted})`)).toBe('ABORTED')
    await page.evaluate(`koya.auth.passkeys.remove("${id}")`)
    await page.evaluate('koya.auth.logout()')
  })

  async function goThrough(flow: string, options = '{}'): Promise<void> {
    await page.evaluate(`create(${options})`)
    await page.evaluate(`document.title = "", void koya.auth.oauth${flow}`)
    await isReady(page)
  }
  function newIdentity(email = `corp${++accounts}@example.com`): string {
    provider.behaviour.idToken = { sub: email, email, email_verified: true }
    return email
  }

  test('a provider signs in by a code that only the tab that began can exchange', async () => {
    const email = newIdentity()
    await goThrough('("corp", { redirectTo: "?tab=1#here" })')
    expect(await page.evaluate('location.search')).toMatch(/^\?tab=1&code=/)
    await page.evaluate('create()')
    const { providers } = await page.evaluate('koya.auth.oauth.providers()')
    expect(providers).toMatchObject([{ name: 'corp', label: expect.any(String) }])
    const done = `(async () => {\n${CALLBACK_SAMPLE}\nreturn [result.user.email, location.search + location.hash]\n})()`
    expect(await page.evaluate(done)).toEqual([email, '?tab=1#here'])
    expect(await page.evaluate('koya.auth.oauth.callback()')).toBeNull()
    expect(await page.evaluate('koya.auth.oauth.identities()')).toMatchObject([{ provider: 'corp', email }])
    await page.evaluate('koya.auth.logout()')

    await goThrough('("corp")')
    await both('create()')
    const stolen = `koya.auth.oauth.callback(${JSON.stringify(await page.evaluate('location.href'))})`
    expect(await other.evaluate(`failure(${stolen})`)).toBe('UNAUTHENTICATED')
  })

  test('and where cookies carry the session, it is there when the page is', async () => {
    const [email, options] = [newIdentity(), '{ cookies: true, storageKey: "cookies" }']
    await goThrough('("corp")', options)
    expect(await page.evaluate(`create(${options})`)).toBe(email)
    expect(await page.evaluate('koya.auth.oauth.callback()')).toBeNull()
    await page.evaluate('koya.posts.create({ title: "written" })')
    await page.evaluate('koya.auth.logout()')
    await reload(page)
    expect(await page.evaluate(`create(${options})`)).toBeNull()
  })

  test('a refusal of the provider is an error; an account there can be linked', async () => {
    provider.behaviour.refusal = 'access_denied'
    await goThrough('("corp")')
    await page.evaluate('create()')
    const reason = 'koya.auth.oauth.callback().catch(({ code, details }) => [code, details[0].code])'
    expect(await page.evaluate(reason)).toEqual(['UNAUTHENTICATED', 'cancelled'])
    provider.behaviour.refusal = null
    newIdentity(await register())
    await goThrough('.link("corp")')
    await page.evaluate('create()')
    expect(await page.evaluate('koya.auth.oauth.callback()')).toEqual({
      status: 'linked',
      user: null,
      provider: 'corp',
    })
    expect(await page.evaluate('koya.auth.oauth.identities().then(({ length }) => length)')).toBe(1)
    await page.evaluate('koya.auth.oauth.unlink("corp")')
    await page.evaluate('koya.auth.logout()')
  })

  test.each([
    ['tokens', '{}'],
    ['cookies', '{ cookies: true }'],
  ])('a page of another origin signs in by a provider, and writes, with %s', async (_, options) => {
    await page.evaluate(`document.title = "", location.assign("${app}")`)
    await isReady(page)
    const email = newIdentity()
    await goThrough('("corp")', options)
    const signedIn = await page.evaluate(`create(${options})`)
    const result = await page.evaluate('koya.auth.oauth.callback().then((result) => result?.user.email)')
    // With cookies nothing is left to do.
    expect([signedIn, result]).toEqual(options === '{}' ? [null, email] : [email, undefined])
    await page.evaluate('koya.posts.create({ title: "written" })')
    await reload(page)
    expect(await page.evaluate(`create(${options})`)).toBe(email)
    expect(await page.evaluate('koya.auth.refresh(Infinity).then(({ email }) => email)')).toBe(email)
    await page.evaluate('koya.auth.logout()')
    await page.evaluate(`document.title = "", location.assign("${home}")`)
    await isReady(page)
  })

  test('D22 the lock of a page that hangs is taken', async () => {
    await both('create()')
    const email = await register()
    await other.until(`koya.auth.user?.email === "${email}"`)
    await page.evaluate('isHanging = true, void koya.auth.refresh(Infinity).catch(() => {})')
    await page.until('refreshes > 0')
    expect(await other.evaluate('koya.auth.refresh(Infinity).then(({ email }) => email)')).toBe(email)
    await reload(page)
    expect(await page.evaluate('create().then(() => koya.auth.getMe()).then(({ email }) => email)')).toBe(email)
    await page.evaluate('koya.auth.logout()')
  })

  // Last: the provider's clock is not moved on.
  test.each([
    ['tokens', '{}'],
    ['cookies', '{ cookies: true, storageKey: "cookies" }'],
  ])(
    'D21 two pages refresh one session for twelve hours, with %s: no logout, one refresh per expiry',
    async (_, options) => {
      expect(await both(`create(${options})`)).toEqual([null, null])
      const email = await register()
      await other.until(`koya.auth.user?.email === "${email}"`)
      expect(await other.evaluate('events')).toEqual(['signed_out undefined', `signed_in ${email}`])
      await both('refreshes = 0')
      const expiries = 48
      for (let i = 0; i < expiries; i++) {
        await expire()
        const users =
          'Promise.all([koya.auth.getMe(), koya.auth.getMe()]).then((users) => users.map(({ name }) => name))'
        expect(await both(users)).toEqual(Array(2).fill(['Ann', 'Ann']))
      }
      const [mine, theirs] = await both('refreshes')
      console.log(`${expiries} expiries: ${mine} + ${theirs} refreshes`)
      expect(mine + theirs).toBeGreaterThanOrEqual(expiries)
      expect(mine + theirs).toBeLessThan(expiries * 1.2)
      await page.evaluate('koya.posts.create({ title: "written" })')
      await reload(page)
      expect(await page.evaluate(`create(${options})`)).toBe(email)
      await page.evaluate('koya.auth.logout()')
      await other.until('koya.auth.status === "signed_out"')
      expect(await other.evaluate('failure(koya.auth.getMe())')).toBe('UNAUTHENTICATED')
      expect((await other.evaluate('events')).at(-1)).toBe('signed_out undefined')
    },
    120_000,
  )
})
