import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { createHash, randomBytes } from 'node:crypto'
import { createBrowser, OIDC_CLIENT, type Page, startFakeOidc, type TestBrowser, useServer } from '@koyalite/testkit'

const provider = await startFakeOidc()
afterAll(() => provider.stop())

const server = useServer({
  command: 'dev',
  settings: `
auth:
  rate_limit: { register: 1000/minute, login: 100000/minute }
  oauth:
    corp:
      client_id: "\${CLIENT_ID}"
      client_secret: "\${CLIENT_SECRET}"
      issuer: ${provider.issuer}
      profile: { name: name, avatar_url: picture, nick: preferred_username, metadata: settings, plan: tier }
`,
  env: { CLIENT_ID: OIDC_CLIENT.id, CLIENT_SECRET: OIDC_CLIENT.secret },
  schema: `
version: 1
collections:
  users:
    fields:
      name:       { type: string, minLength: 2, maxLength: 20 }
      avatar_url: { type: string, nullable: true, validate: { format: url } }
      nick:       { type: string, nullable: true, unique: true }
      plan:       { type: string, default: free, write: "false" }
    rules: { read: "true" }
`,
})

let count = 0
let sub = ''
let email = ''
beforeEach(() => {
  sub = `sub-${++count}`
  email = `user${count}@example.com`
  provider.behaviour.userinfo = {}
})

const claims = (more: object = {}) => ({ sub, email, email_verified: true, ...more })
async function signIn(more: object, path = '/api/auth/oauth/corp', browser = createBrowser({})) {
  provider.behaviour.idToken = claims(more)
  provider.behaviour.userinfo = { ...provider.behaviour.userinfo, sub }
  return { browser, page: await browser.open(server.process.url + path) }
}
const bodyOf = (page: Page) => JSON.parse(page.text)
const complete = (browser: TestBrowser, body: object, query = '') =>
  browser.post(`${server.process.url}/api/auth/oauth/complete${query}`, body)
const fieldsOf = (page: Page): string[] => bodyOf(page).error.details.map((one: { field: string }) => one.field)

describe('fields of users at the first sign-in', () => {
  test('are filled from the claims that the settings name', async () => {
    const picture = 'https://cdn.example.com/a.png'
    const { page } = await signIn({ name: 'Ann', picture, preferred_username: 'ann', settings: { a: 1 }, tier: 'pro' })
    expect([page.status, bodyOf(page).user]).toMatchObject([
      200,
      { email, name: 'Ann', avatar_url: picture, nick: 'ann', metadata: { a: 1 }, plan: 'pro' },
    ])
    expect(provider.visits.at(-1)?.searchParams.get('scope')?.split(' ')).toContain('profile')
    // They are the user's own from then on.
    expect(bodyOf((await signIn({ name: 'Other' })).page).user.name).toBe('Ann')
  })

  test('come from the ID token first, then from userinfo', async () => {
    provider.behaviour.userinfo = { sub, name: 'From userinfo', preferred_username: `u${count}` }
    const { page } = await signIn({ name: 'From token' })
    expect(bodyOf(page).user).toMatchObject({ name: 'From token', nick: `u${count}` })
  })

  test('are omitted if a claim does not fit and the field is optional', async () => {
    const { page } = await signIn({ name: 'Ann', picture: 'javascript:alert(1)', preferred_username: 7 })
    expect(bodyOf(page).user).toMatchObject({ name: 'Ann', avatar_url: null, nick: null })
  })

  test('and if its value is already taken', async () => {
    const nick = `taken${count}`
    await signIn({ name: 'Ann', preferred_username: nick })
    sub = `${sub}-b`
    email = `b${email}`
    const { page } = await signIn({ name: 'Bob', preferred_username: nick })
    expect(bodyOf(page).user).toMatchObject({ email, name: 'Bob', nick: null })
  })
})

