import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import {
  type Api,
  createApi,
  createProject,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { askAll, startWorkerServer } from '../workers/worker-server'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
roles: { moderator: { permissions: [] } }
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
    rules: { read: "true", create: "auth.id != null" }
`
const PASSWORD = 'correct horse battery'
const kinds = process.platform === 'linux' ? ['a server', 'a server with two workers'] : ['a server']

/** Every command works on a project that is being served, through its server; those that cannot are refused by name, and change nothing. */
describe.each(kinds)('beside %s', (kind) => {
  const withWorkers = kind !== 'a server'
  let project: TempProject
  let server: ServerProcess
  let api: Api
  const koyalite = (...args: readonly string[]) => runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })
  async function ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await koyalite(...args)
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
    return stdout
  }
  const json = async (...args: readonly string[]) => JSON.parse(await ok(...args, '--json'))
  /** What the processes answer, each. */
  const posts = async () => {
    const responses = await askAll(`${server.url}/api/collections/posts?limit=500`, withWorkers ? 8 : 1)
    const [first] = responses
    for (const response of responses) expect(response).toMatchObject({ status: 200, body: first?.body })
    const { docs } = (first?.body ?? {}) as { docs?: readonly Record<string, unknown>[] }
    return docs ?? []
  }

  beforeAll(async () => {
    project = createProject({
      schema: SCHEMA,
      files: {
        'seeds/posts.yaml': '- { id: 1, title: seeded }\n',
        'rules/posts.test.yaml':
          'documents: { posts: { one: { title: x } } }\ncases:\n  - { actor: anonymous, operation: read, collection: posts, id: one, expect: allowed }\n',
      },
    })
    const env = { KOYALITE_ENV: 'staging' }
    server = withWorkers ? await startWorkerServer(project, 2, { env }) : await startServer(project, { env })
    api = createApi(server.url)
  })
  afterAll(async () => {
    expect(await server.kill('SIGTERM')).toBe(0)
    // What is left is one sound file.
    const { findings } = await json('doctor')
    expect(findings.filter(({ level }: { level: string }) => level === 'problem')).toEqual([])
    expect(existsSync(project.path('data/koyalite.db-wal'))).toBe(false)
    project.remove()
  })

  test('db seed, import, dump', async () => {
    await ok('db', 'seed')
    project.write('more.ndjson', '{"collection":"posts","document":{"id":2,"title":"imported"}}\n')
    await ok('db', 'import', 'more.ndjson')
    expect(await posts()).toEqual([
      { id: 1, title: 'seeded' },
      { id: 2, title: 'imported' },
    ])
    expect((await ok('db', 'dump', '-', '--format', 'ndjson', '--collection', 'posts')).split('\n')).toHaveLength(3)
  })

  test('keys create, list, revoke', async () => {
    const { id, key } = await json('keys', 'create', '--scope', 'data:write')
    const keyed = createApi(server.url, key)
    expect((await keyed.post('/api/collections/posts', { id: 3, title: 'by a key' })).status).toBe(201)
    expect(JSON.stringify(await json('keys', 'list'))).toContain(id)
    await ok('keys', 'revoke', id)
    const headers = { authorization: `Bearer ${key}` }
    const responses = await askAll(`${server.url}/api/collections/posts`, 8, { headers })
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([401]))
  })

  test('users create, list, block, reset-password; admin create, reset-password', async () => {
    const { code } = await runKoyalite(
      ['users', 'create', 'ann@example.com', '--role', 'moderator', '--password-stdin', '--dir', project.dir],
      { stdin: PASSWORD },
    )
    expect(code).toBe(0)
    const credentials = { email: 'ann@example.com', password: PASSWORD }
    const { access_token } = (await api.post('/api/auth/login', credentials)).body
    const headers = { authorization: `Bearer ${access_token}` }
    const me = async () =>
      new Set((await askAll(`${server.url}/api/auth/me`, 4, { headers })).map(({ status }) => status))
    expect(await me()).toEqual(new Set([200]))
    expect((await json('users', 'list')).users).toHaveLength(1)
    expect(await json('users', 'reset-password', 'ann@example.com')).toMatchObject({ sent: true })
    await ok('users', 'block', 'ann@example.com')
    expect(await me()).toEqual(new Set([401]))
    expect(await json('admin', 'create', 'ben@example.com')).toMatchObject({ role: 'owner' })
    expect(await json('admin', 'reset-password', 'ben@example.com')).toMatchObject({ email: 'ben@example.com' })
  })

  test('audit verify, rules test, rules explain, doctor, health', async () => {
    expect(await json('audit', 'verify')).toMatchObject({ ok: true })
    expect(await json('rules', 'test')).toMatchObject({ ok: true, passed: 1 })
    expect(await json('rules', 'explain', 'posts', 'read')).toBeObject()
    const { findings } = await json('doctor')
    expect(findings.filter(({ level }: { level: string }) => level === 'problem')).toEqual([])
    expect(findings[0]).toMatchObject({ check: 'server', message: 'a server is running' })
    expect((await runKoyalite(['health', server.url])).code).toBe(0)
  })

  test('migrate status, create, apply, rollback', async () => {
    project.write('schema.yaml', SCHEMA.replace('title:', 'headline:'))
    expect(await json('migrate', 'status')).toMatchObject({ up_to_date: false })
    const { questions, file } = await json('migrate', 'create', 'rename_title')
    expect(questions).toHaveLength(1)
    project.write(
      file,
      'version: 1\nname: rename_title\noperations:\n  - { type: rename_field, collection: posts, from: title, to: headline }\n',
    )
    expect(await json('migrate', 'apply', '--yes')).toMatchObject({ applied: [{ version: 1 }] })
    expect((await posts())[0]).toEqual({ id: 1, headline: 'seeded' })
    expect(await json('migrate', 'rollback', '--yes')).toMatchObject({ rolled_back: [{ version: 1 }] })
    expect((await posts())[0]).toEqual({ id: 1, title: 'seeded' })
    project.write('schema.yaml', SCHEMA)
    await Bun.file(project.path(file)).delete()
    expect(await json('migrate', 'status')).toMatchObject({ changes: [] })
  })

  test('db backup, backups; reset is refused, whatever the environment is called', async () => {
    const made = await json('db', 'backup')
    expect((await json('db', 'backups', '--verify')).backups).toMatchObject([{ name: made.name, ok: true }])
    const before = await posts()
    const { code, stderr } = await koyalite('db', 'reset', '--yes')
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('cannot be reset') })
    expect(await posts()).toEqual(before)
  })

  test.each<readonly [string, ...string[]]>([
    ['db', 'restore', 'backups/x', '--yes'],
    ['db', 'encrypt', '--to', 'env:HOME'],
    ['db', 'decrypt', '--from', 'env:HOME', '--yes'],
    ['db', 'rekey', '--from', 'env:HOME', '--to', 'env:PATH'],
    ['start', '--port', '0'],
    ['dev', '--port', '0'],
  ])('%s %s is refused, and says who has the database', async (...args: readonly string[]) => {
    const before = await posts()
    const { code, stderr } = await koyalite(...args)
    expect(code).toBe(1)
    expect(stderr).toContain(`is already served by process ${server.pid}`)
    expect(stderr).toContain(`kill ${server.pid}`)
    expect(await posts()).toEqual(before)
    expect(readdirSync(project.path('data')).filter((name) => /part|recoded|shred|restore/.test(name))).toEqual([])
  })
})
