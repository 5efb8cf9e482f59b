import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, writeFileSync } from 'node:fs'
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
  koyaliteEnvironment,
  openPage,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const browser = findBrowser()
/** Where to put pictures for people to look at. */
const PICTURES = process.env.KOYALITE_PICTURES

describe.skipIf(browser === null)('the blog’s live page, in a browser', () => {
  const port = freePort()
  let project: TempProject
  let server: ServerProcess
  let page: BrowserPage
  let api: Api
  beforeAll(async () => {
    project = createProject()
    for (const part of ['schema.yaml', 'koyalite.yaml', 'public']) {
      cpSync(join(import.meta.dir, 'blog', part), project.path(part), { recursive: true })
    }
    const build = [process.execPath, join(import.meta.dir, 'blog/build.ts'), project.path('public')]
    expect(Bun.spawnSync(build, { env: koyaliteEnvironment() }).exitCode).toBe(0)
    api = createApi(`http://127.0.0.1:${port}`, await createKey(project))
    server = await startServer(project, { port })
    page = await openPage(browser ?? '', `${server.url}/public/live.html`, { width: 420, scheme: 'dark' })
  })
  afterAll(async () => {
    await page?.close()
    await server?.kill('SIGKILL')
    project?.remove()
  })

  const SHOWN = (list: string) =>
    `[...document.querySelectorAll('#${list} li')].map((item) => item.innerText).join('|')`
  const shows = (list: string, text: string) => page.until(`${SHOWN(list)} === ${JSON.stringify(text)}`)
  const status = () => page.evaluate('[document.body.dataset.state, document.getElementById("status").innerText]')
  async function picture(name: string): Promise<void> {
    if (PICTURES) writeFileSync(join(PICTURES, `${name}.png`), await page.screenshot())
  }

  test('is typed by the schema', () => {
    const command = [process.execPath, 'run', 'tsc', '-p', join(import.meta.dir, 'blog')]
    const { stdout, exitCode } = Bun.spawnSync(command, { env: koyaliteEnvironment() })
    expect([String(stdout), exitCode]).toEqual(['', 0])
  })

  test('says that there is nothing where there is nothing', async () => {
    await page.until('document.querySelectorAll("ol[data-known]:empty").length === 2')
    expect(await status()).toEqual(['live', 'Live: change something, and watch.'])
    await picture('empty')
  })

  test('shows what is written, in its order, as text', async () => {
    expectStatus(await api.post('/api/collections/categories', { id: 'books', name: 'Books' }), 201)
    const post = { title: 'First', content: '…', published: true, category_id: 'books', excerpt: 'An <b>excerpt</b>' }
    const author = expectStatus(
      await api.post('/api/collections/users', { email: 'ann@example.com', name: 'Ann' }),
      201,
    ).body
    const write = async (title: string, published_at: string) =>
      expectStatus(
        await api.post('/api/collections/posts', {
          ...post,
          title,
          slug: title.toLowerCase(),
          author_id: author.id,
          published_at,
        }),
        201,
      ).body
    const first = await write('First', '2025-01-01T00:00:00Z')
    await shows('posts', 'First\nBooks · An <b>excerpt</b>')
    await write('Older', '2024-01-01T00:00:00Z')
    const line = (title: string) => `${title}\nBooks · An <b>excerpt</b>`
    await shows('posts', [line('First'), line('Older')].join('|'))
    const comment = { post_id: first.id, author_id: author.id, content: '<script>alert(1)</script>' }
    expectStatus(await api.post('/api/collections/comments', comment), 201)
    await shows('comments', '<script>alert(1)</script>\non First')
    expect(await page.evaluate('document.querySelectorAll("main li.new").length')).toBe(2)
    // What is shown of a post changes with it, also where it is shown beside a comment.
    expectStatus(await api.patch(`/api/collections/posts/${first.id}`, { title: 'Renamed' }), 200)
    await shows('posts', [line('Renamed'), line('Older')].join('|'))
    await shows('comments', '<script>alert(1)</script>\non Renamed')
    expectStatus(await api.patch(`/api/collections/posts/${first.id}`, { published: false }), 200)
    await shows('posts', line('Older'))
    await shows('comments', '<script>alert(1)</script>')
    await picture('shown')
  })

  test('says when the server is gone, and goes on when it is back', async () => {
    await server.kill('SIGKILL')
    await page.until('document.body.dataset.state === "away"')
    expect(await status()).toEqual(['away', 'The connection is gone; trying again …'])
    await picture('away')
    server = await startServer(project, { port })
    const [post] = (await api.list('posts', { filter: 'title:eq:Older' })).body.docs
    expectStatus(await api.patch(`/api/collections/posts/${post.id}`, { title: 'Back again' }), 200)
    await page.until(`${SHOWN('posts')}.startsWith('Back again')`)
    expect(await status()).toEqual(['live', 'Live: change something, and watch.'])
  })
})
