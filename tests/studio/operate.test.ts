import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { expectStatus, runKoyalite, useServer } from '@koyalite/testkit'
import { button } from './page-actions'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const SCHEMA = `version: 1
collections:
  books:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
`

describe.skipIf(BROWSER === null)('operating a project in the studio', () => {
  const server = useServer({
    schema: SCHEMA,
    files: { 'koyalite.yaml': 'name: library # of the town\nauth: { rate_limit: { login: 1000/second } }\n' },
  })
  const { openAs } = useStudio(server, 'viewer')

  const titles = async () =>
    expectStatus(await server.api.list('books', { sort: 'id' }), 200).body.docs.map(
      ({ title }: { readonly title: string }) => title,
    )

  test('yesterday’s backup is restored, and that is undone; the sign-in survives', async () => {
    for (const title of ['first', 'second'])
      expectStatus(await server.api.post('/api/collections/books', { title }), 201)
    const { page, complaints } = await openAs('owner', '/_/operate/backups')
    await page.getByText('There is no backup yet').waitFor()
    await button(page, 'Back up now').click()
    await page.getByText(/^Backed up .* to koyalite-/).waitFor()
    expectStatus(await server.api.delete('/api/collections/books/1'), 204)
    expectStatus(await server.api.post('/api/collections/books', { title: 'later' }), 201)

    await page.getByRole('button', { name: /^Restore koyalite-/ }).click()
    const dialog = page.getByRole('dialog', { name: /^Go back/ })
    await dialog.getByRole('row', { name: 'books 1 1 0' }).waitFor()
    expect(await button(page, 'Restore library').getAttribute('aria-disabled')).toBe('true')
    await dialog.getByLabel('Type the name of the project, library').fill('library')
    await button(page, 'Restore library').click()
    await page.getByText(/^Restored 20/).waitFor()
    expect(await titles()).toEqual(['first', 'second'])

    await button(page, 'Undo the restore').click()
    await dialog.getByLabel('Type the name of the project, library').fill('library')
    await button(page, 'Restore library').click()
    await dialog.waitFor({ state: 'detached' })
    expect(await titles()).toEqual(['second', 'later'])
    // While the server starts again nobody answers, which browsers report.
    expect(complaints().filter((one) => !/ERR_CONNECTION|503/.test(one))).toEqual([])
    await page.close()
  })

  test('a setting is found and changed in its file; what is wrong is said beside it', async () => {
    const { page, complaints } = await openAs('owner', '/_/operate/settings?q=min_length')
    await button(page, 'Change auth.password.min_length').click()
    await page.getByRole('textbox', { name: 'auth.password.min_length' }).fill('0')
    await button(page, 'Save').click()
    await page.getByText(/must be at least/).waitFor()
    await page.getByRole('textbox', { name: 'auth.password.min_length' }).fill('14')
    await button(page, 'Save').click()
    await page.getByText('Changed auth.password.min_length in koyalite.yaml').waitFor()
    expect(readFileSync(server.project.path('koyalite.yaml'), 'utf8')).toStartWith('name: library # of the town\n')
    // Its line leads there from anywhere.
    await page.goto('/_/')
    await page.getByText('Find anything').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('password.min_length')
    await page.getByRole('option', { name: /auth\.password\.min_length/ }).waitFor()
    expect(complaints().filter((one) => !one.includes('422'))).toEqual([])
    await page.close()
  })

  test('a viewer sees settings, health and commands, and nothing that would fail', async () => {
    await runKoyalite(['keys', 'create', '--name', '<b>nightly</b>', '--dir', server.project.dir])
    const { page, complaints } = await openAs('viewer', '/_/operate/settings')
    await page.getByText('server.max_body').waitFor()
    const change = button(page, 'Change server.max_body')
    expect([await change.getAttribute('aria-disabled'), await change.getAttribute('title')]).toEqual([
      'true',
      'Only owners change settings.',
    ])
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByText('koyalite keys create --name').waitFor()
    await page.getByRole('link', { name: 'Health', exact: true }).click()
    await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
    expect(await page.getByRole('link', { name: 'Backups' }).count()).toBe(0)
    expect(complaints()).toEqual([])
    await page.close()
  })

  test('every page is accessible, in both colour schemes, at every size', async () => {
    const { page } = await openAs('owner', '/_/operate/backups')
    for (const path of ['backups', 'settings', 'health', 'history']) {
      await page.goto(`/_/operate/${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      for (const [width, colorScheme] of [
        [1440, 'light'],
        [390, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme })
        expect([path, width, await axeViolations(page)]).toEqual([path, width, []])
        expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
      }
    }
    await page.close()
  })
})
