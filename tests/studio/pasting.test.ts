import { describe, expect, test } from 'bun:test'
import { expectStatus, until } from '@koyalite/testkit'
import { useBooks } from './books'
import { activeCell, button, filterParameter, grid, paste, press } from './page-actions'
import { axeViolations, BROWSER } from './studio-browser'

describe.skipIf(BROWSER === null)('pasting into the grid', () => {
  const { server, openAs, add, stored, count } = useBooks()

  test('200 rows of a spreadsheet: what does not fit is marked, corrected or skipped; one step, undone and done again (scenario 2)', async () => {
    await add('authors', { name: 'Ursula', email: 'ursula@example.com' })
    const before = await count('books')
    const rows = Array.from({ length: 200 }, (_, at) => {
      const row = at + 1
      const [status, price] = [row === 50 ? 'sold' : 'draft', row === 120 ? '12,5' : String(row)]
      return [`Pasted ${row}`, status, price, row === 180 ? 'nobody@example.com' : 'ursula@example.com'].join('\t')
    })
    const { page, complaints } = await openAs('editor', '/_/data/books')
    await button(page, 'New document, or paste rows here').focus()
    await paste(page, ['title\tstatus\tprice\tauthor', ...rows].join('\n'))
    await page.getByText('3 rows with a problem').waitFor()
    await page.getByLabel('Only rows with a problem').check()
    await page.getByText('status: “sold” is not one of draft, out').waitFor()
    await page.getByText('price: Not a number: write a point, 12.5').waitFor()
    await page.getByText('authors has no “nobody@example.com”').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(await count('books')).toBe(before)
    await page.getByLabel('Row 50, status').fill('out')
    await page.getByLabel('Skip row 120').check()
    await page.getByLabel('Skip row 180').check()
    await button(page, 'Add 198 documents').click()
    await page.getByText('Added 198 books').waitFor()
    expect(await count('books')).toBe(before + 198)
    const keys = async () =>
      expectStatus(await server.api.list('books', { filter: 'title:like:Pasted%', fields: 'id', limit: 500 }), 200).text
    const made = await keys()
    // From wherever the focus is after the dialog: nobody goes into the grid first.
    await press(page, 'Control+z')
    await page.getByText('Undone: Added 198 books').waitFor()
    expect(await count('books')).toBe(before)
    await press(page, 'Control+Shift+Z')
    await page.getByText('Done again: Added 198 books').waitFor()
    expect(await keys()).toBe(made)
    expect(complaints()).toEqual([])
    await page.close()
  })

  const titles = async (ids: readonly (string | number)[]) =>
    Promise.all(ids.map(async (id) => (await stored('books', id)).title))
  async function addBooks(...titles: readonly string[]): Promise<{ ids: (string | number)[]; path: string }> {
    const ids: (string | number)[] = []
    for (const title of titles) ids.push((await add('books', { title, price: 1 })).id)
    return { ids, path: `/_/data/books?sort=id&${filterParameter(`id:in:${ids.join(',')}`)}` }
  }

  test('a block over documents: rows that do not fit are listed, the others are one step', async () => {
    const { ids, path } = await addBooks('p1', 'p2', 'p3')
    const { page, complaints } = await openAs('editor', path)
    await grid(page).getByText('p3').waitFor()
    await grid(page).focus()
    await press(page, 'ArrowRight')
    await until(async () => (await activeCell(page))?.text === 'p1')
    await paste(page, 'q1\tone\tout\nq2\ttwo\tsold\nq3\tthree\tdraft')
    await page.getByText('1 row cannot be changed like this').waitFor()
    await page.getByText(/Row 2, status:/).waitFor()
    expect(await titles(ids)).toEqual(['p1', 'p2', 'p3'])
    await button(page, 'Change the other 2').click()
    await page.getByText('Changed 2 books').waitFor()
    expect(await titles(ids)).toEqual(['q1', 'p2', 'q3'])
    await button(page, 'Undo').click()
    await page.getByText('Undone: Changed 2 books').waitFor()
    expect(await titles(ids)).toEqual(['p1', 'p2', 'p3'])
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('a block goes over the documents at the moment that they are there, before anything renders the page again', async () => {
    const { ids, path } = await addBooks('first', 'second')
    const { page } = await openAs('editor', '/_/data/books?q=nothing')
    await page.goto(path)
    const block = ids.map((id, at) => `${id}\tpasted ${at}`).join('\n')
    await page.evaluate(`new Promise((resolve) => {
      const look = () => {
        const grid = document.querySelector('[role=grid]')
        if (!grid?.textContent.includes('second')) return requestAnimationFrame(look)
        grid.focus()
        const clipboardData = new DataTransfer()
        clipboardData.setData('text/plain', ${JSON.stringify(block)})
        grid.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
        resolve()
      }
      look()
    })`)
    await page.getByText('Changed 2 books').waitFor()
    expect(await titles(ids)).toEqual(['pasted 0', 'pasted 1'])
    await page.close()
  })

  test('a block that is pasted before the documents are there waits for them; behind the last one it makes new ones', async () => {
    const { ids, path } = await addBooks('slow')
    const { page } = await openAs('editor', '/_/')
    const { promise: isPasted, resolve: release } = Promise.withResolvers<void>()
    await page.route('**/api/admin/data/**', async (route) => {
      await isPasted
      await route.continue()
    })
    await page.goto(path)
    await grid(page).focus()
    await paste(page, `${ids[0]}\twaited\n\tadded`)
    release()
    await page.getByText('Changed books slow').waitFor()
    expect(await titles(ids)).toEqual(['waited'])
    await page.getByRole('dialog').getByText('1 row → 1 new document of books').waitFor()
    expect(await page.getByLabel('Row 1, title').inputValue()).toBe('added')
    await page.close()
  })

  test('a paste that cannot be says why: by a viewer, and where columns have no place', async () => {
    const { ids, path } = await addBooks('kept')
    const { page } = await openAs('viewer', path)
    await grid(page).getByText('kept').waitFor()
    await grid(page).focus()
    await paste(page, `${ids[0]}\tlost`)
    await page.getByText('Your role can read documents, not change them.').waitFor()
    await press(page, 'ArrowRight', 'x')
    expect(await titles(ids)).toEqual(['kept'])
    await page.close()

    const { page: editors } = await openAs('editor', path)
    await grid(editors).getByText('kept').waitFor()
    await grid(editors).focus()
    await paste(editors, [ids[0], 'wide', ...Array.from({ length: 9 }, () => '')].join('\t'))
    await editors.getByText('2 columns of what was pasted left out').waitFor()
    await editors.close()
  })

  test('a required field that no column has is filled in, for all rows and then in one', async () => {
    const before = await count('books')
    const { page, complaints } = await openAs('editor', '/_/data/books')
    await button(page, 'New document, or paste rows here').focus()
    await paste(page, 'subtitle\tprice\nfirst\t1\nsecond\t2')
    await page.getByText('2 rows with a problem').waitFor()
    await page.getByText('title is required, and no column has it.').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByLabel('title of all rows').fill('Untitled')
    await press(page, 'Enter')
    await page.getByText('All rows fit').waitFor()
    await page.getByLabel('Row 2, title').fill('Titled')
    await button(page, 'Add 2 documents').click()
    await page.getByText('Added 2 books').waitFor()
    expect(await count('books')).toBe(before + 2)
    const { docs } = expectStatus(await server.api.list('books', { sort: '-id', limit: 2 }), 200).body
    expect(docs).toMatchObject([
      { title: 'Titled', subtitle: 'second', price: 2 },
      { title: 'Untitled', subtitle: 'first', price: 1 },
    ])
    expect(complaints()).toEqual([])
    await page.close()
  })
})
