import { describe, expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'
import { axeViolations, BROWSER, OWNER, signIn, useStudio } from './studio-browser'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`

describe.skipIf(BROWSER === null)('the studio', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  const { openAs, openSignedOut } = useStudio(server)

  test('asks who comes to sign in, and says why a password is refused', async () => {
    const studio = await openSignedOut()
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
    const studio = await openSignedOut()
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
    const studio = await openSignedOut()
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

  test('what was sent when the session had ended goes through after signing in again, and nothing typed is lost', async () => {
    const studio = await openSignedOut('/_/keys')
    const { page } = studio
    await signIn(studio, OWNER)
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('made twice')
    await page.getByLabel('logs').check()
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Create key' }).click()
    await page.getByLabel('Password').fill(OWNER.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    // The same save: nobody has pressed Create again.
    expect(await page.getByLabel('The new key').inputValue()).toStartWith('kl_')
    await page.context().close()
  })

  test('Ctrl-K finds pages, collections, documents and users by keys alone; each is a link', async () => {
    const id = expectStatus(await server.api.post('/api/collections/posts', { title: 'Hello there' }), 201).body.id
    const studio = await openAs('owner', '/_/')
    const { page } = studio
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    await page.keyboard.press('Control+k')
    const box = page.getByRole('combobox', { name: 'Find anything' })
    await box.fill('service k')
    const option = page.getByRole('option', { name: /Service keys/, selected: true })
    expect(await option.getAttribute('href')).toBe('/_/keys')
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL('**/_/keys')
    await page.keyboard.press('Control+k')
    await box.fill('posts hello')
    expect(await page.getByRole('option', { name: /Hello there/ }).getAttribute('href')).toBe(`/_/data/posts/${id}`)
    await box.fill(id)
    await page.getByRole('option', { name: /Hello there/ }).waitFor()
    await box.fill('zzzz')
    await page.getByText('Nothing is called “zzzz”').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('letters are keys outside of inputs, `?` lists them, and they can be switched off for good', async () => {
    const studio = await openAs('owner', '/_/')
    const { page } = studio
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.waitForURL('**/_/users**')
    await page.getByLabel('Search users').fill('g')
    await page.getByLabel('Search users').press('h')
    expect(await page.getByLabel('Search users').inputValue()).toBe('gh')
    expect(page.url()).toContain('/_/users')
    await page.getByRole('main').focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Find anything').waitFor()
    expect(await axeViolations(page)).toEqual([])
    const kept = page.waitForResponse((response) => response.url().includes('/studio/items/preferences'))
    await page.getByLabel('Single letters are shortcuts').uncheck()
    await kept
    await page.keyboard.press('Escape')
    await page.reload()
    await page.getByLabel('Search users').waitFor()
    await page.getByRole('main').focus()
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    expect(page.url()).toContain('/_/users')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find anything' }).waitFor()
    await page.close()
  })

  test.each([1440, 900, 390])(
    'looks right for axe in both colour schemes, %p px wide, and nothing runs over',
    async (width) => {
      const studio = await openAs('owner', '/_/')
      const { page } = studio
      await page.setViewportSize({ width, height: 844 })
      await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await axeViolations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      }
      await page.close()
    },
  )

  test('any page is a link, what is none says so, and files that are not there are 404', async () => {
    const studio = await openSignedOut('/_/no/such/page')
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
    for (const [from, to] of Object.entries({ setup: '/_/setup', operator: '/_/', 'operator-sign-in': '/_/' })) {
      const { status, headers } = await fetch(`${server.process.url}/_/auth/${from}`, { redirect: 'manual' })
      expect([from, status, headers.get('location')]).toEqual([from, 308, to])
    }
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
