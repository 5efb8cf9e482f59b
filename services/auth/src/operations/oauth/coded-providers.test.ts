import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { AppError, type CodedProvider, type ProviderBegin, type ProviderCallback } from '@koyalite/contracts'
import { createBrowser } from '@koyalite/testkit'
import { nameProblem } from '../../oauth/providers'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

const HOME = 'http://localhost:8090'
const CALLBACK = `${HOME}/api/auth/oauth/club/callback`

/** Code of a project: its provider sends the browser back at once, and says what the test has put here. */
class Club implements CodedProvider {
  readonly name: string
  readonly label = 'The Club'
  readonly formPost: boolean = false
  readonly begun: ProviderBegin[] = []
  readonly called: ProviderCallback[] = []
  constructor(name = 'club') {
    this.name = name
  }
  address: (input: ProviderBegin) => string = ({ state }) => `https://club.example.com/in?state=${state}`
  says: () => unknown = () => ({ id: 7, email: 'Ann@Example.com', verified: true, fields: { name: 'Ann' } })

  async begin(input: ProviderBegin) {
    this.begun.push(input)
    return this.address(input)
  }
  async callback(input: ProviderCallback) {
    this.called.push(input)
    return this.says()
  }
}

let club: Club
let auth: AuthTester
beforeEach(async () => {
  club = new Club()
  auth = await startAuth({ extra: { codedProviders: () => [club] } })
})
afterEach(() => auth.close())

const browse = () =>
  createBrowser({
    'localhost:8090': (request) => auth.fetch(request),
    'club.example.com': async (request) => {
      const state = new URL(request.url).searchParams.get('state')
      return new Response(null, { status: 302, headers: { location: `${CALLBACK}?ticket=t1&state=${state}` } })
    },
  })
const signIn = (query = '') => browse().open(`${HOME}/api/auth/oauth/club${query}`)
const outcome = async () => JSON.parse((await signIn()).text)
const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('base64url')

describe('a provider that is code of the project', () => {
  test('is listed, begins and ends like others', async () => {
    const { providers } = (await auth.get('/api/auth/providers')).body
    expect(providers).toEqual([{ name: 'club', label: 'The Club', url: `${HOME}/api/auth/oauth/club` }])
    const { user, access_token } = await outcome()
    expect(user).toMatchObject({ email: 'ann@example.com', verified: true, name: 'Ann' })
    const [begun] = club.begun
    expect(begun?.callbackUrl).toBe(CALLBACK)
    expect(club.called).toMatchObject([{ parameters: { ticket: 't1' }, nonce: begun?.nonce, callbackUrl: CALLBACK }])
    expect(sha256(club.called[0]?.codeVerifier ?? '')).toBe(begun?.codeChallenge ?? '')
    const { identities } = (await auth.get('/api/auth/identities', { token: access_token })).body
    expect(identities).toMatchObject([{ provider: 'club', email: 'ann@example.com' }])
    club.says = () => ({ id: '7', email: 'other@example.com', verified: true })
    expect((await outcome()).user.id).toBe(user.id)
  })

  test('is tried by operators', async () => {
    const { body } = await auth.get('/api/admin/providers', { system: true })
    expect(body.providers.at(-1)).toMatchObject({ name: 'club', configured: true, callback_url: CALLBACK, missing: [] })
    const tried = await auth.post('/api/admin/providers/club/test', undefined, { system: true })
    expect(tried.body.steps).toEqual([
      { step: 'authorize', ok: true, message: 'Its code sends browsers to https://club.example.com.' },
    ])
  })

  test('a state that nobody or another browser began never reaches the code', async () => {
    const { headers } = await auth.get('/api/auth/oauth/club')
    const state = new URL(headers.get('location') ?? '').searchParams.get('state')
    for (const query of ['state=none', `state=${state}`]) {
      expect((await auth.get(`/api/auth/oauth/club/callback?${query}`)).status).toBe(401)
    }
    expect(club.called).toEqual([])
  })

  test('links by a proved address only', async () => {
    await auth.post('/api/auth/register', { email: 'ann@example.com', password: PASSWORD })
    const told = { id: 1, email: 'ann@example.com' }
    for (const verified of [false, undefined, 'true', 1]) {
      club.says = () => ({ ...told, verified })
      expect((await outcome()).error.code).toBe('CONFLICT')
    }
    club.says = () => ({ ...told, verified: true })
    expect((await outcome()).user.email).toBe('ann@example.com')
  })

  test.each([
    ['nothing', undefined],
    ['no id', { email: 'ann@example.com', verified: true }],
    ['an id that many share', { id: '', email: 'ann@example.com', verified: true }],
    ['an id that is an object', { id: {}, email: 'ann@example.com', verified: true }],
    ['a number that is not exact', { id: 2 ** 60, email: 'ann@example.com', verified: true }],
    ['no address', { id: 1, email: 'ann', verified: true }],
  ])('nobody is signed in by %s', async (_, said) => {
    club.says = () => said
    expect((await outcome()).error.code).toMatch(/^(UNAUTHENTICATED|VALIDATION_ERROR)$/)
    expect((await auth.get('/api/admin/users', { system: true })).body.users).toEqual([])
  })

  test('fields that a user does not write are set by the code, and checked', async () => {
    club.says = () => ({ id: 1, email: 'ann@example.com', verified: true, fields: { role: 'editor' } })
    expect((await outcome()).user.role).toBe('editor')
    club.says = () => ({
      id: 2,
      email: 'ben@example.com',
      verified: true,
      fields: { id: 'x', email: 'eve@example.com' },
    })
    const { user } = await outcome()
    expect([user.email, user.id === 'x']).toEqual(['ben@example.com', false])
  })

  test.each(['javascript:alert(1)', 'http://club.example.com/', '/in', ''])(
    'a browser is not sent to %p',
    async (to) => {
      club.address = () => to
      const { status, headers } = await auth.get('/api/auth/oauth/club')
      expect([status, headers.get('location')]).toEqual([401, null])
    },
  )

  test('its own errors reach the page that began', async () => {
    club.says = () => {
      throw new AppError('FORBIDDEN', 'Members only.', { own: { code: 'NO_MEMBER', status: 403, details: [] } })
    }
    expect((await outcome()).error).toMatchObject({ code: 'NO_MEMBER', message: 'Members only.' })
    const page = await signIn(`?redirect_to=${HOME}/done`)
    expect(page.url.searchParams.get('error')).toBe('NO_MEMBER')
  })
})

test('a name is that of one provider', () => {
  expect(nameProblem(club, {})).toBeNull()
  expect(nameProblem(new Club('google'), {})).toContain('built-in')
  expect(nameProblem(club, { club: {} } as never)).toContain('auth.oauth')
})
