import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { until, useServer } from '@koyalite/testkit'
import type { Browser } from 'playwright-core'
import { BROWSER, launchBrowser, OWNER, openStudio, signIn } from './studio-browser'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`

describe.skipIf(BROWSER === null)('studio.path', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'studio: { path: /ops/desk }\nserver: { cors: { origins: [https://app.example.com] } }',
  })
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(server.process.url + path, { headers, redirect: 'manual' })
  const location = async (path: string) => (await get(path)).headers.get('location')

  test('is where its page and its files are, and /_/ has none of them', async () => {
    expect(await location('/ops/desk')).toBe('/ops/desk/')
    const response = await get('/ops/desk/data/posts', { origin: 'https://app.example.com' })
    expect(response.status).toBe(200)
    const { headers } = response
    expect(headers.get('content-security-policy')).toContain(
      `script-src 127.0.0.1:${server.process.port}/ops/desk/assets/;`,
    )
    expect([headers.get('cache-control'), headers.get('access-control-allow-origin')]).toEqual(['no-store', null])
    const page = await response.text()
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) expect([file, (await get(file)).status]).toEqual([file, 200])
    expect((await get('/ops/desk/assets/nothing.js')).status).toBe(404)
    for (const path of ['/_', '/_/', '/_/data/posts', '/_/assets/nothing.js', '/_/icon.svg', '/ops', '/ops/'])
      expect([path, (await get(path)).status]).toEqual([path, 404])
  })

  test('leaves the pages that mails link to where they are', async () => {
    expect((await get('/_/auth/reset-password')).status).toBe(200)
    expect((await get('/_/auth/operator-password')).status).toBe(200)
    expect(await location('/_/auth/setup')).toBe('/ops/desk/setup')
    expect(await location('/_/auth/operator-sign-in')).toBe('/ops/desk/')
    expect(await location('/_/auth/operator')).toBe('/ops/desk/')
  })

  test('is in every link: of the start page, of the terminal, and within the studio', async () => {
    expect(await (await get('/', { accept: 'text/html' })).text()).toContain('href="/ops/desk/"')
    const setup = await until(() => /http\S+\/_\/auth\/setup#token=[\w-]+/.exec(server.process.output())?.[0])
    const studio = await openStudio(browser, server, setup)
    const { page } = studio
    await page.getByLabel('Email address').fill(OWNER.email)
    await page.getByLabel('Password').fill(OWNER.password)
    await page.getByRole('button', { name: 'Set up' }).click()
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    const path = () => new URL(page.url()).pathname
    expect(path()).toBe('/ops/desk/')
    const addresses = await page.evaluate<readonly string[]>(
      '[...document.querySelectorAll("a:not([href^=\\"#\\"])")].map((link) => link.getAttribute("href"))',
    )
    expect(addresses.length).toBeGreaterThan(8)
    expect(addresses.filter((address) => !address.startsWith('/ops/desk'))).toEqual([])

    await page.getByRole('link', { name: 'posts', exact: true }).first().click()
    await page.getByRole('heading', { name: 'posts has no documents yet' }).waitFor()
    expect(path()).toBe('/ops/desk/data/posts')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('Your account')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    expect(path()).toBe('/ops/desk/account')
    await page.reload()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()

    await page.getByRole('button', { name: OWNER.email }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    const cookies = await page.context().cookies()
    expect(cookies.filter(({ name }) => name.startsWith('koyalite_studio_')).map((cookie) => cookie.path)).toEqual([
      '/ops/desk/',
    ])
    await page.keyboard.press('Escape')
    await page.goto('/ops/desk/nowhere')
    await page.getByRole('link', { name: 'Go to the first page' }).click()
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    expect(path()).toBe('/ops/desk/')
    expect(studio.complaints()).toEqual([])
    await page.context().close()
  })

  test('survives a sign-in', async () => {
    const studio = await openStudio(browser, server, '/ops/desk/observe/requests')
    await signIn(studio, OWNER)
    await studio.page.getByRole('heading', { name: 'Requests' }).waitFor()
    expect(new URL(studio.page.url()).pathname).toBe('/ops/desk/observe/requests')
    await studio.page.context().close()
  })
})

describe('studio.path and studio.host', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'studio: { host: studio.example.com, path: /admin }\nserver: { url: "https://app.example.com" }',
  })
  const get = (path: string, host: string) =>
    fetch(server.process.url + path, { headers: { host }, redirect: 'manual' })

  test('are independent of one another', async () => {
    expect((await get('/admin/', 'studio.example.com')).status).toBe(200)
    expect((await get('/', 'studio.example.com')).headers.get('location')).toBe('/admin/')
    for (const path of ['/admin', '/admin/', '/admin/data', '/admin/icon.svg', '/admin/assets/x.js'])
      expect([path, (await get(path, 'app.example.com')).status]).toEqual([path, 404])
    expect((await get('/_/', 'studio.example.com')).status).toBe(404)
    expect((await get('/_/auth/operator-password', 'studio.example.com')).status).toBe(200)
    await until(() => server.process.output().includes('https://studio.example.com/admin/'))
  })
})
