import { beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import type { Locator } from 'playwright-core'
import { activeCell, button, filterParameter, grid, press } from './page-actions'
import { BROWSER, useStudio } from './studio-browser'

const AUTHORS = 1_500
const BOOKS = 600
const SCHEMA = `# The library.
version: 1
collections:
  authors:
    fields:
      id:   { type: int, primary: true }
      name: { type: string }
  books:
    fields:
      id:        { type: int, primary: true }
      title:     { type: string }   # as on the cover
      shelf:     { type: string }
      price:     { type: int }
      author_id: { type: int, references: authors.id, index: true }
    rules: { read: "true" }
`

describe.skipIf(BROWSER === null)('from one area of the studio to another', () => {
  const server = useServer({ schema: SCHEMA, command: 'dev' })
  const { openAs } = useStudio(server)
  const books = Array.from({ length: BOOKS }, (_, at) => ({
    ...{ id: at + 1, title: `Book ${at + 1}`, shelf: `S${at % 7}`, price: at % 90, author_id: (at % 200) + 1 },
  }))
  beforeAll(async () => {
    const authors = Array.from({ length: AUTHORS }, (_, at) => ({ id: at + 1, name: `Author ${at + 1}` }))
    for (let at = 0; at < AUTHORS; at += 500)
      expectStatus(await server.api.post('/api/collections/authors', authors.slice(at, at + 500)), 201)
    for (let at = 0; at < BOOKS; at += 300)
      expectStatus(await server.api.post('/api/collections/books', books.slice(at, at + 300)), 201)
  }, 60_000)
  const file = () => readFileSync(server.project.path('schema.yaml'), 'utf8')

  test('another author is chosen by typing, looked at and followed; Back twice is the same cell (scenario 4)', async () => {
    const { page, complaints } = await openAs('owner', '/_/data/books')
    await grid(page).getByText('Author 2').first().waitFor()
    await grid(page).focus()
    await press(page, ...Array.from({ length: 4 }, () => 'ArrowRight'), 'Control+ArrowDown')
    await until(async () => (await activeCell(page))?.row === BOOKS)
    await press(page, ...Array.from({ length: 60 }, () => 'ArrowUp'))
    await page.keyboard.type('r 1499')
    await page.getByRole('option', { name: /Author 1499/ }).waitFor()
    await press(page, 'Enter')
    await until(async () => (await storedBook(BOOKS - 60)).author_id === 1_499)
    await until(async () => (await activeCell(page))?.row === BOOKS - 59)
    await press(page, 'ArrowUp')
    await until(async () => (await activeCell(page))?.text.startsWith('Author 1499') === true)
    await press(page, ' ')
    const peek = page.getByRole('complementary', { name: 'Document of authors' })
    await peek.getByRole('heading', { name: 'Author 1499' }).waitFor()
    await grid(page).focus()
    const before = await activeCell(page)
    await press(page, 'Enter')
    await page.waitForURL(/\/data\/authors\?doc=.*1499/)
    await page.getByRole('tab', { name: 'Links' }).click()
    const links = page.getByRole('region', { name: 'Refer to it' }).getByRole('listitem')
    await links.getByText('1', { exact: true }).waitFor()
    await links.getByRole('link', { name: 'books' }).click()
    await page.getByText(`1 of ${BOOKS}`).waitFor()
    await page.goBack()
    await page.waitForURL(/\/data\/authors/)
    await page.goBack()
    await page.waitForURL(/\/data\/books/)
    await until(async () => JSON.stringify(await activeCell(page)) === JSON.stringify(before))
    await until(async () => (await page.evaluate('document.activeElement.role')) === 'grid')
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('a saved view opens when its field has been dropped: the condition is struck through, and removed (scenario 3)', async () => {
    const { page } = await openAs('owner', `/_/data/books?${filterParameter('shelf:is:S3', 'price:gte:40')}`)
    const onShelf = books.filter(({ shelf, price }) => shelf === 'S3' && price >= 40).length
    await page.getByText(`${onShelf} of ${BOOKS}`).waitFor()
    await button(page, 'Views').click()
    await page.getByRole('menuitem', { name: 'Save view' }).click()
    await page.getByLabel('Name').fill('Third shelf')
    await page.getByRole('dialog').getByRole('button', { name: 'Save view' }).click()
    await page.getByText('Saved the view Third shelf').waitFor()

    await page.goto('/_/schema/books?field=shelf')
    await page.getByRole('button', { name: 'Drop field' }).click()
    await page.getByRole('link', { name: 'Review plan' }).click()
    await page.getByLabel(/Type shelf to confirm/).fill('shelf')
    await button(page, 'Apply').click()
    await page.getByRole('link', { name: 'Documents of books' }).click()
    await page.getByText(`${BOOKS} documents`).waitFor()
    await page.getByRole('link', { name: 'Third shelf' }).click()
    await page.getByText('field is gone').waitFor()
    await page.getByText(`${books.filter(({ price }) => price >= 40).length} of ${BOOKS}`).waitFor()
    await page.getByRole('button', { name: /Remove: shelf/ }).click()
    await page.getByText('field is gone').waitFor({ state: 'detached' })
    await page.goBack()
    await page.getByText('field is gone').waitFor()
    await page.goBack()
    await page.getByText(`${BOOKS} documents`).waitFor()
    await page.close()
  })

  test('from a slow list to its index in six clicks, with the plan before and the comments kept (scenario 7)', async () => {
    const list = '/api/collections/books?filter=title:eq:Book 7&sort=-price'
    for (let n = 0; n < 5; n++) expectStatus(await server.anonymous.get(list), 200)
    const { page, complaints } = await openAs('owner', '/_/')
    let clicks = 0
    const click = async (what: Locator) => {
      await what.click()
      clicks++
    }
    await click(page.getByRole('link', { name: 'Observe' }).first())
    await click(page.getByRole('link', { name: 'Speed', exact: true }))
    await click(page.getByRole('table').getByRole('link', { name: 'books?filter=title:eq:?&sort=-price' }))
    await page
      .getByText(/All documents/)
      .first()
      .waitFor()
    await click(page.getByRole('link', { name: 'Add index on title, price' }))
    await click(button(page, 'Add index'))
    await press(page, 'Control+s')
    await page.getByRole('heading', { name: 'What it does' }).waitFor()
    expect(file()).not.toContain('indexes')
    await click(button(page, 'Apply'))
    await until(() => file().includes('fields: [title, price]'))
    expect(clicks).toBeLessThanOrEqual(6)
    expect(file()).toContain('{ type: string }   # as on the cover')
    await until(async () => (await readBy(list))?.includes('All documents') === false)
    expect(complaints()).toEqual([])
    await page.close()
  })

  async function storedBook(id: number) {
    return expectStatus(await server.api.get(`/api/collections/books/${id}`), 200).body
  }

  /** How a list is read since the schema has changed. */
  async function readBy(list: string): Promise<string | null> {
    expectStatus(await server.anonymous.get(list), 200)
    const { queries } = expectStatus(await server.api.get('/api/admin/queries'), 200).body
    // What was read is known a moment later.
    if (queries[0] === undefined) return null
    const path = `/api/admin/queries?shape=${encodeURIComponent(queries[0].shape)}`
    const [query] = expectStatus(await server.api.get(path), 200).body.queries
    // A new schema begins anew, also between the two.
    return query?.advice.plan.join(' ') ?? null
  }
})
