import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createKey, createProject, startServer, useServer } from '@koyalite/testkit'
import { startWorkerServer, untilServed } from '../workers/worker-server'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  books:
    fields: { id: { type: int, primary: true }, title: { type: string }, price: { type: float, nullable: true } }
    rules: { read: "true" }
`

/** Words of callers that nothing may repeat. */
const SECRETS = ['Quetzal', 'pass-phrase-of-ann', 'ann@example.com']

describe('what is measured', () => {
  const server = useServer({ schema: SCHEMA })

  test('is there at once and after a restart, by route, shape and cause, without what callers said', async () => {
    const { anonymous, api } = server
    for (let id = 1; id <= 5; id++) await api.post('/api/collections/books', { id, title: `Book ${id}` })
    for (let n = 0; n < 7; n++) await anonymous.get('/api/collections/books?filter=title:eq:Quetzal&sort=-price')
    for (let n = 0; n < 3; n++) await anonymous.get('/api/collections/books/999')
    await anonymous.get('/api/collections/nothing-of-ours')
    await anonymous.post('/api/auth/login', { email: 'ann@example.com', password: 'pass-phrase-of-ann' })
    await anonymous.get('/health')
    const counted = async () => {
      const { status, body } = await server.api.get('/api/admin/stats')
      expect(status).toBe(200)
      const route = (name: string) =>
        body.routes.find((one: { route: string }) => one.route === name)?.requests as number | undefined
      return {
        text: JSON.stringify(body),
        creates: route('POST /api/collections/books'),
        lists: route('GET /api/collections/books'),
        health: route('GET /health'),
        shapes: body.queries.map(({ shape, count }: { shape: string; count: number }) => `${count} ${shape}`),
        errors: body.errors.map(
          ({ count, status: code, route: of }: Record<string, unknown>) => `${count} ${code} ${of}`,
        ),
        writes: body.total.writes as number,
      }
    }
    const before = await counted()
    expect(before).toMatchObject({
      ...{ creates: 5, lists: 7, health: undefined, shapes: ['7 books?filter=title:eq:?&sort=-price'] },
    })
    expect(before.errors.toSorted()).toEqual([
      '1 401 POST /api/auth/login',
      '1 404 GET /api/collections/:collection',
      '3 404 GET /api/collections/books/:id',
    ])
    await server.restart()
    const after = await counted()
    expect(after).toMatchObject({ creates: 5, lists: 7, shapes: before.shapes, errors: before.errors })
    for (const secret of SECRETS) expect(before.text + after.text).not.toContain(secret)
  })

  test('of the log, one request and all of them has no secret either', async () => {
    const { anonymous, api } = server
    const asked = await anonymous.get('/api/collections/books?filter=title:eq:Quetzal')
    const id = asked.headers.get('x-request-id') ?? ''
    await anonymous.post('/api/auth/login', { email: 'ann@example.com', password: 'pass-phrase-of-ann' })
    const one = await api.get(`/api/admin/requests/${id}`)
    expect(one.body).toMatchObject({
      request: { id, status: 200, route: 'GET /api/collections/books', query: 'books?filter=title:eq:?' },
      query: { shape: 'books?filter=title:eq:?', count: 1 },
      log: [],
    })
    const logs = await api.get('/api/admin/logs?requests=true&limit=500')
    expect(logs.body.entries.map(({ message }: { message: string }) => message)).toContain('GET /api/collections/books')
    expect((await api.get('/api/admin/logs?level=error&requests=true')).body.entries).toEqual([])
    expect((await api.get('/api/admin/logs?requests=true&q=AUTH/login')).body.entries).not.toEqual([])
    const all = await api.get('/api/admin/requests?limit=500&own=false')
    for (const { text } of [one, logs, all]) for (const secret of SECRETS) expect(text).not.toContain(secret)
    expect(all.text).not.toContain('/api/admin/login')
  })

  test.each([
    ['/api/admin/stats?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'before'],
    ['/api/admin/stats?from=2020-01-01T00:00:00Z', 'a week'],
    ['/api/admin/stats?step=90', 'multiple of 60'],
    ['/api/admin/stats?from=yesterday', 'timestamp'],
    ['/api/admin/logs?level=fatal', 'level'],
    ['/api/admin/requests?since=now', 'timestamp'],
  ])('%s is refused, and says why', async (path, why) => {
    const { status, text } = await server.api.get(path)
    expect(status).toBe(400)
    expect(text).toContain(why)
  })

  test.each(['/api/admin/stats', '/api/admin/logs', '/api/admin/requests', '/api/admin/requests/x'])(
    '%s is for operators',
    async (path) => {
      expect((await server.anonymous.get(path)).status).toBe(401)
      expect((await createApi(server.process.url, await createKey(server.project, 'data:read')).get(path)).status).toBe(
        403,
      )
    },
  )

  test('a request that nobody remembers is not found', async () => {
    expect((await server.api.get('/api/admin/requests/nothing')).status).toBe(404)
  })
})

describe.skipIf(process.platform !== 'linux')('with workers', () => {
  test('what they answered adds up, also after the server has ended', async () => {
    const project = createProject({ schema: SCHEMA })
    const key = await createKey(project)
    const server = await startWorkerServer(project, 2)
    await untilServed(server.url, 2)
    const before = await readsOf(server.url, key)
    for (let n = 0; n < 40; n++) {
      // Each connection may reach another process.
      const response = await fetch(`${server.url}/api/collections/books`, { headers: { connection: 'close' } })
      expect(response.status).toBe(200)
      await response.text()
    }
    expect((await readsOf(server.url, key)) - before).toBe(40)
    await server.kill('SIGTERM')
    const again = await startServer(project)
    expect((await readsOf(again.url, key)) - before).toBe(40)
    await again.kill('SIGKILL')
    project.remove()
  })
})

async function readsOf(url: string, key: string): Promise<number> {
  const { body } = await createApi(url, key).get('/api/admin/stats')
  const routes = body.routes as readonly { readonly route: string; readonly requests: number }[]
  return routes.find(({ route }) => route === 'GET /api/collections/books')?.requests ?? 0
}
