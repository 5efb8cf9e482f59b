import { afterAll, afterEach, beforeAll } from 'bun:test'
import { findBrowser, type TestServer, until } from '@koyalite/testkit'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { createOperators, type TestOperator } from '../fixtures/operators'

export const BROWSER = findBrowser()

export interface StudioPage {
  readonly page: Page
  /** Errors that the console has, and what the policy of the page has refused, so far. */
  complaints(): readonly string[]
}

/** Of the browser: the system's. Tabs of one window share a process, and with it what that has compiled. */
export function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--process-per-site']
  return chromium.launch({ executablePath: BROWSER ?? '', args })
}

/** A window of its own, in which nobody is signed in. */
export async function openStudio(browser: Browser, server: TestServer, path = '/_/'): Promise<StudioPage> {
  const studio = await newPage(await newWindow(browser, server), server)
  await studio.page.goto(path)
  return studio
}

export interface Studio {
  /** A tab of the window in which an operator is signed in. A script runs before those of the page. */
  openAs(role: string, path: string, script?: string): Promise<StudioPage>
  /** A window of its own, in which nobody is signed in. */
  openSignedOut(path?: string): Promise<StudioPage>
  operator(role: string): TestOperator
}

/**
 * An operator of each role, `owner` first, and one browser for a test file; used inside of tests only. Each operator has one window: its tabs share
 * what the browser has loaded and compiled, which is most of the time that a page takes.
 */
export function useStudio(server: TestServer, ...roles: readonly string[]): Studio {
  const windows = new Map<string, BrowserContext>()
  let operators: readonly TestOperator[] = []
  let browser: Browser | undefined
  const opened: Page[] = []
  beforeAll(async () => {
    operators = await createOperators(server, ...roles)
    if (BROWSER !== null) browser = await launchBrowser()
  }, 60_000)
  // A tab that stays open goes on working: it follows what the next test writes.
  afterEach(() => Promise.all(opened.splice(0).map((page) => page.close())))
  afterAll(() => browser?.close())

  function operator(role: string): TestOperator {
    const found = operators.find((one) => one.role === role)
    if (found === undefined) throw new Error(`no operator is ${role}`)
    return found
  }

  function launched(): Browser {
    if (browser === undefined) throw new Error('there is no browser')
    return browser
  }

  function noted(studio: StudioPage): StudioPage {
    opened.push(studio.page)
    return studio
  }

  async function windowOf(role: string): Promise<BrowserContext> {
    const known = windows.get(role)
    if (known !== undefined) return known
    const context = await newWindow(launched(), server)
    const cookies = (operator(role).headers.cookie ?? '').split('; ').map((pair) => {
      const at = pair.indexOf('=')
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.process.url }
    })
    await context.addCookies(cookies)
    // One tab that stays, and the process of the window with it, when those of a test are closed.
    await (await context.newPage()).goto('/health/live')
    windows.set(role, context)
    return context
  }

  return {
    operator,
    openSignedOut: async (path) => noted(await openStudio(launched(), server, path)),
    async openAs(role, path, script) {
      const studio = noted(await newPage(await windowOf(role), server))
      if (script !== undefined) await studio.page.addInitScript(script)
      await studio.page.goto(path)
      return studio
    },
  }
}

function newWindow(browser: Browser, server: TestServer): Promise<BrowserContext> {
  return browser.newContext({ baseURL: server.process.url, viewport: { width: 1440, height: 900 } })
}

async function newPage(context: BrowserContext, server: TestServer): Promise<StudioPage> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    // Who is not signed in is told so by a 401, which browsers report.
    const isExpected = message.text().includes('status of 401')
    if (message.type() === 'error' && !isExpected) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.stack ?? ''))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(server.process.url).origin) complaints.push(`asked ${request.url()}`)
  })
  return { page, complaints: () => complaints }
}

export interface Violation {
  readonly rule: string
  readonly nodes: readonly string[]
}

/** What axe finds on the page as it is. */
export async function axeViolations(page: Page): Promise<readonly Violation[]> {
  // Added by the debugger, which no policy binds; once for each page, whose browser then has it compiled.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  // Colours on their way from one scheme to the other are those of neither.
  // A cursor that blinks never ends.
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity).map(({ finished }) => finished))',
  )
  return page.evaluate<readonly Violation[]>(
    // What is right is not listed, which takes as long again.
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => ({ rule: id, nodes: nodes.map(({ html }) => html) })))',
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
