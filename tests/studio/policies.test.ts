import { beforeAll, describe, expect, test } from 'bun:test'
import { ruleTemplates, withTemplate } from '@koyalite/studio/rule-templates'
import { expectStatus, useServer } from '@koyalite/testkit'
import type { Page } from 'playwright-core'
import { button } from './page-actions'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const SCHEMA = `version: 1
# Who reads what is said below.
types: { status: { enum: [draft, out] } }
roles: { editor: { permissions: ["books:publish"] } }
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { read: "auth.id == doc.id" } # their own
  teams:
    fields: { id: { type: uuid, primary: true, default: auto }, open: { type: bool, default: false } }
  members:
    fields:
      id: { type: uuid, primary: true, default: auto }
      team_id: { type: uuid, references: teams.id }
      user_id: { type: uuid, references: users.id }
  books:
    fields:
      id: { type: string, primary: true }
      author_id: { type: uuid, references: users.id }
      team_id: { type: uuid, references: teams.id, nullable: true }
      title: { type: string, maxLength: 40 }
      status: { type: status, default: draft }
      published_at: { type: timestamp, nullable: true }
    rules:
      read: "doc.status == 'out'" # what is out
`
const HOSTILE = '<img src=x onerror="document.title=1">'

const server = useServer({
  schema: SCHEMA,
  settings: 'auth: { rate_limit: { login: 1000/second, register: 1000/second } }\nstudio: { schema_changes: true }',
  files: {
    'rules/books.test.yaml': `actors: { ann: }
documents: { books: { one: { id: one, title: '${HOSTILE}', author_id: $ann } } }
cases:
  - { name: '${HOSTILE}', actor: anonymous, operation: read, collection: books, id: one, expect: denied }
  - { name: wrong, actor: anonymous, operation: read, collection: books, id: one, expect: allowed }
`,
  },
})
const { openAs } = useStudio(server, 'viewer')
const users: Record<string, string> = {}
const tokens: Record<string, string> = {}
beforeAll(async () => {
  for (const name of ['ann', 'ben']) {
    const account = { email: `${name}@example.com`, password: 'a long enough password' }
    const { user, access_token } = expectStatus(
      await server.anonymous.post('/api/auth/register', { ...account, name: HOSTILE }),
      201,
    ).body
    users[name] = user.id
    tokens[name] = access_token
  }
  for (const [id, owner, status] of [
    ['of-ann', 'ann', 'draft'],
    ['out', 'ben', 'out'],
  ] as const) {
    const book = { id, author_id: users[owner], title: HOSTILE, status }
    expectStatus(await server.api.post('/api/collections/books', book), 201)
  }
}, 60_000)

