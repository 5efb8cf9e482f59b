import { describe, expect, test } from 'bun:test'
import { createHash, randomBytes } from 'node:crypto'
import { createBrowser, type Page, type TestBrowser } from '@koyalite/testkit'
import { HOME, useAuthWithProvider } from '../../testing/auth-with-provider'

const START = `${HOME}/api/auth/oauth/corp?redirect_to=/welcome`

const corp = useAuthWithProvider()

const { browse } = corp
const codeOf = (page: Page) => page.url.searchParams.get('code')
const exchange = (browser: TestBrowser, body: object) => browser.post(`${HOME}/api/auth/oauth/exchange`, body)

/** As RFC 7636 has it. */
function newVerifier() {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

describe('the code that comes with a redirect', () => {
  test('signs in the browser that began', async () => {
    const browser = browse()
    const page = await browser.open(START)
    expect((await exchange(browser, { code: codeOf(page) })).status).toBe(200)
  })

  test('signs in no other browser, whether it has begun a flow itself or not, and is consumed by the attempt', async () => {
    for (const prepare of [async () => {}, (victim: TestBrowser) => victim.open(START)]) {
      const [attacker, victim] = [browse(), browse()]
      await prepare(victim)
      const code = codeOf(await attacker.open(START))
      expect((await exchange(victim, { code })).status).toBe(401)
      expect((await exchange(attacker, { code })).status).toBe(401)
    }
    expect(
      (await corp.auth.post('/api/auth/oauth/exchange', { code: codeOf(await browse().open(START)) })).status,
    ).toBe(401)
  })

  test('of a client with a challenge requires its verifier, from any browser', async () => {
    const { verifier, challenge } = newVerifier()
    for (const method of ['', '&code_challenge_method=S256']) {
      const page = await browse().open(`${START}&code_challenge=${challenge}${method}`)
      expect((await exchange(browse(), { code: codeOf(page), code_verifier: verifier })).status).toBe(200)
    }
  })

  test.each([
    ['no verifier', () => ({})],
    ['another verifier', () => ({ code_verifier: newVerifier().verifier })],
    ['the challenge itself', (challenge: string) => ({ code_verifier: challenge })],
  ])('with %s is refused, in the browser that began too', async (_what, more) => {
    const { challenge } = newVerifier()
    const browser = browse()
    const page = await browser.open(`${START}&code_challenge=${challenge}`)
    expect((await exchange(browser, { code: codeOf(page), ...more(challenge) })).status).toBe(401)
  })

  test('of a flow without a challenge accepts no verifier', async () => {
    const browser = browse()
    const code = codeOf(await browser.open(START))
    expect((await exchange(browser, { code, code_verifier: newVerifier().verifier })).status).toBe(401)
  })

  test.each([
    '&code_challenge=short',
    '&code_challenge=',
    `&code_challenge=${'a'.repeat(43)}&code_challenge_method=plain`,
  ])('cannot be asked for with %s', async (query) => {
    expect((await corp.auth.get(`/api/auth/oauth/corp?redirect_to=/${query}`)).status).toBe(400)
  })

  test('comes with a cookie that lasts until it is used, even if the sign-in took ten minutes', async () => {
    let refreshed = ''
    const browser = createBrowser({
      'localhost:8090': async (request) => {
        const isBack = request.url.includes('/callback')
        if (isBack) corp.auth.clock.now += 599_000
        const response = await corp.auth.fetch(request)
        if (isBack) refreshed = response.headers.get('set-cookie') ?? ''
        return response
      },
    })
    const code = codeOf(await browser.open(START))
    expect(refreshed).toMatch(/^koyalite_oauth\w*=[\w-]{43}; .*Max-Age=900/)
    corp.auth.clock.now += 59_000
    expect((await exchange(browser, { code })).status).toBe(200)
  })

  test('expires after a minute', async () => {
    const browser = browse()
    const code = codeOf(await browser.open(START))
    corp.auth.clock.now += 60_000
    expect((await exchange(browser, { code })).status).toBe(401)
  })
})

test('in cookie mode the redirect URL of another browser signs nobody in', async () => {
  let back = ''
  const attacker = createBrowser({
    'localhost:8090': async (request) => {
      if (!request.url.includes('/callback')) return corp.auth.fetch(request)
      back = request.url
      return new Response('halted')
    },
  })
  await attacker.open(`${START}&cookies=true`)
  const victim = browse()
  await victim.open(START)
  expect((await victim.open(back)).status).toBe(401)
  expect(victim.cookie('localhost:8090', 'koyalite_access')).toBeUndefined()
})
