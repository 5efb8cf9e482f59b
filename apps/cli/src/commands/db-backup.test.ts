import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: text }
`

let project: TempProject
let server: ServerProcess
let api: Api
const koyalite = (...args: readonly string[]) => runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await koyalite(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
const backupNames = async (): Promise<string[]> =>
  (await json('db', 'backups')).backups.map(({ name }: { name: string }) => name)

beforeAll(async () => {
  project = createProject({ schema: SCHEMA, files: { 'data/files/a/b.txt': 'a file' } })
  const key = await createKey(project)
  server = await startServer(project)
  api = createApi(server.url, key)
  for (let n = 0; n < 20; n++)
    await api.post(
      '/api/collections/notes',
      Array.from({ length: 500 }, () => ({ text: 'x'.repeat(500) })),
    )
})
afterAll(async () => {
  await server.kill('SIGKILL')
  project.remove()
})

describe('db backup', () => {
  test('holds database, keys and files of one moment, for its owner only, while writes go on', async () => {
    let writing = true
    const writer = (async () => {
      for (; writing; ) await api.post('/api/collections/notes', [{ text: 'a' }, { text: 'a' }])
    })()
    const made = await json('db', 'backup')
    writing = false
    await writer
    expect(made).toMatchObject({ form: 'folder', encrypted: false, removed: [] })
    expect(readdirSync(made.path).sort()).toEqual(['files', 'keys', 'koyalite.db', 'manifest.json'])
    expect(readFileSync(join(made.path, 'files/a/b.txt'), 'utf8')).toBe('a file')
    for (const path of readdirSync(made.path, { recursive: true, withFileTypes: true })) {
      const { mode } = statSync(join(path.parentPath, path.name))
      expect([path.name, mode & 0o077]).toEqual([path.name, 0])
    }
    const manifest = JSON.parse(readFileSync(join(made.path, 'manifest.json'), 'utf8'))
    expect(manifest.format).toBe(1)
    expect(manifest.schema).toMatch(/^[0-9a-f]{64}$/)
    const { headers } = await api.list('notes', { limit: 1 })
    expect(headers.get('koyalite-seq')).toStartWith(`${manifest.epoch}.`)
    const { backups } = await json('db', 'backups', '--verify')
    expect(backups).toMatchObject([{ name: made.name, ok: true, problems: [] }])
  })

  test.each([
    ['one.tar', 'tar'],
    ['one.db', 'database'],
    ['one', 'folder'],
  ])('--to %s is that one, as %s; and replaces nothing', async (name, form) => {
    expect(await json('db', 'backup', '--to', `to/${name}`)).toMatchObject({ path: project.path(`to/${name}`), form })
    expect(statSync(project.path(`to/${name}`)).mode & 0o077).toBe(0)
    expect(readdirSync(project.path('to')).filter((entry) => entry.includes('.part'))).toEqual([])
    const again = await koyalite('db', 'backup', '--to', `to/${name}`)
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('backups never overwrite files')
  })

  test('--keep leaves the newest ones, and what others have put there', async () => {
    project.write('kept/mine/manifest.txt', 'not a backup')
    project.write('kept/x', '')
    for (let n = 0; n < 4; n++) await json('db', 'backup', '--to', 'kept', '--keep', '2')
    const names = readdirSync(project.path('kept')).sort()
    expect(names).toHaveLength(4)
    expect(names).toContain('mine')
    expect(names).toContain('x')
  })

  test('what was changed, cut off or taken away is found', async () => {
    const made = await json('db', 'backup')
    const file = join(made.path, 'koyalite.db')
    const whole = readFileSync(file)
    const verify = async (): Promise<string> => {
      const { code, stderr } = await koyalite('db', 'backups', '--verify')
      expect(code).toBe(1)
      expect(stderr).toContain('1 of 2 backups cannot be restored')
      return stderr
    }
    const flipped = Buffer.from(whole)
    flipped[whole.length - 100] = (flipped[whole.length - 100] ?? 0) ^ 1
    writeFileSync(file, flipped)
    expect(await verify()).toContain('koyalite.db was changed: its checksum differs')
    writeFileSync(file, whole.subarray(0, whole.length - 4096))
    expect(await verify()).toContain(`koyalite.db has ${whole.length - 4096} bytes instead of ${whole.length}`)
    writeFileSync(file, whole)
    rmSync(join(made.path, 'files/a/b.txt'))
    expect(await verify()).toContain('files/a/b.txt is missing')
    rmSync(join(made.path, 'manifest.json'))
    expect(await backupNames()).not.toContain(made.name)
    rmSync(made.path, { recursive: true })
  })

  test('a place that cannot be written to is a clear error', async () => {
    project.write('plain-file', '')
    const result = await koyalite('db', 'backup', '--to', 'plain-file/x')
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/plain-file/)
    expect(result.stderr).not.toContain('INTERNAL')
  })

  test('a schedule is followed by the running server, and kept in koyalite.yaml', async () => {
    project.write('koyalite.yaml', '# mine\nname: demo # a name\n')
    const before = await backupNames()
    const folder = project.path('data/backups')
    const finished = Promise.withResolvers<void>()
    const watcher = watch(folder, (_event, name) => {
      if (name !== null && !name.includes('.part') && existsSync(join(folder, name, 'manifest.json')))
        finished.resolve()
    })
    expect(await json('db', 'backup', '--schedule', '* * * * * *', '--keep', '1')).toMatchObject({
      schedule: '* * * * * *',
      keep: { count: 1 },
    })
    await finished.promise
    watcher.close()
    // A change of the schema has nothing to do with it.
    project.write(
      'schema.yaml',
      SCHEMA.replace(/$/, '  added: { fields: { id: { type: int, primary: true, default: auto } } }\n'),
    )
    expect((await koyalite('migrate', 'apply')).code).toBe(0)
    expect(await json('db', 'backups')).toMatchObject({ schedule: { schedule: '* * * * * *', keep: { count: 1 } } })
    expect(await json('db', 'backup', '--schedule', 'off')).toMatchObject({ schedule: null, next: null })
    expect(readFileSync(project.path('koyalite.yaml'), 'utf8')).toBe(
      '# mine\nname: demo # a name\nbackups:\n  schedule: null\n  keep: 1\n',
    )
    const after = await backupNames()
    expect(after.length).toBeGreaterThan(0)
    expect(after).not.toEqual(before)
    const wrong = await koyalite('db', 'backup', '--schedule', 'at noon')
    expect(wrong.code).toBe(1)
    expect(readFileSync(project.path('koyalite.yaml'), 'utf8')).not.toContain('noon')
  })

  test('a schedule that cannot be read keeps the server from starting', async () => {
    const other = createProject({ schema: SCHEMA, settings: 'backups: { schedule: "every day" }\n' })
    const { code, stderr } = await runKoyalite(['start', '--dir', other.dir])
    expect(code).toBe(1)
    expect(stderr).toContain('backups.schedule: ')
    expect(stderr).toContain("expected a cron line like '0 3 * * *'")
    other.remove()
  })

  test('killed in the middle, it leaves nothing that looks like a backup', async () => {
    const names = await backupNames()
    for (const wait of [20, 60, 120, 200, 300]) {
      const asked = fetchBackup()
      await Bun.sleep(wait)
      await server.kill('SIGKILL')
      await asked
      const listed = await koyalite('db', 'backups', '--verify', '--json')
      expect(listed.code).toBe(0)
      server = await startServer(project, { port: server.port })
    }
    await json('db', 'backup')
    // The next one has removed what the killed ones left.
    expect(readdirSync(project.path('data/backups')).filter((name) => name.includes('.part'))).toEqual([])
    expect((await backupNames()).length).toBeGreaterThan(names.length)
  })
})

/** Through the API, so that it is the server that is killed in the middle of it. */
async function fetchBackup(): Promise<void> {
  await api.post('/api/admin/backups', {}).catch(() => {})
}

test('callers from outside may neither choose the place nor, without the scope, make one', async () => {
  expect((await api.post('/api/admin/backups', { to: '/tmp/x' })).status).toBe(403)
  const anonymous = createApi(server.url)
  for (const [method, path] of [
    ['GET', '/api/admin/backups'],
    ['POST', '/api/admin/backups'],
    ['GET', '/api/admin/dump'],
    ['POST', '/api/admin/reset'],
    ['GET', '/api/admin/doctor'],
    ['PUT', '/api/admin/backups/schedule'],
  ] as const) {
    expect([path, (await anonymous.request(method, path, method === 'GET' ? {} : { json: {} })).status]).toEqual([
      path,
      401,
    ])
  }
  expect((await api.post('/api/admin/backups/..%2F..%2Fkeys/verify', {})).status).toBe(404)
})

test('db reset empties everything but who administers, keeps a backup, begins an epoch, and never what start serves', async () => {
  expect((await koyalite('db', 'reset', '--yes')).stderr).toContain('cannot be reset')
  await server.kill('SIGTERM')
  server = await startServer(project, { port: server.port, command: 'dev' })
  const before = (await api.list('notes', { limit: 1, count: true })).headers.get('koyalite-seq')?.split('.')[0]
  expect((await koyalite('db', 'reset')).stderr).toContain('--yes')
  const reset = await json('db', 'reset', '--yes')
  expect(reset.documents).toBeGreaterThan(10_000)
  expect(existsSync(join(reset.backup, 'manifest.json'))).toBe(true)
  // The same key, the same server.
  const after = await api.list('notes', { count: true })
  expect(after.body).toMatchObject({ docs: [], total: 0 })
  expect(after.headers.get('koyalite-seq')).toStartWith(`${reset.epoch}.`)
  expect(reset.epoch).not.toBe(before)
  expect((await api.post('/api/collections/notes', { text: 'new' })).body).toMatchObject({ id: 1 })
  chmodSync(project.path('data/koyalite.db'), 0o600)
})
