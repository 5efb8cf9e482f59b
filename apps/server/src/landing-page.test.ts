import { describe, expect, test } from 'bun:test'
import { createProject, startServer, type TempProject } from '@koyalite/testkit'

const SCHEMA = `
version: 1
collections:
  posts:
    description: What <everyone> reads
    fields: { id: { type: uuid, primary: true, default: auto } }
    rules: { read: "true" }
  drafts:
    fields: { id: { type: uuid, primary: true, default: auto }, open: { type: bool, default: false } }
    rules: { read: "doc.open" }
  secrets:
    description: Not for the public
    fields: { id: { type: uuid, primary: true, default: auto } }
    rules: { read: "auth.role == 'admin'" }
  users:
    fields: { name: { type: string, maxLength: 100 } }
  plans:
    fields: { id: { type: uuid, primary: true, default: auto } }
`
const HTML = { accept: 'text/html' }

async function withServer(
  command: 'dev' | 'start',
  settings: string,
  run: (url: string, port: number) => Promise<void>,
  args: readonly string[] = [],
) {
  const project: TempProject = createProject({ schema: SCHEMA, settings })
  const server = await startServer(project, { command, args })
  try {
    await run(server.url, server.port)
  } finally {
    await server.kill('SIGKILL')
    project.remove()
  }
}
const page = async (url: string, headers: Readonly<Record<string, string>> = {}) =>
  (await fetch(url, { headers: { ...HTML, ...headers } })).text()

describe('/', () => {
  test('under dev shows everything about the project, to callers on this machine', async () => {
    await withServer('dev', 'name: A <Blog>\n', async (url) => {
      const text = await page(url)
      expect(text).toContain('<title>A &lt;Blog&gt;</title>')
      expect(text).toContain(`curl '${url}/api/collections/posts?limit=3'`)
      expect(text).toContain('What &lt;everyone&gt; reads')
      for (const [name, tag] of [
        ['posts', 'everyone may read'],
        ['drafts', 'read by rule'],
        ['secrets', 'not for anonymous callers'],
        ['plans', 'no read rule'],
      ])
        expect(text).toMatch(new RegExp(`<code>${name}</code>(</a>)?<span class="tag \\w+">${tag}`))
      expect(text).toContain('href="/_/mail"')
      const [, registration] = /auth\/register \\\n {2}--json '([^']+)'/.exec(text) ?? []
      const body = registration?.replaceAll('&quot;', '"')
      const headers = { 'content-type': 'application/json' }
      expect((await fetch(`${url}/api/auth/register`, { method: 'POST', headers, body })).status).toBe(201)
      // Through a proxy it is not known who looks.
      const proxied = await page(url, { 'x-forwarded-for': '203.0.113.7' })
      expect(proxied).not.toMatch(/secrets|plans|_\/mail|keys create/)
    })
  }, 60_000)

  test('under start shows what is public', async () => {
    const settings = 'server: { url: https://api.example.com }\nauth: { registration: closed }\n'
    await withServer('start', settings, async (url) => {
      const text = await page(url)
      expect(text).toContain("curl 'https://api.example.com/api/collections/posts?limit=3'")
      expect(text).toContain('<code>drafts</code>')
      expect(text).not.toMatch(/secrets|Not for the public|plans|users<\/code>|_\/mail|keys create|auth\/register/)
      const json: unknown = await (await fetch(url)).json()
      expect(json).toEqual({ name: expect.any(String), version: expect.any(String), links: expect.any(Object) })
    })
  }, 60_000)

  test('where the OpenAPI document is not public, nor are names of collections', async () => {
    for (const visibility of ['operators', 'off']) {
      await withServer('start', `server: { openapi: ${visibility} }\n`, async (url) => {
        const text = await page(url)
        expect(text).toContain('<a href="/_/">sign in as operators</a>')
        expect(text).not.toMatch(/posts|drafts|Collections|openapi/)
      })
    }
  }, 60_000)

  test('a server that listens everywhere shows the address that it is asked under', async () => {
    const shown = async (url: string, host: string) => /curl '(\S+)\/api/.exec(await page(url, { host }))?.[1]
    await withServer(
      'dev',
      '',
      async (url, port) => {
        expect(await shown(url, `127.0.0.1:${port}`)).toBe(`http://127.0.0.1:${port}`)
        expect(await shown(url, `localhost:${port}`)).toBe(`http://localhost:${port}`)
      },
      ['--host', '0.0.0.0'],
    )
  }, 60_000)
})
