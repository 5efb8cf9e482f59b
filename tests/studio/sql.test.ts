import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import type { Browser, Page } from 'playwright-core'
import { ageSessions } from '../fixtures/age-sessions'
import {
  axeViolations,
  BROWSER,
  launchBrowser,
  OWNER,
  openStudio,
  type StudioPage,
  setUpOperator,
  signIn,
} from './studio-browser'

const SCHEMA = `version: 1
collections:
  orders:
    fields:
      id:    { type: int, primary: true, default: auto }
      name:  { type: string }
      total: { type: int, nullable: true }
  lines:
    fields:
      id:    { type: int, primary: true, default: auto }
      order: { type: int, references: orders.id, onDelete: cascade, index: true }
`
const HOSTILE = '<img src=x onerror="document.title=1">'
const MANY =
  'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 100000) SELECT x, 9007199254740993 AS big FROM r'
const ENDLESS = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r'

describe.skipIf(BROWSER === null)('SQL in the studio', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  let browser: Browser
  let studio: StudioPage
  let page: Page
  beforeAll(async () => {
    browser = await launchBrowser()
    for (const name of ['one', 'two', HOSTILE]) {
      const { id } = expectStatus(await server.api.post('/api/collections/orders', { name }), 201).body
      expectStatus(await server.api.post('/api/collections/lines', { order: id }), 201)
    }
    studio = await openStudio(browser, server)
    page = studio.page
    await setUpOperator(studio, server)
  }, 60_000)
  afterAll(() => browser?.close())

  const editor = () => page.locator('.cm-content').first()
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  async function write(sql: string): Promise<void> {
    await editor().click()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(sql)
  }
  async function run(): Promise<void> {
    await editor().click()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Control+Enter')
  }
  /** What the clipboard has, as an input gets it. */
  async function pasted(): Promise<string> {
    await page.evaluate(
      `(() => { const box = document.createElement('textarea'); box.id = 'paste'; document.body.append(box); box.focus() })()`,
    )
    await page.keyboard.press('Control+V')
    return page.evaluate<string>(
      `(() => { const box = document.getElementById('paste'); const text = box.value; box.remove(); return text })()`,
    )
  }
  const drafts = async () =>
    JSON.stringify(await page.evaluate(`fetch('/api/admin/studio/items?prefix=sql:').then((r) => r.json())`))

  test('Ctrl+Enter runs the statement under the cursor alone; 100,000 rows come, and a copied range is right', async () => {
    await page.goto('/_/sql')
    await write(`${MANY};\n\nSELECT missing;\n\nDELETE FROM orders`)
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Control+Enter')
    await page.getByText('100,000 rows in').waitFor()
    expect(await page.locator('.cm-marked').first().textContent()).toContain('WITH')
    const grid = page.getByRole('grid')
    await grid.getByText('9007199254740993').first().click()
    await page.keyboard.press('Control+End')
    await grid.getByText('100000', { exact: true }).first().waitFor()
    expect(studio.complaints()).toEqual([])
  })

  test('what is typed is on the server within a second, and there after a reload', async () => {
    await until(async () => (await drafts()).includes('DELETE FROM orders'))
    await page.reload()
    await editor().getByText('DELETE').waitFor()
    expect(await editor().textContent()).toContain('SELECT missing')
  })

  test('several statements ask with the list; the one that fails says so in its tab, and nothing is written', async () => {
    await button('Run all').click()
    await page.getByRole('dialog').getByText('DELETE FROM orders').waitFor()
    await button('Run 3 statements').click()
    await page.getByText('no such column: missing').last().waitFor()
    await run()
    await page.getByRole('alert').getByText('writing is switched off').waitFor()
    expect(expectStatus(await server.api.get('/api/collections/orders'), 200).body.docs.length).toBe(3)
    expect(await axeViolations(page)).toEqual([])
  })

  test('a write shows first what it would change, cascades too, and takes the name; it can be undone', async () => {
    await button('Switch writing on').click()
    await run()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('would delete 3 orders, delete 3 lines (all cascade)').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(expectStatus(await server.api.get('/api/collections/orders'), 200).body.docs.length).toBe(3)
    await run()
    await dialog.getByLabel('Type orders to confirm').fill('orders')
    await dialog.getByRole('button', { name: 'Write' }).click()
    await page.getByText('Written: deleted 3 orders').waitFor()
    expect(expectStatus(await server.api.get('/api/collections/orders'), 200).body.docs.length).toBe(0)
    await button('Undo').click()
    await page.getByText('Undone').waitFor()
    expect(expectStatus(await server.api.get('/api/collections/lines'), 200).body.docs.length).toBe(3)
  })

  test('a write asks who one is after ten minutes; then the same write goes on', async () => {
    const count = async () => expectStatus(await server.api.get('/api/collections/lines'), 200).body.docs.length
    const before = await count()
    await write('DELETE FROM lines WHERE id = (SELECT min(id) FROM lines)')
    ageSessions(server, 10 * 60_000)
    await run()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Write' }).click()
    await dialog.getByText('Confirm that it is you').waitFor()
    await dialog.getByLabel('Password').fill('not this one')
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await dialog.getByText('The password is wrong.').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(await count()).toBe(before)
    await dialog.getByLabel('Password').fill(OWNER.password)
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Written: deleted 1 line').waitFor()
    expect(await count()).toBe(before - 1)
    await button('Undo').click()
    await page.getByText('Undone').last().waitFor()
    await until(async () => (await count()) === before)
  })

  test('a range of the result is copied as it is shown, and a row opens its document', async () => {
    await page.goto('/_/sql')
    await write('SELECT id, name FROM orders ORDER BY id')
    await run()
    const grid = page.getByRole('grid', { name: 'Result' })
    await grid.getByText('one', { exact: true }).click()
    await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Control+C')
    expect(await pasted()).toBe('1\tone\n2\ttwo')
    await grid.getByText('two', { exact: true }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Open the document' }).click()
    await page.waitForURL(/\/_\/data\/orders\?doc=/)
    expect(new URL(page.url()).searchParams.get('doc')).toContain('2')
  })

  test('Explain leads to the index that would help, filled in on the page of the schema', async () => {
    await page.goto('/_/sql')
    await write("SELECT * FROM orders WHERE name = 'x'")
    await button('Explain').click()
    await page.getByRole('link', { name: 'Add index on name' }).click()
    await page.waitForURL(/\/_\/schema\/orders\?tab=indexes&add=name/)
  })

  test('Stop ends what never ends; meanwhile others read on', async () => {
    await page.goto('/_/sql')
    await write(ENDLESS)
    await run()
    await button('Stop').waitFor()
    const other = await page.context().newPage()
    await other.goto('/_/data/orders')
    await other.getByRole('grid').getByText('two', { exact: true }).waitFor()
    await other.close()
    expect(expectStatus(await server.api.get('/api/admin/sql'), 200).body.running.length).toBe(1)
    await button('Stop').click()
    await page.getByText('You stopped the statement.').waitFor()
    await until(async () => expectStatus(await server.api.get('/api/admin/sql'), 200).body.running.length === 0)
  })

  test('a query is saved, opened by its link, drawn as a chart; a closed tab comes back; hostile text is text', async () => {
    await page.goto('/_/sql')
    await write('SELECT name, id AS amount FROM orders')
    await run()
    await page.getByText('3 rows in').waitFor()
    await page.getByText(HOSTILE).first().waitFor()
    await button('Save').click()
    await page.getByLabel('Name').fill(HOSTILE)
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.waitForURL(/\/_\/sql\/[\w-]{36}/)
    await button('Chart').click()
    await page.getByRole('heading', { name: 'amount by name' }).waitFor()
    await page.getByLabel('Kind of chart').selectOption('line')
    const link = page.url()
    await button(`Close ${HOSTILE}`).click()
    await page.getByRole('region', { name: 'Closed lately' }).getByRole('button').first().waitFor()
    await until(async () => (await drafts()).includes('"kind":"line"'))
    await page.goto(link)
    await editor().getByText('amount').waitFor()
    expect(await page.title()).not.toBe('1')
    // What was refused above is all that the console says.
    expect(studio.complaints().filter((complaint) => !/status of 4(03|22)/.test(complaint))).toEqual([])
  })

  test('nothing that is stored breaks the page', async () => {
    const other = await openStudio(browser, server, '/_/sql')
    await signIn(other, OWNER)
    for (const [name, value] of [
      ['sql:tabs', { open: [1, null, 'x'], closed: 'no' }],
      ['sql:draft:bad', { text: 5 }],
      ['sql:history', { length: -1 }],
      ['sql:query:bad', { name: 'bad', text: 'SELECT 1', chart: { kind: 'bars', x: 1, y: 'z' } }],
    ] as const) {
      const { headers } = await ownerHeaders()
      const put = await fetch(`${server.process.url}/api/admin/studio/items/${encodeURIComponent(name)}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ value }),
      })
      expect(put.status).toBe(200)
    }
    await other.page.reload()
    await other.page.locator('.cm-content').waitFor()
    await other.page.getByRole('link', { name: 'bad' }).click()
    await other.page.locator('.cm-content').getByText('SELECT').waitFor()
    expect(other.complaints()).toEqual([])
    await other.page.context().close()
  })

  test.each([1440, 900, 390])('looks right for axe in both colour schemes, %p px wide', async (width) => {
    await page.setViewportSize({ width, height: 844 })
    await page.goto('/_/sql')
    await editor().waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // Colours fade into those of the other scheme.
      await page.evaluate(
        'Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition).map(({ finished }) => finished))',
      )
      expect(await axeViolations(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
  })

  async function ownerHeaders() {
    const signedIn = await server.anonymous.post('/api/admin/login', OWNER)
    return { headers: { authorization: `Bearer ${expectStatus(signedIn, 200).body.access_token}` } }
  }
})
