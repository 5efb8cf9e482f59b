import { expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, AppError, SYSTEM } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '../http/route'
import { createRateLimiter, type RateState } from './rate-limiter'
import { createRequestLimits, type RequestLimitSettings } from './request-limits'

const KEY: Actor = { kind: 'service_key', id: 'k1', scopes: [] }
const THREE = { count: 3, per: 60_000 }

function open(settings: RequestLimitSettings) {
  return createRequestLimits(createRateLimiter({ now: () => 0 }), settings)
}
function request(ip: string, path = '/api/x', method = 'GET'): UnidentifiedRequest {
  const rest = {
    query: new URLSearchParams(),
    headers: new Headers(),
    reportRateLimit: () => {},
    isUnlimited: false,
    credentials: 'checked' as const,
  }
  return { id: 'r', ip, isLocal: ip === '127.0.0.1' || ip === '::1', time: 0, method, path, ...rest }
}
function codes(times: number, ask: () => unknown): string[] {
  return Array.from({ length: times }, () => {
    try {
      ask()
      return 'ok'
    } catch (error) {
      return (error as AppError).code
    }
  })
}

test('an address is limited, also where it only guesses tokens', () => {
  const limited = open({ api: THREE }).limited(() => {
    throw new AppError('UNAUTHENTICATED', 'no')
  })
  expect(codes(5, () => limited(request('192.0.2.1')))).toEqual([
    'UNAUTHENTICATED',
    'UNAUTHENTICATED',
    'UNAUTHENTICATED',
    'RATE_LIMITED',
    'RATE_LIMITED',
  ])
  expect(codes(1, () => limited(request('192.0.2.2')))).toEqual(['UNAUTHENTICATED'])
})

test('an account or key is limited, from however many addresses it comes', async () => {
  const limits = open({ api: THREE })
  const limited = limits.limited(() => KEY)
  let host = 0
  expect(codes(4, () => limited(request(`192.0.2.${host++}`)))).toEqual(['ok', 'ok', 'ok', 'RATE_LIMITED'])
  const later = limits.limited(async () => KEY)
  await expect(later(request('192.0.2.99'))).rejects.toThrow('Too many requests')
})

test('a batch counts its operations, in one piece', () => {
  const limits = open({ api: { count: 10, per: 60_000 } })
  const batch = { ...request('192.0.2.1'), actor: KEY }
  limits.charge(batch, 8)
  expect(codes(2, () => limits.charge(batch, 2))).toEqual(['ok', 'RATE_LIMITED'])
  expect(codes(1, () => limits.charge({ ...batch, ip: '192.0.2.2' }, 1))).toEqual(['RATE_LIMITED'])
  expect(codes(1, () => limits.charge({ ...batch, actor: SYSTEM }, 1000))).toEqual(['ok'])
})

test('a route has a limit of its own', () => {
  const limited = open({ api: null, routes: { 'POST /api/functions/:name': THREE, '* /api/files/*': THREE } }).limited(
    () => ANONYMOUS,
  )
  const ask = (method: string, path: string) => codes(4, () => limited(request('192.0.2.1', path, method))).at(-1)
  expect(ask('POST', '/api/functions/hello')).toBe('RATE_LIMITED')
  expect(ask('GET', '/api/functions/hello')).toBe('ok')
  expect(ask('POST', '/api/functions/hello/world')).toBe('ok')
  expect(ask('PUT', '/api/files/a/b/c')).toBe('RATE_LIMITED')
  expect(ask('GET', '/api/files')).toBe('ok')
})

test('without a rate nothing is limited', () => {
  const limited = open({ api: null }).limited(() => KEY)
  expect(codes(5000, () => limited(request('192.0.2.1'))).every((code) => code === 'ok')).toBe(true)
})

test('the default counts nobody on this machine; a limit that was chosen does', () => {
  const byDefault = open({ api: { count: 1000, per: 60_000 } }).limited(() => ANONYMOUS)
  expect(new Set(codes(1500, () => byDefault(request('127.0.0.1'))))).toEqual(new Set(['ok']))
  expect(codes(1001, () => byDefault(request('192.0.2.1'))).at(-1)).toBe('RATE_LIMITED')
  const routes = { 'GET /api/x': THREE }
  const ofRoute = open({ api: { count: 1000, per: 60_000 }, routes }).limited(() => ANONYMOUS)
  expect(codes(4, () => ofRoute(request('127.0.0.1'))).at(-1)).toBe('RATE_LIMITED')
  const chosen = open({ api: THREE }).limited(() => ANONYMOUS)
  expect(codes(4, () => chosen(request('::1'))).at(-1)).toBe('RATE_LIMITED')
})

test('behind a proxy on this machine that is not believed, everybody is counted together, by the default too', () => {
  const limited = open({ api: { count: 1000, per: 60_000 } }).limited(() => ANONYMOUS)
  expect(codes(1001, () => limited({ ...request('127.0.0.1'), isLocal: false })).at(-1)).toBe('RATE_LIMITED')
})

test('callers on this machine are told in dev, and not limited', () => {
  const limited = open({ api: THREE, routes: { 'GET /api/x': THREE } }).limited(() => ANONYMOUS)
  const told: number[] = []
  const local = {
    ...request('127.0.0.1'),
    isUnlimited: true,
    reportRateLimit: (state: RateState) => told.push(state.remaining),
  }
  expect(new Set(codes(6, () => limited(local)))).toEqual(new Set(['ok']))
  expect(told).toEqual([2, 1, 0, 0, 0, 0])
})
