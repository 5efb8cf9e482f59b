import { afterAll, expect, test } from 'bun:test'
import { connect, parse } from './http-connection'

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const text = await request.text()
    if (request.url.endsWith('/none')) return new Response(null, { status: 204 })
    if (request.url.endsWith('/chunks')) {
      return new Response(
        new ReadableStream({
          start(controller) {
            for (const part of [text, text]) controller.enqueue(new TextEncoder().encode(part))
            controller.close()
          },
        }),
      )
    }
    return new Response(text, { status: 201 })
  },
})
afterAll(() => server.stop(true))

test('answers of every framing come back on one connection, one after the other', async () => {
  const connection = await connect(server.port ?? 0, () => {})
  const ask = (path: string, body: string) =>
    new Promise<readonly [number, string]>((resolve) => {
      const request = Buffer.from(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
      connection.send(request, (status, response) => resolve([status, response.toString()]))
    })
  expect(await ask('/', 'hello')).toEqual([201, 'hello'])
  expect(await ask('/none', 'x')).toEqual([204, ''])
  expect(await ask('/chunks', 'ab')).toEqual([200, 'abab'])
  expect(await ask('/', 'x'.repeat(2_000_000))).toEqual([201, 'x'.repeat(2_000_000)])
  expect(await ask('/', '')).toEqual([201, ''])
  connection.close()
})

test('a prefix of an answer is none', () => {
  const whole = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n')
  for (let length = 0; length < whole.length; length++) expect(parse(whole.subarray(0, length))).toBeUndefined()
  expect(parse(whole)?.body.toString()).toBe('hello')
})

test('a server that goes away is noticed', async () => {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Promise<Response>(() => {}) })
  const lost = Promise.withResolvers<string>()
  const connection = await connect(other.port ?? 0, lost.resolve)
  connection.send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), () => {})
  other.stop(true)
  expect(await lost.promise).toBe('closed')
})
