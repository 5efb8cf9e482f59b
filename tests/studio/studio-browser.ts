import { findBrowser, type TestServer, until } from '@koyalite/testkit'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

export const BROWSER = findBrowser()

export interface StudioPage {
  readonly page: Page
  /** Errors that the console has, and what the policy of the page has refused, so far. */
  complaints(): readonly string[]
}

/** Of the browser: the system's. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER ?? '', args: ['--no-sandbox'] })
}

/** A window of its own, in which nobody is signed in. */
export async function openStudio(browser: Browser, server: TestServer, path = '/_/'): Promise<StudioPage> {
  const context = await browser.newContext({ baseURL: server.process.url, viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    // Who is not signed in is told so by a 401, which browsers report.
    const isExpected = message.text().includes('status of 401')
    if (message.type() === 'error' && !isExpected) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(server.process.url).origin) complaints.push(`asked ${request.url()}`)
  })
  await page.goto(path)
  return { page, complaints: () => complaints }
}

export interface Violation {
  readonly rule: string
  readonly nodes: readonly string[]
}

/** What axe finds on the page as it is. */
export async function axeViolations(page: Page): Promise<readonly Violation[]> {
  // Added by the debugger, which no policy binds.
  await page.evaluate(axe.source)
  return page.evaluate<readonly Violation[]>(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ rule: id, nodes: nodes.map(({ html }) => html) })))',
  )
}

/** Makes the first operator, with the link that the server has printed. */
export async function setUpOperator({ page }: StudioPage, server: TestServer): Promise<void> {
  const setupLink = () => /_\/auth\/setup#token=([\w-]+)/.exec(server.process.output())
  await until(() => setupLink() !== null)
  await page.goto(`/_/setup#token=${setupLink()?.[1]}`)
  await page.getByLabel('Email address').fill(OWNER.email)
  await page.getByLabel('Password').fill(OWNER.password)
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
}

export async function signIn({ page }: StudioPage, { email, password }: typeof OWNER): Promise<void> {
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export const OWNER = { email: 'owner@example.com', password: 'correct horse battery 9' }
