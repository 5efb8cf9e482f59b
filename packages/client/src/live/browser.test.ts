import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  type BrowserPage,
  createApi,
  createKey,
  createProject,
  expectStatus,
  findBrowser,
  openPage,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'
import { BLOG_SCHEMA } from '../testing/blog'
import { type Network, startNetwork } from '../testing/network'

setDefaultTimeout(60_000)
const browser = findBrowser()
const SETTINGS = 'auth: { jwt: { access_ttl: 3s }, rate_limit: { api: 100000/minute } }\n'

/** What a page loads. */
async function bundle(file: string): Promise<string> {
  const built = await Bun.build({ entrypoints: [`${import.meta.dir}/../${file}`], target: 'browser' })
  return built.outputs[0]?.text() ?? ''
}

describe.skipIf(browser === null)('live queries in a browser', () => {
  let project: TempProject
  let server: ServerProcess
  let net: Network
  let page: BrowserPage
  let api: Api
  beforeAll(async () => {
    const files = {
      'public/client.js': await bundle('index.ts'),
      'public/blog.js': await bundle('testing/blog.ts'),
      'public/index.html': '<!doctype html><title>Live</title>',
    }
    project = createProject({ schema: BLOG_SCHEMA, settings: SETTINGS, files })
    const key = await createKey(project)
    server = await startServer(project)
    api = createApi(server.url, key)
    net = startNetwork(server.port)
    page = await openPage(browser ?? '', `${net.url}/public/index.html`)
    await page.until('document.readyState === "complete"')
    await page.evaluate(`(async () => {
      const { createKoyalite } = await import('/public/client.js')
      const { metadata } = await import('/public/blog.js')
      window.koya = createKoyalite(metadata, { url: location.origin })
      window.query = koya.posts.filter({ published: false }).sort('view_count', 'id').limit(50)
      window.statuses = []
      window.wrong = []
      let held = []
      query.subscribe({
        next({ docs, seq }) {
          if (new Set(docs.map(({ id }) => id)).size !== docs.length) wrong.push('a document is there twice')
          const changed = new Set([...delta.inserts, ...delta.updates])
          for (const doc of docs) if (!held.includes(doc) && !changed.has(doc)) wrong.push('another object: ' + doc.id)
          held = docs
          window.docs = docs
          window.seq = seq
        },
        delta(one) { window.delta = one },
        status: (status) => statuses.push(status),
      })
    })()`)
    await page.until('statuses.at(-1) === "live"')
  })
  afterAll(async () => {
    await page?.close()
    net?.stop()
    await server?.kill('SIGKILL')
    project?.remove()
  })

  const expectCurrent = async () => {
    const { body } = await api.get('/api/collections/posts?filter=published:eq:false&sort=view_count,id&limit=50')
    await until(async () => Bun.deepEquals(JSON.parse(await page.evaluate('JSON.stringify(docs)')), body.docs))
    expect(await page.evaluate('wrong')).toEqual([])
  }
  const connections = async () => (await api.get('/api/admin/realtime')).body.connections
  let ids: string[] = []
  async function write(count: number): Promise<void> {
    for (let at = 0; at < count; at += 100) {
      const operations = Array.from({ length: Math.min(100, count - at) }, (_, n) => {
        const data = { title: `${at + n}`, view_count: (n * 7919) % 60 }
        if (n % 3 === 0 || ids.length === 0) return { op: 'create', collection: 'posts', data }
        const id = ids[(n * 31) % ids.length]
        if (n % 10 === 1) {
          ids = ids.filter((other) => other !== id)
          return { op: 'delete', collection: 'posts', id }
        }
        return { op: 'update', collection: 'posts', id, data }
      })
      const { results } = expectStatus(await api.post('/api/batch', { operations }), 200).body
      ids.push(
        ...results.flatMap((doc: { id: string } | null, n: number) =>
          operations[n]?.op === 'create' ? [doc?.id ?? ''] : [],
        ),
      )
    }
  }

  test('A5 a cut in the middle of a change, 500 writes of others and a restart: then it is exactly what is there', async () => {
    await write(40)
    await expectCurrent()
    net.cutAfter(500)
    await write(100)
    net.down(true)
    await page.until('statuses.at(-1) === "stale"')
    await write(200)
    const { port } = net
    await server.kill('SIGTERM')
    server = await startServer(project, { port: server.port })
    await write(200)
    net.stop()
    net = startNetwork(server.port, port)
    await page.until('statuses.at(-1) === "live"')
    await expectCurrent()
    expect(await page.evaluate('statuses')).toEqual(['connecting', 'live', 'stale', 'live'])
    expect(await connections()).toBe(1)
  })

  test('D41 D43 a connection that died while the tab slept is replaced when it goes on', async () => {
    await page.evaluate('statuses.length = 0')
    await page.freeze(true)
    net.freeze()
    await write(30)
    await page.freeze(false)
    await page.until('statuses.at(-1) === "live"')
    await expectCurrent()
    expect(await page.evaluate('statuses')).toEqual(['stale', 'live'])
    net.thaw()
    await until(async () => (await connections()) === 1)
  })

  test('D42 D45 hidden and shown again and again, while the network comes and goes: one connection, and current', async () => {
    for (const type of ['online', 'pageshow', 'focus', 'online', 'focus', 'pageshow', 'online', 'focus']) {
      net.cutAfter(ids.length % 700)
      await write(5)
      await page.evaluate(`window.dispatchEvent(new Event('${type}'))`)
    }
    net.cutAfter(Number.POSITIVE_INFINITY)
    await expectCurrent()
    await until(async () => (await connections()) === 1)
  })

  test('D48 without a network it is offline, and says so', async () => {
    await page.evaluate(`(() => {
      statuses.length = 0
      Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })
      window.dispatchEvent(new Event('offline'))
    })()`)
    net.down(true)
    await page.until('statuses.at(-1) === "offline"')
    expect(await page.evaluate('[statuses.length, koya.realtime.status.getSnapshot().status]')).toEqual([1, 'offline'])
    await write(10)
    net.down(false)
    await page.evaluate('delete navigator.onLine; window.dispatchEvent(new Event("online"))')
    await page.until('statuses.at(-1) === "live"')
    await expectCurrent()
  })

  test('with cookies: whose time is over is refreshed, and the query goes on', async () => {
    await page.evaluate(`(async () => {
      const { createKoyalite } = await import('/public/client.js')
      const { metadata } = await import('/public/blog.js')
      window.own = createKoyalite(metadata, { url: location.origin, cookies: true })
      window.events = []
      own.auth.onChange((event) => events.push(event))
      await own.auth.register({ email: 'cookies@example.com', password: 'correct horse battery' })
      window.seen = []
      window.titles = []
      own.posts.filter({ title: { $like: 'cookie%' } }).sort('title').subscribe({
        next: ({ docs }) => { titles = docs.map(({ title }) => title) },
        status: (status) => seen.push(status),
        error: (error) => seen.push(error.code),
      })
    })()`)
    await page.until('seen.at(-1) === "live"')
    await page.until('events.includes("refreshed")')
    await api.post('/api/collections/posts', { title: 'cookie 1' })
    await page.until('titles.length === 1')
    // Cut off, and its time is over before it is back.
    net.down(true)
    const over = Date.now() + 3_100
    await until(() => Date.now() > over)
    await api.post('/api/collections/posts', { title: 'cookie 2' })
    net.down(false)
    await page.evaluate('own.realtime.wake()')
    await page.until('titles.length === 2')
    expect(await page.evaluate('[seen.filter((one) => one !== "live" && one !== "stale"), own.auth.status]')).toEqual([
      ['connecting'],
      'signed_in',
    ])
  })

  test('over an event stream, with cookies', async () => {
    await page.evaluate(`(async () => {
      const { createKoyalite } = await import('/public/client.js')
      const { metadata } = await import('/public/blog.js')
      const streaming = createKoyalite(metadata, { url: location.origin, cookies: true, WebSocket: null })
      window.streamed = []
      streaming.posts.filter({ title: 'streamed' }).subscribe({
        next: ({ docs }) => { streamed = docs.map(({ title }) => title) },
        status: (status) => { window.streaming = status },
      })
    })()`)
    await page.until('window.streaming === "live"')
    await api.post('/api/collections/posts', { title: 'streamed' })
    await page.until('streamed.length === 1')
  })
})
