import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { useServer } from '@koyalite/testkit'
import type { Browser } from 'playwright-core'
import { createOperators } from '../fixtures/operators'
import { BROWSER, launchBrowser, OWNER, openStudio, signIn } from './studio-browser'

/** Of what a browser has to load before it shows the first page; compressed as by any proxy. */
const MAX_GZIP_BYTES = 250_000
const SCHEMA = 'version: 1\ncollections: {}\n'

describe.skipIf(BROWSER === null)('the first load of the studio', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  let browser: Browser
  beforeAll(async () => {
    await createOperators(server)
    browser = await launchBrowser()
  }, 60_000)
  afterAll(() => browser?.close())

  test('stays small, and loads no editor, diagram or chart', async () => {
    const studio = await openStudio(browser, server, '/_/no/such/page')
    const { page } = studio
    const loaded = new Set<string>()
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (pathname.startsWith('/_/')) loaded.add(pathname)
    })
    await page.goto('/_/')
    await page.getByLabel('Email address').waitFor()
    await signIn(studio, OWNER)
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    // An empty project: what to do, with something to copy.
    await page.getByRole('heading', { name: 'Three steps to an API' }).waitFor()
    await page.waitForLoadState('networkidle')
    const sizes = [...loaded].map(
      async (path) => gzipSync(await (await fetch(server.process.url + path)).bytes()).length,
    )
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(MAX_GZIP_BYTES)
    console.log(`first load: ${Math.round(bytes / 1000)} KB gzipped, ${loaded.size} files`)
    await page.context().close()
  }, 60_000)
})
