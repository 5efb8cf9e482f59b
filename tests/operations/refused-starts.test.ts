import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createKey,
  freePort,
  NOTES_SCHEMA,
  runKoyalite,
  startServer,
  type TempProject,
  useProjects,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const projects = useProjects()

const start = (project: TempProject, env: Readonly<Record<string, string>> = {}) =>
  runKoyalite(['start', '--dir', project.dir, '--port', String(freePort())], { env })

describe('keys of the database', () => {
  test.each(['x', 'short', 'aaaaaaaaaaaaaaaaaaaa', 'abababababababab'])('%s is refused for a new one', async (key) => {
    const project = projects.create()
    const { code, stderr } = await start(project, { KOYALITE_DATABASE_ENCRYPTION_KEY: key })
    expect([code, stderr]).toEqual([1, expect.stringContaining('openssl rand')])
    expect(readdirSync(project.path('data'))).not.toContain('koyalite.db')
    await createKey(project)
    const encrypt = await runKoyalite(['db', 'encrypt', '--to', 'env:NEW', '--dir', project.dir], { env: { NEW: key } })
    expect([encrypt.code, encrypt.stderr]).toEqual([1, expect.stringContaining('can be guessed')])
    await createKey(project)
  })

  test('a file with the key that others may read is warned of; one that they may write is refused', async () => {
    const project = projects.create({ settings: 'database: { encryption_key: "file:secret.key" }\n' })
    project.write('secret.key', 'correct horse battery\n')
    const server = () => startServer(project)
    for (const [mode, warned] of [
      [0o600, false],
      [0o640, true],
      [0o604, true],
    ] as const) {
      chmodSync(project.path('secret.key'), mode)
      const running = await server()
      await running.kill('SIGTERM')
      expect([mode, running.output().includes('chmod 600')]).toEqual([mode, warned])
    }
    for (const mode of [0o602, 0o660]) {
      chmodSync(project.path('secret.key'), mode)
      const { code, stderr } = await start(project)
      expect([code, stderr]).toEqual([1, expect.stringContaining('is writable by other users')])
    }
  })

  test('keys in data/keys that others could read are taken from them', async () => {
    const project = projects.create()
    await createKey(project)
    const keys = project.path('data/keys')
    const names = readdirSync(keys)
    expect(names.length).toBeGreaterThan(0)
    chmodSync(keys, 0o755)
    for (const name of names) chmodSync(join(keys, name), 0o644)
    const server = await startServer(project)
    await server.kill('SIGTERM')
    expect(statSync(keys).mode & 0o777).toBe(0o700)
    for (const name of names) expect([name, statSync(join(keys, name)).mode & 0o777]).toEqual([name, 0o600])
    await server.said('was readable by other users')
  })
})

describe('a database that is not what it was', () => {
  test('one that was cut to nothing does not become a new one', async () => {
    const project = projects.create()
    await createKey(project)
    const file = project.path('data/koyalite.db')
    truncateSync(file)
    for (const args of [
      ['start', '--port', '0'],
      ['keys', 'create'],
      ['db', 'dump', '-'],
    ]) {
      const { code, stderr } = await runKoyalite([...args, '--dir', project.dir])
      expect([args[0], code]).toEqual([args[0], 1])
      expect(stderr).toContain('is empty (0 bytes), but it had data before')
      expect(stderr).toContain('koyalite db restore')
      expect(statSync(file).size).toBe(0)
    }
  })

  test('an empty file where nothing was is a new one', async () => {
    const project = projects.create()
    project.write('data/koyalite.db', '')
    await createKey(project)
  })
})

test('a path that is too long is called that', async () => {
  const base = projects.create()
  let dir = base.dir
  while (dir.length < 500) {
    dir = join(dir, 'deep'.repeat(25))
    mkdirSync(dir)
  }
  writeFileSync(join(dir, 'schema.yaml'), NOTES_SCHEMA)
  const { code, stderr } = await start({ ...base, dir })
  expect([code, stderr]).toEqual([1, expect.stringContaining('is too long')])
})

test('a database.path that is a folder is called that', async () => {
  const { code, stderr } = await start(projects.create({ settings: 'database: { path: data }\n' }))
  expect([code, stderr]).toEqual([1, expect.stringContaining('is a folder')])
})
