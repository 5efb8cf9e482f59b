import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import type { Page } from 'playwright-core'
import { activeCell as active, clipboardText, filterParameter, grid, press } from './page-actions'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const SCHEMA = `version: 1
types:
  status: { enum: [open, paid, late] }
collections:
  customers:
    fields: { id: { type: int, primary: true }, name: { type: string } }
  orders:
    fields:
      id: { type: int, primary: true }
      number: { type: string }
      customer_id: { type: int, references: customers.id }
      status: { type: status }
      total: { type: float, index: true }
      note: { type: text, nullable: true }
      meta: { type: json, nullable: true }
      placed: { type: timestamp }
    rules: { read: "doc.status == 'paid'" }
`
const HOSTILE = '<img src=x onerror="document.title=1">'
const ORDERS = 700

describe.skipIf(BROWSER === null)('documents in the studio', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  const studios = useStudio(server, 'viewer')
  beforeAll(async () => {
    const customers = Array.from({ length: 300 }, (_, at) => ({ id: at + 1, name: `Customer ${at + 1}` }))
    expectStatus(await server.api.post('/api/collections/customers', customers), 201)
    const orders = Array.from({ length: ORDERS }, (_, at) => order(at + 1))
    expectStatus(await server.api.post('/api/collections/orders', orders), 201)
  }, 60_000)

  function order(id: number) {
    return {
      ...{ id, number: `N-${String(id).padStart(5, '0')}`, customer_id: (id % 300) + 1 },
      ...{ status: ['open', 'paid', 'late'][id % 3], total: id * 1.5, placed: '2026-11-29T17:05:14.120Z' },
      ...{
        note: id === 2 ? HOSTILE : id === 3 ? '' : id === 4 ? 'two\tcells\nand "lines"' : null,
        meta: id === 5 ? { plan: 'pro' } : null,
      },
    }
  }

  /** Without the clipboard that browsers have over https alone. */
  const openAs = (role: string, path: string) =>
    studios.openAs(role, path, 'Object.defineProperty(navigator, "clipboard", { value: undefined })')
  const footer = (page: Page) => page.locator('footer')
  const shows = (page: Page, text: string) => until(async () => (await active(page))?.text === text)
  const rowsOf = (page: Page) =>
    page.evaluate<readonly string[]>(
      `[...document.querySelectorAll('[role=row]')].slice(0, 12).map((row) => row.textContent)`,
    )
  async function pasted(page: Page): Promise<string> {
    const text = await clipboardText(page)
    await grid(page).focus()
    return text
  }
  const isIn = (page: Page) =>
    page.evaluate<boolean>(`document.activeElement === document.querySelector('[role=grid]')`)

  test('a view is a link: filters, order, columns and the open document are the same for somebody else', async () => {
    const studio = await openAs('owner', '/_/data/orders')
    const { page } = studio
    await page.getByText('N-00001').waitFor()
    await grid(page).focus()
    await press(page, 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight')
    await shows(page, 'late')
    await press(page, 'Alt+f')
    await page.getByRole('menuitem', { name: 'status = late' }).waitFor()
    await press(page, 'Enter')
    await page.getByText(`233 of ${ORDERS}`).waitFor()
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByLabel('Field').selectOption('total')
    await page.getByLabel('Comparison').selectOption('gte')
    await page.getByLabel('Value').fill('900')
    await page.getByRole('button', { name: 'Add filter' }).click()
    await page.getByText(`33 of ${ORDERS}`).waitFor()
    await page.getByRole('columnheader', { name: /total/ }).click()
    await page.getByRole('columnheader', { name: /total/ }).click()
    await page.getByRole('button', { name: /^Columns/ }).click()
    for (const name of ['note', 'meta', 'placed']) await page.getByLabel(`Show ${name}`).uncheck()
    await page.getByRole('button', { name: 'Pin number' }).click()
    await press(page, 'Escape')
    await page.getByText('N-00698').waitFor()
    await grid(page).focus()
    await press(page, 'Alt+Enter')
    await page.getByRole('complementary').waitFor()
    expect(await axeViolations(page)).toEqual([])
    const address = page.url()

    const other = await openAs('viewer', address.slice(server.process.url.length))
    await other.page.getByText(`33 of ${ORDERS}`).waitFor()
    await other.page.getByText('N-00698').first().waitFor()
    await other.page.getByRole('complementary').waitFor()
    expect(await rowsOf(other.page)).toEqual(await rowsOf(page))
    expect(
      await other.page.getByRole('button', { name: 'New document', exact: true }).getAttribute('aria-disabled'),
    ).toBe('true')
    await other.page.getByRole('checkbox', { name: /Apply: total/ }).uncheck()
    await other.page.getByText(`233 of ${ORDERS}`).waitFor()
    await other.page.goBack()
    await other.page.getByText(`33 of ${ORDERS}`).waitFor()
    expect([...studio.complaints(), ...other.complaints()]).toEqual([])

    // Saved under a name, it is a link below the collection.
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Save view' }).click()
    await page.getByLabel('Name').fill('Late and large')
    await page.getByLabel('Share it with all operators').check()
    await page.getByRole('button', { name: 'Save view' }).click()
    await page.getByText('Saved the view Late and large').waitFor()
    await other.page.goto('/_/data/orders')
    await other.page.getByRole('link', { name: 'Late and large' }).click()
    await other.page.getByText(`33 of ${ORDERS}`).waitFor()
    for (const { page: opened } of [studio, other]) await opened.close()
  })

  test('a condition whose field is gone is said, and does not count', async () => {
    const { page } = await openAs('owner', `/_/data/orders?${filterParameter('gone:is:1', 'status:is:paid')}`)
    await page.getByText('field is gone').waitFor()
    await page.getByText(`234 of ${ORDERS}`).waitFor()
    await page.getByRole('button', { name: /Remove: gone/ }).click()
    await page.getByText('field is gone').waitFor({ state: 'detached' })
    await page.goto('/_/data/orders?where=doc.nothing%20%3D%3D%201')
    await page
      .getByRole('alert')
      .getByText(/nothing/)
      .waitFor()
    await page.close()
  })

  test('references have labels in one request; Space looks at one, Enter goes there, Back is where one was', async () => {
    const studio = await openAs('viewer', '/_/data/orders')
    const { page } = studio
    await page.getByText('Customer 2', { exact: false }).first().waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.reload()
    await page.getByText('Customer 2', { exact: false }).first().waitFor()
    expect(asked.filter((path) => path.startsWith('/api/admin/data/collections/'))).toHaveLength(1)
    await grid(page).focus()
    await press(page, 'ArrowRight', 'ArrowRight', 'Control+ArrowDown')
    await until(async () => (await active(page))?.row === ORDERS)
    await press(page, ...Array.from({ length: 90 }, () => 'ArrowUp'))
    await press(page, ' ')
    await page.getByRole('complementary', { name: 'Document of customers' }).waitFor()
    const before = await active(page)
    expect(before?.row).toBe(ORDERS - 90)
    await grid(page).focus()
    await press(page, 'Enter')
    await page.waitForURL(/\/data\/customers\?doc=/)
    await page.getByText('300 documents').waitFor()
    await page.goBack()
    await page.waitForURL(/\/data\/orders/)
    await until(async () => JSON.stringify(await active(page)) === JSON.stringify(before))
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('copies exactly a cell, or a range as spreadsheets take it, without the clipboard of https', async () => {
    const { page } = await openAs('viewer', '/_/data/orders')
    await page.getByText('N-00001').waitFor()
    await grid(page).focus()
    await press(page, 'ArrowRight')
    await press(page, 'Control+c')
    expect(await pasted(page)).toBe('N-00001')
    await press(page, 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Control+c')
    expect(await pasted(page)).toBe('N-00001\t2\tpaid\nN-00002\t3\tlate')
    await press(page, 'Control+Shift+c')
    expect(await pasted(page)).toBe('number\tcustomer_id\tstatus\nN-00001\t2\tpaid\nN-00002\t3\tlate')
    await press(page, 'Escape', 'Control+Home', 'ArrowDown', 'ArrowDown', 'ArrowDown')
    await press(page, ...Array.from({ length: 5 }, () => 'ArrowRight'))
    await press(page, 'Control+c')
    expect(await pasted(page)).toBe('"two\tcells\nand ""lines"""')
    // Rows that were never loaded are read first.
    await press(page, 'Control+Home', 'Shift+Control+ArrowDown', 'Control+c')
    await page.getByText(`Copied ${ORDERS} × 1 cells`).waitFor()
    const lines = (await pasted(page)).split('\n')
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([ORDERS, '1', String(ORDERS)])
    await page.close()
  })

  test('is left by the keys that it is entered by, and its ends are the ends of the list', async () => {
    const { page } = await openAs('viewer', '/_/data/orders')
    await page.getByText('N-00001').waitFor()
    await page.getByRole('button', { name: 'UTC', exact: true }).focus()
    await press(page, 'Tab')
    expect(await isIn(page)).toBe(true)
    await press(page, 'Control+End')
    await until(async () => (await active(page))?.row === ORDERS)
    await press(page, 'Home')
    await until(async () => (await active(page))?.text === String(ORDERS))
    expect(await active(page)).toMatchObject({ row: ORDERS })
    await press(page, ...Array.from({ length: 60 }, () => 'ArrowUp'))
    await until(async () => (await active(page))?.text === String(ORDERS - 60))
    expect(await active(page)).toMatchObject({ row: ORDERS - 60 })
    await press(page, 'Shift+ArrowUp', 'Escape')
    expect(await isIn(page)).toBe(true)
    await press(page, 'Escape')
    expect(await isIn(page)).toBe(false)
    await grid(page).focus()
    await press(page, 'Tab')
    expect(await isIn(page)).toBe(false)
    expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(ORDERS + 1))
    await page.close()
  })

  test('what others do comes by itself, marked, and the focus stays', async () => {
    const studio = await openAs('viewer', '/_/data/orders?sort=-id')
    const { page } = studio
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByText('N-00700').waitFor()
    await grid(page).focus()
    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowRight')
    const before = await active(page)
    expect(before?.text).toBe('N-00698')
    expectStatus(await server.api.post('/api/collections/orders', { ...order(9_000), number: 'NEW' }), 201)
    await page.getByText(`${ORDERS + 1} documents`).waitFor()
    await until(async () => (await active(page))?.row === (before?.row ?? 0) + 1)
    expect(await active(page)).toMatchObject({ text: 'N-00698', y: before?.y })
    expectStatus(await server.api.patch('/api/collections/orders/699', { number: 'CHANGED' }), 200)
    await page.getByTitle('Changed elsewhere').getByText('CHANGED').waitFor()
    expect(await active(page)).toMatchObject({ text: 'N-00698', y: before?.y })
    expectStatus(await server.api.delete('/api/collections/orders/9000'), 204)
    await page.getByText(`${ORDERS} documents`).waitFor()
    expect(await active(page)).toMatchObject({ text: 'N-00698' })
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('as somebody else one sees what rules show, and how much they hide', async () => {
    const { page } = await openAs('owner', '/_/data/orders?as=anonymous')
    await footer(page).getByText('234 visible · 466 hidden by read').waitFor()
    expect(await page.getByRole('button', { name: 'New document', exact: true }).getAttribute('aria-disabled')).toBe(
      'true',
    )
    await page.close()
  })

  test('values are text, whatever they are; null and no characters are told apart; axe has nothing to say', async () => {
    const studio = await openAs('viewer', '/_/data/orders')
    const { page } = studio
    await page.getByText('N-00001').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1440, 900, 390]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 844 })
        expect(await axeViolations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      }
    }
    await page.setViewportSize({ width: 1800, height: 844 })
    await page.getByText(HOSTILE).waitFor()
    expect(await page.getByRole('row').nth(1).getByText('null', { exact: true }).count()).toBe(2)
    expect(await page.getByRole('row').nth(3).getByText('""', { exact: true }).count()).toBe(1)
    await page.getByText('2026-11-29 17:05:14.120 Z').first().waitFor()
    expect(await page.title()).not.toBe('1')
    expect(studio.complaints()).toEqual([])
    await page.close()
  })
})
