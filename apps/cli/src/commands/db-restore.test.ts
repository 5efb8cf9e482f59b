import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createApi, createKey, createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: text }
    rules: { read: "true" }
`

let project: TempProject
const koyalite = (...args: readonly string[]) => runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })
async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await koyalite(...args)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}
const restored = async (...args: readonly string[]) => JSON.parse(await ok('db', 'restore', ...args, '--yes', '--json'))

/** The texts of all notes, and the epoch, as a server returns them. */
async function served(env: Record<string, string> = {}): Promise<{ texts: string[]; epoch: string }> {
  const server = await startServer(project, { env })
  const { body, headers } = await createApi(server.url).list('notes', { limit: 500 })
  expect(await server.kill('SIGTERM')).toBe(0)
  return {
    texts: body.docs.map(({ text }: { text: string }) => text),
    epoch: headers.get('koyalite-seq')?.split('.')[0] ?? '',
  }
}
async function write(text: string): Promise<void> {
  project.write('notes.ndjson', `${JSON.stringify({ text })}\n`)
  await ok('db', 'import', 'notes', 'notes.ndjson')
}
const keyFile = () =>
  readdirSync(project.path('data/keys')).map((name) => readFileSync(project.path(`data/keys/${name}`), 'utf8'))
const asides = () => readdirSync(project.path('data')).filter((name) => name.startsWith('before-restore-'))

beforeAll(async () => {
  project = createProject({ schema: SCHEMA })
  await createKey(project)
  await write('old')
  for (const name of ['old', 'old.tar', 'old.db']) await ok('db', 'backup', '--to', `backups/${name}`)
})
afterAll(() => project.remove())

describe('db restore', () => {
  test.each(['old', 'old.tar', 'old.db', ''])(
    'brings back backups/%s; what was there is kept; a new epoch begins',
    async (name) => {
      await write('new')
      const before = await served()
      expect(before.texts).toEqual(['old', 'new'])
      const { aside } = await restored(`backups/${name}`)
      const after = await served()
      expect(after.texts).toEqual(['old'])
      expect(after.epoch).not.toBe(before.epoch)
      // What was put aside is a database that can be restored itself.
      const back = await restored(join(aside, 'koyalite.db'))
      expect((await served()).texts).toEqual(['old', 'new'])
      await restored(join(back.aside, 'koyalite.db'))
      expect((await served()).texts).toEqual(['old'])
      for (const folder of asides()) rmSync(project.path(`data/${folder}`), { recursive: true })
    },
  )

  test('keys come with a backup', async () => {
    const keys = keyFile()
    rmSync(project.path('data/keys'), { recursive: true })
    await served()
    expect(keyFile()).not.toEqual(keys)
    // Without its keys the project has become another; its own backup makes it what it was, where that is said.
    expect((await restored('backups/old')).identity).toBe('copy')
    expect(keyFile()).not.toEqual(keys)
    expect((await restored('backups/old', '--recover')).identity).toBe('kept')
    expect(keyFile()).toEqual(keys)
    // The database alone leaves them.
    await restored('backups/old.db')
    expect(keyFile()).toEqual(keys)
  })

  test('asks first', async () => {
    const { code, stderr } = await koyalite('db', 'restore', 'backups/old')
    expect(code).toBe(1)
    expect(stderr).toContain('Pass --yes to confirm.')
  })

  test('is refused beside a running server, which is named', async () => {
    const server = await startServer(project)
    const { code, stderr } = await koyalite('db', 'restore', 'backups/old', '--yes')
    expect(code).toBe(1)
    expect(stderr).toContain(`is already served by process ${server.pid}`)
    expect(stderr).toContain(`kill ${server.pid}`)
    expect(await server.kill('SIGTERM')).toBe(0)
  })

  test('what is damaged or none is refused, and nothing is changed', async () => {
    const bytes = readFileSync(project.path('data/koyalite.db'))
    const damage = (name: string, change: (whole: Buffer) => Buffer) => {
      const from = readFileSync(project.path(`backups/old/koyalite.db`))
      cpSync(project.path('backups/old'), project.path(name), { recursive: true })
      writeFileSync(project.path(`${name}/koyalite.db`), change(from))
    }
    damage('flipped', (whole) => whole.fill(1, 5000, 5010))
    damage('cut', (whole) => whole.subarray(0, 8192))
    project.write('none/x', '')
    project.write('text.db', 'no database')
    writeFileSync(project.path('cut.tar'), readFileSync(project.path('backups/old.tar')).subarray(0, 20_000))
    writeFileSync(project.path('damaged.db'), readFileSync(project.path('backups/old.db')).fill(0xff, 8192, 16_384))
    for (const [from, message] of [
      ['flipped', 'checksum differs'],
      ['cut', 'bytes instead of'],
      ['none', 'is not a complete backup'],
      ['gone', 'There is no backup at'],
      ['text.db', 'cannot be restored'],
      ['cut.tar', ''],
      ['damaged.db', 'damaged'],
    ] as const) {
      const { code, stderr } = await koyalite('db', 'restore', from, '--yes')
      expect([from, code]).toEqual([from, 1])
      expect(stderr).toContain(message)
      expect(readFileSync(project.path('data/koyalite.db')).equals(bytes)).toBe(true)
    }
    expect((await served()).texts).toEqual(['old'])
  })

  test('also replaces a database that cannot be opened any more', async () => {
    writeFileSync(project.path('data/koyalite.db'), 'destroyed')
    writeFileSync(project.path('data/koyalite.db-wal'), 'also destroyed')
    const start = await koyalite('start', '--port', '0')
    expect(start.code).toBe(1)
    expect(start.stderr).toContain('koyalite.db')
    await restored('backups/old')
    expect((await served()).texts).toEqual(['old'])
  })
})

test('a second start on the same database says who has it, and what to do', async () => {
  const server = await startServer(project)
  const second = await koyalite('start', '--port', '0')
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(`koyalite.db is already served by process ${server.pid}.`)
  expect(second.stderr).toContain(`kill ${server.pid}`)
  expect(second.stderr).toContain('work beside a running server')
  expect((await createApi(server.url).list('notes', { limit: 1 })).status).toBe(200)
  expect(await server.kill('SIGTERM')).toBe(0)
})
