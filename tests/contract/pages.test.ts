import { afterEach, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BrowserPage,
  expectStatus,
  findBrowser,
  openPage,
  type PageOptions,
  until,
  useServer,
} from '@koyalite/testkit'
import { mailTo, NO_LIMITS, PASSWORD, SCHEMA, signUpWithApp } from '../security/accounts'

// The pages of the server itself, in a browser.

const browser = findBrowser()
/** Where to put pictures for people to look at. */
const PICTURES = process.env.KOYALITE_PICTURES
const LIMITS = NO_LIMITS.replace('auth: {', 'auth: { pages: { after_verify: /public/welcome.html },')
const LOADED = 'document.readyState === "complete"'

describe.skipIf(browser === null)('pages', () => {
  const server = useServer({
    command: 'dev',
    schema: SCHEMA,
    // With the studio, its pages stand in for those of operators here.
    settings: `name: The <Shop>\nstudio: { enabled: false }\n${LIMITS}`,
    files: { 'public/welcome.html': '<title>Welcome</title>' },
  })
  let page: BrowserPage | undefined
  afterEach(async () => {
    const refusals = page?.refusals() ?? []
    await page?.close()
    page = undefined
    expect(refusals).toEqual([])
  })

  async function open(address: string, options: PageOptions = {}): Promise<BrowserPage> {
    page = await openPage(browser ?? '', address.startsWith('/') ? `${server.process.url}${address}` : address, options)
    await page.until(LOADED)
    return page
  }
  const at = (path: string) => `location.pathname === ${JSON.stringify(path)} && ${LOADED}`
  const message = 'document.getElementById("message").textContent'
  /** Fills in the form and sends it. */
  async function send(shown: BrowserPage, values: Readonly<Record<string, string>>, form = 'first'): Promise<void> {
    await shown.evaluate(`(() => {
      const form = document.getElementById(${JSON.stringify(form)})
      for (const [name, value] of Object.entries(${JSON.stringify(values)})) form.elements[name].value = value
      form.querySelector('button').click()
    })()`)
  }
  async function picture(shown: BrowserPage, name: string): Promise<void> {
    if (PICTURES) writeFileSync(join(PICTURES, `${name}.png`), await shown.screenshot())
  }
  const linkIn = async (email: string) => /http\S+#token=[\w-]+/.exec((await mailTo(server, email)).text)?.[0] ?? ''

  test('setting up the first operator ends signed in, with what to do next', async () => {
    const link = await until(() => /http\S+setup#token=[\w-]+/.exec(server.process.output())?.[0])
    const shown = await open(link, { width: 900 })
    expect(await shown.evaluate('location.href')).toBe(`${server.process.url}/_/auth/setup`)
    expect(await shown.evaluate('document.querySelector(".project").innerText')).toContain('The <Shop>')
    await send(shown, { email: 'ops@example.com', password: 'Password1' })
    await shown.until(`${message}.startsWith('Password is on the lists of common passwords')`)
    await picture(shown, 'setup-refused')
    await send(shown, { email: 'ops@example.com', password: PASSWORD })
    await shown.until(`${at('/_/auth/operator')} && !document.getElementById('steps').hidden`)
    expect(await shown.evaluate('document.getElementById("who").innerText')).toContain('ops@example.com')
    await shown.evaluate('document.getElementById("create-key").click()')
    await shown.until('document.getElementById("key-text").textContent !== ""')
    const key = (await shown.evaluate('document.getElementById("key-text").textContent')).slice('KEY='.length)
    const headers = { authorization: `Bearer ${key}` }
    expect((await fetch(`${server.process.url}/api/admin/keys`, { headers })).status).toBe(200)
    await shown.evaluate('document.getElementById("check").click()')
    await shown.until('document.querySelectorAll("#findings li").length > 0')
    await picture(shown, 'operator')
    await shown.evaluate('document.getElementById("sign-out").click()')
    await shown.until(at('/_/auth/operator-sign-in'))
    await send(shown, { email: 'ops@example.com', password: 'wrong' })
    await shown.until(`${message} !== ''`)
    await send(shown, { email: 'ops@example.com', password: PASSWORD })
    await shown.until(`${at('/_/auth/operator')} && !document.getElementById('steps').hidden`)
  })

  test('the page of operators shows a stranger nothing but a sign-in', async () => {
    const shown = await open('/_/auth/operator')
    await shown.until(at('/_/auth/operator-sign-in'))
    await picture(shown, 'operator-sign-in')
  })

  test('a confirmed address leads on to the page in the settings', async () => {
    const email = 'ann@example.com'
    expectStatus(await server.anonymous.post('/api/auth/register', { email, password: PASSWORD }), 201)
    const shown = await open(await linkIn(email), { scheme: 'dark', width: 390 })
    await send(shown, { password: 'wrong' })
    await shown.until(`${message} !== ''`)
    await picture(shown, 'verify-refused')
    await send(shown, { password: PASSWORD })
    await shown.until(at('/public/welcome.html'))
  })

  test('a link that signs in asks for the second factor, and signs in this browser', async () => {
    const { email, recovery } = await signUpWithApp(server)
    const { secret: token } = await mailTo(server, email)
    expectStatus(await server.anonymous.post('/api/auth/email/verify', { token, password: PASSWORD }), 200)
    expectStatus(await server.anonymous.post('/api/auth/magic-link', { email }), 200)
    const shown = await open(await linkIn(email))
    await send(shown, {})
    await shown.until('!document.getElementById("second").hidden')
    await picture(shown, 'second-factor')
    await send(shown, { code: 'wrong' }, 'second')
    await shown.until(`${message} !== ''`)
    await send(shown, { code: recovery[0] ?? '' }, 'second')
    await shown.until('!document.getElementById("done").hidden')
    await picture(shown, 'signed-in')
    expect(await shown.evaluate('fetch("/api/auth/me").then((response) => response.json())')).toMatchObject({ email })
  })

  test('what is not of this server is refused by the browser, whatever it is', async () => {
    const shown = await open('/_/auth/setup')
    await shown.evaluate(`(() => {
      document.body.insertAdjacentHTML('beforeend', '<p style="color:red" onclick="x()"><img src="/public/x.png">')
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
    })()`)
    expect(await shown.evaluate('window.ran === undefined')).toBe(true)
    await until(() => shown.refusals().length >= 3)
    await shown.close()
    page = undefined
  })

  test('a link without its secret says so', async () => {
    const shown = await open('/_/auth/reset-password')
    await shown.until(`${message}.startsWith('This link is incomplete')`)
    expect(await shown.evaluate('document.getElementById("first").hidden')).toBe(true)
  })

  // The style is allowed by its hash: without it the page would be as wide as its longest word.
  test.each(['/', '/_/mail', '/_/auth/operator-sign-in', '/_/auth/reset-password#token=x'])(
    '%s has its style, and fits a telephone',
    async (path) => {
      for (const scheme of ['light', 'dark'] as const) {
        const shown = await open(path, { width: 390, scheme })
        expect(await shown.evaluate('getComputedStyle(document.querySelector(".mark")).display')).toBe('grid')
        expect(await shown.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
        await picture(shown, `${path.replace(/\W+/g, '-')}-${scheme}`)
        expect(shown.refusals()).toEqual([])
        await shown.close()
        page = undefined
      }
    },
  )
})
