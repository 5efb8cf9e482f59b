import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createApi, freePort, until } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const ROOT = resolve(import.meta.dir, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'koyalite executable '))
const executable = join(folder, 'koyalite')
const work = join(folder, 'empty')

beforeAll(async () => {
  mkdirSync(work)
  if (process.env.KOYALITE_BIN) return copyFileSync(process.env.KOYALITE_BIN, executable)
  const build = Bun.spawn([process.execPath, join(ROOT, 'scripts/build.ts'), '--outfile', executable], {
    stdout: 'pipe',
    stderr: 'pipe',
  })
  expect(await build.exited, await build.stderr.text()).toBe(0)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the executable in an empty folder, with an empty environment: no Bun, no Node, no clone to lean on. */
async function run(...args: readonly string[]): Promise<string> {
  const child = Bun.spawn([executable, ...args], {
    cwd: work,
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

test('alone in an empty folder it makes, seeds and serves a project', async () => {
  expect(await run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  await run('init', 'app')
  expect(await run('db', 'seed', '--dir', 'app')).toContain('notes  2 new')
  const { key } = JSON.parse(await run('keys', 'create', '--json', '--dir', 'app')) as { key: string }

  const port = freePort()
  const server = Bun.spawn([executable, 'dev', '--dir', 'app', '--port', String(port)], {
    cwd: work,
    env: {},
    stdout: 'pipe',
  })
  const api = createApi(`http://127.0.0.1:${port}`, key)
  await untilReady(`${api.url}/health/ready`, server.exited)
  expect((await api.list('notes', { filter: 'pinned:eq:true', fields: 'title' })).body.docs).toEqual([
    { title: 'Welcome' },
  ])
  expect((await api.post('/api/collections/notes', { title: 'Mine', tags: ['x'] })).status).toBe(201)
  expect(await run('db', 'seed', '--dir', 'app')).toContain('notes  0 new, 2 updated')
  server.kill('SIGTERM')
  expect(await server.exited).toBe(0)
})

test.skipIf(process.platform !== 'linux')('it starts itself as workers', async () => {
  await run('init', 'many')
  const { key } = JSON.parse(await run('keys', 'create', '--json', '--dir', 'many')) as { key: string }
  const port = freePort()
  const args = ['start', '--workers', '2', '--dir', 'many', '--port', String(port)]
  const server = Bun.spawn([executable, ...args], { cwd: work, env: {}, stdout: 'pipe' })
  const api = createApi(`http://127.0.0.1:${port}`, key)
  await untilReady(`${api.url}/health/ready`, server.exited)
  const made = await api.post('/api/collections/notes', { title: 'Mine', tags: ['x'] })
  expect(made.status).toBe(201)
  expect((await api.get(`/api/collections/notes/${made.body.id}`)).body).toMatchObject({ title: 'Mine' })
  // The first worker makes the server ready; the second may take longer.
  await until(async () => (await api.get('/metrics')).text.includes('koyalite_process_uptime_seconds{process="2"}'))
  server.kill('SIGTERM')
  expect(await server.exited).toBe(0)
})

describe('where the folder for temporary files cannot be used', () => {
  const runIn = async (tmp: string, home: string, ...args: readonly string[]) => {
    const child = Bun.spawn([executable, ...args], {
      cwd: work,
      env: { TMPDIR: tmp, HOME: home },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
    return { code, stdout, stderr }
  }

  test('the project keeps the SQLite library in its data', async () => {
    await run('init', 'elsewhere')
    const listed = await runIn('/nowhere', '/nowhere', 'keys', 'list', '--json', '--dir=elsewhere')
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(listed.stdout)).toEqual({ keys: [] })
    expect(readdirSync(join(work, 'elsewhere/data/tmp')).filter((name) => name.endsWith('.node'))).toHaveLength(1)
    // A server and the processes that it starts find it there as well.
    const port = freePort()
    const server = Bun.spawn([executable, 'start', '--workers', '2', '--port', String(port)], {
      cwd: join(work, 'elsewhere'),
      env: { TMPDIR: '/nowhere', HOME: '/nowhere' },
      stdout: 'ignore',
      stderr: 'inherit',
    })
    await untilReady(`http://127.0.0.1:${port}/health/ready`, server.exited)
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
  })

  test('outside of a project it is kept in the home folder; where nothing can be used, that is said', async () => {
    const home = join(folder, 'home')
    mkdirSync(home)
    expect(await runIn('/nowhere', home, 'init', 'third')).toMatchObject({ code: 0 })
    expect(existsSync(join(home, '.cache/koyalite'))).toBe(true)
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const refused = await runIn('/nowhere', file, 'doctor')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('neither /nowhere nor')
    expect(refused.stderr).toContain('Set TMPDIR to a folder that is writable and not mounted with noexec.')
    expect(await runIn('/nowhere', file, '--version')).toMatchObject({ code: 0 })
  })
})

async function untilReady(url: string, exited: Promise<number>): Promise<void> {
  let code: number | undefined
  exited.then((ended) => {
    code = ended
  })
  await until(async () => {
    if (code !== undefined) throw new Error(`the executable ended with ${code}`)
    return (await fetch(url).catch(() => undefined))?.status === 200
  })
}
