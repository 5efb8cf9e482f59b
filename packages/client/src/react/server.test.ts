import { describe, expect, test } from 'bun:test'
import { until, useServer } from '@koyalite/testkit'
import { act, createElement as h, StrictMode, Suspense, useEffect } from 'react'
import { renderToReadableStream, renderToString } from 'react-dom/server'
import { createKoyalite, type Koyalite, type KoyaliteOptions } from '../index'
import { BLOG_SCHEMA, metadata, type Schema } from '../testing/blog'
import { dehydrate, KoyaProvider, useAuth, useConnection, useDoc, useKoya, useQuery, useSuspenseQuery } from './index'
import { useDom } from './testing/render'

const settings = 'auth: { rate_limit: { api: 100000/minute, register: 1000/minute } }\n'
const server = useServer({ schema: BLOG_SCHEMA, settings })
const dom = useDom()
const client = (options: Partial<KoyaliteOptions> = {}) =>
  createKoyalite<Schema>(metadata, { url: server.process.url, ...options })

const subscriptions = async () => (await server.api.get('/api/admin/realtime')).body.subscriptions as number
/** React shows what has come outside of its events, too: at the end of each `act`. */
const shows = (page: { text(): string }, text: string) =>
  until(() => settled(() => page.text() === text), { what: () => `${text}, and not ${page.text()}` })

async function settled(look: () => boolean): Promise<boolean> {
  await act(async () => {})
  return look()
}

describe('with a server', () => {
  test('a page follows what is written, by one subscription; leaving it ends that', async () => {
    const koya = client()
    const before = await subscriptions()
    await koya.posts.create({ title: 'a', category: null })
    let renders = 0
    function Row() {
      renders++
      const { data } = useQuery(useKoya<Koyalite<Schema>>().posts.filter({ status: 'draft' }).sort('title'))
      return data === undefined ? '-' : `${data.map(({ title }) => title).join()};`
    }
    const rows = (count: number) =>
      h(
        StrictMode,
        null,
        h(
          KoyaProvider,
          { koya },
          Array.from({ length: count }, (_, key) => h(Row, { key })),
        ),
      )
    const page = await dom.mount(rows(30))
    await shows(page, 'a;'.repeat(30))
    expect(await subscriptions()).toBe(before + 1)
    renders = 0
    await koya.posts.create({ title: 'b', status: 'published' })
    const { id } = await koya.posts.create({ title: 'c' })
    await shows(page, 'a,c;'.repeat(30))
    // Strict Mode renders twice; what the query does not have renders nothing.
    expect(renders).toBe(60)
    for (let i = 0; i < 10; i++) {
      await page.render(rows(0))
      await page.render(rows(30))
    }
    expect([page.text(), await subscriptions()]).toEqual(['a,c;'.repeat(30), before + 1])
    await koya.posts.delete(id)
    await page.unmount()
    await until(async () => (await subscriptions()) === before, { withinMs: 3000 })
    expect(dom.warnings()).toEqual([])
  })

  test('Suspense waits for what is there, and follows it', async () => {
    const koya = client()
    await koya.posts.create({ title: 'first', score: 7 })
    const List = () =>
      useSuspenseQuery(koya.posts.filter({ score: 7 }))
        .data.map(({ title }) => title)
        .join()
    const page = await dom.mount(h(StrictMode, null, h(Suspense, { fallback: 'waiting' }, h(List), h(List))))
    expect(page.text()).toBe('waiting')
    await shows(page, 'firstfirst')
    const { id } = await koya.posts.create({ title: 'second', score: 7 })
    await koya.posts.update(id, { title: 'changed' })
    await until(() => settled(() => page.text().endsWith('changed')))
    expect(dom.warnings()).toEqual([])
  })

  test('one document, null where there is none', async () => {
    const koya = client()
    const author = await server.api.post('/api/collections/users', { email: 'doc@example.com', name: 'Ann' })
    const { id } = await koya.posts.create({ title: 'one', author_id: author.body.id })
    function Post({ id }: { readonly id: string | null }) {
      const { status, data } = useDoc(koya.posts, id, { expand: ['author'] })
      return `${status} ${data === null ? null : data?.title} ${data?.author?.name}`
    }
    const page = await dom.mount(h(Post, { id }))
    await shows(page, 'ready one Ann')
    await koya.posts.update(id, { title: 'two' })
    await shows(page, 'ready two Ann')
    await koya.posts.delete(id)
    await shows(page, 'ready null undefined')
    await page.render(h(Post, { id: null }))
    expect(page.text()).toBe('idle undefined undefined')
  })

  test('who is signed in, and the connection; after a change of user, nothing of the one before', async () => {
    const koya = client()
    const seen: string[] = []
    function Page() {
      const { status, user } = useAuth()
      const { data } = useQuery(koya.posts.filter({ title: 'mine' }))
      const once = useQuery(koya.posts.filter({ title: 'mine' }), { live: false })
      const connection = useConnection().status
      const text = `${status} ${user?.id.slice(-4)} ${data?.length} ${once.data?.length} ${connection}`
      useEffect(() => void seen.push(text), [text])
      return text
    }
    await koya.posts.create({ title: 'mine' })
    await koya.auth.anonymous({ name: 'Ann' })
    const page = await dom.mount(h(KoyaProvider, { koya }, h(Page)))
    const ann = koya.auth.user?.id.slice(-4)
    await shows(page, `signed_in ${ann} 1 1 live`)
    seen.length = 0
    await act(() => koya.auth.logout())
    await shows(page, 'signed_out undefined 1 1 live')
    expect(seen[0]).toMatch(/^signed_out undefined undefined undefined/)
    expect(dom.warnings()).toEqual([])
  })
})

