import { afterEach, describe, expect, test } from 'bun:test'
import { expectStatus, rawRequest, useServer } from '@koyalite/testkit'
import { createRandom } from '../fixtures/random'
import { NOTES } from '../fixtures/schemas'

const SEED = Number(process.env.KOYALITE_FUZZ_SEED ?? Date.now() % 1_000_000)
const server = useServer({ schema: NOTES })
afterEach(async () => {
  expectStatus(await server.anonymous.get('/health/ready'), 200)
})

const head = 'POST /api/collections/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
const note = '{"text":"smuggled"}'

describe('bytes that are no request, or half of one, end in a 4xx or a closed connection, and write nothing', () => {
  const CASES: readonly (readonly [name: string, bytes: string])[] = [
    ['nothing', ''],
    ['a blank line', '\r\n\r\n'],
    ['noise', '\u0000\u0001\u0002\u00ff\u00fe'],
    ['a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /\r\n\r\n'],
    ['HTTP/9', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['no target', 'GET  HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\u0000y\r\n\r\n'],
    ['a header of a megabyte', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(1_000_000)}\r\n\r\n`],
    ['ten thousand headers', `GET / HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(10_000)}\r\n`],
    ['a target of a megabyte', `GET /${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['half a body', `${head}Content-Length: 500\r\n\r\n${note}`],
    ['a negative length', `${head}Content-Length: -1\r\n\r\n${note}`],
    ['a length that is none', `${head}Content-Length: many\r\n\r\n${note}`],
    ['a length beyond all', `${head}Content-Length: 99999999999999999999\r\n\r\n${note}`],
    ['two lengths', `${head}Content-Length: 5\r\nContent-Length: 19\r\n\r\n${note}`],
    ['a length and chunks', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n${note}\r\n0\r\n\r\n`],
    ['a chunk that lies', `${head}Transfer-Encoding: chunked\r\n\r\nffffff\r\n${note}`],
    ['a chunk size that is none', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n${note}\r\n0\r\n\r\n`],
    ['a chunk size beyond all', `${head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${note}\r\n0\r\n\r\n`],
    ['an unknown transfer encoding', `${head}Transfer-Encoding: smoke\r\n\r\n${note}`],
    ['garbage after a request', `GET /health HTTP/1.1\r\nHost: x\r\n\r\n\u0000\u00ffgarbage`],
  ]
  for (const [name, bytes] of CASES) {
    test(name, async () => {
      const before = (await server.anonymous.list('notes', { count: true, limit: 1 })).body.total
      const outcome = await rawRequest(server.process.port, bytes, { endsAfter: true })
      expect(outcome.kind).not.toBe('hang')
      const status = outcome.kind === 'response' ? outcome.response.status : 400
      expect(isRefusal(status) || status < 400, `status ${status}`).toBe(true)
      const { total } = (await server.anonymous.list('notes', { count: true, limit: 1 })).body
      // Where the framing can be read in two ways, a server may take one; then it must have answered so.
      expect(total).toBe(status < 300 && bytes.startsWith('POST') ? before + 1 : before)
    })
  }
})

test('random bytes, many times', async () => {
  console.log(`seed ${SEED} (KOYALITE_FUZZ_SEED)`)
  const random = createRandom(SEED)
  for (let n = 0; n < 300; n++) {
    const outcome = await rawRequest(server.process.port, random.bytes(random.int(1, 300)), { endsAfter: true })
    expect(outcome.kind).not.toBe('hang')
    if (outcome.kind === 'response')
      expect(isRefusal(outcome.response.status), `status ${outcome.response.status}`).toBe(true)
  }
})

/** 505 is the one 5xx that is the client's fault: a version of HTTP that nobody speaks. */
function isRefusal(status: number): boolean {
  return (status >= 400 && status < 500) || status === 505
}

test('connections that say nothing do not keep others from being served', async () => {
  const silent = await Promise.all(
    Array.from({ length: 200 }, () =>
      Bun.connect({ hostname: '127.0.0.1', port: server.process.port, socket: { data() {} } }),
    ),
  )
  for (const socket of silent) socket.write('GET /hea')
  expectStatus(await server.anonymous.post('/api/collections/notes', { text: 'served' }), 201)
  for (const socket of silent) socket.terminate()
})

test('a client that goes away in the middle of its request harms nobody', async () => {
  const body = JSON.stringify(Array.from({ length: 200 }, () => ({ text: 'gone' })))
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket = await Bun.connect({ hostname: '127.0.0.1', port: server.process.port, socket: { data() {} } })
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
      socket.terminate()
    }),
  )
  const { total } = expectStatus(
    await server.anonymous.list('notes', { filter: 'text:eq:gone', count: true, limit: 1 }),
    200,
  ).body
  expect(total % 200, 'an array is all or none').toBe(0)
})
