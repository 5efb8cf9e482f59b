import { describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import type { HttpSettings } from './http-settings'
import { setUp } from './testing/app-for-tests'

const { send } = setUp()

describe('headers', () => {
  test('every answer has a request id and the security headers', async () => {
    const paths = ['/items/1', '/later', '/nothing', '/bug', '/items/%']
    const ids = new Set<string>()
    for (const path of paths) {
      const { headers } = await send(path)
      ids.add(headers.get('x-request-id') ?? '')
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
      expect(headers.has('strict-transport-security')).toBe(false)
    }
    expect(ids.size).toBe(paths.length)
  })

  test('a sane request id of the caller is kept, another one replaced', async () => {
    const idFor = async (given: string) =>
      (await send('/items/1', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
    expect(await idFor('trace-1:2.3_4')).toBe('trace-1:2.3_4')
    expect(await idFor('has "quotes"')).not.toBe('has "quotes"')
    expect(await idFor('x'.repeat(129))).toHaveLength(36)
  })

  test('a page may have its own policy', async () => {
    const { headers } = await send('/page')
    expect(headers.get('content-type')).toBe('text/html')
    expect(headers.get('content-security-policy')).toBe("default-src 'self'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('an answer without a body has no type', async () => {
    const response = await send('/items/1', { method: 'PUT' })
    expect(response.status).toBe(204)
    expect(response.headers.has('content-type')).toBe(false)
  })

  test('configured ones are added and win', async () => {
    const { send } = setUp({ settings: { headers: { 'X-Frame-Options': 'SAMEORIGIN', 'X-Served-By': 'me' } } })
    const { headers } = await send('/items/1')
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(headers.get('x-served-by')).toBe('me')
  })

  test('strict transport security where users come by TLS', async () => {
    const hsts = async (settings: Partial<HttpSettings>) => {
      const response = await setUp({ settings }).send('/items/1', { headers: { 'x-forwarded-proto': 'https' } })
      return response.headers.has('strict-transport-security')
    }
    expect(await hsts({})).toBe(false)
    expect(await hsts({ trust_proxy: true })).toBe(true)
    expect(await hsts({ url: 'https://localhost' })).toBe(true)
  })
})

describe('other origins', () => {
  const origin = { origin: 'https://app.example.com' }
  const preflight = {
    method: 'OPTIONS',
    headers: { ...origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-mine' },
  }

  test('all may read by default, errors too', async () => {
    for (const path of ['/items/1', '/nothing']) {
      const { headers } = await send(path, { headers: origin })
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toContain('Koyalite-Seq')
      expect(headers.has('access-control-allow-credentials')).toBe(false)
    }
  })

  test('the question beforehand is answered without authentication', async () => {
    const { send } = setUp({
      authenticate: () => {
        throw new AppError('UNAUTHENTICATED', 'no')
      },
    })
    const response = await send('/items/1', preflight)
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-methods')).toContain('PUT')
    expect(response.headers.get('access-control-allow-headers')).toContain('x-mine')
    expect(response.headers.get('access-control-max-age')).toBe('86400')
  })

  test('with a list, those on it only; the answer varies', async () => {
    const cors = { origins: ['https://app.example.com/'], credentials: true }
    const { send } = setUp({ settings: { cors } })
    const good = await send('/items/1', { headers: origin })
    expect(good.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(good.headers.get('access-control-allow-credentials')).toBe('true')
    expect(good.headers.get('vary')).toBe('Origin')
    for (const other of ['https://evil.example.com', 'null', 'https://app.example.com.evil.com']) {
      const bad = await send('/items/1', { headers: { origin: other } })
      expect(bad.headers.has('access-control-allow-origin')).toBe(false)
      expect(bad.headers.get('vary')).toBe('Origin')
      const asked = await send('/items/1', { ...preflight, headers: { ...preflight.headers, origin: other } })
      expect(asked.headers.has('access-control-allow-methods')).toBe(false)
    }
  })

  test('none reads what operators see, whatever the settings say', async () => {
    for (const cors of [
      { origins: ['*'], credentials: false },
      { origins: ['https://app.example.com'], credentials: true },
    ]) {
      const { send } = setUp({ settings: { cors, headers: { 'Access-Control-Allow-Origin': '*' } } })
      for (const path of ['/_/page', '/_/nothing', '/api/admin/thing', '/api/admin/nothing']) {
        const { headers } = await send(path, { headers: origin })
        const names = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
        expect([path, names]).toEqual([path, []])
      }
      for (const path of ['/_/page', '/api/admin/thing']) {
        const asked = await send(path, preflight)
        expect(asked.status).toBe(403)
        expect(asked.headers.has('access-control-allow-origin')).toBe(false)
        expect(asked.headers.has('access-control-allow-methods')).toBe(false)
      }
    }
  })

  test('a plain OPTIONS lists the methods', async () => {
    const response = await send('/items/1', { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('allow')).toContain('GET')
    expect((await send('/nothing', { method: 'OPTIONS' })).status).toBe(404)
  })
})

describe('the name of the server', () => {
  const status = async (authority: string, settings: Partial<HttpSettings> = {}) =>
    (await setUp({ settings }).app.fetch(new Request(`http://${authority}/items/1`), { ip: '127.0.0.1' })).status

  test.each(['localhost', 'localhost:8090', '127.0.0.1:8090', '[::1]:8090', 'app.localhost:1', 'LOCALHOST'])(
    '%s is ours',
    async (name) => {
      expect(await status(name)).toBe(200)
    },
  )

  test.each([
    'evil.example.com',
    'evil.example.com:8090',
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    '192.168.0.1',
    '0.0.0.0:8090',
  ])('%s is refused on a loopback address', async (name) => {
    expect(await status(name)).toBe(403)
  })

  test('the configured one is ours; on other addresses, or behind a proxy, every one is', async () => {
    expect(await status('api.example.com', { url: 'https://api.example.com/base' })).toBe(200)
    expect(await status('evil.example.com', { url: 'https://api.example.com' })).toBe(403)
    expect(await status('any.example.com', { host: '0.0.0.0' })).toBe(200)
    expect(await status('any.example.com', { trust_proxy: true })).toBe(200)
  })
})
