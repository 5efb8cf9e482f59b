import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, readFileSync } from 'node:fs'
import {
  createApi,
  createKey,
  createProject,
  freePort,
  koyaliteCommand,
  koyaliteEnvironment,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const schema = (rest = '') => `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: text }, n: { type: int, default: 0 }${rest} }
    rules: { read: "true", create: "true" }
`

/** An sql operation that would take minutes: it ends because it is cancelled. */
const ENDLESS = `version: 1
name: endless
operations:
  - { type: sql, up: "UPDATE posts SET n = (WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000000000) SELECT count(*) FROM c)", down: "-- nothing" }
`

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end()
})

/** A project whose database is large enough for migrations to run in a process of their own. */
let large: TempProject
let key: string
beforeAll(async () => {
  large = createProject({ schema: schema() })
  const documents = Array.from({ length: 10 }, () => JSON.stringify({ text: 'x'.repeat(1_000_000) }))
  large.write('posts.ndjson', documents.join('\n'))
  const imported = await runKoyalite(['db', 'import', 'posts', large.path('posts.ndjson'), '--dir', large.dir])
  expect(imported).toMatchObject({ code: 0 })
  key = await createKey(large)
})
afterAll(() => large.remove())

/** A copy of it, on which `key` is valid. */
function largeProject(): TempProject {
  const project = createProject()
  cleanUp.push(() => project.remove())
  cpSync(large.dir, project.dir, { recursive: true })
  return project
}

async function serve(project: TempProject, command: 'dev' | 'start' = 'start'): Promise<ServerProcess> {
  const server = await startServer(project, { command })
  cleanUp.push(() => server.kill('SIGKILL'))
  return server
}

const running = async (api: ReturnType<typeof createApi>): Promise<{ step: string } | null> =>
  (await api.get('/api/admin/migrate')).body.running

/** The process in which its migration runs. */
function migrationOf(server: ServerProcess): number {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ')
  return Number(children.at(-1))
}