describe('missing fields', () => {
  test.each([
    ['no claim', {}],
    ['null', { name: null }],
    ['one that does not fit', { name: 'x'.repeat(21) }],
    ['of another type', { name: 7 }],
  ])('(%s) is asked for, with a ticket that makes the account', async (_what, more) => {
    const { browser, page } = await signIn(more)
    expect([page.status, bodyOf(page).error.code, fieldsOf(page)]).toEqual([409, 'PROFILE_INCOMPLETE', ['name']])
    const { ticket, message } = bodyOf(page).error
    expect(message).toContain('POST /api/auth/oauth/complete')
    const done = await complete(browser, { ticket, name: 'Ann', nick: `n${count}` })
    expect([done.status, bodyOf(done).user]).toMatchObject([
      201,
      { email, verified: true, name: 'Ann', nick: `n${count}` },
    ])
    expect(bodyOf(done).access_token).toBeString()
    // From now on the provider signs them in.
    expect((await signIn({})).page.status).toBe(200)
  })

  test('invalid fields do not consume the ticket; valid ones do', async () => {
    const { browser, page } = await signIn({})
    const { ticket } = bodyOf(page).error
    for (const wrong of [{}, { name: 'x' }, { name: 'Ann', nonsense: 1 }, { name: 'Ann', role: 'admin' }]) {
      const response = await complete(browser, { ticket, ...wrong })
      expect([response.status, bodyOf(response).error.code]).toEqual([422, 'VALIDATION_ERROR'])
    }
    for (const own of [
      { email: 'other@example.com' },
      { verified: true },
      { plan: 'pro' },
      { id: crypto.randomUUID() },
    ])
      expect([own, (await complete(browser, { ticket, name: 'Ann', ...own })).status]).toEqual([own, 422])
    const responses = await Promise.all(Array.from({ length: 20 }, () => complete(browser, { ticket, name: 'Ann' })))
    expect(responses.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 401)])
  })

  test('are completed in the browser that began; in another one the ticket is consumed', async () => {
    const { browser, page } = await signIn({})
    const { ticket } = bodyOf(page).error
    expect((await complete(createBrowser({}), { ticket, name: 'Ann' })).status).toBe(401)
    expect((await complete(browser, { ticket, name: 'Ann' })).status).toBe(401)
    expect((await complete(browser, { ticket: 'nonsense', name: 'Ann' })).status).toBe(401)
  })

  test('are requested on the page that began', async () => {
    const { browser, page } = await signIn({}, '/api/auth/oauth/corp?redirect_to=/welcome')
    const { searchParams: told, pathname } = page.url
    expect([pathname, told.get('error'), told.get('fields')]).toEqual(['/welcome', 'PROFILE_INCOMPLETE', 'name'])
    const done = await complete(browser, { ticket: told.get('ticket'), name: 'Ann' })
    expect([done.status, bodyOf(done).user.name]).toEqual([201, 'Ann'])
  })

  test('end with cookies if the flow asked for them', async () => {
    const { browser, page } = await signIn({}, '/api/auth/oauth/corp?redirect_to=/welcome&cookies=true')
    const done = await complete(browser, { ticket: page.url.searchParams.get('ticket'), name: 'Ann' })
    expect(bodyOf(done)).toMatchObject({ csrf_token: expect.any(String) })
    expect(bodyOf(done).access_token).toBeUndefined()
    expect((await browser.open(`${server.process.url}/api/auth/me`)).status).toBe(200)
  })

  test('need the verifier of a client that began with a challenge', async () => {
    const verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const { page } = await signIn({}, `/api/auth/oauth/corp?redirect_to=/&code_challenge=${challenge}`)
    const ticket = page.url.searchParams.get('ticket')
    const done = await complete(createBrowser({}), { ticket, code_verifier: verifier, name: 'Ann' })
    expect(done.status).toBe(201)
  })

  test('create no account until then, and none if the address was taken meanwhile', async () => {
    const { browser, page } = await signIn({ email_verified: false })
    const all = (await server.api.get('/api/admin/users?limit=500')).body.users
    expect(all.filter((one: { email: string }) => one.email === email)).toEqual([])
    await server.api.post('/api/admin/users', { email, name: 'Other' })
    expect((await complete(browser, { ticket: bodyOf(page).error.ticket, name: 'Ann' })).status).toBe(409)
  })
})
