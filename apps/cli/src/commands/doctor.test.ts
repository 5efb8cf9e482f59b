import { Database } from 'bun:sqlite'
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createApi, createKey, runKoyalite, startServer, type TempProject, until, useProjects } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
    rules: { read: "true", create: "auth.id != null", update: "doc.title.trim() == 'x'" }
`
interface Finding {
  readonly check: string
  readonly level: 'ok' | 'note' | 'problem'
  readonly message: string
  readonly advice?: string
}
const projects = useProjects({ schema: SCHEMA })

async function examined(project: TempProject): Promise<{ code: number; findings: readonly Finding[] }> {
  const { code, stdout } = await runKoyalite(['doctor', '--json', '--dir', project.dir])
  return { code, findings: JSON.parse(stdout).findings }
}
async function create(schema = SCHEMA): Promise<TempProject> {
  const project = projects.create({ schema })
  await createKey(project)
  return project
}
const named = (findings: readonly Finding[], check: string) => findings.find((finding) => finding.check === check)

describe('doctor', () => {
  test.each(['without a server', 'beside a server'])(
    'finds nothing wrong with a new project %s, and lists what is open',
    async (where) => {
      const project = await create()
      const server = where === 'beside a server' ? await startServer(project) : null
      const { code, findings } = await examined(project)
      await server?.kill('SIGTERM')
      expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
      expect(code).toBe(0)
      expect(named(findings, 'server')?.message).toBe(server === null ? 'no server is running' : 'a server is running')
      expect(named(findings, 'public operations')).toMatchObject({
        level: 'note',
        message: 'everyone may: posts (read)',
      })
      expect(named(findings, 'rules that query their own collection')).toMatchObject({ level: 'ok' })
      expect(named(findings, 'slow rules')?.message).toContain('posts.update: doc.title.trim()')
    },
  )

  test('says what start would refuse of the migrations', async () => {
    const project = await create()
    const finding = async () => named((await examined(project)).findings, 'migrations')
    expect(await finding()).toMatchObject({ level: 'ok' })
    project.write('schema.yaml', SCHEMA.replace('title: {', 'name: {').replace('doc.title', 'doc.name'))
    expect(await finding()).toMatchObject({ level: 'problem', message: expect.stringContaining('- posts.title') })
    const args = ['migrate', 'create', 'it', '--dir', project.dir]
    expect((await runKoyalite(args)).code).toBe(0)
    expect(await finding()).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('migrations/001_it.yaml:5:3 posts.title may have been renamed to posts.name'),
    })
    const operation = '{ type: rename_field, collection: posts, from: title, to: name }'
    const file = `version: 1\nname: it\noperations:\n  - ${operation}\n`
    project.write('migrations/001_it.yaml', `${file}confirm: false\n`)
    expect(await finding()).toMatchObject({ level: 'problem', message: expect.stringContaining('drafts') })
    project.write('migrations/001_it.yaml', file)
    expect(await finding()).toMatchObject({ level: 'note', message: 'pending: migrations/001_it.yaml' })
  })

  test('names the rules of writes that ask their own collection', async () => {
    const project = await create(`
version: 1
collections:
  seats:
    fields:
      id: { type: string, primary: true }
      place: { type: string, nullable: true, write: "seats.all(s, s.place != doc.place)" }
    rules: { create: "size(seats.filter(s, true)) < 5", read: "seats.exists(s, s.id == doc.id)" }
    policies: [{ name: moved, on: [update], effect: permit, using: "true", check: "!seats.exists(s, s.place == doc.place)" }]
