import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { openSecretBox } from '@koyalite/kernel'
import { Secret, TOTP } from 'otpauth'
import { openAuthRuntime } from '../../auth-runtime'
import { type AuthTester, authParts, PASSWORD, startAuth } from '../../testing/start-auth'
import { resealSecrets } from './reseal-secrets'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const SYSTEM = { system: true }
const EMAIL = 'ann@example.com'

/** Everything that is stored, as text. */
function stored(): string {
  const tables = auth.database.all({ text: `SELECT "name" FROM sqlite_schema WHERE "type" = 'table'`, params: [] })
  return JSON.stringify(tables.map(([name]) => auth.database.all({ text: `SELECT * FROM "${name}"`, params: [] })))
}
const storedTotp = () => auth.database.get({ text: 'SELECT "secret" FROM "_koyalite_totp"', params: [] })?.[0] as string
const storeTotp = (secret: string) =>
  auth.database.write((tx) => tx.run({ text: 'UPDATE "_koyalite_totp" SET "secret" = ?', params: [secret] }))
const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: auth.clock.now })

/** A user with an app; returns its secret and the recovery codes. */
async function withApp(): Promise<{ readonly secret: string; readonly recovery: readonly string[] }> {
  const { access: token } = await auth.user(EMAIL)
  const { secret } = (await auth.post('/api/auth/mfa/totp/enroll', {}, { token })).body
  const { body } = await auth.post('/api/auth/mfa/totp/activate', { code: codeOf(secret) }, { token })
  auth.clock.now += 30_000
  return { secret, recovery: body.recovery_codes }
}
async function secondStep(factor: object): Promise<number> {
  const { mfa_token } = (await auth.post('/api/auth/login', { email: EMAIL, password: PASSWORD })).body
  return (await auth.post('/api/auth/mfa/totp/verify', { mfa_token, ...factor })).status
}

describe('the database alone reveals', () => {
  test('no secret of an app, and no recovery code', async () => {
    const { secret, recovery } = await withApp()
    for (const text of [secret, ...recovery, ...recovery.map((code) => code.replaceAll('-', ''))])
      expect(stored()).not.toContain(text)
    expect(await secondStep({ code: codeOf(secret) })).toBe(200)
  })

  test('no mailed code, not even by brute force', async () => {
    await auth.user(EMAIL)
    await auth.post('/api/auth/otp/request', { email: EMAIL })
    const data = auth.database.get({
      text: `SELECT "data" FROM "_koyalite_one_time_tokens" WHERE "purpose" = 'otp'`,
      params: [],
    })
    expect(JSON.parse(String(data?.[0]))).toStartWith('sealed:')
    expect((await auth.post('/api/auth/otp/verify', { email: EMAIL, code: auth.token(EMAIL) })).status).toBe(200)
  })

  test('nothing that redeems the code of a provider', async () => {
    await auth.close()
    const settings = { 'auth.oauth.github.client_id': 'koyalite', 'auth.oauth.github.client_secret': 'secret' }
    auth = await startAuth({ settings })
    const location = new URL((await auth.get('/api/auth/oauth/github')).headers.get('location') ?? '')
    const challenge = location.searchParams.get('code_challenge') ?? ''
    const challengeOf = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('base64url')
    expect(challenge).toHaveLength(43)
    const all = stored()
    expect(all).not.toContain(location.searchParams.get('state') ?? '')
    for (const text of all.match(/[\w.~-]{43,128}/g) ?? []) expect(challengeOf(text)).not.toBe(challenge)
  })
})

describe('a secret that was stored before', () => {
  test('in plaintext is sealed when the database is opened', async () => {
    const { secret } = await withApp()
    await storeTotp(secret)
    const runtime = await openAuthRuntime({ database: auth.database, keysDir: null, ...(await authParts()) })
    expect(storedTotp()).toStartWith('sealed:')
    expect(stored()).not.toContain(secret)
    await runtime.close()
  })

  test('signs in as before once it is sealed', async () => {
    const { secret } = await withApp()
    await storeTotp(secret)
    expect(await secondStep({ code: codeOf(secret) })).toBe(401)
    await resealSecrets(auth.database, auth.runtime.secrets)
    expect(await secondStep({ code: codeOf(secret) })).toBe(200)
  })

  test('under an earlier key is sealed again when an operator creates a new key', async () => {
    const { secret } = await withApp()
    const before = storedTotp()
    const rotated = await auth.post('/api/admin/secret-keys/rotate', undefined, SYSTEM)
    expect(rotated.status).toBe(200)
    expect(auth.events.at(-1)).toMatchObject({ event: 'key.secret_key_rotated' })
    expect(auth.runtime.secrets.isCurrent(before)).toBe(false)
    expect(auth.runtime.secrets.isCurrent(storedTotp())).toBe(true)
    expect(await secondStep({ code: codeOf(secret) })).toBe(200)
  })

  test('under a lost key stays, is unreadable, and leaves the recovery codes usable', async () => {
    const { secret, recovery } = await withApp()
    await storeTotp((await openSecretBox({ dir: null })).seal(secret, 'totp x'))
    const lost = storedTotp()
    await resealSecrets(auth.database, auth.runtime.secrets)
    expect(storedTotp()).toBe(lost)
    expect(await secondStep({ code: codeOf(secret) })).toBe(401)
    expect(await secondStep({ recovery_code: recovery[0] })).toBe(200)
  })

  test('of one user is useless in the row of another', async () => {
    const { secret } = await withApp()
    const { access: token } = await auth.user('eve@example.com')
    await auth.post('/api/auth/mfa/totp/enroll', {}, { token })
    await storeTotp(storedTotp())
    const activated = await auth.post('/api/auth/mfa/totp/activate', { code: codeOf(secret) }, { token })
    expect(activated.status).toBe(422)
  })
})
