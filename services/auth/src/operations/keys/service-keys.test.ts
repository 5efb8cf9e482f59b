import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type AuthTester, startAuth } from '../../testing/start-auth'
import type { Invalidation } from '../../tokens/verified-tokens'
import { KEY_PREFIX } from './verify-key'

let auth: AuthTester
beforeEach(async () => {
  auth = await startAuth()
})
afterEach(() => auth.close())

const SYSTEM = { system: true }
const make = async (): Promise<{ readonly id: string; readonly key: string }> =>
  (await auth.post('/api/admin/keys', { scopes: [{ scope: 'auth' }] }, SYSTEM)).body

describe('a service key', () => {
  test('is looked up once, then cached: the second request is synchronous', async () => {
    const { key } = await make()
    const headers = new Headers({ authorization: `Bearer ${key}` })
    const query = new URLSearchParams()
    const request = {
      id: 'r',
      ip: '192.0.2.1',
      time: 0,
      method: 'GET',
      path: '/api/x',
      query,
      headers,
      reportRateLimit: () => {},
      isLocal: false,
      credentials: 'checked' as const,
      isUnlimited: false,
    }
    const first = auth.auth.authenticate(request)
    expect(first).toMatchObject({ kind: 'service_key', scopes: [{ scope: 'auth' }] })
    expect(auth.auth.authenticate(request)).toBe(first)
  })

  test('is invalid once it is revoked, and connections that it opened are notified', async () => {
    const [{ id, key }, other] = [await make(), await make()]
    expect((await auth.get('/api/admin/users', { token: key })).status).toBe(200)
    expect(await auth.auth.identify(key)).toMatchObject({ actor: { kind: 'service_key', id }, expiresAt: null })
    const told: Invalidation[] = []
    auth.runtime.verified.subscribe((what) => told.push(what))
    expect((await auth.call('DELETE', `/api/admin/keys/${id}`, undefined, SYSTEM)).status).toBe(204)
    expect(told).toEqual([{ kind: 'service_key', id }])
    expect((await auth.get('/api/admin/users', { token: key })).status).toBe(401)
    expect(auth.auth.identify(key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await auth.get('/api/admin/users', { token: other.key })).status).toBe(200)
  })

  test('of fifty requests in flight while it is revoked, none is served after that', async () => {
    const { id, key } = await make()
    const asked = Array.from({ length: 50 }, () => auth.get('/api/admin/users', { token: key }))
    await auth.call('DELETE', `/api/admin/keys/${id}`, undefined, SYSTEM)
    const later = Array.from({ length: 50 }, () => auth.get('/api/admin/users', { token: key }))
    await Promise.all(asked)
    expect(new Set((await Promise.all(later)).map(({ status }) => status))).toEqual(new Set([401]))
  })

  test('is not a session: neither in a cookie nor if it was never created', async () => {
    const { key } = await make()
    const { shortId } = auth.runtime.instance
    for (const name of [`koyalite_operator_${shortId}`, `koyalite_access_${shortId}`]) {
      const cookie = { headers: { cookie: `${name}=${key}` } }
      expect((await auth.get('/api/admin/users', cookie)).status).toBe(401)
    }
    expect((await auth.get('/api/admin/users', { token: `${KEY_PREFIX}${'x'.repeat(43)}` })).status).toBe(401)
  })
})

test('a key cannot have a scope that this version does not support', async () => {
  for (const scope of ['files']) {
    const body = { scopes: [{ scope: 'data:read' }, { scope }] }
    const { status, body: response } = await auth.post('/api/admin/keys', body, { system: true })
    expect(status).toBe(422)
    expect(response.error.message).toContain(`'${scope}' is not in this version`)
    expect(response.error.details[0].field).toBe('scopes.1.scope')
  }
})

test('a key for functions is limited to functions, and no other key is', async () => {
  const create = (scope: object) => auth.post('/api/admin/keys', { scopes: [scope] }, { system: true })
  const named = { scope: 'functions:invoke', functions: ['report'] }
  expect((await create(named)).body.scopes).toEqual([named])
  for (const wrong of [
    { scope: 'data:read', functions: ['report'] },
    { scope: 'functions:invoke', collections: ['users'] },
    { scope: 'functions:invoke', functions: [] },
  ])
    expect((await create(wrong)).status).toBe(422)
})