describe('a migration of a large database', () => {
  test('reads go on while it runs; cancelled, it is undone, and the write that waited is stored', async () => {
    const project = largeProject()
    const server = await serve(project)
    const api = createApi(server.url, key)
    project.write('migrations/001_endless.yaml', ENDLESS)
    const applying = api.post('/api/admin/migrate', { action: 'apply' })
    await until(async () => (await running(api))?.step === 'running an sql operation')

    expect((await api.get('/api/collections/posts?fields=id,n&limit=1')).body.docs).toEqual([{ id: 1, n: 0 }])
    expect((await api.get('/health/ready')).status).toBe(200)
    const writing = api.post('/api/collections/posts', { text: 'written meanwhile' })
    expect((await api.post('/api/admin/migrate', { action: 'cancel' })).body).toEqual({ cancelled: true })

    const refused = await applying
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('cancelled')])
    expect(await writing).toMatchObject({ status: 201, body: { id: 11, n: 0 } })
    expect(await running(api)).toBeNull()
    expect((await api.post('/api/admin/migrate', { action: 'cancel' })).body).toEqual({ cancelled: false })
    const status = (await api.get('/api/admin/migrations')).body
    expect(status.migrations).toMatchObject([{ version: 1, state: 'pending' }])
  })

  test('its process killed by somebody else, it is refused with the reason, and can be applied again', async () => {
    const project = createProject({ schema: schema() })
    cleanUp.push(() => project.remove())
    const server = await serve(project)
    const api = createApi(server.url, await createKey(project))
    await api.post('/api/collections/posts', { text: 'one' })
    project.write('migrations/001_endless.yaml', ENDLESS)
    const applying = api.post('/api/admin/migrate', { action: 'apply' })
    await until(async () => (await running(api))?.step === 'running an sql operation')
    process.kill(migrationOf(server), 'SIGKILL')
    const refused = await applying
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('SIGKILL')])
    project.write('migrations/001_endless.yaml', ENDLESS.replace(/up: ".*?"/, 'up: "UPDATE posts SET n = 5"'))
    expect((await api.post('/api/admin/migrate', { action: 'apply' })).status).toBe(200)
    expect((await api.get('/api/collections/posts/1?fields=n')).body).toEqual({ n: 5 })
  })

  test('SQL of its author runs there on a small database too: nobody can say how long it takes', async () => {
    const project = createProject({ schema: schema() })
    cleanUp.push(() => project.remove())
    const server = await serve(project)
    const api = createApi(server.url, await createKey(project))
    await api.post('/api/collections/posts', { text: 'one' })
    const [endless = ''] = /WITH .* FROM c/.exec(ENDLESS) ?? []
    const fill = `{ type: alter_field, collection: posts, field: n, fill: "(${endless})" }`
    for (const operations of [ENDLESS, ENDLESS.replace(/{ type: sql.*}/, fill)]) {
      project.write('migrations/001_endless.yaml', operations)
      const applying = api.post('/api/admin/migrate', { action: 'apply' })
      await until(async () => (await running(api)) !== null)
      expect((await api.get('/api/collections/posts/1?fields=n')).body).toEqual({ n: 0 })
      await api.post('/api/admin/migrate', { action: 'cancel' })
      expect((await applying).status).toBe(409)
    }
  })

  test('a write that would wait too long is refused, and nothing of it is stored', async () => {
    const project = largeProject()
    const server = await serve(project)
    const api = createApi(server.url, key)
    project.write('migrations/001_endless.yaml', ENDLESS)
    const applying = api.post('/api/admin/migrate', { action: 'apply' })
    await until(async () => (await running(api))?.step === 'running an sql operation')
    // It holds the database as before, but needs no processor for as long as the write waits.
    process.kill(migrationOf(server), 'SIGSTOP')
    const refused = await api.post('/api/collections/posts', { text: 'too late' })
    process.kill(migrationOf(server), 'SIGCONT')
    expect([refused.status, refused.body.error.code]).toEqual([503, 'UNAVAILABLE'])
    await api.post('/api/admin/migrate', { action: 'cancel' })
    await applying
    expect((await api.get('/api/collections/posts?limit=1&count=true&fields=id')).body.total).toBe(10)
  })

  test('a server that is killed meanwhile takes the migration with it', async () => {
    const project = largeProject()
    const server = await serve(project)
    const api = createApi(server.url, key)
    project.write('migrations/001_endless.yaml', ENDLESS)
    api.post('/api/admin/migrate', { action: 'apply' }).catch(() => {})
    await until(async () => (await running(api))?.step === 'running an sql operation')
    await server.kill('SIGKILL')
    project.write('migrations/001_endless.yaml', ENDLESS.replace(/up: ".*?"/, 'up: "UPDATE posts SET n = 5"'))
    const again = createApi((await serve(project)).url, key)
    const { docs } = (await again.get('/api/collections/posts?fields=n')).body
    expect(docs).toEqual(Array.from({ length: 10 }, () => ({ n: 5 })))
    // The sql operation is a change of each document, which live queries hear of.
    expect((await again.get('/api/admin/migrations')).body.migrations).toMatchObject([{ state: 'applied' }])
  })

  test('dev gives up what a newer save makes pointless, and serves the result of that', async () => {
    const project = largeProject()
    const server = await serve(project, 'dev')
    const api = createApi(server.url, key)
    project.write('migrations/001_endless.yaml', ENDLESS)
    await until(async () => (await running(api))?.step === 'running an sql operation')
    project.write('migrations/001_endless.yaml', ENDLESS.replace(/up: ".*?"/, 'up: "UPDATE posts SET n = 7"'))
    await until(async () => (await api.get('/api/collections/posts/1?fields=n')).body.n === 7)
    project.write('schema.yaml', schema(', more: { type: string, default: "new", index: true }'))
    await until(async () => (await api.get('/api/collections/posts/1')).body.more === 'new')
    await server.said('migrating: creating the index')
  })

  test('start is alive and not ready while it migrates, and a signal ends it', async () => {
    const project = largeProject()
    project.write('migrations/001_endless.yaml', ENDLESS)
    const port = freePort()
    const child = Bun.spawn([...koyaliteCommand(), 'start', '--dir', project.dir, '--port', String(port)], {
      env: koyaliteEnvironment(),
      stdout: 'pipe',
      stderr: 'pipe',
    })
    cleanUp.push(() => child.kill('SIGKILL'))
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null)
      return response && { status: response.status, text: await response.text() }
    }
    await until(async () => (await ask('/health/live'))?.status === 200)
    await until(async () => (await ask('/api/collections/posts'))?.text.includes('running an sql operation') === true)
    expect((await ask('/health/ready'))?.status).toBe(503)
    expect((await ask('/api/collections/posts'))?.status).toBe(503)
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
    expect(await child.stdout.text()).toContain('migrating: running an sql operation')
    expect(await child.stderr.text()).toContain('Stopped before the server was ready.')
    // Nothing was lost, and nothing holds the database any more.
    const dumped = await runKoyalite([
      'db',
      'dump',
      '-',
      '--format',
      'ndjson',
      '--collection',
      'posts',
      '--dir',
      project.dir,
    ])
    expect(dumped.stdout.trim().split('\n')).toHaveLength(10)
  })

  test('roll back and unique indexes of large tables, refused by documents, go the same way', async () => {
    const project = largeProject()
    const server = await serve(project)
    const api = createApi(server.url, key)
    project.write(
      'migrations/001_endless.yaml',
      ENDLESS.replace(/up: ".*?"/, 'up: "UPDATE posts SET n = 5"').replace('-- nothing', 'UPDATE posts SET n = 6'),
    )
    expect((await api.post('/api/admin/migrate', { action: 'apply' })).status).toBe(200)
    const back = await api.post('/api/admin/migrate', { action: 'rollback', steps: 1 })
    expect(back.body.rolled_back).toMatchObject([{ version: 1, name: 'endless' }])
    expect((await api.get('/api/collections/posts/1?fields=n')).body).toEqual({ n: 6 })
    const unique = schema().replace('rules:', 'indexes: [{ name: one_n, fields: [n], unique: true }]\n    rules:')
    const proposed = await api.post('/api/admin/schema', { source: unique, dry_run: true })
    expect(proposed.body).toMatchObject({ up_to_date: false })
    const refused = await api.post('/api/admin/schema', { source: unique })
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('have equal values')])
  })
})
