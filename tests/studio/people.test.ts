import { beforeAll, describe, expect, test } from 'bun:test'
import { expectStatus, totpCode, until, useServer } from '@koyalite/testkit'
import { button } from './page-actions'
import { scanCode } from './scan-code'
import { axeViolations, BROWSER, useStudio } from './studio-browser'

const SCHEMA = `version: 1
collections:
  users:
    fields: { name: { type: string, nullable: true }, phone: { type: string, nullable: true }, handle: { type: string, nullable: true, unique: true }, age: { type: int, nullable: true } }
  invoices:
    fields:
      id: { type: uuid, primary: true, default: auto }
      owner_id: { type: uuid, references: users.id, onDelete: restrict }
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      owner_id: { type: uuid, references: users.id, onDelete: cascade }
`
const HOSTILE = '<img src=x onerror="document.title=1">'

describe.skipIf(BROWSER === null)('users, operators and keys in the studio', () => {
  const server = useServer({
    schema: SCHEMA,
    settings: `auth:
  rate_limit: { login: 1000/second, register: 1000/second }
  oauth: { acme: { issuer: "http://127.0.0.1:9", client_id: a, client_secret: b } }
`,
  })
  const { openAs, operator } = useStudio(server, 'viewer')
  beforeAll(async () => {
    for (const name of ['ann', 'ben', 'eve']) {
      const user = {
        email: `${name}@example.com`,
        password: 'a long enough password',
        name: name === 'eve' ? HOSTILE : name,
        ...(name === 'ben' && { phone: '+44 555 0100' }),
      }
      expectStatus(await server.anonymous.post('/api/auth/register', user), 201)
    }
  }, 60_000)

  const blockedAt = async (email: string) =>
    expectStatus(await server.api.get(`/api/admin/users/${email}`), 200).body.account.blocked_at

  test('a user is found, blocked, and unblocked by Undo; the view is a link', async () => {
    const studio = await openAs('owner', '/_/users')
    const { page } = studio
    await page.getByText('3 users').waitFor()
    await page.getByLabel('Search users').fill('ANN')
    await page.getByText('1 user', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'ann@example.com' }).click()
    // By keys alone: B, a reason, Enter.
    await page.getByRole('heading', { name: 'ann@example.com' }).waitFor()
    await page.getByRole('main').focus()
    await page.keyboard.press('b')
    await page.getByLabel('Reason').fill('spam')
    await page.keyboard.press('Enter')
    await page.getByText('Blocked ann@example.com').waitFor()
    expect(await blockedAt('ann@example.com')).toBeString()
    await page.getByText('spam').waitFor()
    await page.reload()
    await button(page, 'Unblock').waitFor()
    expect(await page.getByLabel('Search users').inputValue()).toBe('ANN')
    await button(page, 'Unblock').click()
    await button(page, 'Undo').click()
    await until(async () => (await blockedAt('ann@example.com')) !== null)
    expect(await axeViolations(page)).toEqual([])
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('a user is made, with what the server refuses at its field, and deleted after the dialog names them', async () => {
    const studio = await openAs('owner', '/_/users')
    const { page } = studio
    await button(page, 'New user').click()
    await page.getByLabel('Email address').fill('ben@example.com')
    await button(page, 'Create user').click()
    await page
      .getByRole('dialog')
      .getByText(/already/)
      .waitFor()
    await page.getByLabel('Email address').fill('new@example.com')
    await button(page, 'Create user').click()
    await page.getByText('Created new@example.com').waitFor()
    await page.getByRole('link', { name: 'new@example.com' }).click()
    await button(page, 'Delete').click()
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'Delete new@example.com').click()
    await page.getByText('Deleted new@example.com').waitFor()
    expect((await server.api.get('/api/admin/users/new@example.com')).status).toBe(404)
    await page.close()
  })

  test('what a user has written is text', async () => {
    const studio = await openAs('owner', '/_/users?q=eve')
    await studio.page.getByRole('link', { name: 'eve@example.com' }).click()
    await studio.page.getByText(HOSTILE).waitFor()
    expect(await studio.page.title()).toStartWith('Users · ')
    expect(studio.complaints()).toEqual([])
    await studio.page.close()
  })

  test('a profile is edited by the schema; what is refused stands at its field, and nothing is stored of it', async () => {
    const read = async (email: string) => expectStatus(await server.api.get(`/api/admin/users/${email}`), 200).body
    const [ann, ben] = [await read('ann@example.com'), await read('ben@example.com')]
    expectStatus(await server.api.patch(`/api/admin/users/${ben.id}`, { handle: 'taken' }), 200)
    const studio = await openAs('owner', `/_/users?user=${ann.id}`)
    const { page } = studio
    await button(page, 'Edit profile').click()
    const profile = page.getByRole('region', { name: 'Profile' })
    expect(await profile.getByLabel('id', { exact: true }).count()).toBe(0)
    await profile.getByLabel('age', { exact: true }).fill('many')
    await profile.getByText('Not a whole number').waitFor()
    await profile.getByLabel('age', { exact: true }).fill('41')
    await profile.getByLabel('handle', { exact: true }).fill('taken')
    await button(page, 'Save profile').click()
    await profile.locator('[name=handle][aria-invalid=true]').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect((await read('ann@example.com')).age).toBeNull()
    await profile.getByLabel('handle', { exact: true }).fill('ann')
    await page.keyboard.press('Control+s')
    await page.getByText('Saved the profile of ann@example.com').waitFor()
    expect(await read('ann@example.com')).toMatchObject({ age: 41, handle: 'ann', name: 'ann' })
    // What was refused is the browser's to report, too.
    expect(studio.complaints().filter((text) => !/status of 4(09|22)/.test(text))).toEqual([])
    await page.close()
  })

  test('the activity of a user is theirs alone: requests and the audit log in one list', async () => {
    const login = { email: 'ben@example.com', password: 'a long enough password' }
    const { access_token: token, user } = expectStatus(await server.anonymous.post('/api/auth/login', login), 200).body
    const asBen = { headers: { authorization: `Bearer ${token}` } }
    await fetch(`${server.process.url}/api/collections/notes?limit=7`, asBen)
    const shown = async (id: string) => {
      const studio = await openAs('viewer', `/_/users?user=${id}`)
      const list = studio.page.getByRole('region', { name: 'Activity' })
      await list.getByRole('listitem').first().waitFor()
      const text = (await list.textContent()) ?? ''
      expect(studio.complaints()).toEqual([])
      await studio.page.close()
      return text
    }
    await until(async () => {
      const found = await server.api.get(`/api/admin/requests?actor=${user.id}`)
      return found.body.requests.length > 0
    })
    expect(await shown(user.id)).toContain('/api/collections/notes')
    const { id: ann } = expectStatus(await server.api.get('/api/admin/users/ann@example.com'), 200).body
    expect(await shown(ann)).not.toContain('/api/collections/notes')
  })

  test('one box finds by a name and a telephone; the order is in the link', async () => {
    const studio = await openAs('viewer', '/_/users?sort=email')
    const { page } = studio
    const first = page.getByRole('row').nth(1)
    await first.getByText('ann@example.com').waitFor()
    await page.getByRole('main').focus()
    await page.keyboard.press('/')
    await page.keyboard.type('555')
    await page.getByText('1 user', { exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'ben@example.com' }).waitFor()
    expect(new URL(page.url()).searchParams.get('sort')).toBe('email')
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('a deletion says what refers to the user; what forbids it is given to somebody else first', async () => {
    const idOf = async (email: string) =>
      expectStatus(await server.api.get(`/api/admin/users/${email}`), 200).body.id as string
    const [eve, ben] = [await idOf('eve@example.com'), await idOf('ben@example.com')]
    for (let i = 0; i < 3; i++) expectStatus(await server.api.post('/api/collections/invoices', { owner_id: eve }), 201)
    for (let i = 0; i < 2; i++) expectStatus(await server.api.post('/api/collections/notes', { owner_id: eve }), 201)
    const studio = await openAs('owner', `/_/users?user=${eve}`)
    const { page } = studio
    await button(page, 'Delete').click()
    const list = page.getByRole('list', { name: 'What refers to them' })
    await list.getByText('3 invoices').waitFor()
    await list.getByText(/2 notes/).waitFor()
    expect(await list.textContent()).toContain('are deleted with them')
    expect(await button(page, 'Delete eve@example.com').getAttribute('aria-disabled')).toBe('true')
    expect(await axeViolations(page)).toEqual([])
    await list.getByRole('listitem').filter({ hasText: 'invoices' }).getByRole('button', { name: 'Reassign' }).click()
    await page.getByLabel('Give 3 invoices to').fill('ben@example.com')
    await page.getByRole('dialog').getByRole('button', { name: 'Reassign', exact: true }).last().click()
    await page.getByText('Gave 3 invoices to ben@example.com').waitFor()
    await list.getByText('3 invoices').waitFor({ state: 'detached' })
    await button(page, 'Delete eve@example.com').click()
    await page.getByText('Deleted eve@example.com').waitFor()
    const count = async (filter: string) =>
      expectStatus(await server.api.get(`/api/collections/${filter}&count=true`), 200).body.total
    expect(await count(`invoices?filter=owner_id:eq:${ben}`)).toBe(3)
    expect(await count('notes?limit=1')).toBe(0)
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('an operator sets up a second factor, and removes it with a code', async () => {
    const studio = await openAs('viewer', '/_/')
    const { page } = studio
    await page.getByRole('button', { name: 'viewer@example.com' }).click()
    await page.getByRole('menuitem', { name: 'Your account' }).click()
    await button(page, 'Set up an authenticator app').click()
    const secret = await page.getByLabel('Secret for the app').inputValue()
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      const code = new URL(await scanCode(page.getByRole('img', { name: 'QR code for the app' })))
      expect([code.protocol, code.searchParams.get('secret')]).toEqual(['otpauth:', secret])
      expect(decodeURIComponent(code.pathname)).toEndWith(':viewer@example.com')
    }
    expect(await axeViolations(page)).toEqual([])
    await page.getByLabel('Code that the app shows').fill('000000')
    await button(page, 'Turn on').click()
    await page.locator('[aria-invalid=true]').waitFor()
    await page.getByLabel('Code that the app shows').fill(totpCode(secret))
    await button(page, 'Turn on').click()
    await page.getByText('The recovery codes are shown only now').waitFor()
    const [recovery = ''] = ((await page.getByRole('dialog').locator('pre').textContent()) ?? '').split('\n')
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'I have stored them').click()
    await page.getByText(/recovery codes left/).waitFor()
    await button(page, 'Remove').click()
    await page.getByLabel('Code of your authenticator app').fill(recovery)
    await button(page, 'Remove second factor').click()
    await page.getByText('Removed your second factor').waitFor()
    await button(page, 'Set up an authenticator app').waitFor()
    await page.close()
  })

  test('providers say what is missing, and a test asks the provider itself', async () => {
    const studio = await openAs('owner', '/_/providers')
    const { page } = studio
    const card = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) })
    expect(await card('Google').getByLabel('Callback URL of Google').inputValue()).toBe(
      `${server.process.url}/api/auth/oauth/google/callback`,
    )
    await card('Google').getByText('auth.oauth.google.client_id').waitFor()
    expect(await card('Google').getByRole('button', { name: 'Test' }).getAttribute('aria-disabled')).toBe('true')
    await card('acme').getByRole('button', { name: 'Test' }).click()
    await card('acme')
      .getByText(/discovery: /)
      .waitFor()
    expect(await card('acme').getByLabel('Failed').count()).toBe(1)
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('an operator is added with a link, gets another role, is disabled and deleted', async () => {
    const studio = await openAs('owner', '/_/operators')
    const { page } = studio
    await button(page, 'Add operator').click()
    await page.getByLabel('Email address').fill('colleague@example.com')
    await page.getByLabel('Role', { exact: true }).selectOption('admin')
    await page.getByRole('dialog').getByRole('button', { name: 'Add operator' }).click()
    expect(await page.getByLabel('Link to choose a password').inputValue()).toContain('#token=')
    await button(page, 'Done').click()
    await page.getByLabel('Role of colleague@example.com').selectOption('viewer')
    await page.getByText('colleague@example.com is viewer now').waitFor()
    const row = page.getByRole('row', { name: /colleague/ })
    const actions = row.getByRole('button', { name: 'Actions for colleague@example.com' })
    await actions.click()
    await page.getByRole('menuitem', { name: 'Disable' }).click()
    await page.getByText('Disabled colleague@example.com').waitFor()
    await actions.click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await button(page, 'Delete colleague@example.com').click()
    await page.getByText('Deleted the operator colleague@example.com').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('owners see second factors and sessions of operators, and end these: the others keep theirs', async () => {
    const studio = await openAs('owner', '/_/operators')
    const { page } = studio
    const editor = { email: 'editor@example.com', password: 'correct horse battery 9' }
    expectStatus(await operator('owner').api.post('/api/admin/operators', { ...editor, role: 'editor' }), 201)
    const { access_token } = expectStatus(await server.anonymous.post('/api/admin/login', editor), 200).body
    const headers = { authorization: `Bearer ${access_token}` }
    const asEditor = async () => (await fetch(`${server.process.url}/api/admin/users`, { headers })).status
    await page.reload()
    expect(await asEditor()).toBe(200)
    const row = page.getByRole('row', { name: /editor@/ })
    const actions = row.getByRole('button', { name: 'Actions for editor@example.com' })
    const action = (name: string) => page.getByRole('menuitem', { name })
    await actions.click()
    expect(await action('Remove second factor').getAttribute('aria-disabled')).toBe('true')
    await action('Remove second factor').click({ force: true })
    // Nothing happens, and the menu stays, with the reason.
    expect(await page.getByRole('dialog').count()).toBe(0)
    await action('End sessions').click()
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'End all sessions').click()
    await page.getByText(/Ended \d+ sessions? of editor@example.com/).waitFor()
    expect(await asEditor()).toBe(401)
    await page.reload()
    await row.getByText('none').waitFor()
    await actions.click()
    expect(await action('End sessions').getAttribute('aria-disabled')).toBe('true')
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('a key is shown once, works, and is refused when it is revoked', async () => {
    const studio = await openAs('owner', '/_/keys')
    const { page } = studio
    await button(page, 'New key').click()
    await page.getByLabel('Name').fill('nightly export')
    await button(page, 'Create key').click()
    await page.getByText('Choose what the key may do.').waitFor()
    await page.getByLabel('logs').check()
    await button(page, 'Create key').click()
    const key = await page.getByLabel('The new key').inputValue()
    const asked = () =>
      fetch(`${server.process.url}/api/admin/requests`, { headers: { authorization: `Bearer ${key}` } })
    expect((await asked()).status).toBe(200)
    await button(page, 'I have stored it').click()
    const keys = async () => expectStatus(await server.api.get('/api/admin/keys'), 200).body.keys
    await until(async () => (await keys()).some((one: { last_used_at: unknown }) => one.last_used_at !== null))
    await page.reload()
    await page.getByRole('row', { name: /nightly/ }).waitFor()
    expect(await page.getByRole('row', { name: /nightly/ }).textContent()).not.toContain('never seen')
    expect(await page.content()).not.toContain(key)
    await page
      .getByRole('row', { name: /nightly/ })
      .getByRole('button', { name: 'Revoke' })
      .click()
    await button(page, 'Revoke nightly export').click()
    await page.getByText('Revoked the key nightly export').waitFor()
    expect((await asked()).status).toBe(401)
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test('a viewer sees users, and no control of theirs can be used; pages of owners are not listed', async () => {
    const studio = await openAs('viewer', '/_/users')
    const { page } = studio
    await page.getByRole('link', { name: 'ben@example.com' }).click()
    await page.getByRole('heading', { name: 'ben@example.com' }).waitFor()
    for (const name of ['New user', 'Block', 'Reset password', 'Delete', 'End all sessions'])
      expect([name, await button(page, name).getAttribute('aria-disabled')]).toEqual([name, 'true'])
    await button(page, 'Block').click({ force: true })
    expect(await blockedAt('ben@example.com')).toBeNull()
    expect(await button(page, 'Impersonate').getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('link', { name: 'Access' }).click()
    await page.getByRole('heading', { name: 'Roles' }).waitFor()
    expect(await page.getByRole('link', { name: 'Operators' }).count()).toBe(0)
    expect(studio.complaints()).toEqual([])
    await page.close()
  })

  test.each(['users?user=ann@example.com', 'operators', 'keys', 'roles', 'providers', 'account', ''])(
    'axe has nothing to say about /_/%s, however wide it is',
    async (path) => {
      const studio = await openAs('owner', `/_/${path}`)
      const { page } = studio
      await page.getByRole('heading', { level: 1 }).waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1440, 900, 390]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 844 })
          expect(await axeViolations(page)).toEqual([])
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
        }
      }
      await page.close()
    },
  )
})
