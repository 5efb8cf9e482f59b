import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, useServer } from '@koyalite/testkit'
import type { Browser } from 'playwright-core'
import { axeViolations, BROWSER, launchBrowser, openStudio, type StudioPage, setUpOperator } from './studio-browser'

const FIELDS = `fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string, unique: true, maxLength: 60 }
      note: { type: text, nullable: true }
      price: { type: float, nullable: true }
      meta: { type: json, nullable: true }
      open: { type: bool, default: true, nullable: true }
    rules: { read: "true" }`
const SCHEMA = `version: 1
collections:
  books:
    ${FIELDS}
  copies:
    ${FIELDS}
`

describe.skipIf(BROWSER === null)('importing and exporting in the studio', () => {
  const server = useServer({ schema: SCHEMA })
  let browser: Browser
  let studio: StudioPage
  beforeAll(async () => {
    browser = await launchBrowser()
    studio = await openStudio(browser, server)
    await setUpOperator(studio, server)
  }, 60_000)
  afterAll(() => browser?.close())

  const documents = async (collection: string) =>
    expectStatus(await server.api.get(`/api/collections/${collection}?sort=id&limit=500`), 200).body.docs
  const choose = async (name: string, text: string | Buffer) => {
    const buffer = typeof text === 'string' ? Buffer.from(text) : text
    await studio.page.getByLabel('Or choose one').setInputFiles({ name, mimeType: 'text/csv', buffer })
  }
  const figure = async (name: string) =>
    studio.page
      .locator('dl > div', { has: studio.page.getByText(name, { exact: true }) })
      .locator('dd')
      .textContent()

  test('a file with bad rows: each with line, field, value and reason; the valid ones are imported, and undone', async () => {
    const { page } = studio
    await page.goto('/_/data/books/import')
    const rows = Array.from({ length: 100 }, (_, n) => `book ${n};${n},5;x${n}`)
    rows[10] = 'book 10;"1.5";"<img src=x onerror=alert(1)>"'
    rows[20] = 'book 19;;twice'
    rows[30] = `${'long '.repeat(20)};1;x`
    const good = rows.map((row, n) => ([10, 20, 30].includes(n) ? row : row.replace(',5;', '.5;')))
    good[40] = 'book 40;12,5;x'
    await choose(
      'books.csv',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(`Title;PRICE;Note\r\n${good.join('\r\n')}\r\n`)]),
    )
    expect(await page.getByLabel('Delimiter').inputValue()).toBe(';')
    expect(await page.getByLabel('Field of column 2, PRICE').inputValue()).toBe('price')
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Check 100 rows' }).click()
    await page.getByRole('button', { name: 'Import the valid 97' }).waitFor()
    expect([await figure('Read'), await figure('Would be added'), await figure('Would be refused')]).toEqual([
      '100',
      '97',
      '3',
    ])
    const bad = page.getByRole('region', { name: 'Refused rows' })
    expect(await bad.getByRole('row', { name: /42 price 12,5/ }).count()).toBe(1)
    expect(await bad.getByRole('row', { name: /22 title book 19/ }).count()).toBe(1)
    expect(await documents('books')).toEqual([])
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the refused rows' }).click(),
    ])
    expect(await Bun.file(String(await file.path())).text()).toStartWith('Title,PRICE,Note,reason\nbook 19,,twice,')
    await page.getByRole('button', { name: 'Import the valid 97' }).click()
    await page.getByText('Import into books: added 97').waitFor()
    expect([await figure('Read'), await figure('Added'), await figure('Refused')]).toEqual(['100', '97', '3'])
    expect(await documents('books')).toHaveLength(97)
    for (const [scheme, width] of [
      ['light', 900],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize({ width, height: 900 })
      expect(await axeViolations(page)).toEqual([])
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/import-${scheme}-${width}.png` })
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByText('Undone: Import into books: added 97').waitFor()
    expect(await documents('books')).toEqual([])
    expect(studio.complaints()).toEqual([])
  })

  test('what is exported is imported into an empty collection as it was, in every format', async () => {
    const { page } = studio
    const hostile = [
      '=1+1',
      "'=quoted",
      'a,"b"',
      'two\nlines\r\nthree',
      '',
      '\\N',
      ' blank ',
      '\ttab',
      'ü😀',
      'null',
      '007',
    ]
    const rows = hostile.map((text, n) => ({
      ...{ id: n + 1, title: `${n} ${text}`, note: n === 0 ? null : text, price: [0.1, 1e21, -5e-324, null][n % 4] },
      ...{ meta: [{ text, deep: [1, 2.5, null] }, text, null, []][n % 4], open: [true, false, null][n % 3] },
    }))
    expectStatus(await server.api.post('/api/collections/books', rows), 201)
    const before = await documents('books')
    for (const format of ['csv', 'tsv', 'json', 'ndjson']) {
      await page.goto('/_/data/books')
      await page.getByRole('button', { name: 'Import, export' }).click()
      await page.getByRole('menuitem', { name: 'Export what is listed' }).click()
      await page.getByLabel('Format').selectOption(format)
      if (format === 'csv') await page.getByLabel('Escape formulas').check()
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: `Export ${rows.length} documents` }).click(),
      ])
      expect(file.suggestedFilename()).toBe(`books.${format}`)
      await page.goto('/_/data/copies/import')
      await choose(file.suggestedFilename(), Buffer.from(await Bun.file(String(await file.path())).bytes()))
      if (format === 'csv') await page.getByLabel('Escaped formulas').selectOption('unescape')
      await page.getByRole('button', { name: `Check ${rows.length} rows` }).click()
      await page.getByRole('button', { name: `Import ${rows.length} documents` }).click()
      await page.getByText(`Import into copies: added ${rows.length}`).waitFor()
      expect([format, await documents('copies')]).toEqual([format, before])
      for (const { id } of rows) await server.api.delete(`/api/collections/copies/${id}`)
    }
    expect(studio.complaints()).toEqual([])
  })
})
