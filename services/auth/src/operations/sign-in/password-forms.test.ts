import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { makeOperator } from '../../testing/make-operator'
import { type AuthTester, PASSWORD, startAuth } from '../../testing/start-auth'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const EMAIL = 'ann@example.com'
/** One password, as two keyboards type it. */
const COMPOSED = 'caf\u00e9 au lait 9'
const DECOMPOSED = 'cafe\u0301 au lait 9'
const login = async (password: string) => (await auth.post('/api/auth/login', { email: EMAIL, password })).status

/** The hash of a password as it was typed: what was stored before passwords were normalised. */
async function storeRawHash(table: string, password: string): Promise<void> {
  const hash = await Bun.password.hash(password, { algorithm: 'argon2id', memoryCost: 64, timeCost: 1 })
  await auth.database.write((tx) => tx.run({ text: `UPDATE "${table}" SET "password" = ?`, params: [hash] }))
}

describe('a password that was typed in another form', () => {
  test('is the same password: at a sign-in, a change, a reset', async () => {
    const { body } = await auth.post('/api/auth/register', { email: EMAIL, password: DECOMPOSED })
    expect(await login(COMPOSED)).toBe(200)
    const change = { current_password: COMPOSED, new_password: `${COMPOSED}!` }
    expect((await auth.post('/api/auth/password/change', change, { token: body.access_token })).status).toBe(200)
    expect(await login(`${DECOMPOSED}!`)).toBe(200)
    await auth.post('/api/auth/password/forgot', { email: EMAIL })
    await auth.post('/api/auth/password/reset', { token: auth.token(EMAIL), password: DECOMPOSED })
    expect(await login(COMPOSED)).toBe(200)
  })

  test('matches a hash from before once, which is then replaced', async () => {
    await auth.post('/api/auth/register', { email: EMAIL, password: PASSWORD })
    await storeRawHash('_koyalite_accounts', DECOMPOSED)
    expect(await login(COMPOSED)).toBe(401)
    expect(await login(DECOMPOSED)).toBe(200)
    expect(await login(COMPOSED)).toBe(200)
  })

  test('is replaced by a confirmation too, and later checks use the new hash', async () => {
    const ann = await auth.user()
    await storeRawHash('_koyalite_accounts', DECOMPOSED)
    const change = { current_password: DECOMPOSED, new_password: PASSWORD }
    expect((await auth.post('/api/auth/password/change', change, { token: ann.access })).status).toBe(200)
    await storeRawHash('_koyalite_accounts', DECOMPOSED)
    expect((await auth.post('/api/auth/reauthenticate', { password: DECOMPOSED }, { token: ann.access })).status).toBe(
      200,
    )
    expect(await login(COMPOSED)).toBe(200)
  })

  test('is an operator’s password as well', async () => {
    const { email, token } = await makeOperator(auth, 'owner')
    const signIn = async (password: string) => (await auth.post('/api/admin/login', { email, password })).status
    await storeRawHash('_koyalite_operators', DECOMPOSED)
    expect([await signIn(COMPOSED), await signIn(DECOMPOSED), await signIn(COMPOSED)]).toEqual([401, 200, 200])
    await storeRawHash('_koyalite_operators', DECOMPOSED)
    const change = { current_password: DECOMPOSED, new_password: `${COMPOSED}!` }
    expect((await auth.post('/api/admin/password/change', change, { token })).status).toBe(200)
    expect(await signIn(`${DECOMPOSED}!`)).toBe(200)
  })

  test('costs the same work whether or not there is such an account', async () => {
    await auth.user()
    const work = async (email: string): Promise<number> => {
      const before = auth.counts.verified
      expect((await auth.post('/api/auth/login', { email, password: DECOMPOSED })).status).toBe(401)
      return auth.counts.verified - before
    }
    expect(await work(EMAIL)).toBe(await work('nobody@example.com'))
  })
})

test.each([
  // Twelve code points, eight after NFC.
  ['e\u0301e\u0301e\u0301e\u0301abcd', 201],
  ['e\u0301e\u0301e\u0301e\u0301', 422],
  // A character outside the BMP is one.
  ['😀😀😀😀😀😀😀', 422],
  ['😀😀😀😀😀😀😀😀', 201],
  ['half a character \ud83d', 422],
])('the length is counted in code points after NFC: %j', async (password, status) => {
  expect((await auth.post('/api/auth/register', { email: EMAIL, password })).status).toBe(status)
})