`)
    const { code, findings } = await examined(project)
    const finding = named(findings, 'rules that query their own collection')
    expect([code, finding?.level]).toEqual([0, 'note'])
    expect(finding?.message).toContain('seats.create, seats.update (moved), seats.place (write)')
  })

  test('says when a rule reveals what the settings hide', async () => {
    const project = await create('version: 1\ncollections: { users: { fields: {}, rules: { create: "true" } } }\n')
    expect(named((await examined(project)).findings, 'hidden accounts')).toBeUndefined()
    project.write('koyalite.yaml', 'auth: { enumeration: hidden }\n')
    const { findings } = await examined(project)
    expect(named(findings, 'hidden accounts')).toMatchObject({
      level: 'note',
      message: expect.stringContaining('the create rule of users'),
    })
    const closed = await create()
    closed.write('koyalite.yaml', 'auth: { enumeration: hidden }\n')
    expect(named((await examined(closed)).findings, 'hidden accounts')).toMatchObject({ level: 'ok' })
  })

  test('what others may read is a problem, with the command that mends it', async () => {
    const project = await create()
    chmodSync(project.path('data/koyalite.db'), 0o644)
    const { code, findings } = await examined(project)
    expect(code).toBe(1)
    expect(named(findings, 'permissions')).toMatchObject({ level: 'problem', advice: 'chmod 600 data/koyalite.db' })
    const text = await runKoyalite(['doctor', '--dir', project.dir])
    expect(text.code).toBe(1)
    expect(text.stdout).toContain(
      '✗ permissions: other users can read data/koyalite.db\n  chmod 600 data/koyalite.db\n',
    )
    expect(text.stderr).toBe('error: 1 problem found\n')
  })

  test('a folder that others may write to is a problem', async () => {
    const project = await create()
    chmodSync(project.path('data'), 0o777)
    const { findings } = await examined(project)
    expect(named(findings, 'permissions')).toMatchObject({ level: 'problem', advice: 'chmod 700 data' })
  })

  test('says what this machine can keep functions apart by, and as whom the server runs', async () => {
    const project = await create()
    const { findings } = await examined(project)
    expect(named(findings, 'isolation')?.message).toMatch(
      /^this machine can isolate functions with .*separate processes/,
    )
    expect(named(findings, 'user')?.level).toBe(process.getuid?.() === 0 ? 'note' : 'ok')
    // Nothing that could be a sandbox is in this PATH; the settings ask for one.
    const bare = { PATH: dirname(process.execPath), KOYALITE_FUNCTIONS_ISOLATION: 'sandbox' }
    const { stdout, code } = await runKoyalite(['doctor', '--json', '--dir', project.dir], { env: bare })
    expect(code).toBe(1)
    expect(named(JSON.parse(stdout).findings, 'isolation')).toMatchObject({
      level: 'problem',
      message: 'functions.isolation is sandbox, which does not work on this machine',
    })
  })

  test('functions that run as plain processes are named', async () => {
    const project = await create()
    mkdirSync(project.path('functions'))
    writeFileSync(project.path('functions/hello.ts'), 'export default () => new Response()\n')
    const env = { KOYALITE_FUNCTIONS_ISOLATION: 'process' }
    const { stdout } = await runKoyalite(['doctor', '--json', '--dir', project.dir], { env })
    const message = expect.stringMatching(/^hello runs as a plain process: .* can reach$/)
    expect(named(JSON.parse(stdout).findings, 'functions')).toMatchObject({ level: 'note', message })
  })

  test('a reader that keeps the WAL from being emptied is named', async () => {
    const project = await create()
    const key = await createKey(project)
    const server = await startServer(project)
    const reader = new Database(project.path('data/koyalite.db'), { readonly: true })
    reader.run('BEGIN')
    reader.query('SELECT count(*) FROM posts').get()
    const api = createApi(server.url, key)
    const operations = Array.from({ length: 40 }, () => ({ title: 'x'.repeat(100_000) }))
    for (let sent = 0; sent < 40; sent++)
      expect((await api.post('/api/collections/posts', operations)).status).toBe(201)
    const blocked = await examined(project)
    expect(named(blocked.findings, 'write-ahead log')).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('a reader has blocked checkpoints since'),
    })
    const walBytes = async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      return Number(/koyalite_wal_bytes\S* (\d+)/.exec(metrics)?.[1])
    }
    expect(await walBytes()).toBeGreaterThan(100_000_000)
    reader.close()
    // It empties by itself.
    await until(async () => (await walBytes()) < 100_000_000)
    await until(async () => named((await examined(project)).findings, 'write-ahead log')?.level === 'ok')
    expect(await server.kill('SIGTERM')).toBe(0)
  })

  test('files that are wrong are named line by line, and the database is looked at all the same', async () => {
    const project = await create()
    project.write('schema.yaml', SCHEMA.replace('type: string', 'type: strng'))
    const { code, findings } = await examined(project)
    expect(code).toBe(1)
    // Beside the database, which has a schema of its own to be looked at with.
    expect(named(findings, 'settings')?.level).toBe('problem')
    expect(named(findings, 'settings')?.message).toContain("unknown type 'strng'")
    expect(named(findings, 'integrity')?.level).toBe('ok')
  })

  test('tells what a running server has seen: a proxy, a page that wants cookies, emails that fail', async () => {
    const project = await create()
    const nobodyListens = 'smtp://127.0.0.1:1'
    project.write('koyalite.yaml', `email: { transport: smtp, url: "${nobodyListens}", from: app@example.com }\n`)
    const server = await startServer(project)
    const before = await examined(project)
    expect(['proxy', 'cors', 'email'].map((check) => named(before.findings, check)?.level)).toEqual(['ok', 'ok', 'ok'])
    expect(named(before.findings, 'emails')).toBeUndefined()
    const api = createApi(server.url)
    const account = { email: 'ann@example.com', password: 'correct horse battery' }
    await api.post('/api/auth/register', account, { 'x-forwarded-for': '203.0.113.9' })
    const origin = 'https://app.example.com'
    expect((await api.post('/api/auth/login?cookies=true', account, { origin })).status).toBe(403)
    for (;;) {
      const { code, findings } = await examined(project)
      const emails = named(findings, 'emails')
      // The email is sent after the response.
      if (emails === undefined) continue
      expect([code, emails.level, emails.message]).toEqual([
        1,
        'problem',
        expect.stringContaining('1 email of the last 24 hours could not be sent'),
      ])
      expect(named(findings, 'proxy')?.advice).toContain('trust_proxy: true')
      expect(named(findings, 'cors')?.advice).toContain(`origins: ["${origin}"], credentials: true`)
      break
    }
    await server.kill('SIGTERM')
  })

  test('a folder of backups that is none is a problem, and keeps no server from starting', async () => {
    const project = await create()
    project.write('koyalite.yaml', 'backups: { dir: schema.yaml }\n')
    const server = await startServer(project)
    expect(named((await examined(project)).findings, 'backups')?.message).toContain('this cannot be checked: ENOTDIR')
    await server.kill('SIGTERM')
    await server.said('backups: this cannot be checked')
  })

  test.skipIf(process.platform !== 'linux')('a proxy that only a worker has seen', async () => {
    const project = await create()
    const server = await startServer(project, { args: ['--workers', '2'] })
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    expect((await createApi(server.url).get('/api/collections/posts', { headers })).status).toBe(200)
    expect(named((await examined(project)).findings, 'proxy')?.level).toBe('note')
    await server.kill('SIGTERM')
  })

  test('a backup of last month is none, unless the next is scheduled', async () => {
    const project = await create()
    await runKoyalite(['db', 'backup', '--dir', project.dir])
    expect(named((await examined(project)).findings, 'backups')?.level).toBe('ok')
    const [name = ''] = readdirSync(project.path('data/backups'))
    const manifest = project.path(`data/backups/${name}/manifest.json`)
    const text = readFileSync(manifest, 'utf8')
    writeFileSync(manifest, text.replace(/"created_at": ?"[^"]*"/, '"created_at":"2020-01-01T00:00:00.000Z"'))
    expect(named((await examined(project)).findings, 'backups')).toMatchObject({
      level: 'note',
      message: 'the newest was made at 2020-01-01T00:00:00.000Z, and none is scheduled',
    })
    project.write('koyalite.yaml', 'backups: { schedule: "0 3 * * *" }\n')
    expect(named((await examined(project)).findings, 'backups')?.level).toBe('ok')
  })
})
