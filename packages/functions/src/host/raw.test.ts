import { expect, test } from 'bun:test'
import { until } from '@koyalite/testkit'
import { useInstances } from '../testing/use-instances'

const { start } = useInstances()

test('the request as it came, without what is ours', async () => {
  const instance = await start(`
    export const config = { route: '/hooks' }
    export default async function (request, ctx) {
      return Response.json({
        url: request.url, method: request.method, host: request.headers.get('host'), mine: request.headers.get('x-mine'),
        ours: [...request.headers.keys()].filter((name) => name.startsWith('koyalite')), ip: ctx.request.ip,
      }, { status: 207, headers: { 'X-Test': 'a', 'Koyalite-Failure': 'thrown' } })
    }
  `)
  expect(instance.ready).toMatchObject({ kind: 'raw', config: { route: '/hooks' }, input: null, output: null })
  const path = '/hooks/a%20b/c?x=1&x=2&y=%2F'
  const response = await instance.send(path, { method: 'PATCH', headers: { 'x-mine': 'yes' }, body: 'x' })
  expect([response.status, response.headers.get('x-test'), response.headers.get('koyalite-failure')]).toEqual([
    207,
    'a',
    null,
  ])
  expect(await response.json()).toEqual({
    ...{
      url: `https://example.com${path}`,
      method: 'PATCH',
      host: 'example.com',
      mine: 'yes',
      ours: [],
      ip: '203.0.113.7',
    },
  })
})

test('bytes are exact: BOM, CRLF, invalid UTF-8, 10 MB, in chunks', async () => {
  const instance = await start(`
    export default { async fetch(request) {
      const bytes = await request.bytes()
      return new Response(bytes, { headers: { 'X-Hash': Bun.SHA256.hash(bytes, 'hex'), 'Content-Encoding': 'none' } })
    } }
  `)
  const head = new Uint8Array([0xef, 0xbb, 0xbf, 0x31, 0x2e, 0x30, 0x0d, 0x0a, 0xff, 0x00])
  const large = Buffer.alloc(10_000_000, 'ÿ\r\n', 'latin1')
  const chunks = new ReadableStream({
    async start(controller) {
      for (let at = 0; at < large.length; at += 300_000) {
        controller.enqueue(large.subarray(at, at + 300_000))
        await Bun.sleep(0)
      }
      controller.close()
    },
  })
  for (const [body, bytes] of [
    [head, head],
    [large, large],
    [chunks, large],
  ] as const) {
    const response = await instance.send('/raw', { method: 'POST', body })
    expect(response.headers.get('x-hash')).toBe(Bun.SHA256.hash(bytes, 'hex'))
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
  }
})

test('several cookies, HEAD, redirects, errors of its own', async () => {
  const instance = await start(`
    import { KoyaError } from '@koyalite/functions'
    export default (request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/move') return Response.redirect('https://example.org/', 302)
      if (pathname === '/own') throw new KoyaError('BAD_SIGNATURE', 'not signed', { status: 401 })
      if (pathname === '/nothing') return { ok: true }
      const headers = new Headers({ 'Content-Type': 'text/plain' })
      headers.append('Set-Cookie', 'a=1; Path=/')
      headers.append('Set-Cookie', 'b=2, 3')
      return new Response('12345', { headers })
    }
  `)
  const got = await instance.send('/x', {})
  expect(got.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2, 3'])
  const head = await instance.send('/x', { method: 'HEAD' })
  expect([head.headers.get('content-length'), await head.text()]).toEqual(['5', ''])
  const moved = await instance.send('/move', { redirect: 'manual' })
  expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://example.org/'])
  const own = await instance.send('/own', {})
  expect(own.headers.get('koyalite-failure')).toBe('error')
  expect(await own.json()).toEqual({ code: 'BAD_SIGNATURE', message: 'not signed', status: 401, details: [] })
  const nothing = await instance.send('/nothing', {})
  expect(await nothing.json()).toMatchObject({
    name: 'TypeError',
    message: expect.stringContaining('returns a Response'),
  })
})

test('streams both ways, and is told when the caller goes', async () => {
  const instance = await start(`
    export default (request, ctx) => {
      if (request.method === 'POST') {
        return new Response(request.body.pipeThrough(new TransformStream({
          transform(chunk, controller) { controller.enqueue(new TextEncoder().encode(new TextDecoder().decode(chunk).toUpperCase())) },
        })))
      }
      ctx.signal.addEventListener('abort', () => console.log('stopped', ctx.signal.reason.name))
      let n = 0
      return new Response(new ReadableStream({ async pull(controller) { await Bun.sleep(1); controller.enqueue('tick ' + n++ + ';') } }))
    }
  `)
  const upstream = new TransformStream<Uint8Array, Uint8Array>()
  const writer = upstream.writable.getWriter()
  const response = instance.send('/echo', { method: 'POST', body: upstream.readable })
  void writer.write(new TextEncoder().encode('one'))
  const reader = ((await response).body as ReadableStream<Uint8Array>).getReader()
  const read = async () => new TextDecoder().decode((await reader.read()).value)
  expect(await read()).toBe('ONE')
  void writer.write(new TextEncoder().encode('two'))
  expect(await read()).toBe('TWO')
  await writer.close()
  expect((await reader.read()).done).toBe(true)

  const gone = new AbortController()
  const ticks = await instance.send(
    '/ticks',
    {},
    { execution: 'ticks', deadline: Date.now() + 50, signal: gone.signal },
  )
  let seen = ''
  const decoder = new TextDecoder()
  for await (const chunk of ticks.body ?? []) {
    seen += decoder.decode(chunk)
    // Its deadline is that of the first byte: it streams on after that.
    if (seen.includes('tick 100;')) break
  }
  gone.abort()
  await until(() => instance.logs('ticks').length > 0)
  expect(instance.logs('ticks')[0]?.message).toBe('stopped AbortError')
})
