import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANONYMOUS, ANYONE, AppError, NotPrimaryError } from '@koyalite/contracts'
import { createHttpApp, type HttpApp } from '../http/http-app'
import type { Route } from '../http/route'
import { NO_LOG } from '../log/log'
import { createHttpMetrics, type HttpMetrics } from '../metrics/http-metrics'
import { createForwarder, type Forwarder, serveForwarded } from './forwarding'
import { serve } from './serve'

const dir = mkdtempSync(join(tmpdir(), 'koyalite forwarding '))
afterAll(() => rmSync(dir, { recursive: true }))

const MAX_BODY = 1_000_000

/** The same routes in both processes; each says who it is. */
function routesOf(who: 'writer' | 'reader'): readonly Route[] {
  const say = (request: { ip: string; id: string; headers: Headers }) => ({
    status: 200,
    body: JSON.stringify({ who, ip: request.ip, id: request.id, headers: Object.fromEntries(request.headers) }),
  })
  return [
    { method: 'GET', path: '/read', access: ANYONE, handle: say },
    { method: 'GET', path: '/marked', access: ANYONE, writes: true, handle: say },
    {
      method: 'GET',
      path: '/turns-out',
      access: ANYONE,
      handle(request) {
        if (who === 'reader') throw new NotPrimaryError()
        return say(request)
      },
    },
    {
      method: 'GET',
      path: '/turns-out-later',
      access: ANYONE,
      async handle(request) {
        if (who === 'reader') throw new NotPrimaryError()
        return say(request)
      },
    },
    {
      method: 'POST',
      path: '/length',
      access: ANYONE,
      async handle(request) {
        const bytes = await request.bytes()
        const sum = Bun.hash(bytes).toString()
        return { status: 201, body: JSON.stringify({ who, length: bytes.byteLength, sum }), headers: { etag: '"x"' } }
      },
    },
    {
      method: 'POST',
      path: '/refused',
      access: ANYONE,
      handle() {
        throw new AppError('FORBIDDEN', 'not you')
      },
    },
    {
      method: 'POST',
      path: '/redirect',
      access: ANYONE,
      handle: () => ({ status: 302, body: null, headers: { location: '/read' } }),
    },
    {
      method: 'POST',
      path: '/compressed',
      access: ANYONE,
      handle: () => ({ status: 200, body: Bun.gzipSync('"text"'), headers: { 'content-encoding': 'gzip' } }),
    },
    ...(who === 'writer' ? [{ method: 'POST', path: '/only-there', access: ANYONE, handle: say } as const] : []),
    {
      method: 'GET',
      path: '/pieces',
      access: ANYONE,
      writes: true,
      handle: () =>
        new Response(
          new ReadableStream({
            async start(controller) {
              for (let i = 0; i < 3; i++) {
                controller.enqueue(new TextEncoder().encode(`${i}\n`))
                await new Promise(setImmediate)
              }
              controller.close()
            },
          }),
        ),
    },
  ]
}

function appOf(who: 'writer' | 'reader', metrics: HttpMetrics, forward?: Forwarder, all = () => false): HttpApp {
  return createHttpApp({
    routes: routesOf(who),
    settings: {
      host: '127.0.0.1',
      url: null,
      cors: { origins: ['*'], credentials: false },
      headers: {},
      max_body: MAX_BODY,
      trust_proxy: false,
    },
    log: NO_LOG,
    metrics,
    authenticate: () => ANONYMOUS,
    ...(forward === undefined ? {} : { forward: { send: forward.send, all } }),
  })
}

let count = 0

async function withBoth(use: (both: Both) => Promise<void>, all = () => false): Promise<void> {
  const path = join(dir, `${++count}.sock`)
  const [writerMetrics, readerMetrics] = [createHttpMetrics(), createHttpMetrics()]
  const writerApp = appOf('writer', writerMetrics)
  const writer = serveForwarded({ path, app: () => writerApp })
  const readerApp = appOf('reader', readerMetrics, createForwarder(path), all)
  const reader = serve({ host: '127.0.0.1', port: 0, app: () => readerApp })
  try {
    await use({ url: reader.url, path, writerMetrics, readerMetrics, stopWriter: () => writer.close(0) })
  } finally {
    await reader.close(0)
    await writer.close(0)
  }
}

interface Both {
  readonly url: string
  readonly path: string
  readonly writerMetrics: HttpMetrics
  readonly readerMetrics: HttpMetrics
  stopWriter(): Promise<void>
}

