import { describe, expect, test } from 'bun:test'
import { createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Api, createApi, expectError, expectStatus, useServer } from '@koyalite/testkit'
import { type Account, NO_LIMITS, PASSWORD, SCHEMA, signUp, signUpWithApp } from './accounts'

const server = useServer({ command: 'dev', schema: SCHEMA, settings: NO_LIMITS })

type Json = Readonly<Record<string, unknown>>
const encode = (value: Json | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const partsOf = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())) as [Json, Json]
const as = (token: string): Api => createApi(server.process.url, token)

/** The server's own signing key, for tokens that only it could make. */
function signingKey(): { readonly kid: string; readonly key: KeyObject } {
  const { keys } = JSON.parse(readFileSync(server.project.path('data/keys/access-tokens.json'), 'utf8'))
  return { kid: keys[0].kid, key: createPrivateKey({ key: keys[0].jwk, format: 'jwk' }) }
}
function signed(header: Json, payload: Json): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${sign(null, Buffer.from(input), signingKey().key).toString('base64url')}`
}
function withHmac(header: Json, payload: Json, secret: string | Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}
async function expectRefused(token: string): Promise<void> {
  for (const path of ['/api/auth/me', '/api/collections/notes', '/api/admin/users'])
    expectError(await as(token).get(path), 'UNAUTHENTICATED')
}

describe('an access token is refused', () => {
  test('without a signature, whatever it calls that', async () => {
    const [header, payload] = partsOf((await signUp(server)).access)
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'null']) {
      const input = `${encode({ ...header, alg })}.${encode(payload)}`
      for (const token of [input, `${input}.`, `${input}.${encode('x')}`]) await expectRefused(token)
    }
  })

  test('signed with what everybody knows: the public key as a shared secret', async () => {
    const [header, payload] = partsOf((await signUp(server)).access)
    const { keys } = (await server.anonymous.get('/.well-known/jwks.json')).body
    const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.from(`302a300506032b6570032100${Buffer.from(keys[0].x, 'base64url').toString('hex')}`, 'hex').toString('base64')}\n-----END PUBLIC KEY-----\n`
    for (const secret of [Buffer.from(keys[0].x, 'base64url'), keys[0].x, JSON.stringify(keys[0]), pem, '']) {
      await expectRefused(withHmac({ ...header, alg: 'HS256' }, payload, secret))
      await expectRefused(withHmac(header, payload, secret))
    }
  })

  test('under a key of its own choice', async () => {
    const { publicKey, privateKey } = (await crypto.subtle.generateKey('Ed25519', true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair
    const jwk = await crypto.subtle.exportKey('jwk', publicKey)
    const [header, payload] = partsOf((await signUp(server)).access)
    const choices: Json[] = [
      {},
      { jwk },
      { jku: `${server.process.url}/.well-known/jwks.json` },
      { x5u: 'http://127.0.0.1:1/' },
      { crit: ['x'], x: 1 },
    ]
    const kids = [
      header.kid,
      undefined,
      '',
      '../../dev/null',
      '__proto__',
      'constructor',
      0,
      null,
      ['x'],
      "' OR 1=1 --",
    ]
    for (const more of choices) {
      for (const kid of kids) {
        const input = `${encode({ ...header, ...more, kid })}.${encode(payload)}`
        const signature = await crypto.subtle.sign('Ed25519', privateKey, Buffer.from(input))
        await expectRefused(`${input}.${Buffer.from(signature).toString('base64url')}`)
      }
    }
  })

  test('of another issuer, for another audience, of another time, or of no session, though the key is right', async () => {
    const [header, payload] = partsOf((await signUp(server)).access)
    const other = partsOf((await signUp(server)).access)[1]
    expectStatus(await as(signed(header, payload)).get('/api/auth/me'), 200)
    const now = Math.floor(Date.now() / 1000)
    const wrong: Json[] = [
      { iss: 'somebody' },
      { iss: undefined },
      { aud: 'somebody' },
      { aud: undefined },
      { exp: now - 1 },
      { exp: undefined },
      { nbf: now + 3600 },
      { sid: crypto.randomUUID() },
      { sid: undefined },
      { sid: other.sid },
      { sub: other.sub },
      { sub: undefined },
      { kind: 'operator' },
      { kind: 'system' },
      { kind: undefined },
    ]
    for (const change of wrong) await expectRefused(signed(header, { ...payload, ...change }))
  })

  test('with anything changed in it, and in no other form', async () => {
    const { access } = await signUp(server)
    const [head = '', body = '', signature = ''] = access.split('.')
    const raised = encode({ ...partsOf(access)[1], role: 'moderator', kind: 'operator' })
    for (const token of [
      `${head}.${raised}.${signature}`,
      `${head}.${body}`,
      `${access}.x`,
      `${access}x`,
      'x',
      'a.b.c',
      `${head}..${signature}`,
    ])
      await expectRefused(token)
    for (const authorization of [access, `Basic ${access}`, `Bearer`, `Bearer ${access} x`, `Bearer ${access},`])
      expectError(await server.anonymous.get('/api/auth/me', { headers: { authorization } }), 'UNAUTHENTICATED')
  })
})

