import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProject, type Project } from './project'

const SCHEMA = `
version: 1
collections:
  posts:
    fields:
      id: { type: string, primary: true }
      title: { type: string }
      meta: { type: json, nullable: true }
    rules: { read: "true" }
  comments:
    fields:
      id: { type: string, primary: true }
      post_id: { type: string, references: posts.id }
      other_id: { type: string, references: posts.id, index: true, nullable: true }
    rules: { read: "true" }
`

let dir: string
let project: Project
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-requests-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
  project = await openProject({ dir, overrides: { 'database.path': ':memory:' } })
})
afterAll(async () => {
  await project.close()
  rmSync(dir, { recursive: true })
})

interface Sent {
  readonly key?: string
  readonly body?: unknown
}

async function send(method: string, path: string, { key, body }: Sent = {}) {
  const { app, control } = project.current()
  const headers = {
    'content-type': 'application/json',
    ...(key !== undefined && key !== 'control' && { authorization: `Bearer ${key}` }),
  }
  const request = new Request(`http://localhost${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const response = await (key === 'control' ? control : app).fetch(request, { ip: '192.0.2.7' })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const received = (await response.json()) as any
  return { status: response.status, id: response.headers.get('x-request-id') ?? '', body: received }
}

const keyFor = async (scope: string): Promise<string> =>
  (await send('POST', '/api/admin/keys', { key: 'control', body: { scopes: [{ scope }] } })).body.key

describe('GET /api/admin/requests', () => {
  test('shows what was asked, with the shape of a list and never its values', async () => {
    const asked = new URLSearchParams([
      ['filter', 'title:eq:Quetzal'],
      ['filter', '{"meta.Quetzal":"Quetzal"}'],
      ['where', "doc.title != 'Quetzal'"],
      ['sort', '-title'],
    ])
    const { id, status } = await send('GET', `/api/collections/posts?${asked}`)
    expect(status).toBe(200)
    const found = await send('GET', `/api/admin/requests?id=${id}`, { key: 'control' })
    expect(found.body).toEqual({
      requests: [
        {
          ...{ id, at: expect.any(String), method: 'GET', path: '/api/collections/posts', status: 200, code: null },
          route: 'GET /api/collections/posts',
          query: 'posts?filter=title:eq:?&filter=meta.*:eq:?&where=doc.title != ?&sort=-title',
          ...{ ms: expect.any(Number), bytes: 30, actor: { kind: 'anonymous', id: null }, ip: '192.0.2.7' },
        },
      ],
      next_cursor: null,
    })
    const queries = await send('GET', '/api/admin/queries', { key: 'control' })
    const all = await send('GET', '/api/admin/requests?limit=500', { key: 'control' })
    expect(JSON.stringify([queries.body, all.body])).not.toContain('Quetzal')
    await project.log.flush()
    const logs = join(dir, 'data', 'logs')
    const logged = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
    expect(logged.join('')).toContain('"query":"posts?filter=title:eq:?')
    expect(logged.join('')).not.toContain('Quetzal')
  })

  test('finds by path, status, actor and time, and comes in pages', async () => {
    const key = await keyFor('data:read')
    for (let n = 0; n < 3; n++) await send('GET', `/api/collections/nothing-${n}`, { key })
    const list = async (query: string) =>
      (await send('GET', `/api/admin/requests?${query}`, { key: 'control' })).body as {
        requests: { path: string; code: string; actor: { kind: string; id: string } }[]
        next_cursor: string | null
      }
    const { requests } = await list('path=nothing-&status=404')
    expect(requests.map(({ path, code }) => `${path} ${code}`)).toEqual(
      [2, 1, 0].map((n) => `/api/collections/nothing-${n} COLLECTION_NOT_FOUND`),
    )
    const { id } = requests[0]?.actor ?? {}
    expect((await list(`actor=${id}`)).requests).toHaveLength(3)
    expect((await list(`actor=${id}&status=5xx`)).requests).toEqual([])
    expect((await list('min_ms=100000')).requests).toEqual([])
    const first = await list(`actor=${id}&limit=2`)
    expect(first.requests).toHaveLength(2)
    const second = await list(`actor=${id}&limit=2&cursor=${first.next_cursor}`)
    expect([...first.requests, ...second.requests]).toEqual(requests)
    expect(second.next_cursor).toBeNull()
  })

  test.each([
    'status=6xx',
    'status=40',
    'min_ms=-1',
    'min_ms=a',
    'min_ms=',
    'cursor=zzz',
    'limit=0',
    'limit=501',
    'nothing=1',
    'method=get',
  ])('%s is refused', async (query) => {
    expect((await send('GET', `/api/admin/requests?${query}`, { key: 'control' })).status).toBe(400)
  })

  test.each(['/api/admin/requests', '/api/admin/queries'])('%s is for the scope logs', async (path) => {
    expect((await send('GET', path, { key: await keyFor('logs') })).status).toBe(200)
    expect((await send('GET', path, { key: await keyFor('data:read') })).status).toBe(403)
    expect((await send('GET', path)).status).toBe(401)
  })
})

const INSERTS = /^INSERT .*INTO "posts"/

describe('GET /api/admin/requests/:id', () => {
  const statementsOf = async (id: string) =>
    (await send('GET', `/api/admin/requests/${id}`, { key: 'control' })).body.statements
  const look = () => send('GET', '/api/admin/requests?limit=1', { key: 'control' })

  test('has the statements of a request that came while somebody looked, with times and rows, and no values', async () => {
    await look()
    const key = await keyFor('data:write')
    const post = { id: 'Quetzal', title: 'Quetzal' }
    const created = await send('POST', '/api/collections/posts', { key, body: post })
    expect(created.status).toBe(201)
    const { count, ms, list } = await statementsOf(created.id)
    expect(count).toBe(list.length)
    const insert = list.find(({ sql }: { sql: string }) => INSERTS.test(sql))
    expect(insert).toEqual({ sql: expect.any(String), ms: expect.any(Number), rows: 1 })
    expect(ms).toBeGreaterThanOrEqual(insert.ms)
    const listed = await send('GET', '/api/collections/posts?filter=title:eq:Quetzal')
    const read = await statementsOf(listed.id)
    expect(read).toMatchObject({ count: 1, list: [{ sql: expect.stringContaining('FROM "posts"') }] })
    expect(JSON.stringify([list, read])).not.toContain('Quetzal')
  })

  test('what two requests do at the same time is of each', async () => {
    await look()
    const key = await keyFor('data:write')
    const ids = ['x', 'y', 'z']
    const sent = await Promise.all(
      ids.map((id) => send('POST', '/api/collections/posts', { key, body: { id, title: id } })),
    )
    for (const { id, status } of sent) {
      expect(status).toBe(201)
      const { list } = await statementsOf(id)
      expect(list.filter(({ sql }: { sql: string }) => INSERTS.test(sql))).toHaveLength(1)
    }
  })
})

test('what nobody looked at has no statements', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-unwatched-'))
  writeFileSync(join(folder, 'schema.yaml'), SCHEMA)
  const unwatched = await openProject({ dir: folder, overrides: { 'database.path': ':memory:' } })
  const { app, control } = unwatched.current()
  const get = (path: string) => new Request(`http://localhost${path}`)
  const first = await app.fetch(get('/api/collections/posts'), { ip: '192.0.2.7' })
  const found = await control.fetch(get(`/api/admin/requests/${first.headers.get('x-request-id')}`), { ip: '' })
  expect(await found.json()).toMatchObject({ statements: null })
  await unwatched.close()
  rmSync(folder, { recursive: true })
})

