import { beforeAll, describe, expect, test } from 'bun:test'
import { createApi, expectStatus, totpCode, useServer } from '@koyalite/testkit'
import { ageSessions } from '../fixtures/age-sessions'
import { createOperators, OPERATOR_PASSWORD, type TestOperator } from '../fixtures/operators'
import { runSql } from './sql-lines'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
`
const TEN_MINUTES = 10 * 60_000
const PROOF = '/api/admin/session/proof'

describe('a write by SQL needs a fresh proof', () => {
  const server = useServer({ schema: SCHEMA, settings: 'auth: { rate_limit: { login: 1000/second } }' })
  let operators: readonly TestOperator[] = []
  const operatorOf = (role: string): TestOperator => {
    const found = operators.find((one) => one.role === role)
    if (found === undefined) throw new Error(`no ${role}`)
    return found
  }
  const write = (headers: Readonly<Record<string, string>>, mode = 'write') =>
    runSql(server, headers, { sql: `INSERT INTO posts (title) VALUES ('x')`, mode })
  const prove = (headers: Readonly<Record<string, string>>, proof: object) =>
    fetch(`${server.process.url}${PROOF}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(proof),
    })
  const count = async () => expectStatus(await server.api.get('/api/collections/posts?limit=500'), 200).body.docs.length
  const missing = (code: string) => ({
    status: 403,
    error: { code: 'FORBIDDEN', details: [{ field: 'session', code }] },
  })
  beforeAll(async () => {
    operators = await createOperators(server, 'admin', 'editor', 'viewer')
  }, 60_000)

  test('the sign-in is one for ten minutes; then nothing is written, and reads and dry runs go on', async () => {
    const { headers } = operatorOf('admin')
    expect((await write(headers)).error).toBeNull()
    ageSessions(server, TEN_MINUTES)
    const before = await count()
    expect(await write(headers)).toMatchObject(missing('password_required'))
    expect((await write(headers, 'dry_run')).error).toBeNull()
    expect((await runSql(server, headers, { sql: 'SELECT 1' })).rows).toEqual([[1]])
    expect(await count()).toBe(before)
  })

  test('the password proves it, for that session alone, and is recorded; a wrong one does not', async () => {
    const { headers, email } = operatorOf('admin')
    const { access_token } = expectStatus(
      await server.anonymous.post('/api/admin/login', { email, password: OPERATOR_PASSWORD }),
      200,
    ).body
    ageSessions(server, TEN_MINUTES)
    const other = { authorization: `Bearer ${access_token}` }
    expect((await prove(headers, { password: 'not this one' })).status).toBe(422)
    expect(await write(headers)).toMatchObject(missing('password_required'))
    expect((await prove(headers, { password: OPERATOR_PASSWORD })).status).toBe(200)
    expect((await write(headers)).error).toBeNull()
    // A token is a session too: of another sign-in.
    expect(await write(other)).toMatchObject(missing('password_required'))
    const { entries } = expectStatus(await server.api.get('/api/admin/audit?limit=20'), 200).body
    expect(entries).toContainEqual(
      expect.objectContaining({
        event: 'admin.session_proved',
        actor: expect.objectContaining({ name: email }),
        details: expect.objectContaining({ method: 'password' }),
      }),
    )
    expect(JSON.stringify(entries)).not.toContain(OPERATOR_PASSWORD)
    ageSessions(server, TEN_MINUTES)
    expect(await write(headers)).toMatchObject(missing('password_required'))
  })

  test('where there is a second factor, only that counts', async () => {
    const { email } = operatorOf('owner')
    const { access_token } = expectStatus(
      await server.anonymous.post('/api/admin/login', { email, password: OPERATOR_PASSWORD }),
      200,
    ).body
    const headers = { authorization: `Bearer ${access_token}` }
    const api = createApi(server.process.url, access_token)
    expect((await write(headers)).error).toBeNull()
    const { secret } = expectStatus(await api.post('/api/admin/mfa/totp/enroll'), 200).body
    const { recovery_codes } = expectStatus(
      await api.post('/api/admin/mfa/totp/activate', { code: totpCode(secret, -1) }),
      200,
    ).body
    // However fresh the sign-in is: it was by the password alone.
    expect(await write(headers)).toMatchObject(missing('second_factor_required'))
    expect((await prove(headers, { password: OPERATOR_PASSWORD })).status).toBe(403)
    expect((await prove(headers, { code: '000000' })).status).toBe(422)
    expect(await write(headers)).toMatchObject(missing('second_factor_required'))
    const code = totpCode(secret)
    expect((await prove(headers, { code })).status).toBe(200)
    expect((await write(headers)).error).toBeNull()
    ageSessions(server, TEN_MINUTES)
    expect((await prove(headers, { code })).status).toBe(422)
    expect((await prove(headers, { recovery_code: recovery_codes[0] })).status).toBe(200)
    expect((await write(headers)).error).toBeNull()
  })

  test('no proof makes a role, a key or a page of another site write', async () => {
    const before = await count()
    for (const role of ['editor', 'viewer']) {
      const { headers } = operatorOf(role)
      expect((await prove(headers, { password: OPERATOR_PASSWORD })).status).toBe(200)
      const { status, error } = await write(headers)
      expect([status, JSON.stringify(error).includes('_required')]).toEqual([403, false])
    }
    const key = { authorization: `Bearer ${server.key}` }
    expect((await prove(key, { password: OPERATOR_PASSWORD })).status).toBe(403)
    expect((await write(key)).status).toBe(403)
    const { cookie = '' } = operatorOf('admin').headers
    expect((await prove({ cookie }, { password: OPERATOR_PASSWORD })).status).toBe(403)
    expect((await prove({}, { password: OPERATOR_PASSWORD })).status).toBe(401)
    expect(await count()).toBe(before)
  })
})
