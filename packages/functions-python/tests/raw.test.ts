import { describe, expect, test } from 'bun:test'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

const ECHO = {
  'def handler': `
import hashlib
from koyalite_functions import Response

config = {"route": "/hooks"}

def handler(request, ctx):
    body = request.body()
    if request.path == "/nothing":
        return {"ok": True}
    headers = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2, 3"), ("X-Hash", hashlib.sha256(body).hexdigest()),
               ("Koyalite-Failure", "thrown"), ("X-Seen", f"{request.method} {request.url} {request.headers['host']} {ctx.request.ip}")]
    return Response(body, status=207, headers=headers)
`,
  'async def handler': `
import hashlib
from koyalite_functions import Response

config = {"route": "/hooks"}

async def handler(request, ctx):
    body = request.body()
    if request.path == "/nothing":
        return {"ok": True}
    headers = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2, 3"), ("X-Hash", hashlib.sha256(body).hexdigest()),
               ("Koyalite-Failure", "thrown"), ("X-Seen", f"{request.method} {request.url} {request.headers['host']} {ctx.request.ip}")]
    async def pieces():
        yield body
    return Response(pieces() if len(body) > 100 else body, status=207, headers=headers)
`,
  'an ASGI app': `
import hashlib
from koyalite_functions import current_ctx

config = {"route": "/hooks"}
state = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        assert (await receive())["type"] == "lifespan.startup"
        state.append("started")
        await send({"type": "lifespan.startup.complete"})
        return
    if scope["path"] == "/nothing":
        raise TypeError("a function of an app returns a Response")
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    assert state == ["started"] and scope["koyalite"] is current_ctx()
    host = dict(scope["headers"])[b"host"].decode()
    url = f"{scope['scheme']}://{scope['server'][0]}{scope['raw_path'].decode()}"
    if scope["query_string"]:
        url += "?" + scope["query_string"].decode()
    await send({"type": "http.response.start", "status": 207, "headers": [
        (b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2, 3"), (b"x-hash", hashlib.sha256(body).hexdigest().encode()),
        (b"koyalite-failure", b"thrown"),
        (b"content-length", str(len(body)).encode()),
        (b"x-seen", f"{scope['method']} {url} {host} {scope['client'][0]}".encode())]})
    await send({"type": "http.response.body", "body": body[:3], "more_body": True})
    await send({"type": "http.response.body", "body": body[3:]})
`,
}

describe.skipIf(PYTHON === null).each(Object.entries(ECHO))('%s', (_, source) => {
  test('has the request as it came, byte for byte; its answer comes without what is ours', async () => {
    const instance = await start(source)
    expect(instance.ready).toMatchObject({ kind: 'raw', config: { route: '/hooks' }, input: null, output: null })
    const path = '/hooks/a%20b/c?x=1&x=2&y=%2F'
    const all = Uint8Array.from({ length: 256 }, (_, n) => n)
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
      [all, all],
      [large, large],
      [chunks, large],
      [new Uint8Array(), new Uint8Array()],
    ] as const) {
      const response = await instance.send(path, { method: 'PATCH', body })
      expect(response.status).toBe(207)
      expect(response.headers.get('x-hash')).toBe(new Bun.CryptoHasher('sha256').update(bytes).digest('hex'))
      expect(response.headers.get('x-seen')).toBe(`PATCH https://example.com${path} example.com 203.0.113.7`)
      expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2, 3'])
      expect(response.headers.get('koyalite-failure')).toBeNull()
      expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    }
    const head = await instance.send('/x', { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['0', ''])
    const nothing = await instance.send('/nothing', {})
    expect(nothing.headers.get('koyalite-failure')).toBe('thrown')
    expect(await nothing.json()).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('returns a Response'),
    })
  })
})

describe.skipIf(PYTHON === null)('raw functions', () => {
  test('errors of its own, redirects, and streams that stop when the caller goes', async () => {
    const instance = await start(`
import time
from koyalite_functions import KoyaError, Response

def handler(request, ctx):
    if request.path == "/own":
        raise KoyaError("BAD_SIGNATURE", "not signed", status=401)
    if request.path == "/move":
        return Response(status=302, headers={"Location": "https://example.org/"})
    if request.path == "/split":
        return Response("x", headers={"X": "a\\r\\nb: c"})
    if request.method == "POST":
        return Response(piece.upper() for piece in request.stream())

    def ticks():
        n = 0
        try:
            while True:
                time.sleep(0.001)
                yield f"tick {n};"
                n += 1
        finally:
            print("stopped")
    return Response(ticks())
`)
    const own = await instance.send('/own', {})
    expect(own.headers.get('koyalite-failure')).toBe('error')
    expect(await own.json()).toEqual({ code: 'BAD_SIGNATURE', message: 'not signed', status: 401, details: [] })
    const moved = await instance.send('/move', { redirect: 'manual' })
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://example.org/'])
    expect((await instance.send('/split', {})).headers.get('koyalite-failure')).toBe('thrown')

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
    const call = { execution: 'ticks', deadline: Date.now() + 50, signal: gone.signal }
    const ticks = await instance.send('/ticks', {}, call)
    let seen = ''
    for await (const chunk of ticks.body ?? []) {
      seen += new TextDecoder().decode(chunk)
      // Its deadline is that of the first byte: it streams on after that.
      if (seen.includes('tick 100;')) break
    }
    gone.abort()
    while (instance.logs('ticks').length === 0) await Bun.sleep(5)
    expect(instance.logs('ticks')[0]?.message).toBe('stopped')
  })
})