describe('a secret opens nothing but what it is for', () => {
  test('the question for a second factor is no sign-in', async () => {
    const { email } = await signUpWithApp(server)
    const { mfa_token } = expectStatus(
      await server.anonymous.post('/api/auth/login', { email, password: PASSWORD }),
      200,
    ).body
    await expectRefused(mfa_token)
    expectError(await server.anonymous.post('/api/auth/refresh', { refresh_token: mfa_token }), 'UNAUTHENTICATED')
    for (const [path, refused] of [
      ['/api/auth/magic-link', 401],
      ['/api/auth/password/reset', 400],
      ['/api/auth/email/verify', 400],
      ['/api/admin/password', 403],
    ] as const) {
      const { status } = await server.anonymous.post(path, {
        token: mfa_token,
        ...(path.includes('password') ? { password: PASSWORD } : {}),
      })
      expect([path, status]).toEqual([path, refused])
    }
  })

  test('a refresh token is no access token, nor the other way round', async () => {
    const ann = await signUp(server)
    await expectRefused(ann.refresh)
    expectError(await server.anonymous.post('/api/auth/refresh', { refresh_token: ann.access }), 'UNAUTHENTICATED')
    expectStatus(await ann.api.get('/api/auth/me'), 200)
  })

  test('a token of one session ends with it, and no other', async () => {
    const ann = await signUp(server)
    const second = (await server.anonymous.post('/api/auth/login', { email: ann.email, password: PASSWORD })).body
    expectStatus(await as(second.access_token).post('/api/auth/logout'), 204)
    await expectRefused(second.access_token)
    expectError(
      await server.anonymous.post('/api/auth/refresh', { refresh_token: second.refresh_token }),
      'UNAUTHENTICATED',
    )
    expectStatus(await ann.api.get('/api/auth/me'), 200)
  })
})

describe('acting as a user', () => {
  async function acting(): Promise<{ readonly ann: Account; readonly operator: Api; readonly api: Api }> {
    const ann = await signUp(server)
    const token = /_\/auth\/setup#token=([\w-]+)/.exec(server.process.output())?.[1]
    const owner = { email: 'owner@example.com', password: PASSWORD }
    const setUp = await server.anonymous.post('/api/admin/setup', { token, ...owner })
    const { access_token } =
      setUp.status === 201 ? setUp.body : (await server.anonymous.post('/api/admin/login', owner)).body
    const operator = as(access_token)
    const impersonation = expectStatus(await operator.post(`/api/admin/users/${ann.id}/impersonate`), 201).body
    return { ann, operator, api: as(impersonation.access_token) }
  }

  test('opens nothing of operators, and nothing of credentials', async () => {
    const { ann, api } = await acting()
    expect((await api.get('/api/auth/me')).body.id).toBe(ann.id)
    for (const path of ['users', 'operators', 'keys', 'audit', 'sessions', 'roles', 'mail'])
      expectError(await api.get(`/api/admin/${path}`), 'FORBIDDEN')
    const credentials: [string, Json][] = [
      ['/api/auth/password/change', { current_password: PASSWORD, new_password: `${PASSWORD}0` }],
      ['/api/auth/email/change', { email: 'mine@example.com', password: PASSWORD }],
      ['/api/auth/mfa/totp/enroll', {}],
      ['/api/auth/passkeys/options', { for: 'register' }],
      ['/api/admin/password/change', { current_password: PASSWORD, new_password: `${PASSWORD}0` }],
      ['/api/admin/keys', {}],
      [`/api/admin/users/${ann.id}/impersonate`, {}],
    ]
    for (const [path, body] of credentials) expectError(await api.post(path, body), 'FORBIDDEN')
  })

  test('ends with the session of nobody else, and by the word of the operator who ends it', async () => {
    const { ann, operator, api } = await acting()
    const { sessions } = (await ann.api.get('/api/auth/sessions')).body
    const { id } = sessions.find(({ method }: Json) => method === 'impersonation')
    expectStatus(await operator.delete(`/api/admin/sessions/${id}`), 204)
    expectError(await api.get('/api/auth/me'), 'UNAUTHENTICATED')
    expectStatus(await ann.api.get('/api/auth/me'), 200)
  })
})