test('GET /api/admin/queries counts lists and aggregates by shape', async () => {
  for (let n = 0; n < 3; n++) await send('GET', `/api/collections/comments?filter=post_id:eq:${n}`)
  await send('GET', '/api/collections/comments/aggregate?group=post_id')
  const { body } = await send('GET', '/api/admin/queries?sort=count&limit=500', { key: 'control' })
  const counts = Object.fromEntries(
    body.queries.map(({ shape, count }: { shape: string; count: number }) => [shape, count]),
  )
  expect(counts).toMatchObject({
    'comments?filter=post_id:eq:?': 3,
    'comments/aggregate?values=count&group=post_id': 1,
  })
  const pages = [
    await send('GET', '/api/admin/queries?sort=count&limit=1', { key: 'control' }),
    await send('GET', '/api/admin/queries?sort=count&limit=1&cursor=1', { key: 'control' }),
  ]
  expect(pages.map((page) => page.body.queries[0].shape)).toEqual(
    body.queries.slice(0, 2).map(({ shape }: { shape: string }) => shape),
  )
  expect((await send('GET', '/api/admin/queries?sort=slow', { key: 'control' })).status).toBe(400)
})

test('a live list counts too, by the shape that it has over HTTP', async () => {
  const filter = encodeURIComponent('{"id":{"$gt":"a"}}')
  const request = new Request(`http://localhost/api/collections/posts/live?filter=${filter}`)
  const response = await project.current().app.fetch(request, { ip: '192.0.2.7' })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  while (!text.includes('"docs"')) text += new TextDecoder().decode((await reader.read()).value)
  await reader.cancel()
  await send('GET', '/api/collections/posts?filter=id:gt:b')
  const { body } = await send('GET', '/api/admin/queries?limit=500', { key: 'control' })
  const shapes = body.queries.filter(({ shape }: { shape: string }) => shape === 'posts?filter=id:gt:?')
  expect(shapes).toMatchObject([{ count: 2, collection: 'posts' }])
})

test('doctor names references without an index, and the slowest lists', async () => {
  const { body } = await send('GET', '/api/admin/doctor', { key: 'control' })
  const finding = (check: string) => body.findings.find((one: { check: string }) => one.check === check)
  expect(finding('indexes')).toMatchObject({
    level: 'note',
    message: expect.stringContaining('references without an index: comments.post_id.'),
    advice: expect.stringContaining(
      'collections.comments.indexes: - { name: idx_comments_post_id, fields: [post_id] }',
    ),
  })
  expect(finding('slow lists').level).toMatch(/ok|note/)
})
