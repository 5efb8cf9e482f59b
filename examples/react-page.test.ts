import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { koyaliteEnvironment, runKoyalite, type TestServer, useServer } from '@koyalite/testkit'

setDefaultTimeout(60_000)
const PAGE = readFileSync(join(import.meta.dir, '../docs/react.md'), 'utf8')
const BLOG = join(import.meta.dir, 'blog')
const samples = Array.from(PAGE.matchAll(/^```tsx? file=(\S+)\n([\s\S]*?)^```/gm), ([, name = '', text = '']) => ({
  name,
  text,
}))
const settings = 'auth: { rate_limit: { api: 100000/minute } }\n'

describe('docs/react.md', () => {
  const server: TestServer = useServer({ schema: readFileSync(join(BLOG, 'schema.yaml'), 'utf8'), settings })
  let folder = ''
  beforeAll(() => {
    // Inside of the example, where the packages are found.
    mkdirSync(join(import.meta.dir, 'todo/generated'), { recursive: true })
    folder = mkdtempSync(join(import.meta.dir, 'todo/generated/page-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('the samples compile', async () => {
    expect(samples.length).toBe(10)
    for (const { name, text } of samples) {
      writeFileSync(
        join(folder, name),
        text.replaceAll(/https:\/\/api\.example\.com|http:\/\/127\.0\.0\.1:8090/g, server.process.url),
      )
    }
    const generated = await runKoyalite([
      'generate',
      '--dir',
      server.project.dir,
      '--output',
      join(folder, 'generated'),
    ])
    expect(generated.code).toBe(0)
    const config = { extends: '../../tsconfig.json', include: ['.'], exclude: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const { stdout, exitCode } = Bun.spawnSync([process.execPath, 'run', 'tsc', '-p', folder], {
      env: koyaliteEnvironment(),
    })
    expect([String(stdout), exitCode]).toEqual(['', 0])
  })

  test('the server renders what it has read, and hands it on', async () => {
    const { api } = server
    const author_id = (await api.post('/api/collections/users', { email: 'ann@example.com', name: 'Ann' })).body.id
    const post = { title: '<Hello>', slug: 'hello', content: '…', published: true, author_id }
    const { id } = (await api.post('/api/collections/posts', post)).body
    const { page } = await import(join(folder, 'server.tsx'))
    const html: string = await page(server.key)
    expect(html).toContain('<li>&lt;Hello&gt;<!-- --> by <!-- -->Ann</li>')
    expect(html).toContain('\\u003cHello>')

    const { koya } = await import(join(folder, 'koya.ts'))
    const { comments, posts } = await import(join(folder, 'collections.ts'))
    const { addComment } = await import(join(folder, 'add-comment.ts'))
    const { publish } = await import(join(folder, 'publish.ts'))
    await koya.auth.register({ email: 'ben@example.com', password: 'correct horse battery', name: 'Ben' })
    await Promise.all([comments.preload(), posts.preload()])
    expect(await addComment(id, 'First!')).toBeNull()
    expect(comments.toArray).toMatchObject([{ content: 'First!', author_id: koya.auth.user.id }])
    expect(await addComment(id, '')).toContain('content')
    expect(comments.size).toBe(1)

    const draft = { title: 'Draft', slug: 'draft', content: '…', author_id: koya.auth.user.id }
    const made = (await api.post('/api/collections/posts', draft)).body
    await koya.posts.getById(made.id)
    await posts.utils.awaitSeq(koya.lastSeq)
    await publish({ id: made.id, note: 'Out now' }).when('settled')
    expect((await koya.posts.getById(made.id)).published).toBe(true)
    expect(comments.size).toBe(2)
    await Promise.all([comments.cleanup(), posts.cleanup()])
  })
})
