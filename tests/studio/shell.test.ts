import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { useServer } from '@koyalite/testkit'
import type { Browser } from 'playwright-core'
import { axeViolations, BROWSER, launchBrowser, OWNER, openStudio, setUpOperator, signIn } from './studio-browser'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`

describe.skipIf(BROWSER === null)('the studio', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
    const studio = await openStudio(browser, server)
    await setUpOperator(studio, server)
    expect(studio.complaints()).toEqual([])
    await studio.page.context().close()
  }, 60_000)
  afterAll(() => browser?.close())

  test('asks who comes to sign in, and says why a password is refused', async () => {
    const studio = await openStudio(browser, server)
    const { page } = studio
    await signIn(studio, { ...OWNER, password: 'wrong' })
    await page.getByRole('alert').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await signIn(studio, OWNER)
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    expect(studio.complaints()).toEqual([])
    await page.context().close()
  })

  test('keeps no credential where a script could read it', async () => {
    const studio = await openStudio(browser, server)
    const { page } = studio
    await signIn(studio, OWNER)
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    const kept = await page.evaluate(
      '({ cookie: document.cookie, local: localStorage.length, session: sessionStorage.length })',
    )
    expect(kept).toEqual({ cookie: '', local: 0, session: 0 })
    await page.context().close()
  })

  test('a session that ends while somebody works is renewed in a dialog, over the page', async () => {
    const studio = await openStudio(browser, server)
    const { page } = studio
    await signIn(studio, OWNER)
    await page.getByRole('heading', { name: 'Last requests' }).waitFor()
    await page.context().clearCookies()
    // What is shown is read again every few seconds.
    await page.getByRole('dialog').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByLabel('Password').fill(OWNER.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'Last requests' }).waitFor()
    await page.context().close()
  })

  test.each([1440, 900, 390])(
    'looks right for axe in both colour schemes, %p px wide, and nothing runs over',
    async (width) => {
      const studio = await openStudio(browser, server)
      const { page } = studio
      await page.setViewportSize({ width, height: 844 })
      await signIn(studio, OWNER)
      await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await axeViolations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      }
      await page.context().close()
    },
  )

  test('any page is a link, what is none says so, and files that are not there are 404', async () => {
    const studio = await openStudio(browser, server, '/_/no/such/page')
    await signIn(studio, OWNER)
    await studio.page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await studio.page.context().close()
    for (const path of [
      '/_/assets/nothing.js',
      '/_/assets/../index.html',
      '/_/assets/%2e%2e/index.html',
      '/_/auth/nothing.js',
    ])
      expect((await fetch(server.process.url + path)).headers.get('content-type')).not.toContain('javascript')
    for (const path of ['/_/assets/nothing.js', '/_/auth/nothing', '/_/mail'])
      expect((await fetch(server.process.url + path)).status).toBe(404)
  })

  test('its page may run the scripts of the studio alone, and be shown in no frame', async () => {
    const { headers } = await fetch(`${server.process.url}/_/`)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`script-src 127.0.0.1:${server.process.port}/_/assets/;`)
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    const [first, second] = await Promise.all([0, 1].map(async () => (await fetch(`${server.process.url}/_/`)).text()))
    expect(first).not.toBe(second as string)
  })
})
