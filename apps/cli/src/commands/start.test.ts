import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createApi,
  freePort,
  KEYS,
  koyaliteCommand,
  koyaliteEnvironment,
  NOTES_SCHEMA,
  runInTerminal,
  runKoyalite,
  startServer,
  useProjects,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const projects = useProjects()

/** Runs a command to its end; the test would time out if it had none. */
async function untilEnd(...args: readonly string[]) {
  const { code, stdout, stderr } = await runKoyalite(args)
  return { code, stdout, stderr }
}

describe('a start that fails says why and ends', () => {
  for (const command of ['start', 'dev'] as const) {
    test(`${command}: the port is taken`, async () => {
      const taken = Bun.serve({ hostname: '127.0.0.1', port: 0, reusePort: false, fetch: () => new Response('') })
      const { code, stderr } = await untilEnd(command, '--dir', projects.create().dir, '--port', String(taken.port))
      expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${taken.port} is already in use`)])
      await taken.stop(true)
    })
  }

  test("something that is no socket has the control socket's name: it is left alone, and the server serves", async () => {
    const project = projects.create()
    project.write('data/koyalite.sock', 'notes')
    const server = await startServer(project)
    expect(await server.kill('SIGTERM')).toBe(0)
    await server.said('commands cannot reach this server')
    await server.said('is not a socket')
  })

  test('keys that cannot be read', async () => {
    const project = projects.create()
    mkdirSync(project.path('data/keys/secrets.json'), { recursive: true, mode: 0o700 })
    const { code, stderr } = await untilEnd('start', '--dir', project.dir, '--port', String(freePort()))
    expect(code).toBe(1)
    expect(stderr).toStartWith('error: ')
  })

  test('dev --seed with a seed that is wrong', async () => {
    const project = projects.create()
    project.write('seeds/notes.json', '[{"id":"no number"}]')
    const { code, stderr } = await untilEnd('dev', '--seed', '--dir', project.dir, '--port', String(freePort()))
    expect(code).toBe(1)
    expect(stderr).toContain('seeds/notes.json')
  })
})

describe('asked to end while it starts', () => {
  for (const command of ['start', 'dev'] as const) {
    test(`${command} ends, at whichever moment`, async () => {
      const project = projects.create()
      for (const wait of [20, 80, 150, 250, 350, 500]) {
        const child = Bun.spawn([...koyaliteCommand(), command, '--dir', project.dir, '--port', String(freePort())], {
          env: koyaliteEnvironment(),
          stdin: 'ignore',
          stdout: 'ignore',
          stderr: 'ignore',
        })
        // Where in the start it falls is up to the machine: the end must come at all of them.
        await Bun.sleep(wait)
        child.kill('SIGTERM')
        await child.exited
        expect([0, 143]).toContain(child.exitCode ?? 143)
      }
      const server = await startServer(project)
      expect(await server.kill('SIGTERM')).toBe(0)
    })
  }
})

describe('the control socket', () => {
  test('a project in a long path is reached through it, and nothing is left in a shared folder', async () => {
    const base = projects.create()
    const dir = join(base.dir, 'deep'.repeat(30))
    mkdirSync(dir)
    writeFileSync(join(dir, 'schema.yaml'), NOTES_SCHEMA)
    const project = { ...base, dir, path: (name: string) => join(dir, name) }
    const temporary = join(base.dir, 'tmp')
    mkdirSync(temporary)
    const env = { TMPDIR: temporary }
    const server = await startServer(project, { env, args: ['--workers', '2'] })
    expect(statSync(project.path('data/koyalite.sock')).mode & 0o777).toBe(0o600)
    expect(statSync(project.path('data/koyalite-workers.sock')).mode & 0o777).toBe(0o600)
    const key = JSON.parse((await runKoyalite(['keys', 'create', '--json', '--dir', dir], { env })).stdout).key
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const made = await fetch(`${server.url}/api/collections/notes`, {
      method: 'POST',
      headers,
      body: '{"id":1,"text":"x"}',
    })
    expect(made.status).toBe(201)
    expect(await server.kill('SIGTERM')).toBe(0)
  })

  const isRoot = process.geteuid?.() === 0
  test.skipIf(!isRoot)('a command sends nothing to a socket of another user (needs root)', async () => {
    const project = projects.create()
    // A folder like /tmp, where a stranger was first.
    mkdirSync(project.path('data'), { mode: 0o1777 })
    chmodSync(project.path('data'), 0o1777)
    let asked = 0
    const stranger = Bun.serve({
      unix: project.path('data/koyalite.sock'),
      fetch: () => {
        asked++
        return Response.json({ key: 'theirs' })
      },
    })
    chownSync(project.path('data/koyalite.sock'), 65_534, 65_534)
    const { code, stdout, stderr } = await runKoyalite(['keys', 'create', '--dir', project.dir])
    expect([code, stdout, asked]).toEqual([1, '', 0])
    expect(stderr).toContain('belongs to another user')
    await stranger.stop(true)
    rmSync(project.path('data/koyalite.sock'), { force: true })
    expect((await runKoyalite(['keys', 'create', '--dir', project.dir])).code).toBe(0)
  })
})

describe('says what it serves, and what should be different in production', () => {
  test('as lines of the log, where standard output is not a terminal', async () => {
    const project = projects.create({ settings: 'name: shop\n' })
    const server = await startServer(project)
    await createApi(server.url).get('/api/collections/notes')
    await server.kill('SIGTERM')
    const lines = server.output().trimEnd().split('\n')
    // biome-ignore lint/suspicious/noExplicitAny: each line is what it is
    const entries: any[] = lines.map((line) => JSON.parse(line))
    expect(entries.find(({ url }) => url === server.url)).toMatchObject({
      level: 'info',
      msg: `shop is served at ${server.url}`,
      environment: 'production',
      database: 'data/koyalite.db',
      collections: ['users', 'notes'],
      pages: ['/', '/api/docs', '/api/openapi.json', '/health', '/metrics (operators)', '/_/auth/*'],
      workers: 0,
    })
    const checks = entries.filter(({ level, check }) => level === 'warn' && check !== undefined)
    expect(checks.map(({ check }) => check)).toEqual(['address', 'email', 'operators', 'backups'])
    expect(entries.some(({ msg, path }) => msg === 'request' && path === '/api/collections/notes')).toBe(true)
    // Anyone with the link becomes the owner: it is shown, but never written to a file.
    const token = /setup#token=([\w-]+)/.exec(server.output())?.[1] ?? ''
    expect(token).not.toBe('')
    for (const file of readdirSync(project.path('data/logs')))
      expect(readFileSync(project.path(`data/logs/${file}`), 'utf8')).not.toContain(token)
  })

  test('as text, where the log does not go there', async () => {
    const project = projects.create({
      settings: 'name: shop\nserver: { url: "https://shop.example.com", metrics: off }\nlogs: { stdout: false }\n',
    })
    const server = await startServer(project)
    await createApi(server.url).get('/api/collections/notes')
    await server.kill('SIGTERM')
    await server.said(`is served at ${server.url}\n`)
    await server.said('! email: no email is sent')
    expect(server.output()).not.toContain('server.url is not set')
    expect(server.output()).not.toMatch(/metrics|"msg"/)
  })

  test('as text on a terminal, without the log', async () => {
    const project = projects.create({ settings: 'name: shop\n' })
    const args = ['start', '--dir', project.dir, '--port', String(freePort())]
    const { shown } = await runInTerminal(args, { cwd: project.dir, answers: [['becomes the owner', KEYS.interrupt]] })
    expect(shown).toMatch(/shop {2}KoyaLite \S+ is served at http/)
    expect(shown).toContain('  Collections  users, notes')
    expect(shown).not.toContain('"msg"')
  })
})
