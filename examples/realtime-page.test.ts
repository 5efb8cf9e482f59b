import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Api,
  type BrowserPage,
  createApi,
  createKey,
  createProject,
  expectStatus,
  findBrowser,
  freePort,
  openEventStream,
  openPage,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const BLOG = join(import.meta.dir, 'blog')
const PAGE = readFileSync(join(import.meta.dir, '../docs/realtime.md'), 'utf8')
const blocks = (language: string) =>
  Array.from(PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')), ([, text = '']) => text)
/** The file that readers copy together. */
const CLIENT = blocks('js')
  .filter((text) => text.includes('export function'))
  .join('\n')
const USES = blocks('js').filter((text) => !text.includes('export function'))
/** Tokens end while the tests run, so that clients have to renew them. */
const SETTINGS = 'auth: { jwt: { access_ttl: 2s } }\n'
const QUERY = { collection: 'posts', sort: ['-created_at'], limit: 5 }
const browser = findBrowser()

interface Post {
  readonly id: string
  readonly title: string
}

describe('docs/realtime.md', () => {
  const port = freePort()
  let project: TempProject
  let server: ServerProcess
  let api: Api
  let template: Record<string, unknown>
  let refresh: string
  beforeAll(async () => {
    project = createProject({ settings: SETTINGS, files: { 'public/live.js': CLIENT, 'public/index.html': '<p>' } })
    for (const part of ['schema.yaml', 'seeds']) cpSync(join(BLOG, part), project.path(part), { recursive: true })
    expect(await runKoyalite(['db', 'seed', '--dir', project.dir])).toMatchObject({ code: 0 })
    api = createApi(`http://127.0.0.1:${port}`, await createKey(project))
    server = await startServer(project, { port })
    const account = { email: 'reader@example.com', password: 'correct horse battery', name: 'Reader' }
    const registered = expectStatus(await createApi(server.url).post('/api/auth/register', account), 201).body
    refresh = registered.refresh_token
    template = { author_id: registered.user.id, category_id: 'tools', content: '…', published: false }
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  let posts = 0
  async function write(): Promise<Post> {
    const title = `Post ${++posts}`
    const post = { ...template, title, slug: `post-${posts}` }
    return expectStatus(await api.post('/api/collections/posts', post), 201).body
  }
  /** One after the other: a refresh token can be used once. */
  let renewing: Promise<string> = Promise.resolve('')
  function getToken(): Promise<string> {
    renewing = renewing
      .catch(() => '')
      .then(async () => {
        const response = await createApi(server.url).post('/api/auth/refresh', { refresh_token: refresh })
        const { access_token, refresh_token } = expectStatus(response, 200).body
        refresh = refresh_token
        return access_token
      })
    return renewing
  }
  const titles = (docs: readonly Post[]) => docs.map(({ title }) => title).join(', ')

  test('its requests are answered with what it says', async () => {
    const urls = Array.from(PAGE.matchAll(/^curl -N '(.*)'$/gm), ([, url = '']) => url)
    expect(urls.length).toBe(3)
    for (const url of urls) {
      const events = await openEventStream(url.replace('http://127.0.0.1:8090', server.url))
      const types = [(await events.next())?.event, (await events.next())?.event]
      expect({ url, types }).toEqual({ url, types: ['subscribed', 'snapshot'] })
      await events.close()
    }
    for (const message of blocks('json')) {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/realtime`)
      const received: string[] = []
      socket.onmessage = ({ data }) => received.push(JSON.parse(String(data)).type)
      socket.onopen = () => socket.send(message)
      await until(() => received.length === 3)
      expect(received).toEqual(['connected', 'subscribed', 'snapshot'])
      socket.close()
    }
  })

  test('its client over WebSocket keeps a list through restarts and new tokens', async () => {
    const { followList } = await import(project.path('public/live.js'))
    const RealSocket = globalThis.WebSocket
    const messages: { readonly type: string; readonly payload: Record<string, unknown> }[] = []
    let sockets = 0
    globalThis.WebSocket = class extends RealSocket {
      constructor(url: string) {
        super(url)
        sockets++
        this.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data))))
      }
    } as typeof WebSocket
    const of = (type: string) => messages.filter((message) => message.type === type)
    try {
      let shown: readonly Post[] = []
      const statuses: string[] = []
      const stop = followList(server.url, QUERY, {
        getToken,
        show: (docs: readonly Post[]) => {
          shown = docs
        },
        onStatus: (status: string) => statuses.push(status),
      })
      const isCurrent = async () => until(async () => Bun.deepEquals(shown, await newestFor()))
      // What this user may read: their own drafts too.
      const newestFor = async () =>
        (await createApi(server.url, await getToken()).list('posts', { sort: '-created_at', limit: 5 })).body.docs
      await isCurrent()
      const [first, second] = [await write(), await write()]
      await isCurrent()
      expect(titles(shown).startsWith('Post 2, Post 1')).toBe(true)
      await api.patch(`/api/collections/posts/${first.id}`, { title: 'Renamed' })
      await api.delete(`/api/collections/posts/${second.id}`)
      await isCurrent()
      // The token is renewed on the open connection.
      await until(() => of('authenticated').length >= 3)
      expect(sockets).toBe(1)
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        await server.kill(signal)
        await until(() => statuses.at(-1) === 'away')
        server = await startServer(project, { port })
        await write()
        await until(() => statuses.at(-1) === 'live')
        await isCurrent()
        // After a crash nobody can know whether what a client was shown last is stored.
        expect(of('subscribed').at(-1)?.payload.resumed).toBe(signal === 'SIGTERM')
      }
      expect(of('snapshot').length).toBe(2)
      expect(of('error')).toEqual([])
      stop()
      const before = sockets
      await write()
      const wrong: string[] = []
      followList(
        server.url,
        { ...QUERY, filter: { none: 1 } },
        { show() {}, onStatus: (status: string) => wrong.push(status) },
      )
      await until(() => wrong.length === 1)
      expect(wrong[0]).toContain("'none'")
      expect(sockets).toBe(before + 1)
    } finally {
      globalThis.WebSocket = RealSocket
    }
  })

  describe.skipIf(browser === null)('in a browser', () => {
    let page: BrowserPage
    beforeAll(async () => {
      page = await openPage(browser ?? '', `${server.url}/public/index.html`)
      await page.until('document.readyState === "complete"')
      await page.evaluate(`(async () => {
        window.snapshots = 0
        const Real = EventSource
        window.EventSource = class extends Real {
          constructor(url) {
            super(url)
            this.addEventListener('snapshot', () => window.snapshots++)
          }
        }
        Object.assign(window, await import('/public/live.js'))
      })()`)
    })
    afterAll(async () => {
      await page?.close()
    })

    test('its client over events keeps a list through restarts and new tickets', async () => {
      await page.evaluate(`(async () => {
        const account = { email: 'events@example.com', password: 'correct horse battery', name: 'Events' }
        const post = async (path, body) => (await fetch(path, {
          method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
        })).json()
        let { refresh_token } = await post('/api/auth/register', account)
        window.tickets = 0
        window.accessToken = async () => {
          window.tickets++
          const renewed = await post('/api/auth/refresh', { refresh_token })
          refresh_token = renewed.refresh_token
          return renewed.access_token
        }
      })()`)
      const use = USES.find((text) => text.includes('authenticate()')) ?? ''
      await page.evaluate(`(() => {
        ${use.replace('show: (posts) => console.log(posts.length)', 'show: (posts) => { window.shown = posts }')}
        window.end = withTicket
      })()`)
      const publicly = createApi(server.url)
      const isCurrent = () =>
        until(async () => {
          const { docs } = (await publicly.list('posts', { sort: '-created_at' })).body
          return Bun.deepEquals(await page.evaluate('window.shown'), docs)
        })
      const publish = async () => {
        const { id } = await write()
        expectStatus(await api.patch(`/api/collections/posts/${id}`, { published: true }), 200)
      }
      await isCurrent()
      await publish()
      await isCurrent()
      // The token has ended, and with it the ticket: it continues with a new one.
      await page.until('window.tickets >= 2')
      await publish()
      await isCurrent()
      for (const [signal, snapshots] of [
        ['SIGTERM', 1],
        ['SIGKILL', 2],
      ] as const) {
        await server.kill(signal)
        server = await startServer(project, { port })
        await publish()
        await isCurrent()
        expect(await page.evaluate('window.snapshots')).toBe(snapshots)
      }
      await page.evaluate('window.end()')
    })

    test('its other samples show something', async () => {
      await page.evaluate(`(() => {
        window.logged = []
        window.drawn = []
        const log = console.log
        console.log = (value) => { window.logged.push(value); log(value) }
        window.draw = (groups) => window.drawn.push(groups)
        ${USES.filter((text) => !text.includes('authenticate()')).join('\n')}
      })()`)
      await page.until('window.logged.length >= 3 && window.drawn.length >= 1')
      const [logged, [groups]] = await page.evaluate('[window.logged, window.drawn]')
      const [one, other] = logged.filter((value: unknown) => Array.isArray(value))
      expect(one.length).toBe(10)
      expect(other).toEqual(one)
      expect(logged).toContainEqual(expect.any(Number))
      expect(groups[0]).toEqual({ category_id: expect.any(String), count: expect.any(Number) })
    })
  })
})
