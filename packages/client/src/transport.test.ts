import { describe, expect, spyOn, test } from 'bun:test'
import { compareSeq, createData, KoyaError } from './data'
import { metadata } from './testing/blog'
import { failure, useData } from './testing/use-data'

const { server, client, behind } = useData()

describe('requests', () => {
  test('any route, and the position of the last answer', async () => {
    const koya = client()
    expect(koya.lastSeq).toBeUndefined()
    await koya.posts.create({ title: 'seq' })
    const before = koya.lastSeq ?? ''
    await koya.posts.create({ title: 'seq' })
    expect(compareSeq(before, koya.lastSeq ?? '')).toBe(-1)
    expect(await koya.request<object>('GET', '/api/collections/posts', { query: { limit: 1 } })).toHaveProperty('docs')
    expect((await failure(() => koya.request('POST', '/api/batch', { body: {} }))).status).toBe(400)
  })

  test('positions of one history are compared by value, others not', () => {
    expect(compareSeq('a.9', 'a.10')).toBe(-1)
    expect(compareSeq('a.b.10', 'a.b.9')).toBe(1)
    expect(compareSeq('a.1', 'a.1')).toBe(0)
    for (const other of ['b.1', 'a', 'a.', 'a.x', '.1', '']) expect(compareSeq('a.1', other)).toBeUndefined()
  })

  test('A3: lost answers leave one document each, and every call its first answer', async () => {
    const keys = new Set<string>()
    const { koya, proxy } = behind((_, { key }) => {
      if (key === null || keys.has(key)) return undefined
      keys.add(key)
      return keys.size % 2 === 0 ? 'drop' : undefined
    })
    const counter = await client().posts.create({ title: 'counter' })
    const created = await Promise.all(Array.from({ length: 100 }, (_, n) => koya.posts.create({ title: `A3 ${n}` })))
    expect(created.map(({ title }) => title)).toEqual(Array.from({ length: 100 }, (_, n) => `A3 ${n}`))
    await Promise.all(created.map(() => koya.posts.update(counter.id, { view_count: { $inc: 1 } })))
    const batches = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        koya.batch((tx) => Array.from({ length: 10 }, (_, m) => tx.posts.create({ title: `A3 b${n} ${m}` }))),
      ),
    )
    expect(batches.flat()).toHaveLength(200)
    expect(await koya.posts.filter({ title: { $like: 'A3 %' } }).count()).toBe(300)
    expect((await koya.posts.getById(counter.id)).view_count).toBe(100)
    expect(keys.size).toBe(220)
    expect(proxy.requests.filter(({ key }) => key !== null)).toHaveLength(330)
  })

  test('are repeated where that helps, and not where it does not', async () => {
    const refusal = (status: number, code: string | null, headers: Record<string, string> = {}) =>
      new Response(code === null ? '<h1>Bad gateway</h1>' : JSON.stringify({ error: { code, message: 'no' } }), {
        status,
        headers,
      })
    const tries = async (answer: () => Response, call = 'GET') => {
      const { koya, proxy } = behind((index) => (index === 0 ? answer() : undefined))
      const done = call === 'GET' ? koya.posts.limit(1).get() : koya.request('POST', '/api/auth/login', { body: {} })
      await done.catch(() => undefined)
      return proxy.requests.length
    }
    expect(await tries(() => refusal(503, 'UNAVAILABLE'))).toBe(2)
    expect(await tries(() => refusal(502, null))).toBe(2)
    expect(await tries(() => refusal(504, null))).toBe(2)
    expect(await tries(() => refusal(429, 'RATE_LIMITED', { 'retry-after': '0' }))).toBe(2)
    expect(await tries(() => refusal(429, 'RATE_LIMITED', { 'retry-after': '11' }))).toBe(1)
    expect(await tries(() => refusal(429, 'RATE_LIMITED'))).toBe(1)
    expect(await tries(() => refusal(503, 'QUERY_TIMEOUT'))).toBe(1)
    expect(await tries(() => refusal(500, 'INTERNAL'))).toBe(1)
    expect(await tries(() => refusal(503, 'UNAVAILABLE'), 'POST')).toBe(1)
  })

  test('an answer of something else, and none at all', async () => {
    const html = `<html>${'x'.repeat(300)}`
    const { koya } = behind(() => new Response(html, { status: 502 }), { retries: 0 })
    const error = await failure(() => koya.posts.get())
    expect(error).toMatchObject({ code: 'UNEXPECTED_RESPONSE', status: 502 })
    expect(error.message).toContain(html.slice(0, 200))
    expect(error.message).not.toContain(html.slice(0, 201))
    const page = behind(() => new Response(html))
    expect((await failure(() => page.koya.posts.get())).code).toBe('UNEXPECTED_RESPONSE')
    const nobody = await failure(() => client({ url: 'http://127.0.0.1:1', retries: 0 }).posts.get())
    expect(nobody).toMatchObject({ code: 'NETWORK', status: 0, cause: expect.any(Error) })
    expect(nobody).toBeInstanceOf(KoyaError)
    expect(nobody.message).toStartWith('http://127.0.0.1:1 cannot be reached: ')
  })

  test('a client is not made for what is no address', async () => {
    const wrong = [
      undefined,
      '',
      '127.0.0.1:8090',
      'localhost:8090',
      'ftp://x',
      '/api',
      'http://',
      'http://a b',
      'http://a:99999',
    ]
    for (const url of [...wrong, 'http://a?b']) {
      const error = await failure(async () => createData(metadata, { url: url as string }))
      expect(error).toMatchObject({ code: 'INVALID_REQUEST', status: 0 })
      expect(error.message).toBe(`${JSON.stringify(url)} is not the URL of a server, such as "http://127.0.0.1:8090"`)
    }
    for (const url of ['https://example.com', 'HTTP://[::1]:8090/', 'http://example.com/behind/a/path/'])
      expect(() => createData(metadata, { url })).not.toThrow()
  })

  test('end after their time-out, of the client or of the call', async () => {
    const slow = () => new Promise<Response>((resolve) => setTimeout(() => resolve(new Response('{}')), 5000))
    const { koya, proxy } = behind(slow, { timeout: 40 })
    expect((await failure(() => koya.posts.get())).code).toBe('TIMEOUT')
    expect((await failure(() => koya.posts.create({ title: 'x' }, { timeout: 20 }))).code).toBe('TIMEOUT')
    expect(proxy.requests).toHaveLength(2)
  })

  test('A8: two calls share one renewal of the token; one is aborted during it', async () => {
    let renewals = 0
    let current = 'kl_wrong'
    let renew = (_token: string) => {}
    const koya = client({
      token: ({ expired }) => {
        if (!expired) return current
        renewals++
        return new Promise<string>((resolve) => {
          renew = (token) => {
            current = token
            resolve(token)
          }
        })
      },
    })
    const control = new AbortController()
    const first = failure(() => koya.posts.get({ signal: control.signal }))
    const second = koya.posts.limit(1).get()
    while (renewals === 0) await Bun.sleep(1)
    control.abort('why')
    expect(await first).toMatchObject({ code: 'ABORTED', cause: 'why' })
    renew(server.key)
    expect(await second).toHaveLength(1)
    expect(renewals).toBe(1)
  })

  test('A8: aborted before, while waiting to repeat, and between pages', async () => {
    const { koya, proxy } = behind(() =>
      Response.json({ error: { code: 'UNAVAILABLE', message: 'no' } }, { status: 503 }),
    )
    expect((await failure(() => koya.posts.get({ signal: AbortSignal.abort('early') }))).cause).toBe('early')
    expect(proxy.requests).toEqual([])
    const control = new AbortController()
    const waiting = failure(() => koya.posts.get({ signal: control.signal }))
    while (proxy.requests.length === 0) await Bun.sleep(1)
    control.abort()
    expect((await waiting).code).toBe('ABORTED')
    await client().categories.createMany(Array.from({ length: 501 }, (_, n) => ({ slug: `a8-${n}` })))
    const pages = new AbortController()
    const iterating = failure(async () => {
      for await (const _ of client().categories.iterate({ signal: pages.signal })) pages.abort('enough')
    })
    expect(await iterating).toMatchObject({ code: 'ABORTED', cause: 'enough' })
  })

  test('that are equal do not end one another', async () => {
    const koya = client()
    const all = await Promise.all(Array.from({ length: 20 }, () => koya.posts.sort('id').limit(1).get()))
    for (const docs of all) expect(docs).toEqual(all[0] as never)
  })

  test('say once that the client was generated for another schema', async () => {
    const { headers } = await fetch(server.process.url)
    const [high = '', low = ''] = (headers.get('koyalite-schema') ?? '').match(/.{8}/g) ?? []
    const withHashes = (first: string) => {
      const none = '0000000000000000'
      const [posts, ...rest] = Object.entries(metadata.collections).map(([name, one]) => [name, { ...one, hash: none }])
      const changed = [posts?.[0], { hash: first }]
      return { collections: Object.fromEntries([changed, ...rest]) } as typeof metadata
    }
    const warn = spyOn(console, 'warn').mockImplementation(() => {})
    const options = { url: server.process.url, token: server.key }
    await createData(withHashes(high + low), options)
      .posts.limit(1)
      .get()
    await client().posts.limit(1).get()
    expect(warn).not.toHaveBeenCalled()
    const other = createData(withHashes(low + high), options)
    await other.posts.limit(1).get()
    await other.posts.limit(1).get()
    expect(warn.mock.calls).toEqual([[expect.stringContaining('run `koyalite generate`')]])
    warn.mockRestore()
  })

  test('headers of the client and of the call; a fetch of its own, called as a function', async () => {
    const seen: (string | null)[] = []
    async function own(this: unknown, url: string, init: RequestInit): Promise<Response> {
      const headers = new Headers(init.headers)
      seen.push(headers.get('x-a'), headers.get('x-b'), init.cache ?? null)
      expect(this).toBeUndefined()
      return fetch(url, init)
    }
    const koya = client({ fetch: own, headers: { 'x-a': '1', 'x-b': '1' } })
    await koya.posts.limit(1).get({ headers: { 'x-b': '2' } })
    expect(seen).toEqual(['1', '2', 'no-store'])
  })
})
