import { describe, expect, test } from 'bun:test'
import { type ApiResponse, createApi, expectError, expectStatus, totpCode, useServer } from '@koyalite/testkit'
import { mailTo, NO_LIMITS, newAddress, PASSWORD, SCHEMA, signUp, signUpWithApp } from './accounts'

const server = useServer({ command: 'dev', schema: SCHEMA, settings: NO_LIMITS })

/** Fifty requests at once. */
const fifty = (ask: (i: number) => Promise<ApiResponse>): Promise<readonly ApiResponse[]> =>
  Promise.all(Array.from({ length: 50 }, (_, i) => ask(i)))
const post = (path: string, body: unknown) => server.anonymous.post(path, body)
/** How many were answered with each status. */
function counted(responses: readonly ApiResponse[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
/** One was let in, and the others refused: at least ten for their code, which locks; whoever comes after that for the lock. */
function expectOneIn(responses: readonly ApiResponse[]): void {
  const { 200: letIn, 401: wrong = 0, 429: locked = 0, ...others } = counted(responses)
  expect([letIn, wrong + locked, others]).toEqual([1, 49, {}])
  expect(wrong).toBeGreaterThanOrEqual(10)
}

describe('of fifty at once', () => {
  test('one registers an address', async () => {
    const email = newAddress()
    const spellings = [email, email.toUpperCase(), ` ${email} `, `\u00a0${email}`]
    const responses = await fifty((i) => post('/api/auth/register', { email: spellings[i % 4], password: PASSWORD }))
    expect(counted(responses)).toEqual({ 201: 1, 409: 49 })
  })

  test('all who renew with one refresh token get the same successor; whoever comes after its use ends the session', async () => {
    const ann = await signUp(server)
    const responses = await fifty(() => post('/api/auth/refresh', { refresh_token: ann.refresh }))
    expect(counted(responses)).toEqual({ 200: 50 })
    const successors = new Set(responses.map(({ body }) => body.refresh_token))
    expect(successors.size).toBe(1)
    const [successor] = successors
    const next = expectStatus(await post('/api/auth/refresh', { refresh_token: successor }), 200).body
    expect(counted(await fifty(() => post('/api/auth/refresh', { refresh_token: ann.refresh })))).toEqual({ 401: 50 })
    expectError(await post('/api/auth/refresh', { refresh_token: next.refresh_token }), 'UNAUTHENTICATED')
    expectError(await ann.api.get('/api/auth/me'), 'UNAUTHENTICATED')
  })

  test.each([
    { link: 'reset a password', ask: '/api/auth/password/forgot', use: '/api/auth/password/reset', refused: 400 },
    { link: 'sign in', ask: '/api/auth/magic-link', use: '/api/auth/magic-link', refused: 401 },
    { link: 'prove an address', ask: '/api/auth/email/resend', use: '/api/auth/email/verify', refused: 400 },
  ])('one may $link under one link', async ({ ask, use, refused }) => {
    const { email } = await signUp(server)
    expectStatus(await post(ask, { email }), 200)
    const { secret: token } = await mailTo(server, email)
    const body = (i: number) => (use.endsWith('reset') ? { token, password: `${PASSWORD} ${i}` } : { token })
    expect(counted(await fifty((i) => post(use, body(i))))).toEqual({ 200: 1, [refused]: 49 })
  })

  test('one changes an address under one link', async () => {
    const ann = await signUp(server)
    const email = newAddress()
    expectStatus(await ann.api.post('/api/auth/email/change', { email, password: PASSWORD }), 200)
    const { secret: token } = await mailTo(server, email)
    expect(counted(await fifty(() => ann.api.post('/api/auth/email/confirm', { token })))).toEqual({ 200: 1, 400: 49 })
    expectStatus(await post('/api/auth/login', { email, password: PASSWORD }), 200)
  })

  test('one signs in with a mailed code', async () => {
    const { email } = await signUp(server)
    expectStatus(await post('/api/auth/otp/request', { email }), 200)
    const { secret: code } = await mailTo(server, email)
    const responses = await fifty(() => post('/api/auth/otp/verify', { email, code }))
    expectOneIn(responses)
    expectStatus(await post('/api/auth/otp/verify', { email, code }), 429)
  })

  test.each(['code', 'recovery_code'])('one signs in with a %s, each with a first step of their own', async (kind) => {
    const { email, secret, recovery } = await signUpWithApp(server)
    const first = await fifty(() => post('/api/auth/login', { email, password: PASSWORD }))
    const factor = kind === 'code' ? { code: totpCode(secret) } : { recovery_code: recovery[0] }
    const responses = await fifty((i) =>
      post('/api/auth/mfa/totp/verify', { mfa_token: first[i]?.body.mfa_token, ...factor }),
    )
    expectOneIn(responses)
  })

  test('one becomes the first operator under the link of the first start, and one chooses a password under theirs', async () => {
    const token = /_\/auth\/setup#token=([\w-]+)/.exec(server.process.output())?.[1]
    expect(token).toBeDefined()
    const responses = await fifty((i) =>
      post('/api/admin/setup', { token, email: `owner${i}@example.com`, password: PASSWORD }),
    )
    expect(counted(responses)).toEqual({ 201: 1, 403: 49 })
    const owner = createApi(server.process.url, responses.find(({ status }) => status === 201)?.body.access_token)
    expect((await owner.get('/api/admin/operators')).body.operators).toHaveLength(1)

    const made = expectStatus(
      await owner.post('/api/admin/operators', { email: newAddress(), role: 'viewer' }),
      201,
    ).body
    const [, link] = made.link.split('#token=')
    const chosen = await fifty((i) => post('/api/admin/password', { token: link, password: `${PASSWORD} ${i}` }))
    expect(counted(chosen)).toEqual({ 200: 1, 403: 49 })
  })

  test('one writes under one idempotency key, and all get its answer', async () => {
    const ann = await signUp(server)
    const text = crypto.randomUUID()
    const responses = await fifty(() => ann.api.post('/api/collections/notes', { text }, { 'idempotency-key': text }))
    expect(counted(responses)).toEqual({ 201: 50 })
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1)
    expect((await server.anonymous.list('notes', { filter: `text:eq:${text}` })).body.docs).toHaveLength(1)
  })
})
