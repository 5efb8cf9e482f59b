import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { expectStatus, useServer } from '@koyalite/testkit'
import type { Browser, Page } from 'playwright-core'
import { NO_LIMITS, PASSWORD, SCHEMA } from '../security/accounts'
import { axeViolations, BROWSER, launchBrowser } from '../studio/studio-browser'

// The pages of the server itself are of one design with the studio.

/** Where to put pictures for people to look at. */
const PICTURES = process.env.KOYALITE_PICTURES
const WIDTHS = [1440, 900, 390] as const
const SCHEMES = ['light', 'dark'] as const
/** What a browser says of a form that the API has refused. */
const REFUSED = /status of 400/
/** Swagger UI's own. */
const OF_SWAGGER = ['button-name', 'heading-order', 'label', 'nested-interactive', 'region']

async function openOperation(page: Page): Promise<void> {
  await page.locator('.opblock-summary-control').first().waitFor()
  const post = page.locator('.opblock-post').first()
  await post.locator('.opblock-summary-control').click()
  await post.getByRole('button', { name: 'Execute' }).waitFor()
}

describe.skipIf(BROWSER === null)('pages of the server', () => {
  const server = useServer({
    command: 'dev',
    schema: SCHEMA,
    // With the studio, its pages stand in for those of operators.
    settings: `name: Shop\nstudio: { enabled: false }\n${NO_LIMITS}`,
  })
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
    for (const email of ['ann@example.com', 'ben.with.a.rather.long.name@department.example.com'])
      expectStatus(await server.anonymous.post('/api/auth/register', { email, password: PASSWORD }), 201)
  }, 60_000)
  afterAll(() => browser?.close())

  /** Looks at a page in all sizes and both schemes. @param foreign rules of axe that markup which is not ours breaks */
  async function look(
    path: string,
    prepare: (page: Page) => Promise<unknown>,
    foreign: readonly string[] = [],
  ): Promise<void> {
    const complaints: string[] = []
    const context = await browser.newContext({ baseURL: server.process.url })
    const page = await context.newPage()
    page.on(
      'console',
      (message) => message.type() === 'error' && !REFUSED.test(message.text()) && complaints.push(message.text()),
    )
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(path)
    await prepare(page)
    // Colours are chosen by the style sheet, as the window's size is: a page is loaded and laid out once for all of them.
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 })
        const name = `${path.replace(/\W+/g, '-')}-${width}-${colorScheme}`
        if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`) })
        const violations = (await axeViolations(page)).filter(({ rule }) => !foreign.includes(rule))
        expect([name, violations]).toEqual([name, []])
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect([name, overflow]).toEqual([name, 0])
      }
    }
    await expectStudioColours(page)
    await context.close()
    expect(complaints).toEqual([])
  }

  test('the start page', () => look('/', (page) => page.getByRole('heading', { name: 'First request' }).waitFor()))

  test('the mailbox', () =>
    look('/_/mail', async (page) => {
      await page.getByRole('heading', { name: 'Emails' }).waitFor()
      await page.locator('details').nth(1).locator('summary').click()
    }))

  test('a form', () =>
    look('/_/auth/verify-email#token=nothing', async (page) => {
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByRole('alert').filter({ hasText: /./ }).waitFor()
    }))

  test('the reference of the API', () => look('/api/docs', openOperation, OF_SWAGGER), 180_000)

  // The others are asked for it once they have been looked at.
  test('a page of operators has the colours of the studio', async () => {
    const page = await browser.newPage({ baseURL: server.process.url, colorScheme: 'dark' })
    await page.goto('/_/auth/operator-sign-in')
    await expectStudioColours(page)
    await page.close()
  })
})

async function expectStudioColours(page: Page): Promise<void> {
  const accent = 'getComputedStyle(document.documentElement).getPropertyValue("--color-accent")'
  expect([page.url(), await page.evaluate(accent)]).toEqual([page.url(), 'light-dark(#3a53c9, #4c65de)'])
}
