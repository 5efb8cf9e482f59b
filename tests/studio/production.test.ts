import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'
import type { Browser } from 'playwright-core'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { axeViolations, BROWSER, launchBrowser, OWNER, openStudio, signIn } from './studio-browser'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`
const POSTS = '/api/admin/data/collections/posts'
const LOCK = '/api/admin/session/editing'

interface Lock {
  readonly required: boolean
  readonly unlocked_until: string
}

describe('production', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: 'name: Shop\nauth: { rate_limit: { login: 1000/second } }',
    env: { KOYALITE_ENV: 'production' },
  })
  let operators: readonly TestOperator[] = []
  beforeAll(async () => {
    operators = await createOperators(server, 'editor', 'viewer')
  }, 60_000)
  const operator = (role: string) => operators.find((one) => one.role === role) as TestOperator
  const inBrowser = (role: string, method: string, path: string, body?: object) =>
    fetch(server.process.url + path, {
      method,
      headers: { ...operator(role).headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
  const events = async () =>
    expectStatus(await server.api.get('/api/admin/audit?limit=100'), 200).body.entries.map(
      ({ event }: { event: string }) => event,
    ) as string[]

  describe('its documents are locked for browsers of operators', () => {
    test('until the session is unlocked, and again once it is locked', async () => {
      const refused = await inBrowser('editor', 'POST', POSTS, { title: 'a' })
      expect(refused.status).toBe(403)
      expect(await refused.json()).toMatchObject({ error: { details: [{ code: 'editing_locked' }] } })
      expect((await inBrowser('editor', 'GET', POSTS)).status).toBe(200)
      const sql = (mode: string) => inBrowser('owner', 'POST', '/api/admin/sql', { sql: 'DELETE FROM posts', mode })
      expect([(await sql('dry_run')).status, (await sql('write')).status]).toEqual([200, 403])
      const unlocked = (await (await inBrowser('editor', 'POST', LOCK)).json()) as Lock
      expect(unlocked.required).toBe(true)
      expect(Date.parse(unlocked.unlocked_until) - Date.now()).toBeGreaterThan(14 * 60_000)
      expect((await inBrowser('editor', 'POST', POSTS, { title: 'b' })).status).toBe(201)
      // Another session of anybody else is still locked.
      expect((await inBrowser('owner', 'POST', POSTS, { title: 'c' })).status).toBe(403)
      expect(await (await inBrowser('editor', 'DELETE', LOCK)).json()).toEqual({ required: true, unlocked_until: null })
      expect((await inBrowser('editor', 'DELETE', `${POSTS}/nothing`)).status).toBe(403)
      expect((await events()).filter((event) => event.startsWith('admin.editing')).sort()).toEqual([
        'admin.editing_locked',
        'admin.editing_unlocked',
      ])
      expect((await server.api.get('/api/collections/posts?count=true')).body.total).toBe(1)
    })

    test('viewers unlock nothing, nobody does without a session, and tokens and keys are not asked', async () => {
      expect((await inBrowser('viewer', 'POST', LOCK)).status).toBe(403)
      expectError(await server.anonymous.post(LOCK), 'UNAUTHENTICATED')
      expectError(await server.api.post(LOCK), 'FORBIDDEN')
      expectStatus(await operator('editor').api.post(POSTS, { title: 'd' }), 201)
      expectStatus(await createApi(server.process.url, server.key).post('/api/collections/posts', { title: 'e' }), 201)
    })
  })

  describe.skipIf(BROWSER === null)('in the studio', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launchBrowser()
    }, 60_000)
    afterAll(() => browser?.close())

    test('every page says so, in a word, a colour and the title, and unlocks by a click', async () => {
      const studio = await openStudio(browser, server)
      const { page } = studio
      await signIn(studio, OWNER)
      const band = page.getByRole('region', { name: 'Environment' })
      await band.getByText('Production', { exact: true }).waitFor()
      expect(await page.title()).toBe('● Production · Home · Shop')
      expectStatus(await server.api.post('/api/collections/posts', { title: 'f' }), 201)
      const lockOfGrid = page.getByRole('grid').getByRole('img', { name: 'Editing is locked' })
      await page.goto('/_/data/posts')
      await lockOfGrid.waitFor()
      await page.goto('/_/users')
      await band.getByText('Editing is locked').waitFor()
      expect(await page.title()).toBe('● Production · Users · Shop')
      await band.getByRole('button', { name: 'Unlock editing for 15 minutes' }).click()
      await band.getByText(/Editing until/).waitFor()
      await page.goto('/_/data/posts')
      await page.getByRole('grid').getByText('#', { exact: true }).waitFor()
      await lockOfGrid.waitFor({ state: 'detached' })
      await page.goto('/_/users')
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const width of [1440, 900, 390]) {
          await page.setViewportSize({ width, height: 844 })
          expect(await axeViolations(page)).toEqual([])
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        }
      }
      await band.getByRole('button', { name: 'Lock', exact: true }).click()
      await band.getByRole('button', { name: 'Unlock editing for 15 minutes' }).waitFor()
      expect(studio.complaints()).toEqual([])
      await page.context().close()
    })
  })
})