describe('server rendering', () => {
  const query = (koya: Koyalite<Schema>) => koya.posts.filter({ status: 'archived' }).sort('title')
  function List() {
    const { data, status, isLive } = useQuery(query(useKoya<Koyalite<Schema>>()))
    return h(
      'p',
      null,
      `${status} ${isLive} ${data?.map(({ title, created_at }) => title + created_at.getTime()).join()}`,
    )
  }

  test('the browser shows what the server has rendered, and goes on from there', async () => {
    const { created_at } = await client().posts.create({ title: '</script><b>', status: 'archived' })
    const onServer = client({ token: server.key })
    await onServer.prefetch(query(onServer))
    const html = renderToString(h(KoyaProvider, { koya: onServer }, h(List)))
    expect(html).toContain('ready false')
    expect(onServer.realtime.status.getSnapshot().status).toBe('closed')
    const state = dehydrate(onServer)
    expect(state).not.toContain('<')

    // Written meanwhile: it comes as a delta, not with a new snapshot.
    const later = await client().posts.create({ title: 'z', status: 'archived' })
    const received: string[] = []
    class Listening extends WebSocket {
      constructor(url: string) {
        super(url)
        this.addEventListener('message', ({ data }) => received.push(JSON.parse(String(data)).type))
      }
    }
    for (const given of [state, new Function(`return ${state}`)()]) {
      const koya = client({ token: server.key, WebSocket: Listening as never })
      const page = await dom.hydrate(html, h(StrictMode, null, h(KoyaProvider, { koya, state: given }, h(List))))
      const first = `</script><b>${created_at.getTime()}`
      expect(page.first).toBe(`ready false ${first}`)
      await shows(page, `ready true ${first},z${later.created_at.getTime()}`)
      expect(received).toContain('delta')
      expect(received).not.toContain('snapshot')
      await page.unmount()
    }
    expect(dom.warnings()).toEqual([])
  })

  test('without what was prefetched, pages are rendered as loading; Suspense reads it', async () => {
    const koya = client({ token: server.key })
    expect(renderToString(h(KoyaProvider, { koya }, h(List)))).toContain('loading false')
    const Waiting = () =>
      useSuspenseQuery(query(koya))
        .data.map(({ title }) => title)
        .join()
    // As on a server: without a window.
    const { window } = globalThis as { window?: unknown }
    Reflect.deleteProperty(globalThis, 'window')
    try {
      const stream = await renderToReadableStream(h(Suspense, { fallback: 'waiting' }, h(Waiting)))
      await stream.allReady
      expect(await new Response(stream).text()).toContain('&lt;b&gt;')
    } finally {
      Object.assign(globalThis, { window })
    }
    expect(dehydrate(koya)).toContain('archived')
    expect(koya.realtime.status.getSnapshot().status).toBe('closed')
  })
})
