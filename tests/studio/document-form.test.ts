import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { expectStatus, until } from '@koyalite/testkit'
import { HOSTILE, useBooks } from './books'
import { button, field, press, save } from './page-actions'
import { axeViolations, BROWSER } from './studio-browser'

describe.skipIf(BROWSER === null)('a document in the studio', () => {
  const { server, openAs, add, stored } = useBooks()

  test('null and no characters are two things, and what is not touched is not written (E1)', async () => {
    const { id } = await add('books', { title: 'Kindred', subtitle: 'A novel', price: 3 })
    const { page, complaints } = await openAs('editor', `/_/data/books/${id}`)
    await field(page, 'subtitle').fill('')
    expect(await field(page, 'subtitle').getAttribute('placeholder')).toBe('""')
    await button(page, 'Set price to null').click()
    await button(page, '2 changes').click()
    await page.getByText('− A novel').waitFor()
    const sent = page.waitForRequest((request) => request.method() === 'PATCH')
    await save(page)
    expect((await sent).headers()['if-match']).toStartWith('"')
    await page.getByText('Saved books Kindred').waitFor()
    expect(await stored('books', id)).toMatchObject({ subtitle: '', price: null, title: 'Kindred' })
    expect(await axeViolations(page)).toEqual([])
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('two operators: different fields both survive, the same one is decided with both values in view (E4)', async () => {
    const { id } = await add('books', { title: 'Solaris', subtitle: 'one' })
    const { page } = await openAs('editor', `/_/data/books/${id}`)
    await field(page, 'title').fill('Solaris, revised')
    expectStatus(await server.api.patch(`/api/collections/books/${id}`, { subtitle: 'two' }), 200)
    await save(page)
    await page.getByText('Saved books').waitFor()
    expect(await stored('books', id)).toMatchObject({ title: 'Solaris, revised', subtitle: 'two' })

    await field(page, 'subtitle').fill('mine')
    expectStatus(await server.api.patch(`/api/collections/books/${id}`, { subtitle: 'theirs' }), 200)
    await save(page)
    const conflict = page.getByRole('region', { name: 'Conflict in subtitle' })
    await conflict.getByText(/^theirs/).waitFor()
    await conflict.getByText('mine', { exact: true }).waitFor()
    expect(await stored('books', id)).toMatchObject({ subtitle: 'theirs' })
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'Take both').click()
    await save(page)
    await page.getByText('Saved books').last().waitFor()
    await until(async () => (await stored('books', id)).subtitle === 'theirs\nmine')
    await page.close()
  })

  test('a document of 1 MB, and numbers of 64 bits, stay what they are when another field is changed (E3, G12)', async () => {
    const { id } = await add('books', { title: 'Large', meta: { text: 'x'.repeat(1_000_000) } })
    const small = await add('books', { title: 'Exact', price: 1, meta: { n: 1 } })
    {
      using file = new Database(server.project.path('data/koyalite.db'))
      file.exec('PRAGMA busy_timeout = 10000')
      file.exec(`UPDATE books SET meta = '{"n":9223372036854775807}' WHERE id = ${small.id}`)
    }
    const before = (await server.api.get(`/api/collections/books/${id}?fields=meta`)).text
    const { page, complaints } = await openAs('editor', `/_/data/books/${id}`)
    await field(page, 'title').fill('Larger')
    await save(page)
    await page.getByText('Saved books').waitFor()
    expect((await server.api.get(`/api/collections/books/${id}?fields=meta`)).text).toBe(before)

    await page.goto(`/_/data/books/${small.id}`)
    await page.getByText('9223372036854775807').waitFor()
    await field(page, 'title').fill('Exactly')
    await save(page)
    await page.getByText('Saved books').waitFor()
    expect((await server.api.get(`/api/collections/books/${small.id}`)).text).toContain('9223372036854775807')
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('what is typed survives a reload as a draft, until it is discarded (E5)', async () => {
    const { id } = await add('books', { title: 'Draft' })
    const { page } = await openAs('editor', `/_/data/books/${id}`)
    const kept = page.waitForResponse((response) => response.request().method() === 'PUT')
    await field(page, 'title').fill('A long text')
    await kept
    await page.reload()
    await button(page, 'Continue').click()
    await until(async () => (await field(page, 'title').inputValue()) === 'A long text')
    expect((await stored('books', id)).title).toBe('Draft')
    await button(page, 'Discard').click()
    await until(async () => (await field(page, 'title').inputValue()) === 'Draft')
    await page.reload()
    await field(page, 'title').waitFor()
    expect(await button(page, 'Continue').count()).toBe(0)
    await page.close()
  })

  test('nothing is called saved that is not: refused by the server, or without it (E12)', async () => {
    await add('authors', { name: 'Ann', email: 'ann@example.com' })
    const { id } = await add('authors', { name: 'Ben', email: 'ben@example.com' })
    const { page } = await openAs('editor', `/_/data/authors/${id}`)
    await field(page, 'email').fill('ann@example.com')
    await save(page)
    await page.getByRole('alert').waitFor()
    expect(await field(page, 'email').inputValue()).toBe('ann@example.com')
    await field(page, 'email').fill('not an address')
    await page.getByText('Not an email address').waitFor()
    await field(page, 'email').fill('other@example.com')
    await page.route('**/api/admin/data/**', (route) => route.abort())
    await save(page)
    await page.getByRole('alert').waitFor()
    expect(await page.getByText(/^Saved/).count()).toBe(0)
    expect((await stored('authors', id)).email).toBe('ben@example.com')
    await page.close()
  })

  test('times have their zone, and ask which where clocks were put back', async () => {
    const { id } = await add('books', { title: 'Zone', published: '2026-11-29T17:05:14.120Z' })
    const { page } = await openAs('editor', `/_/data/books/${id}`)
    expect(await field(page, 'published').inputValue()).toBe('2026-11-29 17:05:14.120 Z')
    await field(page, 'published').fill('2026-11-29 18:05 +01:00')
    await save(page)
    await page.getByText('Saved books').waitFor()
    expect((await stored('books', id)).published).toBe('2026-11-29T17:05:00.000Z')
    await page.close()
  })

  test.each(['a b/c', '"quoted" \'q\'', 'emoji 😀', '~live', '100%', HOSTILE])(
    'a document with the key %s can be opened by its link, changed and deleted',
    async (key) => {
      await add('shelves', { id: key, note: 'n' })
      const { page, complaints } = await openAs('editor', `/_/data/shelves/${encodeURIComponent(key)}`)
      await field(page, 'note').fill('changed')
      await save(page)
      await page.getByText('Saved shelves').waitFor()
      expect((await stored('shelves', key)).note).toBe('changed')
      await button(page, 'More actions').click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await page.getByText('Deleted shelves').waitFor()
      expect((await server.api.get(`/api/collections/shelves/~${encodeURIComponent(key)}`)).status).toBe(404)
      expect(await page.title()).not.toBe('1')
      expect(complaints()).toEqual([])
      await page.close()
    },
  )

  test('a panel with changes asks before it closes, and Escape never discards (E5)', async () => {
    const { id } = await add('books', { title: 'Panel' })
    const { page } = await openAs('editor', `/_/data/books?doc=${id}`)
    const panel = page.getByRole('complementary', { name: 'Document of books' })
    await panel.getByLabel('title', { exact: true }).fill('Long text')
    await press(page, 'Escape')
    await page.getByRole('dialog').getByText('1 change of books Panel not saved').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await press(page, 'Escape')
    expect(await panel.getByLabel('title', { exact: true }).inputValue()).toBe('Long text')
    await panel.getByRole('button', { name: 'Close', exact: true }).click()
    await button(page, 'Close, keep the draft').click()
    await panel.waitFor({ state: 'detached' })
    await page.goto(`/_/data/books?doc=${id}`)
    await button(page, 'Continue').click()
    expect(await panel.getByLabel('title', { exact: true }).inputValue()).toBe('Long text')
    await save(page)
    await until(async () => (await stored('books', id)).title === 'Long text')
    await page.close()
  })

  test('a new document gets what was typed and its defaults; a copy all but its key (E9)', async () => {
    const { page } = await openAs('editor', '/_/data/authors?new=true')
    const form = page.getByRole('complementary')
    await form.getByLabel('name', { exact: true }).fill('Copied')
    await form.getByLabel('email', { exact: true }).fill('copied@example.com')
    await save(page)
    await page.getByText(/^Added authors/).waitFor()
    const key = new URL(page.url()).searchParams.get('doc')
    await press(page, 'Control+z')
    await form.getByText('This document is not there any more').waitFor()
    await page.getByText(/^Undone: Added authors/).waitFor()
    await press(page, 'Control+Shift+Z')
    await form.getByText('This document is not there any more').waitFor({ state: 'hidden' })
    await page.goto(`/_/data/authors?new=true&of=${key}`)
    await form.getByText('Not copied: it has to be another one.').waitFor()
    expect(await form.getByLabel('name', { exact: true }).inputValue()).toBe('Copied')
    expect(await form.getByLabel('email', { exact: true }).inputValue()).toBe('')
    await button(page, 'Create').click()
    await page.getByText(/^Added authors/).waitFor()
    expect(
      expectStatus(await server.api.list('authors', { filter: 'name:eq:Copied', sort: 'id' }), 200).body.docs,
    ).toMatchObject([{ email: 'copied@example.com' }, { email: null }])
    await page.close()
  })

  test('Enter goes on to what is required, then creates; the keys go on from the document, and messages call it by its label', async () => {
    const { page } = await openAs('editor', '/_/data/authors?new=true')
    const form = page.getByRole('complementary', { name: 'New document in authors' })
    await form.getByText('Enter goes on to name').waitFor()
    await field(page, 'email').fill('enter@example.com')
    await press(page, 'Enter')
    expect(await page.evaluate('document.activeElement.name')).toBe('name')
    await page.keyboard.type('Entered')
    await form.getByText('Enter creates it').waitFor()
    await press(page, 'Enter')
    await page.getByText('Added authors Entered', { exact: true }).waitFor()
    const heading = page.getByRole('heading', { name: 'Entered', exact: true })
    await heading.waitFor()
    expect(await page.evaluate('document.activeElement.title')).toBe('Entered')
    await press(page, 'Escape')
    await heading.waitFor({ state: 'detached' })
    await page.close()
  })

  test('a viewer reads everything and can change nothing', async () => {
    const author = await add('authors', { name: HOSTILE })
    const { id } = await add('books', { title: 'Read', author_id: author.id })
    const { page, complaints } = await openAs('viewer', `/_/data/books/${id}`)
    await until(async () => (await field(page, 'author_id').inputValue()) === HOSTILE)
    expect(await field(page, 'title').getAttribute('readonly')).not.toBeNull()
    await page.getByRole('tab', { name: 'Links' }).click()
    await page.getByRole('link', { name: HOSTILE }).waitFor()
    await page.getByRole('tab', { name: 'Access' }).click()
    await page.getByText('denied').first().waitFor()
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByRole('tab', { name: 'JSON' }).click()
    expect(await page.title()).not.toBe('1')
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('axe has nothing to say about a document, however wide it is', async () => {
    const author = await add('authors', { name: 'Ann' })
    const { id } = await add('books', {
      title: 'Wide',
      author_id: author.id,
      meta: { a: [1, 2] },
      published: '2026-01-01T00:00:00Z',
    })
    const { page } = await openAs('owner', `/_/data/books/${id}`)
    for (const tab of ['Fields', 'JSON', 'Links', 'History', 'Access']) {
      await page.getByRole('tab', { name: tab }).click()
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of tab === 'Fields' ? [1440, 900, 390] : [900]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 844 })
          await page.evaluate(
            'Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => null)',
          )
          expect([tab, width, await axeViolations(page)]).toEqual([tab, width, []])
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        }
      }
    }
    await page.close()
  })
})
