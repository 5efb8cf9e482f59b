import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import type { Browser, Page } from 'playwright-core'
import { axeViolations, BROWSER, launchBrowser, openStudio, type StudioPage, setUpOperator } from './studio-browser'

const SCHEMA = `# My library.
version: 1
collections:
`

describe.skipIf(BROWSER === null)('the schema in the studio', () => {
  const server = useServer({ schema: SCHEMA, command: 'dev' })
  let browser: Browser
  let studio: StudioPage
  let page: Page
  const file = () => readFileSync(server.project.path('schema.yaml'), 'utf8')
  beforeAll(async () => {
    browser = await launchBrowser()
    studio = await openStudio(browser, server)
    await setUpOperator(studio, server)
    page = studio.page
  }, 60_000)
  afterAll(() => browser?.close())

  const open = (name: string) => page.getByRole('navigation', { name: 'Schema' }).getByRole('link', { name }).click()
  const newCollection = async (name: string) => {
    await page.getByText('Find anything').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('new collection')
    await page.getByRole('option', { name: 'New collection' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByLabel('Name').fill(name)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name, exact: true }).waitFor()
    // What comes next are its fields.
    await page.waitForFunction("document.activeElement.getAttribute('aria-label') === 'Name of the new field'")
  }
  const addField = async (name: string, type: string, options: { readonly nullable?: boolean } = {}) => {
    await page.getByLabel('Name of the new field').fill(name)
    await page.getByLabel('Type of the new field').selectOption(type)
    if (options.nullable) await page.locator('form').getByLabel('May be null').check()
    await page.keyboard.press('Enter')
    if (options.nullable) await page.getByRole('button', { name: 'Add field' }).click()
    // Its form is open then, and no longer that of another field.
    await page.getByRole('button', { name: new RegExp(`^${name}`), expanded: true }).waitFor()
    if (options.nullable) await page.locator('form').getByLabel('May be null').uncheck()
  }

  test('two collections that refer to each other, from an empty file to an API', async () => {
    await page.goto('/_/schema')
    await newCollection('authors')
    await addField('name', 'string')
    await addField('email', 'string')
    await page.getByLabel('Unique').check()
    await open('Types')
    await page.getByRole('button', { name: 'Add a type' }).click()
    await page.getByLabel('Name').fill('status')
    await page.getByLabel('Values').fill('draft, out')
    await page.keyboard.press('Enter')
    await open('Collections')
    await newCollection('books')
    await addField('title', 'string')
    await addField('status', 'status')
    await page.getByLabel('Default').fill('draft')
    await addField('price', 'float')
    await addField('author_id', '→ authors')
    await addField('published', 'timestamp', { nullable: true })
    // Nothing is written before it is applied.
    expect(file()).toBe(SCHEMA)
    await page.keyboard.press('Control+S')
    await page.getByText('Creates 2 tables, 0 documents concerned.').waitFor()
    await page.getByRole('button', { name: 'Apply' }).click()
    await page
      .getByText(/^Applied \d+ changes/)
      .first()
      .waitFor()
    expect(file()).toBe(`${SCHEMA}  authors:
    fields:
      id: { type: uuid, primary: true, default: auto }
      name: { type: string }
      email: { type: string, unique: true }
  books:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
      status: { type: status, default: draft }
      price: { type: float }
      author_id: { type: uuid, references: authors.id }
      published: { type: timestamp, nullable: true }
types:
  status: { enum: [draft, out] }
`)
    // An email address that is unique has an index, which no list has used yet.
    await page.getByRole('link', { name: 'Documents of authors' }).waitFor()
    await page.getByRole('link', { name: 'Documents of books' }).click()
    await page.getByText('books has no documents yet').waitFor()
    await page.goto('/_/schema')
    const authors = page.getByRole('row', { name: /^authors/ })
    await authors.getByRole('cell').nth(3).getByText('1', { exact: true }).waitFor()
    const author = expectStatus(
      await server.api.post('/api/collections/authors', { name: 'Ann', email: 'a@example.com' }),
      201,
    )
    const book = { title: 'One', price: 2, author_id: author.body.id }
    expectStatus(await server.api.post('/api/collections/books', book), 201)
  })

  test('opening forms, and leaving them as they are, writes nothing', async () => {
    const before = file()
    const asked: string[] = []
    const note = (request: { method(): string; url(): string }) => {
      if (request.method() !== 'GET' && !request.url().endsWith('/api/admin/session')) asked.push(request.url())
    }
    page.on('request', note)
    await page.goto('/_/schema/books?field=title')
    await page.getByLabel('At most so many characters').fill('20')
    await page.getByLabel('At most so many characters').fill('')
    await page.getByLabel('Description').focus()
    await page.keyboard.press('Tab')
    await page.getByRole('tab', { name: 'Rules' }).click()
    await page.getByRole('tab', { name: 'Usage' }).click()
    await page.getByText('Documents, on disk').waitFor()
    page.off('request', note)
    expect(asked).toEqual([])
    expect(file()).toBe(before)
    expect(await page.getByText('not applied').count()).toBe(0)
  })

  test('renaming keeps the data; a change by hand shows at once', async () => {
    await page.goto('/_/schema/books?field=title')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('heading')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Review plan' }).click()
    await page.getByText('keeps data; programs need the new name').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Apply' }).click()
    await page
      .getByText(/^Applied/)
      .first()
      .waitFor()
    const { body } = await server.api.list('books')
    expect(body.docs).toMatchObject([{ heading: 'One' }])
    await page.goto('/_/schema/books')
    writeFileSync(
      server.project.path('schema.yaml'),
      file().replace('price: { type: float }', 'price: { type: float, default: 1 }'),
    )
    await page.getByText('default 1').waitFor()
  })

  test('the values of a field are written in its form, its own and those of its type', async () => {
    const apply = async (confirm?: string) => {
      await page.getByRole('link', { name: 'Review plan' }).click()
      if (confirm !== undefined) await page.getByLabel(`Type ${confirm} to confirm`).fill(confirm)
      await page.getByRole('button', { name: 'Apply' }).click()
      await page.getByText('Nothing else is planned').waitFor()
    }
    await page.goto('/_/schema/books')
    await page.getByLabel('Name of the new field').fill('binding')
    await page.getByLabel('Type of the new field').selectOption({ label: 'enum: one of a few values' })
    await page.getByLabel('Values of the new field').fill('soft, hard')
    await page.locator('form').getByLabel('May be null').check()
    await page.getByRole('button', { name: 'Add field' }).click()
    await page.getByLabel('New value of books.binding').fill('spiral')
    await page.keyboard.press('Enter')
    await page.getByLabel('Value 1').fill('paper')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Move spiral up' }).click()
    await page.getByText('paper | spiral | hard').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await apply()
    expect(file()).toContain('binding: { type: string, enum: [paper, spiral, hard], nullable: true }')
    const { body } = await server.api.list('books')
    expectStatus(await server.api.patch(`/api/collections/books/${body.docs[0].id}`, { binding: 'paper' }), 200)
    await page.goto('/_/schema/books?field=binding')
    await page.getByRole('button', { name: 'Remove paper' }).click()
    await page.getByText('1 document has it').waitFor()
    await page.getByLabel('They get').selectOption('hard')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove paper' }).click()
    await page.goto('/_/schema/books?field=status')
    await page.getByLabel('New value of status').fill('lent')
    await page.keyboard.press('Enter')
    await page.getByLabel('Value 3').waitFor()
    await apply('binding')
    expect(file()).toContain('enum: [draft, out, lent]')
    expect((await server.api.list('books')).body.docs).toMatchObject([{ binding: 'hard' }])
  })

  test('what loses data is applied once its name is typed', async () => {
    await page.goto('/_/schema/books?field=price')
    await page.getByRole('button', { name: 'Drop field' }).click()
    await page.getByRole('link', { name: 'Review plan' }).click()
    await page.getByText('loses data', { exact: true }).waitFor()
    const apply = page.getByRole('button', { name: 'Apply' })
    await page.waitForFunction('document.querySelector(\'[title="Type price to confirm."]\') !== null')
    await apply.click({ force: true })
    expect(file()).toContain('price:')
    await page.getByLabel(/Type price to confirm/).fill('price')
    await apply.click()
    await until(() => !file().includes('price:'))
    await page.goto('/_/schema/migrations')
    await page.getByRole('link', { name: /price/ }).click()
    await page.getByText('drop_field').waitFor()
  })

  test('a broken file is shown where it is broken, and repaired there', async () => {
    const good = file()
    await page.goto('/_/schema')
    writeFileSync(
      server.project.path('schema.yaml'),
      good.replace('type: text', 'type: txet').replace('type: status', 'type: statsu'),
    )
    await page.getByRole('link', { name: 'Open it' }).click()
    await page.getByRole('status').getByText('1 error').waitFor()
    expect(page.url()).toContain('line=')
    await page.getByRole('textbox', { name: 'schema.yaml' }).click()
    await page.keyboard.press('Control+A')
    await page.evaluate(`(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', ${JSON.stringify(good)})
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    })()`)
    await page.getByRole('status').getByText('No errors').waitFor()
    await page.getByRole('link', { name: 'Review plan' }).click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await until(() => file() === good)
  })

  test('collections are grouped in the diagram, and stay so', async () => {
    await page.goto('/_/schema/diagram?panel=groups')
    await page.getByText('heading', { exact: true }).click()
    await page.getByRole('button', { name: 'Group the selected' }).click()
    await page.getByLabel('Name of group 1').fill('Library')
    await page.keyboard.press('Enter')
    await page.getByLabel('Colour 4').check()
    const kept = `fetch('/api/admin/studio/items?prefix=diagram:groups').then((response) => response.json())`
    await until(async () => JSON.stringify(await page.evaluate(kept)).includes('"name":"Library","color":4'))
    await page.getByRole('button', { name: 'Select the collections of Library' }).waitFor()
    await page.getByText('author_id', { exact: true }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.reload()
    await page.getByRole('button', { name: 'Select the collections of Library' }).click()
    await page.locator('.react-flow__node.selected').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'SVG' }).click()
    const picture = readFileSync(await (await download).path(), 'utf8')
    expect([picture.includes('>Library<'), picture.includes('>books<'), picture.includes('>authors<')]).toEqual([
      true,
      true,
      false,
    ])
    await page.getByRole('link', { name: 'As a list' }).click()
    await page.getByText('in the group Library').waitFor()
  })

  test('the diagram shows references, finds collections, and leads to their pages', async () => {
    await page.goto('/_/schema/diagram')
    await page.getByRole('button', { name: 'books', exact: true }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'PNG' }).click()
    expect((await download).suggestedFilename()).toBe('schema.png')
    await page.getByRole('link', { name: 'As a list' }).click()
    await page.getByText('author_id → authors.id: exactly one of authors').waitFor()
    await page.goto('/_/schema/diagram?focus=books&depth=1')
    await page.getByRole('heading', { name: 'Around books' }).waitFor()
    await page.getByRole('button', { name: 'authors', exact: true }).click()
    await page.getByRole('heading', { name: 'authors', exact: true }).waitFor()
    expect(studio.complaints()).toEqual([])
  })
})