/** A request to the public API. */
async function asUser(name: string | null, method: string, path: string, body?: unknown): Promise<number> {
  const response = await fetch(`${server.process.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(name !== null && { authorization: `Bearer ${tokens[name]}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  await response.body?.cancel()
  return response.status
}

test('every template is a rule without anything to say about it', async () => {
  const schema = expectStatus(await server.api.get('/api/admin/collections'), 200).body
  let checked = 0
  for (const model of schema.collections) {
    for (const operation of ['create', 'read', 'update', 'delete'] as const) {
      for (const { rule } of ruleTemplates(model, schema, operation)) {
        for (const source of [rule, withTemplate("auth.role == 'editor' && auth.verified", rule)]) {
          const place = { collection: model.name, operation }
          const { body } = await server.api.post('/api/admin/rules/check', { place, source })
          expect({ source, operation, problems: body.problems }).toEqual({ source, operation, problems: [] })
          checked++
        }
      }
    }
  }
  expect(checked).toBeGreaterThan(100)
})

describe.skipIf(BROWSER === null)('policies in the studio', () => {
  const editor = (page: Page, label: string) => page.getByRole('textbox', { name: label, exact: true })

  test('a rule is written with completion and a typo underlined, applied, and ends in schema.yaml', async () => {
    const studio = await openAs('owner', '/_/policies')
    const { page } = studio
    await page.getByRole('link', { name: 'anonymous, update books: no' }).waitFor()
    await page.getByRole('link', { name: 'books', exact: true }).click()
    const update = editor(page, 'update')
    await update.click()
    // Completion knows the fields.
    await page.keyboard.type('auth.id == doc.autor_id')
    await page.getByText("did you mean 'author_id'?").waitFor()
    await button(page, 'Change to author_id').click()
    await page.getByText('did you mean').waitFor({ state: 'detached' })
    expect(await update.textContent()).toBe('auth.id == doc.author_id')
    // Owners may read their own, too: by a template, added to what is there.
    await button(page, 'Templates for read').click()
    await page.getByRole('menuitem', { name: 'Owner: author_id' }).first().click()
    await page.getByText('2 changes not applied').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+S')
    await page.getByText('No document changes.').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'Apply 2 changes').click()
    await page.getByText('Applied 2 changes to the rules of books').waitFor()
    await page.getByText('not applied').waitFor({ state: 'detached' })
    const { source } = expectStatus(await server.api.get('/api/admin/schema'), 200).body
    expect(source).toMatch(/update: "?auth\.id == doc\.author_id"?\n/)
    expect(source).toContain('# what is out')
    expect(source).toContain('# Who reads what is said below.')
    expect(source).toContain('# their own')
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('the matrix says who may, why, and leads to the rule; the API agrees', async () => {
    const studio = await openAs('viewer', '/_/policies?q=books')
    const { page } = studio
    await page.getByRole('link', { name: 'anonymous, update books: no' }).waitFor()
    await page.getByRole('link', { name: 'owner, update books: yes' }).waitFor()
    await page.getByRole('link', { name: 'anonymous, read books: partly' }).click()
    const why = page.getByRole('complementary', { name: 'Why' })
    await why.getByText("doc.status == 'out'").waitFor()
    expect(page.url()).toContain('cell=books.read.anonymous')
    await page.reload()
    await why.getByText("doc.status == 'out'").waitFor()
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      for (const width of [1440, 900, 390]) {
        await page.setViewportSize({ width, height: 844 })
        expect(await axeViolations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('link', { name: 'Open the rules' }).click()
    await page.getByText('Your role cannot change rules.').waitFor()
    expect(await page.getByRole('button', { name: 'Templates' }).count()).toBe(0)
    expect(studio.complaints()).toEqual([])
    await page.close()
    expect(await asUser(null, 'GET', '/api/collections/books/of-ann')).toBe(404)
    expect(await asUser(null, 'GET', '/api/collections/books/out')).toBe(200)
    expect(await asUser('ann', 'PATCH', '/api/collections/books/of-ann', { title: 'Mine' })).toBe(200)
    expect(await asUser('ben', 'PATCH', '/api/collections/books/of-ann', { title: 'Mine' })).toBe(404)
  })

  test('the tester agrees with the API: who, what part decided, and that nothing is kept', async () => {
    const studio = await openAs('owner', '/_/policies/test')
    const { page } = studio
    server.effects.take()
    await page.getByRole('combobox', { name: 'As anonymous' }).click()
    await page.getByLabel('Search users').fill('ann@')
    await page.getByRole('option', { name: 'ann@example.com' }).click()
    await page.getByText('update', { exact: true }).click()
    await page.getByLabel('Collection').selectOption('books')
    await page.getByLabel('Document, by its id').fill('of-ann')
    await editor(page, 'Changes').click()
    await page.keyboard.type('{"title":"Tried"')
    await page.getByRole('status').filter({ hasText: 'Allowed' }).waitFor()
    // To whom else may she give it?
    await page.goto(
      `${page.url().split('&changes')[0]}&changes=${encodeURIComponent(JSON.stringify({ author_id: users.ben }))}`,
    )
    await page.getByRole('status').filter({ hasText: 'Denied' }).waitFor()
    const check = page.getByRole('listitem').filter({ hasText: 'check: the document as it would be' })
    expect(await check.locator('mark').textContent()).toBe('auth.id == doc.author_id')
    await check.getByText('SQL').click()
    await check.getByText('"d0"."author_id"').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.goto(`/_/policies/test?actor=user:${users.ben}&op=read&collection=books&key=of-ann`)
    await page.getByRole('status').filter({ hasText: 'Denied' }).waitFor()
    expect(await asUser('ben', 'GET', '/api/collections/books/of-ann')).toBe(404)
    // Users and documents were looked at; nothing was written.
    expect(server.effects.take().changes).toEqual([])
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('rule tests show what they say, and hostile names are text', async () => {
    const studio = await openAs('viewer', '/_/policies/tests')
    const { page } = studio
    await page.getByText('1 passed, 1 failed').waitFor()
    await page.getByText(HOSTILE).first().waitFor()
    expect(await page.title()).not.toBe('1')
    expect(await axeViolations(page)).toEqual([])
    expect(studio.complaints()).toEqual([])
    await page.close()
  })
})
