import { expect } from 'bun:test'
import { expectError, expectStatus } from '@koyalite/testkit'
import { executionOf } from '../world'
import type { Behaviour } from './behaviour'

/** A function over HTTP as it is. */
export const REQUESTS: readonly Behaviour[] = [
  {
    name: 'gets the bytes as they were sent, and gives those that it wants',
    differs: null,
    async run({ server }) {
      const raw = new Uint8Array([0xef, 0xbb, 0xbf, 0x0d, 0x0a, ...Array.from({ length: 256 }, (_, n) => n)])
      const response = await server.anonymous.request('POST', '/bytes/echo', {
        ...{ raw, headers: { 'content-type': 'application/x-odd' } },
      })
      expect(response.headers.get('content-type')).toBe('application/x-odd')
      const sent = await fetch(`${server.process.url}/bytes/echo`, { method: 'POST', body: raw })
      expect(await sent.bytes()).toEqual(raw)
    },
  },
  {
    name: 'passes megabytes through',
    differs: 'the way of bytes in both directions',
    async run({ server }) {
      const raw = new Uint8Array(3_000_000).map((_, n) => n % 251)
      const sent = await fetch(`${server.process.url}/bytes/through`, { method: 'PUT', body: raw })
      expect(Bun.hash(await sent.bytes())).toBe(Bun.hash(raw))
    },
  },
  {
    name: 'sees the method, the path, the query and the headers',
    differs: null,
    async run({ server }) {
      const query = '?x=1&y=%20a&x=2'
      for (const path of ['/bytes', '/bytes/a%2Fb/c', '/api/functions/bytes/d']) {
        const response = await server.anonymous.request('PATCH', path + query, { headers: { 'x-custom': 'given' } })
        expect(expectStatus(response, 202).body).toMatchObject({ method: 'PATCH', path, custom: 'given' })
        expect([...new URLSearchParams(response.body.query)]).toEqual([...new URLSearchParams(query)])
      }
    },
  },
  {
    name: 'answers HEAD',
    differs: null,
    async run({ server }) {
      const response = await server.anonymous.head('/bytes')
      expect([response.status, response.text, response.headers.get('x-answer')]).toEqual([202, '', 'yes'])
    },
  },
  {
    name: 'sets several cookies, and no header that is the server’s',
    differs: null,
    async run({ server }) {
      const { status, headers } = await server.anonymous.get('/bytes/cookies')
      expect(status).toBe(204)
      expect(headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/'])
      expect(headers.get('koyalite-execution')).not.toBe('forged')
    },
  },
  {
    name: 'streams: what it has sent arrives while it still sends',
    differs: 'whether anything on the way holds bytes back',
    async run({ server }) {
      const response = await fetch(`${server.process.url}/bytes/stream`)
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      expect(String(Buffer.from((await reader.read()).value ?? []))).toBe('first')
      expectStatus(await server.anonymous.post('/bytes/release'), 200)
      let rest = ''
      for (let part = await reader.read(); !part.done; part = await reader.read()) rest += Buffer.from(part.value)
      expect(rest).toBe('second')
    },
  },
  {
    name: 'that throws before it answers is an error of the function',
    differs: null,
    async run(world) {
      const response = await world.server.anonymous.get('/bytes/throw')
      expectError(response, 'FUNCTION_ERROR')
      expect((await executionOf(world, response)).error?.message).toContain('of the code')
    },
  },
]
