import { describe, expect, test } from 'bun:test'
import { type ApiResponse, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { mailTo, NO_LIMITS, newAddress, PASSWORD, SCHEMA, signUp, signUpWithApp } from './accounts'

const server = useServer({ command: 'dev', schema: SCHEMA, settings: NO_LIMITS })

/** All that a response shows, but for what differs in every response. */
function shown({ status, body, headers }: ApiResponse) {
  const { request_id: _id, timestamp: _at, ...error } = body?.error ?? {}
  const volatile = /^(x-request-id|date|ratelimit-(remaining|reset))$/
  const kept = [...headers].filter(([name]) => !volatile.test(name) && name !== 'content-length')
  return { status, body: body?.error ? { error } : body, headers: kept }
}

describe('an answer tells nobody who exists', () => {
  const server = useServer({ schema: SCHEMA, settings: `${NO_LIMITS}server: { trust_proxy: true }\n` })
  let addresses = 0
  /** As somebody who has not asked before: limits of addresses are not what is looked at. */
  const ask = (path: string, body: unknown) =>
    server.anonymous.post(path, body, { 'x-forwarded-for': `198.51.100.${addresses++}` })

  test('to a wrong password', async () => {
    const [known, blocked, withApp] = [await signUp(server), await signUp(server), await signUpWithApp(server)]
    expectStatus(await server.api.post(`/api/admin/users/${blocked.id}/block`), 200)
    const passwordless = newAddress()
    expectStatus(await server.api.post('/api/admin/users', { email: passwordless }), 201)
    const addresses = [known.email, blocked.email, withApp.email, passwordless, newAddress(), 'no address', '']
    const passwords = ['wrong', '', 'x'.repeat(1_000_000), '\u0000', PASSWORD.toUpperCase()]
    for (const password of passwords) {
      const responses = []
      for (const email of addresses) responses.push(shown(await ask('/api/auth/login', { email, password })))
      for (const response of responses) expect(response).toEqual(responses[0] as (typeof responses)[0])
      expect(responses[0]?.status).toBe(401)
    }
  })

  test.each(['password/forgot', 'magic-link', 'otp/request', 'email/resend'])('to %s', async (path) => {
    const { email } = await signUp(server)
    const responses = []
    for (const address of [email, newAddress(), 'no address', `\u212a${newAddress()}`])
      responses.push(shown(await ask(`/api/auth/${path}`, { email: address })))
    for (const response of responses) expect(response).toEqual(responses[0] as (typeof responses)[0])
    expect(responses[0]?.status).toBe(200)
  })

  test('to a wrong code, asked for or not', async () => {
    const { email } = await signUp(server)
    await ask('/api/auth/otp/request', { email })
    const responses = []
    for (const address of [email, newAddress()])
      responses.push(shown(await ask('/api/auth/otp/verify', { email: address, code: 'wrong' })))
    expect(responses[0]).toEqual(responses[1] as (typeof responses)[0])
  })

  test('to a change of address', async () => {
    const [ann, bob] = [await signUp(server), await signUp(server)]
    const change = async (email: string) =>
      shown(await ann.api.post('/api/auth/email/change', { email, password: PASSWORD }))
    expect(await change(bob.email)).toEqual(await change(newAddress()))
  })
})

/** The mail that a request has sent. */
async function mailOf(email: string, request: () => Promise<ApiResponse>) {
  expectStatus(await request(), 200)
  return mailTo(server, email)
}

describe('an account is one, however its address is spelled', () => {
  const spellings = (email: string) => [
    email.toUpperCase(),
    ` ${email}`,
    `${email}\t`,
    `\u00a0${email}\u3000`,
    email.replace(/^s/, 'S'),
  ]

  test('nobody registers it again', async () => {
    const { email } = await signUp(server)
    for (const spelled of spellings(email))
      expectError(await server.anonymous.post('/api/auth/register', { email: spelled, password: PASSWORD }), 'CONFLICT')
  })

  test('letters that look alike, or become alike, are no way in: mails go where the account is', async () => {
    const email = `kim${newAddress()}`
    const kim = await signUp(server, email)
    // By Unicode's rules the Kelvin sign becomes a k when it is lower-cased: here it is no letter of an address.
    const { secret: token } = await mailOf(email, () =>
      server.anonymous.post('/api/auth/password/forgot', { email: email.toUpperCase() }),
    )
    // Whether it is sent by now is nobody's matter here.
    const sent = async () => (await mailTo(server, email)).text.replace(' · <strong>queued</strong>', '')
    const before = await sent()
    expectStatus(await server.anonymous.post('/api/auth/password/forgot', { email: email.replace('k', '\u212a') }), 200)
    expect(await sent()).toBe(before)
    expectStatus(await server.anonymous.post('/api/auth/password/reset', { token, password: `${PASSWORD}!` }), 200)
    expectError(await kim.api.get('/api/auth/me'), 'UNAUTHENTICATED')
    for (const other of [
      '\u212aim',
      '\uff4bim',
      'k\u0131m',
      'ki\u0307m',
      'k\u0456m',
      'kim\u200b',
      '\u202ekim',
      'kim\u0000',
      'kim\r\nBcc: eve@example.com,',
    ])
      expectError(
        await server.anonymous.post('/api/auth/register', { email: email.replace('kim', other), password: PASSWORD }),
        'VALIDATION_ERROR',
      )
  })

  test('ten wrong passwords lock it, under any spelling and from any address that somebody claims', async () => {
    const { email } = await signUp(server)
    const spelled = [email, ...spellings(email)]
    for (let i = 0; i < 10; i++) {
      const headers = {
        'x-forwarded-for': `203.0.113.${i}`,
        'x-real-ip': `203.0.113.${i}`,
        forwarded: `for=203.0.113.${i}`,
      }
      const attempt = { email: spelled[i % spelled.length], password: 'wrong' }
      expectError(await server.anonymous.post('/api/auth/login', attempt, headers), 'UNAUTHENTICATED')
    }
    for (const one of spelled)
      expectError(
        await server.anonymous.post(
          '/api/auth/login',
          { email: one, password: PASSWORD },
          { 'x-forwarded-for': '198.51.100.7' },
        ),
        'RATE_LIMITED',
      )
  })
})

describe('mails', () => {
  test('lead to this server, whatever a request claims to be sent to', async () => {
    const { email } = await signUp(server)
    const lies = [
      { 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'https' },
      {
        forwarded: 'host=evil.example.com;proto=https',
        'x-original-host': 'evil.example.com',
        'x-host': 'evil.example.com',
      },
      { origin: 'https://evil.example.com', referer: 'https://evil.example.com/' },
    ]
    for (const headers of lies) {
      expectStatus(await server.anonymous.post('/api/auth/password/forgot', { email }, headers), 200)
      const { text } = await mailTo(server, email)
      expect(text).toContain(`${server.process.url}/_/auth/reset-password#token=`)
      expect(text).not.toContain('evil')
    }
    // A browser that was lured here under another name is not answered.
    expectError(
      await server.anonymous.post('/api/auth/password/forgot', { email }, { host: 'evil.example.com' }),
      'FORBIDDEN',
    )
  })

  test('go to one address, and say nothing that a stranger wrote', async () => {
    const email = newAddress()
    const name = '<a href="https://evil.example.com">Click</a>\r\nBcc: eve@example.com'
    expectStatus(await server.anonymous.post('/api/auth/register', { email, password: PASSWORD, name }), 201)
    const { text } = await mailTo(server, email)
    expect(text).not.toContain('evil')
    const admin = (await server.api.get('/api/admin/mail?limit=1')).body.mails
    expect(admin).toMatchObject([{ to: email, template: 'verify_email' }])
    for (const to of [
      `${email},eve@example.com`,
      `${email}\r\nBcc: eve@example.com`,
      `"${email}" <eve@example.com>`,
      [email, 'eve@example.com'],
      { address: email },
    ])
      expect((await server.anonymous.post('/api/auth/register', { email: to, password: PASSWORD })).status).toBe(422)
  })
})
