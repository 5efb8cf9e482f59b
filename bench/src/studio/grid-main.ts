/**
 * `bun bench/src/studio/grid-main.ts`: how the studio's grid behaves with 1.2 million documents of 30 fields, in the system's Chromium. The
 * pages are made here and take 20 ms each, so that what is measured is the browser.
 */
import { createProject, findBrowser, startServer, until } from '@koyalite/testkit'
import { chromium, type Page } from 'playwright-core'
import { FIELDS, fakeCollections, fakePage, fakePositions, SCHEMA, TOTAL } from './fake-documents'
import { framesWhile, heapOf, waitForRows } from './measure-page'

const PAGE_MS = 20
const ACTIVE = `document.querySelector('[role=grid]').getAttribute('aria-activedescendant')`
const OWNER = { email: 'owner@example.com', password: 'correct horse battery 9' }

const project = createProject({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
const server = await startServer(project, { command: 'start' })
const browser = await chromium.launch({
  executablePath: findBrowser() ?? '',
  args: ['--no-sandbox', '--enable-precise-memory-info', '--js-flags=--expose-gc'],
})
try {
  const page = await browser.newPage({ baseURL: server.url, viewport: { width: 1440, height: 900 } })
  await signIn(page)
  const bytes = await fakeApi(page)
  await measure(page, bytes)
} finally {
  await browser.close()
  await server.kill('SIGKILL')
  project.remove()
}

async function measure(page: Page, bytes: () => number): Promise<void> {
  const opened = performance.now()
  await page.goto('/_/data/events')
  await waitForRows(page)
  const visible = Math.round(performance.now() - opened)
  await page.getByText(`${TOTAL.toLocaleString('en')} documents`).waitFor()
  console.log(
    `opening: rows after ${visible} ms with the page itself; ${Math.round(bytes() / 1000)} KB of documents and positions`,
  )
  const before = await heapOf(page)
  const grid = page.getByRole('grid')
  await grid.focus()

  // Thumb: a place of the scrollbar for each frame, from the beginning to the end and back.
  await report(page, 'thumb drag', () =>
    page.evaluate(`new Promise((done) => {
      const grid = document.querySelector('[role=grid]'); const most = grid.scrollHeight - grid.clientHeight; let frame = 0
      const step = () => { grid.scrollTop = most * Math.abs(Math.sin(frame++ / 60)); frame < 240 ? requestAnimationFrame(step) : done() }
      step()
    })`),
  )
  for (const part of [0.9, 0.2, 0.55]) {
    await page.evaluate(
      `(() => { const grid = document.querySelector('[role=grid]'); grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * ${part} })()`,
    )
    console.log(`jump to ${part}: rows after ${await waitForRows(page)} ms`)
  }
  const box = await grid.boundingBox()
  await page.mouse.move((box?.x ?? 0) + 400, (box?.y ?? 0) + 300)
  await report(page, 'wheel', async () => {
    for (let turn = 0; turn < 120; turn++) await page.mouse.wheel(0, 240)
  })
  await report(page, 'sideways', async () => {
    for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(turn < 30 ? 200 : -200, 0)
  })
  await page.keyboard.press('Control+Home')
  await waitForRows(page)
  await report(page, 'Ctrl+End', () => page.keyboard.press('Control+End'))
  console.log(`Ctrl+End: rows after ${await waitForRows(page)} ms, at ${await page.evaluate(ACTIVE)}`)
  await page.keyboard.press('Control+Home')
  await waitForRows(page)
  await report(page, 'hold down for 10 s', async () => {
    const end = performance.now() + 10_000
    while (performance.now() < end) {
      await page.keyboard.down('ArrowDown')
      await Bun.sleep(30)
    }
    await page.keyboard.up('ArrowDown')
  })
  await page.keyboard.press('Control+Home')
  await report(page, 'select 100,000 × 5', async () => {
    await page.evaluate(
      `(() => { const grid = document.querySelector('[role=grid]'); grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * 100000 / ${TOTAL} })()`,
    )
    await waitForRows(page)
    await page
      .getByRole('row')
      .nth(8)
      .getByRole('gridcell')
      .nth(4)
      .click({ modifiers: ['Shift'] })
  })
  console.log(`selected: ${await page.locator('footer').textContent()}`)
  await report(page, 'resize a column', async () => {
    const edge = await page.getByRole('columnheader').nth(2).boundingBox()
    const [x, y] = [(edge?.x ?? 0) + (edge?.width ?? 0), (edge?.y ?? 0) + 16]
    await page.mouse.move(x, y)
    await page.mouse.down()
    for (let turn = 0; turn < 60; turn++) await page.mouse.move(x + 3 * Math.abs(30 - turn), y)
    await page.mouse.up()
  })
  const after = await heapOf(page)
  console.log(`heap: ${before.toFixed(1)} MB after opening, ${after.toFixed(1)} MB at the end`)
}

async function report(page: Page, name: string, run: () => Promise<unknown>): Promise<void> {
  const { count, p50, p99, longest, cpu, longestTask } = await framesWhile(page, run)
  console.log(
    `${name}: ${count} frames, median ${p50.toFixed(1)} ms, 99% ${p99.toFixed(1)} ms, longest ${longest.toFixed(1)} ms; processor ${cpu.toFixed(1)} ms a frame, longest task ${longestTask.toFixed(1)} ms`,
  )
}

async function signIn(page: Page): Promise<void> {
  const link = () => /_\/auth\/setup#token=([\w-]+)/.exec(server.output())
  await until(() => link() !== null)
  await page.goto(`/_/setup#token=${link()?.[1]}`)
  await page.getByLabel('Email address').fill(OWNER.email)
  await page.getByLabel('Password').fill(OWNER.password)
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
}

/** Answers for a collection that has no documents. Returns the bytes of all answers so far. */
async function fakeApi(page: Page): Promise<() => number> {
  let bytes = 0
  await page.route(/\/api\/admin\/(data|collections)/, async (route) => {
    const url = new URL(route.request().url())
    if (url.pathname === '/api/admin/collections') {
      const response = await route.fetch()
      return route.fulfill({ response, json: fakeCollections(await response.json()) })
    }
    const body = JSON.stringify(url.pathname.includes('/positions/') ? fakePositions() : fakePage(url.searchParams))
    bytes += body.length
    await Bun.sleep(PAGE_MS)
    await route.fulfill({ contentType: 'application/json', body }).catch(() => {})
  })
  if (FIELDS.length !== 30) throw new Error('30 fields are measured')
  return () => bytes
}
