import { afterAll, expect, test } from 'bun:test'
import { parseResponse, rawRequest } from './raw-http'

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request) =>
    new URL(request.url).pathname === '/stream'
      ? new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode('{"a":'))
              controller.enqueue(new TextEncoder().encode('"é"}'))
              controller.close()
            },
          }),
        )
      : Response.json({ method: request.method }, { status: 201, headers: { 'x-one': '1' } }),
})
const port = server.port ?? 0
afterAll(() => server.stop(true))

test('reads an answer with a length', async () => {
  const outcome = await rawRequest(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  if (outcome.kind !== 'response') throw new Error(outcome.kind)
  expect(outcome.response.status).toBe(201)
  expect(outcome.response.headers.get('x-one')).toBe('1')
  expect(outcome.response.body).toEqual({ method: 'GET' })
})

test('reads an answer in chunks', async () => {
  const outcome = await rawRequest(port, 'GET /stream HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(outcome.kind === 'response' && outcome.response.body).toEqual({ a: 'é' })
})

test('reads the answer to HEAD, which has a length and no body', async () => {
  const outcome = await rawRequest(port, 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n', { bodiless: true })
  expect(outcome.kind === 'response' && outcome.response.status).toBe(201)
})

test('says so when nothing comes', async () => {
  const outcome = await rawRequest(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Le', { hangsAfterMs: 50 })
  expect(outcome.kind).toBe('hang')
})

test('every prefix of an answer is incomplete, whatever its framing', () => {
  const chunked = Buffer.from(
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n',
  )
  const sized = Buffer.from('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc')
  for (const whole of [chunked, sized]) {
    for (let length = 0; length < whole.length; length++) {
      expect(parseResponse(whole.subarray(0, length), false, false)).toBeUndefined()
    }
    expect(parseResponse(whole, false, false)?.text).toStartWith('abc')
  }
})
