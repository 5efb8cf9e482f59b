import { expect, test } from 'bun:test'
import { freePort, startFaultProxy } from '@koyalite/testkit'
import type { Document } from './driver'
import { create, failure, type World } from './scenario-world'

/** What every client does when the network, or the server, is not well. */
export function networkScenarios({ language, server, admin }: World): void {
  test('network: no server, an answer of something else, one that does not come', async () => {
    const nowhere = admin({ url: `http://127.0.0.1:${freePort()}`, retries: 0 })
    const count = { op: 'count', query: { collection: 'posts' } } as const
    expect(await failure(nowhere.do(count))).toMatchObject({
      code: 'NETWORK',
      status: 0,
      kind: language.kindOf('NETWORK'),
    })
    const html = startFaultProxy(server.process.url, () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
    const slow = startFaultProxy(server.process.url, () => new Promise<Response>(() => {}))
    try {
      const error = await failure(admin({ url: html.url, retries: 0 }).do(count))
      expect(error).toMatchObject({ code: 'UNEXPECTED_RESPONSE', status: 502 })
      expect(error.message).toContain('Bad gateway')
      const late = await failure(admin({ url: slow.url, retries: 0, timeout: 200 }).do(count))
      expect(late).toMatchObject({ code: 'TIMEOUT', kind: language.kindOf('TIMEOUT') })
    } finally {
      html.stop()
      slow.stop()
    }
  })

  test('retries: an answer that is lost after the commit writes nothing twice', async () => {
    const title = crypto.randomUUID()
    const proxy = startFaultProxy(server.process.url, (index, { method }) =>
      method === 'GET' || index % 2 === 1 ? undefined : 'drop',
    )
    try {
      const koya = admin({ url: proxy.url })
      for (let n = 0; n < 10; n++) {
        const made = await create(koya, 'posts', { title, view_count: n })
        expect(made).toMatchObject({ view_count: n })
      }
      const { id } = await create(admin(), 'posts', { title: 'counted' })
      await koya.do({ op: 'update', collection: 'posts', id, data: { view_count: { $inc: 1 } } })
      const operations = [{ op: 'create', collection: 'posts', data: { title } } as const]
      await koya.do({ op: 'batch', operations })
      expect(await koya.do<Document>({ op: 'get', collection: 'posts', id })).toMatchObject({ view_count: 1 })
      expect(await koya.do<number>({ op: 'count', query: { collection: 'posts', filter: { title } } })).toBe(11)
      const keys = proxy.requests.filter(({ method }) => method !== 'GET').map(({ key }) => key)
      expect(keys).not.toContain(null)
      // Two tries of each of twelve writes.
      expect([keys.length, new Set(keys).size]).toEqual([24, 12])
    } finally {
      proxy.stop()
    }
  })

  test('retries: a server that is busy is asked again when it says, one that refuses is not', async () => {
    const busy = () =>
      Response.json(
        { error: { code: 'UNAVAILABLE', message: 'busy' } },
        { status: 503, headers: { 'retry-after': '0' } },
      )
    const refuses = () => Response.json({ error: { code: 'QUERY_TIMEOUT', message: 'too slow' } }, { status: 503 })
    const [twice, always, never] = [
      startFaultProxy(server.process.url, (index) => (index < 2 ? busy() : undefined)),
      startFaultProxy(server.process.url, busy),
      startFaultProxy(server.process.url, refuses),
    ]
    const count = { op: 'count', query: { collection: 'posts' } } as const
    try {
      expect(await admin({ url: twice.url }).do<number>(count)).toBeNumber()
      expect(twice.requests.length).toBe(3)
      const error = await failure(admin({ url: always.url }).do(count))
      expect(error).toMatchObject({ code: 'UNAVAILABLE', kind: language.kindOf('UNAVAILABLE') })
      expect(always.requests.length).toBe(4)
      expect(await failure(admin({ url: never.url }).do(count))).toMatchObject({ code: 'QUERY_TIMEOUT' })
      expect(never.requests.length).toBe(1)
    } finally {
      for (const proxy of [twice, always, never]) proxy.stop()
    }
  })

  test('positions: answers tell up to where they saw', async () => {
    const koya = admin()
    await create(koya, 'posts', { title: 'x' })
    const first = await koya.do<string>({ op: 'lastSeq' })
    await create(koya, 'posts', { title: 'y' })
    const second = await koya.do<string>({ op: 'lastSeq' })
    const [a, b] = [first.split('.'), second.split('.')]
    expect(a[0]).toBe(b[0] as string)
    expect(Number(b[1])).toBeGreaterThan(Number(a[1]))
  })
}
