import { beforeAll, describe, expect, test } from 'bun:test'
import { useServer } from '@koyalite/testkit'
import type { Page } from 'playwright-core'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const SCHEMA = `version: 1
collections:
  cities:
    audit: true
    fields: { id: { type: int, primary: true }, name: { type: string }, population: { type: int, default: 0 } }
    rules: { read: "true" }
`
const HOSTILE = '<img src=x onerror=alert(1)>'
const SHAPE = 'cities?filter=name:eq:?&sort=-population'
const VIEWS = [
  [1440, 'light'],
  [900, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const
const PAGES = ['requests', 'errors', 'speed', 'realtime', 'storage', 'audit', 'logs']

describe.skipIf(BROWSER === null)('observe, in the studio', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  const { openAs } = useStudio(server)
  beforeAll(async () => {
    const operations = Array.from({ length: 500 }, (_, n) => ({
      ...{ op: 'create', collection: 'cities', data: { id: n + 1, name: n === 0 ? HOSTILE : `City ${n + 1}` } },
    }))
    expect((await server.api.post('/api/batch', { operations })).status).toBe(200)
    for (let n = 0; n < 5; n++)
      await server.anonymous.get(`/api/collections/cities?filter=name:eq:City ${n}&sort=-population`)
    for (let n = 0; n < 3; n++) await server.anonymous.get(`/api/collections/${encodeURIComponent(HOSTILE)}`)
    expect((await server.api.delete('/api/collections/cities/1')).status).toBe(204)
  }, 60_000)

  test('from home to the list that is slow, its plan in words and the index for it', async () => {
    const studio = await openAs('owner', '/_/')
    const { page } = studio
    await page.getByRole('link', { name: 'Observe' }).first().click()
    await page.getByRole('link', { name: 'Speed', exact: true }).click()
    await page.getByRole('table').getByRole('link', { name: SHAPE }).click()
    await page.getByRole('heading', { name: 'How it is read' }).waitFor()
    await page.getByText('Read 5 times since the start').waitFor()
    await page
      .getByText(/All documents/)
      .first()
      .waitFor()
    const add = page.getByRole('link', { name: 'Add index on name, population' })
    const { pathname, searchParams } = new URL((await add.getAttribute('href')) ?? '', server.process.url)
    expect([pathname, searchParams.get('tab'), searchParams.get('add')]).toEqual([
      '/_/schema/cities',
      'indexes',
      'name,population',
    ])
    await page.getByRole('main').getByText('SQL', { exact: true }).click()
    await page
      .getByText(/SELECT/)
      .first()
      .waitFor()
    expect(new URL(page.url()).searchParams.get('query')).toBe(SHAPE)
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('requests go on by themselves, stand still while one is read, and say how many are new', async () => {
    const studio = await openAs('owner', '/_/observe/requests')
    const { page } = studio
    const rows = page.getByRole('region', { name: 'Table of requests' })
    await rows.waitFor()
    // What is hostile is text, and there was no dialog.
    await rows.getByText(encodeURIComponent(HOSTILE)).first().waitFor()
    await server.anonymous.get('/api/collections/cities/2')
    await rows.getByRole('link', { name: 'GET /api/collections/cities/2', exact: true }).click()
    const panel = page.getByRole('complementary', { name: 'Request' })
    await panel.getByText('GET /api/collections/cities/:id').waitFor()
    await panel.getByText(/^(One statement|\d+ statements), .* of /).waitFor()
    await panel.getByText(/FROM "cities"/).waitFor()
    await server.anonymous.get('/api/collections/cities/3')
    await page.getByRole('button', { name: '1 new' }).waitFor()
    expect(await rows.getByRole('link', { name: 'GET /api/collections/cities/3', exact: true }).count()).toBe(0)
    await page.keyboard.press('ArrowDown')
    await panel.getByRole('heading', { name: 'DELETE /api/collections/cities/1' }).waitFor()
    await page.keyboard.press('ArrowUp')
    await panel.getByRole('heading', { name: 'GET /api/collections/cities/2' }).waitFor()
    await page.getByRole('button', { name: '1 new' }).click()
    await rows.getByRole('link', { name: 'GET /api/collections/cities/3', exact: true }).waitFor()
    await panel.waitFor({ state: 'detached' })
    await page.getByLabel('Status').selectOption('4xx')
    await page.waitForURL(/status=4xx/)
    await rows.getByText('404').first().waitFor()
    await rows.getByText('201').first().waitFor({ state: 'detached' })
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('errors are grouped by cause, and a group leads to its requests', async () => {
    const studio = await openAs('owner', '/_/observe/errors')
    const { page } = studio
    const row = page.getByRole('row').filter({ hasText: 'COLLECTION_NOT_FOUND' })
    await row.waitFor()
    await row.getByRole('cell').nth(2).getByText('3', { exact: true }).waitFor()
    await row.getByRole('link', { name: 'Last one' }).click()
    await page.getByRole('complementary', { name: 'Request' }).getByText('COLLECTION_NOT_FOUND').waitFor()
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('a chart is read by keys and as a table, and dragging over it is a range in the address', async () => {
    const studio = await openAs('owner', '/_/observe/speed')
    const { page } = studio
    const plot = page.getByRole('group', { name: /^Requests: plot/ })
    await plot.locator('canvas').waitFor()
    await plot.focus()
    await page.keyboard.press('End')
    await page
      .getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d Z$/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Show as table' }).first().click()
    await page.getByRole('region', { name: 'Values of Duration' }).getByRole('columnheader', { name: '95 %' }).waitFor()
    await drag(page, plot.locator('.u-over'))
    await page.waitForURL(/range=\d{4}.*\.\./)
    await page.getByRole('link', { name: 'Day', exact: true }).click()
    await page.waitForURL(/range=24h/)
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('charts whose values come after they are drawn are drawn anew, in a browser that is slow', async () => {
    const studio = await openAs('owner', '/_/')
    const { page } = studio
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 8 })
    await page.getByRole('link', { name: 'Observe' }).first().click()
    await page.getByRole('link', { name: 'Speed', exact: true }).click()
    await page
      .getByRole('group', { name: /^Requests: plot/ })
      .locator('canvas')
      .waitFor()
    // Charts of a list have other lines than those of all requests.
    await page.getByRole('table').getByRole('link', { name: SHAPE }).click()
    await page.getByText('Read 5 times since the start').waitFor()
    await page.waitForLoadState('networkidle')
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('who deleted a document, and what was in it', async () => {
    const studio = await openAs('owner', '/_/observe/audit')
    const { page } = studio
    await page.getByText('Unchanged', { exact: true }).waitFor()
    await page.getByLabel('Action').fill('document.deleted')
    await page.getByLabel('Collection').fill('cities')
    await page.getByRole('link', { name: 'Document deleted' }).click()
    const panel = page.getByRole('complementary', { name: 'Entry' })
    await panel.getByText('service key', { exact: false }).first().waitFor()
    await panel.getByText(`name: ${HOSTILE}`, { exact: false }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect(new URL(page.url()).searchParams.get('action')).toBe('document.deleted')
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test.each([PAGES.slice(0, 4), PAGES.slice(4)])(
    '%s and those after it look right for axe, and nothing runs over',
    async (...pages) => {
      const studio = await openAs('owner', '/_/observe/requests')
      const { page } = studio
      for (const name of pages) {
        await page.goto(`/_/observe/${name}`)
        await page.getByRole('main').locator('canvas, table, ul').first().waitFor()
        for (const [width, colorScheme] of VIEWS) {
          await page.setViewportSize({ width, height: 844 })
          await page.emulateMedia({ colorScheme })
          expect([name, width, await axeViolations(page)]).toEqual([name, width, []])
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        }
      }
      expect(studio.complaints()).toEqual([])
      await page.close()
    },
  )
})

async function drag(page: Page, over: ReturnType<Page['locator']>): Promise<void> {
  const box = await over.boundingBox()
  if (box === null) throw new Error('the plot is not shown')
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width * 0.3, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 })
  await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 })
  await page.mouse.up()
}
