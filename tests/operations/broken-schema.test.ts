import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { createApi, createKey, createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const GOOD = `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
    rules: { read: "true" }
`
const BROKEN = GOOD.replace('string', 'strng')

/** With one document. Each test has a copy. */
let origin: TempProject
let project: TempProject
beforeAll(async () => {
  origin = createProject({ schema: GOOD, files: { 'posts.ndjson': '{"title":"one"}\n' } })
  const imported = await runKoyalite(['db', 'import', 'posts', origin.path('posts.ndjson'), '--dir', origin.dir])
  expect(imported.code).toBe(0)
})
afterAll(() => origin.remove())
beforeEach(() => {
  project = createProject()
  cpSync(origin.dir, project.dir, { recursive: true })
})
afterEach(() => project.remove())

const koyalite = (...args: readonly string[]) => runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })

/** What must work while nobody has mended the file. */
const COMMANDS: readonly (readonly string[])[] = [
  ['keys', 'create', '--json'],
  ['keys', 'list', '--json'],
  ['users', 'list', '--json'],
  ['audit', 'verify', '--json'],
  ['db', 'backup', '--to', 'backup', '--json'],
  ['db', 'dump', '-', '--format', 'ndjson', '--collection', 'posts'],
]

describe.each([
  ['beside a server', true],
  ['without one', false],
] as const)('while schema.yaml has mistakes, %s', (_, live) => {
  test('commands work with the schema of the database, and say so', async () => {
    const server = live ? await startServer(project) : null
    project.write('schema.yaml', BROKEN)
    for (const command of COMMANDS) {
      const { code, stdout, stderr } = await koyalite(...command)
      expect([command.join(' '), code, stderr]).toEqual([
        command.join(' '),
        0,
        expect.stringContaining("unknown type 'strng'"),
      ])
      if (command[1] === 'dump') expect(JSON.parse(stdout)).toMatchObject({ title: 'one' })
    }
    const status = await koyalite('migrate', 'status', '--json')
    expect([status.code, JSON.parse(status.stdout).up_to_date]).toEqual([1, false])
    expect(status.stdout).toContain("unknown type 'strng'")
    const doctor = await koyalite('doctor')
    expect(doctor.stdout).toContain("unknown type 'strng'")
    const applied = await koyalite('migrate', 'apply')
    expect([applied.code, applied.stderr]).toEqual([1, expect.stringContaining("unknown type 'strng'")])
    await server?.kill('SIGTERM')
  })
})

test('the admin API shows a file with mistakes, and mends it', async () => {
  const server = await startServer(project)
  const api = createApi(server.url, await createKey(project))
  project.write('schema.yaml', BROKEN)
  const shown = (await api.get('/api/admin/schema')).body
  expect(shown).toMatchObject({ source: BROKEN, up_to_date: false, problems: [expect.stringContaining('strng')] })
  expect(shown.served).toContain('type: string')
  const fixed = GOOD.replace('type: string', 'type: string, maxLength: 200, nullable: true')
  const planned = await api.post('/api/admin/schema', { source: fixed, dry_run: true })
  expect(planned.body.problems).toEqual([])
  const good = GOOD.replace('title:', 'more: { type: string, nullable: true }, title:')
  const mended = await api.post('/api/admin/schema', { source: good })
  expect([mended.status, mended.body.changes]).toEqual([200, ['+ posts.more']])
  expect((await api.get('/api/admin/schema')).body).toMatchObject({ source: good, up_to_date: true, problems: [] })
  // One that cannot be applied leaves the file as it was, mistakes and all.
  project.write('schema.yaml', BROKEN)
  expect((await api.post('/api/admin/schema', { source: BROKEN })).status).toBe(422)
  expect((await api.get('/api/admin/schema')).body.source).toBe(BROKEN)
  await server.kill('SIGTERM')
})

test('a server does not start with it, and a project without a database has nothing else', async () => {
  project.write('schema.yaml', BROKEN)
  const started = await koyalite('start', '--port', '0')
  expect([started.code, started.stderr]).toEqual([1, expect.stringContaining("unknown type 'strng'")])
  const fresh = createProject({ schema: BROKEN })
  const listed = await runKoyalite(['keys', 'list', '--dir', fresh.dir])
  expect([listed.code, listed.stderr]).toEqual([1, expect.stringContaining("unknown type 'strng'")])
  fresh.remove()
})

test.each([
  ['schema.yaml is gone', (here: TempProject) => rmSync(here.path('schema.yaml')), 'has no schema.yaml'],
  [
    'koyalite.yaml has mistakes',
    (here: TempProject) => here.write('koyalite.yaml', 'servr: {}'),
    "unknown option 'servr'",
  ],
  ['koyalite.yaml is no YAML', (here: TempProject) => here.write('koyalite.yaml', 'server: ['), 'koyalite.yaml:1:'],
  ['koyalite.yaml is a folder', (here: TempProject) => mkdirSync(here.path('koyalite.yaml')), 'must be files'],
])(
  'while %s, a server goes on, commands go through it, and the admin API mends the schema',
  async (_, harm, reason) => {
    const server = await startServer(project)
    const api = createApi(server.url, await createKey(project))
    harm(project)
    for (const command of COMMANDS) {
      const { code, stderr } = await koyalite(...command)
      expect([command.join(' '), code, stderr]).toEqual([command.join(' '), 0, expect.stringContaining(reason)])
    }
    const shown = await api.get('/api/admin/schema')
    expect([shown.status, shown.body]).toMatchObject([200, { problems: [expect.stringContaining(reason)] }])
    expect((await api.get('/api/admin/migrations')).status).toBe(200)
    const applied = await api.post('/api/admin/migrate', { action: 'apply' })
    expect([applied.status, applied.body.error.message]).toEqual([409, expect.stringContaining(reason)])
    const good = GOOD.replace('title:', 'more: { type: string, nullable: true }, title:')
    expect((await api.post('/api/admin/schema', { source: good })).body.changes).toEqual(['+ posts.more'])
    expect((await api.get('/api/admin/schema')).body).toMatchObject({ source: good })
    expect((await api.get('/api/collections/posts?fields=more')).body.docs).toEqual([{ more: null }])
    await server.kill('SIGTERM')
  },
)

test('a schema.yaml that was not there is not there again after one that cannot be applied', async () => {
  const server = await startServer(project)
  const api = createApi(server.url, await createKey(project))
  rmSync(project.path('schema.yaml'))
  expect((await api.post('/api/admin/schema', { source: GOOD.replace('type: string', 'type: int') })).status).toBe(409)
  expect(existsSync(project.path('schema.yaml'))).toBe(false)
  await server.kill('SIGTERM')
})