describe('forwarding', () => {
  test('reads are answered here, what writes by the other process; each is counted once, where it was answered', () =>
    withBoth(async ({ url, writerMetrics, readerMetrics }) => {
      const who = async (path: string) => ((await (await fetch(url + path)).json()) as { who: string }).who
      expect(await who('/read')).toBe('reader')
      expect(await who('/marked')).toBe('writer')
      expect(await who('/turns-out')).toBe('writer')
      expect(await who('/turns-out-later')).toBe('writer')
      expect([readerMetrics.answered(), readerMetrics.inFlight()]).toEqual([1, 0])
      expect([writerMetrics.answered(), writerMetrics.inFlight()]).toEqual([3, 0])
      expect((await fetch(`${url}/read`, { method: 'POST' })).status).toBe(405)
      expect(writerMetrics.answered()).toBe(3)
      const there = await fetch(`${url}/only-there`, { method: 'POST' })
      expect([there.status, ((await there.json()) as { who: string }).who]).toEqual([200, 'writer'])
      expect((await fetch(`${url}/nothing`)).status).toBe(404)
    }))

  test('all of them can be passed on', () =>
    withBoth(
      async ({ url }) => expect(await (await fetch(`${url}/read`)).json()).toMatchObject({ who: 'writer' }),
      () => true,
    ))

  test('the other process gets the id and the address; callers cannot claim one', () =>
    withBoth(async ({ url }) => {
      const headers = { 'koyalite-client-ip': '192.0.2.1', 'x-request-id': 'mine', 'x-forwarded-for': '192.0.2.2' }
      const response = await fetch(`${url}/marked?x=%20`, { headers: { ...headers, 'x-kept': 'yes' } })
      expect(response.headers.get('x-request-id')).toBe('mine')
      const seen = (await response.json()) as { ip: string; id: string; headers: Record<string, string> }
      expect(seen).toMatchObject({ ip: '127.0.0.1', id: 'mine', headers: { 'x-kept': 'yes', host: new URL(url).host } })
      expect(seen.headers).not.toHaveProperty('koyalite-client-ip')
      const fresh = await fetch(`${url}/marked`)
      expect(fresh.headers.get('x-request-id')).toBe(((await fresh.json()) as { id: string }).id)
    }))

  test('the socket is its owner’s', () => withBoth(async ({ path }) => expect(statSync(path).mode & 0o777).toBe(0o600)))

  for (const size of [0, 1, 256 * 1024, 256 * 1024 + 1, MAX_BODY]) {
    test(`a body of ${size} bytes arrives, with its length announced or without`, () =>
      withBoth(async ({ url }) => {
        const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)))
        const body = new Uint8Array(size).map((_, i) => bytes[i % bytes.length] ?? 0)
        const pieces = new Blob([body]).stream()
        for (const sent of [body, pieces]) {
          const response = await fetch(`${url}/length`, { method: 'POST', body: sent })
          expect([response.status, response.headers.get('etag')]).toEqual([201, '"x"'])
          const expected = { who: 'writer', length: size, sum: Bun.hash(body).toString() }
          expect(await response.json()).toEqual(expected)
        }
      }))
  }

  test('a body that is too large is refused, announced or not', () =>
    withBoth(async ({ url }) => {
      const body = new Uint8Array(MAX_BODY + 1)
      for (const sent of [body, new Blob([body]).stream()]) {
        const response = await fetch(`${url}/length`, { method: 'POST', body: sent })
        expect(response.status).toBe(413)
        expect(await response.json()).toMatchObject({ error: { code: 'PAYLOAD_TOO_LARGE' } })
      }
    }))

  test('answers come back as they are: errors, redirects, compressed ones, HEAD, streams', () =>
    withBoth(async ({ url }) => {
      const send = (path: string, init: RequestInit = {}) =>
        fetch(url + path, { method: 'POST', redirect: 'manual', ...init })
      const refused = await send('/refused')
      expect(refused.status).toBe(403)
      expect(refused.headers.get('access-control-allow-origin')).toBe('*')
      expect(await refused.json()).toMatchObject({ error: { code: 'FORBIDDEN', message: 'not you' } })
      const redirect = await send('/redirect')
      expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/read'])
      const compressed = await send('/compressed')
      expect(compressed.headers.get('content-encoding')).toBe('gzip')
      expect(await compressed.text()).toBe('"text"')
      const head = await send('/marked', { method: 'HEAD' })
      expect([head.status, Number(head.headers.get('content-length')) > 10]).toEqual([200, true])
      expect(await (await send('/pieces', { method: 'GET' })).text()).toBe('0\n1\n2\n')
    }))

  test('many at once keep apart', () =>
    withBoth(async ({ url }) => {
      const responses = Array.from({ length: 200 }, async (_, i) => {
        const response = await fetch(`${url}/length`, { method: 'POST', body: new Uint8Array(i * 10) })
        return ((await response.json()) as { length: number }).length
      })
      expect(await Promise.all(responses)).toEqual(Array.from(responses, (_, i) => i * 10))
    }))

  test('where the other process is away, that is said in the shape of errors, and reads go on', () =>
    withBoth(async ({ url, stopWriter }) => {
      await fetch(`${url}/marked`)
      await stopWriter()
      const response = await fetch(`${url}/length`, { method: 'POST', body: 'x' })
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
      const { error } = (await response.json()) as { error: { code: string; message: string; request_id: string } }
      expect(error).toMatchObject({ code: 'UNAVAILABLE', request_id: response.headers.get('x-request-id') as string })
      expect(error.message).toContain('try again')
      expect((await fetch(`${url}/read`)).status).toBe(200)
    }))
})
