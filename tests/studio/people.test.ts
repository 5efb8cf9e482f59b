import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import type { Browser, Page } from 'playwright-core'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { axeViolations, BROWSER, launchBrowser, openStudio, type StudioPage } from './studio-browser'

const SCHEMA = `version: 1
collections:
  users:
    fields: { name: { type: string, nullable: true } }
`
const HOSTILE = '<img src=x onerror="document.title=1">'

describe.skipIf(BROWSER === null)('users, operators and keys in the studio', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'auth: { rate_limit: { login: 1000/second, register: 1000/second } }',
  })
  let operators: readonly TestOperator[] = []
  let browser: Browser
  beforeAll(async () => {
    operators = await createOperators(server, 'viewer')
    for (const name of ['ann', 'ben', 'eve']) {
      const user = {
        email: `${name}@example.com`,
        password: 'a long enough password',
        name: name === 'eve' ? HOSTILE : name,
      }
      expectStatus(await server.anonymous.post('/api/auth/register', user), 201)
    }
    browser = await launchBrowser()
  }, 60_000)
  afterAll(() => browser?.close())

  /** A window in which an operator is signed in. */
  async function openAs(role: string, path: string): Promise<StudioPage> {
    const operator = operators.find((one) => one.role === role)
    const studio = await openStudio(browser, server)
    const cookies = (operator?.headers.cookie ?? '').split('; ').map((pair) => {
      const at = pair.indexOf('=')
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.process.url }
    })
    await studio.page.context().addCookies(cookies)
    await studio.page.goto(path)
    return studio
  }
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const blockedAt = async (email: string) =>
    expectStatus(await server.api.get(`/api/admin/users/${email}`), 200).body.account.blocked_at

  test('a user is found, blocked, and unblocked by Undo; the view is a link', async () => {
    const studio = await openAs('owner', '/_/users')
    const { page } = studio
    await page.getByText('3 users').waitFor()
    await page.getByLabel('Search users').fill('ANN')
    await page.getByText('1 user', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'ann@example.com' }).click()
    await button(page, 'Block').click()
    await page.getByText('Blocked ann@example.com').waitFor()
    expect(await blockedAt('ann@example.com')).toBeString()
    await page.reload()
    await button(page, 'Unblock').waitFor()
    expect(await page.getByLabel('Search users').inputValue()).toBe('ANN')
    await button(page, 'Unblock').click()
    await button(page, 'Undo').click()
    await until(async () => (await blockedAt('ann@example.com')) !== null)
    expect(await axeViolations(page)).toEqual([])
    expect(studio.complaints()).toEqual([])
    await page.context().close()
  })

  test('a user is made, with what the server refuses at its field, and deleted after the dialog names them', async () => {
    const studio = await openAs('owner', '/_/users')
    const { page } = studio
    await button(page, 'New user').click()
    await page.getByLabel('Email address').fill('ben@example.com')
    await button(page, 'Create user').click()
    await page
      .getByRole('dialog')
      .getByText(/already/)
      .waitFor()
    await page.getByLabel('Email address').fill('new@example.com')
    await button(page, 'Create user').click()
    await page.getByText('Created new@example.com').waitFor()
    await page.getByRole('link', { name: 'new@example.com' }).click()
    await button(page, 'Delete').click()
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'Delete new@example.com').click()
    await page.getByText('Deleted new@example.com').waitFor()
    expect((await server.api.get('/api/admin/users/new@example.com')).status).toBe(404)
    await page.context().close()
  })

  test('what a user has written is text', async () => {
    const studio = await openAs('owner', '/_/users?q=eve')
    await studio.page.getByRole('link', { name: 'eve@example.com' }).click()
    await studio.page.getByText(HOSTILE).waitFor()
    expect(await studio.page.title()).toBe('KoyaLite')
    expect(studio.complaints()).toEqual([])
    await studio.page.context().close()
  })

  test('an operator is added with a link, gets another role, is disabled and deleted', async () => {
    const studio = await openAs('owner', '/_/operators')
    const { page } = studio
    await button(page, 'Add operator').click()
    await page.getByLabel('Email address').fill('colleague@example.com')
    await page.getByLabel('Role', { exact: true }).selectOption('admin')
    await page.getByRole('dialog').getByRole('button', { name: 'Add operator' }).click()
    expect(await page.getByLabel('Link to choose a password').inputValue()).toContain('#token=')
    await button(page, 'Done').click()
    await page.getByLabel('Role of colleague@example.com').selectOption('viewer')
    await page.getByText('colleague@example.com is viewer now').waitFor()
    const row = page.getByRole('row', { name: /colleague/ })
    await row.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('Disabled colleague@example.com').waitFor()
    await row.getByRole('button', { name: 'Delete' }).click()
    await button(page, 'Delete colleague@example.com').click()
    await page.getByText('Deleted the operator colleague@example.com').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(studio.complaints()).toEqual([])
    await page.context().close()
  })

  test('a key is shown once, works, and is refused when it is revoked', async () => {
    const studio = await openAs('owner', '/_/keys')
    const { page } = studio
    await button(page, 'New key').click()
    await page.getByLabel('Name').fill('nightly export')
    await button(page, 'Create key').click()
    await page.getByText('Choose what the key may do.').waitFor()
    await page.getByLabel('logs').check()
    await button(page, 'Create key').click()
    const key = await page.getByLabel('The new key').inputValue()
    const asked = () =>
      fetch(`${server.process.url}/api/admin/requests`, { headers: { authorization: `Bearer ${key}` } })
    expect((await asked()).status).toBe(200)
    await button(page, 'I have stored it').click()
    expect(await page.content()).not.toContain(key)
    await page
      .getByRole('row', { name: /nightly/ })
      .getByRole('button', { name: 'Revoke' })
      .click()
    await button(page, 'Revoke nightly export').click()
    await page.getByText('Revoked the key nightly export').waitFor()
    expect((await asked()).status).toBe(401)
    expect(studio.complaints()).toEqual([])
    await page.context().close()
  })

  test('a viewer sees users, and no control of theirs can be used; pages of owners are not listed', async () => {
    const studio = await openAs('viewer', '/_/users')
    const { page } = studio
    await page.getByRole('link', { name: 'ben@example.com' }).click()
    await page.getByRole('heading', { name: 'ben@example.com' }).waitFor()
    for (const name of ['New user', 'Block', 'Reset password', 'Delete', 'End all sessions'])
      expect([name, await button(page, name).getAttribute('aria-disabled')]).toEqual([name, 'true'])
    await button(page, 'Block').click({ force: true })
    expect(await blockedAt('ben@example.com')).toBeNull()
    expect(await page.getByRole('link', { name: 'Access' }).count()).toBe(0)
    expect(studio.complaints()).toEqual([])
    await page.context().close()
  })

  test.each(['users?user=ann@example.com', 'operators', 'keys'])(
    'axe has nothing to say about /_/%s, however wide it is',
    async (path) => {
      const studio = await openAs('owner', `/_/${path}`)
      const { page } = studio
      await page.getByRole('heading', { level: 1 }).waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1440, 900, 390]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 844 })
          expect(await axeViolations(page)).toEqual([])
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        }
      }
      await page.context().close()
    },
  )
})
