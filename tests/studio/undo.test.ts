import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Api, createApi, expectStatus, until, useServer } from '@koyalite/testkit'
import type { Browser } from 'playwright-core'
import {
  axeViolations,
  BROWSER,
  launchBrowser,
  OWNER,
  openStudio,
  type StudioPage,
  setUpOperator,
} from './studio-browser'

const SCHEMA = `version: 1
collections:
  orders:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
      status: { type: string, default: open }
    rules: { read: "true" }
  lines:
    fields: { id: { type: int, primary: true, default: auto }, order_id: { type: int, references: orders.id, onDelete: cascade } }
    rules: { read: "true" }
  notes: { fields: { id: { type: int, primary: true, default: auto }, text: { type: string, nullable: true } } }
`
const DATA = '/api/admin/data/collections'

describe.skipIf(BROWSER === null)('undo in the studio', () => {
  const server = useServer({ schema: SCHEMA })
  let browser: Browser
  let studio: StudioPage
  /** The same operator, as a program. */
  let api: Api

  beforeAll(async () => {
    browser = await launchBrowser()
    studio = await openStudio(browser, server)
    await setUpOperator(studio, server)
    const signedIn = expectStatus(await server.anonymous.post('/api/admin/login', OWNER), 200)
    api = createApi(server.process.url, signedIn.body.access_token)
  }, 60_000)
  afterAll(() => browser?.close())

  const titles = async () =>
    expectStatus(await server.api.get('/api/collections/orders?sort=id'), 200).body.docs.map(
      ({ title }: { title: string }) => title,
    )

  test('Ctrl+Z takes the last deletion back with what it took along, Ctrl+Shift+Z does it again', async () => {
    const { page } = studio
    const { body } = expectStatus(await api.post(`${DATA}/orders`, { id: 1, title: '<b>one</b>' }), 201)
    expectStatus(await api.post(`${DATA}/lines`, { order_id: body.id }), 201)
    await page.goto('/_/data/orders/1')
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByText(/^Deleted /).waitFor()
    expect(await titles()).toEqual([])
    await page.keyboard.press('Control+z')
    await page.getByText(/^Undone: Deleted /).waitFor()
    expect(await titles()).toEqual(['<b>one</b>'])
    expect(expectStatus(await server.api.get('/api/collections/lines'), 200).body.docs).toHaveLength(1)
    await page.keyboard.press('Control+Shift+Z')
    await page.getByText(/^Done again: Deleted /).waitFor()
    expect(await titles()).toEqual([])
    await page
      .getByText(/^Done again/)
      .locator('..')
      .locator('..')
      .getByRole('button', { name: 'Undo' })
      .click()
    await until(async () => (await titles()).length === 1)
  })

  test('Ctrl+Z is the last action, whatever made it: a cell that is still being saved, the panel, a new document', async () => {
    const { page } = studio
    expectStatus(await api.post(`${DATA}/orders`, { id: 10, title: 'ten' }), 201)
    const stored = async () => expectStatus(await server.api.get('/api/collections/orders/10'), 200).body
    await page.goto(`/_/data/orders?filter=${encodeURIComponent('["id:gte:10"]')}`)
    const grid = page.getByRole('grid')
    await grid.getByText('ten').waitFor()
    await grid.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.type('typed')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+z')
    await page.getByText('Undone: Changed title of orders ten').waitFor()
    expect((await stored()).title).toBe('ten')
    await grid.getByText('ten').waitFor()

    await page.keyboard.press('Alt+Enter')
    const panel = page.getByRole('complementary', { name: 'Document of orders' })
    await panel.getByLabel('status', { exact: true }).fill('closed')
    await page.keyboard.press('Control+s')
    await page.getByText(/^Saved orders/).waitFor()
    await grid.getByText('closed', { exact: true }).waitFor()
    await panel.getByRole('tab', { name: 'Links' }).focus()
    await page.keyboard.press('Control+z')
    await page.getByText(/^Undone: Saved orders/).waitFor()
    await grid.getByText('open', { exact: true }).waitFor()
    expect(await stored()).toMatchObject({ title: 'ten', status: 'open' })

    await panel.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByRole('button', { name: 'New document, or paste rows here' }).click()
    const form = page.getByRole('complementary', { name: 'New document in orders' })
    await form.getByLabel('title', { exact: true }).fill('made here')
    await page.keyboard.press('Control+s')
    await page.getByText(/^Added orders/).waitFor()
    await grid.getByText('made here').waitFor()
    await grid.focus()
    await page.keyboard.press('Control+z')
    await page.getByText(/^Undone: Added orders/).waitFor()
    await page.getByText('This document is not there any more').waitFor()
    await grid.getByText('made here').waitFor({ state: 'detached' })
    expect(await titles()).toEqual(['<b>one</b>', 'ten'])
    expectStatus(await api.delete(`${DATA}/orders/10`), 204)
  })

  test('many documents, and those that others go with, are counted before anything is deleted', async () => {
    const { page } = studio
    const count = async () =>
      expectStatus(await server.api.get('/api/collections/notes?count=true&limit=1'), 200).body.total
    for (const size of [1000, 1])
      expectStatus(
        await api.post(
          `${DATA}/notes`,
          Array.from({ length: size }, () => ({ text: 'kept' })),
        ),
        201,
      )
    await page.goto('/_/data/notes')
    const grid = page.getByRole('grid')
    await grid.getByText('kept').first().waitFor()
    await grid.focus()
    for (const key of ['Control+a', 'Control+a', 'Delete']) await page.keyboard.press(key)
    const dialog = page.getByRole('dialog', { name: 'Delete 1,001 notes' })
    await dialog.getByText('notes: 1,001 deleted').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(await count()).toBe(1001)
    await dialog.getByRole('button', { name: 'Delete 1,001 notes' }).click()
    await page.getByText('Deleted 1,001 notes', { exact: true }).waitFor()
    expect(await count()).toBe(0)
    await page.keyboard.press('Control+z')
    await page.getByText('Undone: Deleted 1,001 notes').waitFor()
    expect(await count()).toBe(1001)
    await grid.getByText('kept').first().waitFor()

    await page.goto(`/_/data/orders?filter=${encodeURIComponent('["id:is:1"]')}`)
    await grid.getByText('<b>one</b>').waitFor()
    await grid.focus()
    for (const key of ['Shift+Space', 'Delete']) await page.keyboard.press(key)
    const cascade = page.getByRole('dialog', { name: 'Delete orders <b>one</b>' })
    await cascade.getByText('lines: 1 deleted').waitFor()
    await cascade.getByRole('button', { name: 'Cancel' }).click()
    expect(await titles()).toEqual(['<b>one</b>'])
  })

  test('Recent changes lists them, and asks where others have changed documents since', async () => {
    const { page } = studio
    expectStatus(
      await api.post(`${DATA}/orders`, [
        { id: 2, title: 'two' },
        { id: 3, title: 'three' },
      ]),
      201,
    )
    const operations = [2, 3].map((id) => ({ op: 'update', collection: 'orders', id, data: { status: '<i>mine</i>' } }))
    expectStatus(await api.post('/api/admin/data/batch', { operations }), 200)
    expectStatus(await server.api.patch('/api/collections/orders/3', { status: 'theirs' }), 200)
    await page.goto('/_/changes')
    const row = page.getByRole('row', { name: /Changed 2 orders/ })
    await row.getByRole('button', { name: 'Undo: Changed 2 orders' }).click()
    const dialog = page.getByRole('dialog', { name: 'Not undone: Changed 2 orders' })
    await dialog.getByText('now: "theirs"').waitFor()
    expect(await dialog.textContent()).toContain('made: "<i>mine</i>"')
    expect(await axeViolations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Leave it, undo the others' }).click()
    await page.getByText('Undone: Changed 2 orders').waitFor()
    await row.getByText('undone', { exact: true }).waitFor()
    const { docs } = expectStatus(await server.api.get('/api/collections/orders?sort=id&filter=id:gte:2'), 200).body
    expect(docs.map(({ status }: { status: string }) => status)).toEqual(['open', 'theirs'])
    expect(await row.getByRole('button').getAttribute('aria-disabled')).toBe('true')
    for (const [scheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height: 900 })
      expect(await axeViolations(page)).toEqual([])
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/changes-${scheme}-${width}.png` })
    }
    // Browsers report the refusal that is asked about, and the document that was deleted.
    expect(studio.complaints().filter((text) => !/status of (404|409)/.test(text))).toEqual([])
  })
})
