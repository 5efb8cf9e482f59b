import { beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Call, snippetOf } from '@koyalite/studio/snippets'
import { expectStatus, runKoyalite, useServer } from '@koyalite/testkit'

const QUOTES = `it's "$HOME" \`x\` \\`

const server = useServer({
  schema: `version: 1
types: { status: { enum: [draft, out] } }
collections:
  blog_posts:
    fields:
      id: { type: string, primary: true }
      title: { type: string, minLength: 8 }
      status: { type: status }
      stars: { type: int, min: 2 }
      open: { type: bool, default: true }
      at: { type: timestamp, default: now }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
`,
})
const FILTERS = ['status:eq:out', 'stars:gte:3', '{"$or":[{"open":false},{"title":{"$contains":"it\'s"}}]}']
let model: Call['model']
let names: Call['names']

beforeAll(async () => {
  const { body } = await server.api.get('/api/admin/collections')
  model = body.collections.find((one: { name: string }) => one.name === 'blog_posts')
  names = body.client_names.blog_posts
  const posts = [
    { id: 'a', title: QUOTES, status: 'out', stars: 5 },
    { id: 'b', title: QUOTES, status: 'out', stars: 4, open: false },
    { id: 'c', title: 'Others without', status: 'out', stars: 9 },
    { id: 'd', title: QUOTES, status: 'draft', stars: 9 },
    { id: 'live', title: 'A key of ours', status: 'draft', stars: 2 },
  ]
  expectStatus(await server.api.post('/api/collections/blog_posts', posts), 201)
}, 60_000)

function callOf(kind: Call['kind'], more: Partial<Call> = {}): Call {
  const view = { where: null, params: [], filter: [], sort: [], key: null, hasToken: true }
  return { kind, url: server.process.url, model, names, ...view, ...more }
}

async function run(command: readonly string[], cwd?: string): Promise<string> {
  const child = Bun.spawn([...command], {
    ...{ env: { ...process.env, TOKEN: server.key }, stdout: 'pipe', stderr: 'pipe' },
    ...(cwd !== undefined && { cwd }),
  })
  const [text, problem] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(problem)
  return text
}

describe('curl', () => {
  const curl = async (call: Call) => JSON.parse(await run(['bash', '-c', snippetOf('curl', call)]))

  test('the list of a view, whatever is in its filters', async () => {
    const where = `doc.title == '${QUOTES.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    const { docs } = await curl(callOf('list', { filter: FILTERS, where, sort: ['-stars', 'id'] }))
    expect(docs.map(({ id }: { id: string }) => id)).toEqual(['a', 'b'])
  })

  test('one document, also of a key that is a word of the API; creating and changing', async () => {
    expect(await curl(callOf('get', { key: 'live', hasToken: false }))).toMatchObject({ title: 'A key of ours' })
    const made = await curl(callOf('create'))
    expect(made).toMatchObject({ status: 'draft', stars: 2 })
    const changed = await curl(callOf('update', { key: made.id }))
    expect(changed).toMatchObject({ id: made.id, title: 'Hello...' })
    await run(['bash', '-c', snippetOf('curl', callOf('delete', { key: made.id }))])
    expect((await server.api.get(`/api/collections/blog_posts/${made.id}`)).status).toBe(404)
  })
})

describe('TypeScript', () => {
  beforeAll(async () => {
    const { code, stderr } = await runKoyalite(['generate', '--lang', 'typescript', '--dir', server.project.dir])
    if (code !== 0) throw new Error(stderr)
    const installed = server.project.path('node_modules/@koyalite/client')
    mkdirSync(dirname(installed), { recursive: true })
    symlinkSync(dirname(Bun.resolveSync('@koyalite/client/package.json', import.meta.dir)), installed)
  }, 60_000)

  async function typescript(call: Call): Promise<string> {
    server.project.write('snippet.ts', `${snippetOf('typescript', call)}\nprocess.exit(0)\n`)
    return run([process.execPath, 'snippet.ts'], server.project.dir)
  }

  test('the list of a view, with times as dates', async () => {
    const filter = [...FILTERS, 'at:gt:2020-01-01T00:00:00.000Z']
    const shown = await typescript(
      callOf('list', { filter, where: 'doc.stars < $1', params: [100], sort: ['-stars', 'id'] }),
    )
    expect(Array.from(shown.matchAll(/id: "(\w)"/g), ([, id]) => id)).toEqual(['a', 'b'])
  })

  test('one document, creating, changing, deleting', async () => {
    expect(await typescript(callOf('get', { key: 'c' }))).toContain('Others without')
    expect(await typescript(callOf('create'))).toContain('stars: 2')
    expect(await typescript(callOf('update', { key: 'c' }))).toContain('Hello...')
    await typescript(callOf('delete', { key: 'c' }))
    expect((await server.api.get('/api/collections/blog_posts/c')).status).toBe(404)
  })
})

test('Go and Python have their own words for the same view', () => {
  const call = callOf('list', { filter: [...FILTERS.slice(0, 2), 'at:lt:2026-01-01T00:00:00Z'], sort: ['-stars'] })
  expect(snippetOf('go', call)).toContain(`koya.BlogPosts.Query().
	Filter(koyalite.BlogPostFields.Status.Eq("out")).
	Filter(koyalite.BlogPostFields.Stars.Gte(3)).
	Where("doc.at < $1", "2026-01-01T00:00:00Z").
	Sort("-stars").
	List(ctx)`)
  expect(snippetOf('python', call)).toContain(
    'koya.blog_posts.filter({"status": "out"}).filter({"stars": {"$gte": 3}}).filter({"at": {"$lt": datetime.fromisoformat("2026-01-01T00:00:00Z")}}).sort("-stars").list()',
  )
})
