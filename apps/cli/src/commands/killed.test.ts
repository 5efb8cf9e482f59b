import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createProject,
  killAtEvent,
  koyaliteCommand,
  koyaliteEnvironment,
  runKoyalite,
  someEvents,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(180_000)

const fields = (text: string) => `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      ${text}
`
const SCHEMA = fields('text: { type: text }')
const DOCUMENTS = 3000
/** How often each command is killed; more of it: KOYALITE_KILL_ROUNDS=50. */
const ROUNDS = Number(process.env.KOYALITE_KILL_ROUNDS ?? 2)
const KEYS = { OLD_KEY: 'the old key', NEW_KEY: "the new 'key'" }
type Env = Readonly<Record<string, string>>

/** A project as it is before the command. */
let origin: TempProject
const folders: string[] = []
beforeAll(async () => {
  origin = createProject({ schema: SCHEMA })
  const rows = Array.from({ length: DOCUMENTS }, (_, n) =>
    JSON.stringify({ id: n + 1, text: `${n} ${'x'.repeat(400)}` }),
  )
  origin.write('notes.ndjson', `${rows.join('\n')}\n`)
  origin.write('more.ndjson', rows.map((row, n) => row.replace(/\d+/, String(DOCUMENTS + n + 1))).join('\n'))
  await ok(origin.dir, {}, 'db', 'import', 'notes', 'notes.ndjson')
  await ok(origin.dir, {}, 'db', 'backup', '--to', 'backup')
})
afterAll(() => {
  origin.remove()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function copyOf(dir: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'koyalite-killed-'))
  folders.push(copy)
  cpSync(dir, copy, { recursive: true })
  return copy
}

async function ok(dir: string, env: Env, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runKoyalite([...args, '--dir', dir], { cwd: dir, env })
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

const texts = async (dir: string, env: Env = {}) =>
  (await ok(dir, env, 'db', 'dump', '-', '--format', 'ndjson', '--collection', 'notes'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Nothing that only a command in its midst has. */
const leftovers = (dir: string) =>
  readdirSync(join(dir, 'data')).filter((name) => /\.(part|shred|recoded|restore)|-journal$/.test(name))

async function expectSound(dir: string, env: Env): Promise<void> {
  const { stdout } = await runKoyalite(['doctor', '--json', '--dir', dir], { env })
  const { findings } = JSON.parse(stdout) as { findings: readonly { level: string }[] }
  expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
}

/** Kills the command at moments all over its course, each time on a fresh copy; `after` looks at what it has left. */
async function killed(
  from: string,
  command: { readonly args: readonly string[]; readonly env?: Env },
  after: (dir: string) => Promise<string>,
): Promise<ReadonlySet<string>> {
  const runIn = (dir: string) => ({
    folder: join(dir, 'data'),
    command: [...koyaliteCommand(), ...command.args, '--dir', dir],
    cwd: dir,
    env: koyaliteEnvironment(command.env),
  })
  const { events } = await killAtEvent(runIn(copyOf(from)), Number.POSITIVE_INFINITY)
  const outcomes = new Set<string>()
  for (const nth of someEvents(events, ROUNDS)) {
    const dir = copyOf(from)
    await killAtEvent(runIn(dir), nth)
    outcomes.add(await after(dir))
    rmSync(dir, { recursive: true })
    folders.splice(folders.indexOf(dir), 1)
  }
  return outcomes
}

/** Which of the keys opens the database, whole. */
async function keyOf(dir: string, keys: readonly (keyof typeof KEYS | null)[]): Promise<string> {
  const isPlain = readFileSync(join(dir, 'data/koyalite.db')).subarray(0, 15).toString() === 'SQLite format 3'
  for (const key of keys) {
    if ((key === null) !== isPlain) continue
    const env: Env = key === null ? {} : { KOYALITE_DATABASE_ENCRYPTION_KEY: KEYS[key] }
    const found = await texts(dir, env).catch(() => null)
    if (found === null) continue
    expect(found).toHaveLength(DOCUMENTS)
    await expectSound(dir, env)
    expect(leftovers(dir)).toEqual([])
    return String(key)
  }
  throw new Error(`none of the keys ${keys.join()} opens the database`)
}

describe('killed at any stage, nothing is lost', () => {
  test('db encrypt, rekey and decrypt: the database has the old key or the new one', async () => {
    const dir = copyOf(origin.dir)
    const encrypt = { args: ['db', 'encrypt', '--to', 'env:OLD_KEY'], env: KEYS }
    expect(['null', 'OLD_KEY']).toEqual(
      expect.arrayContaining([...(await killed(dir, encrypt, (at) => keyOf(at, [null, 'OLD_KEY'])))]),
    )
    await ok(dir, KEYS, ...encrypt.args)
    const rekey = { args: ['db', 'rekey', '--from', 'env:OLD_KEY', '--to', 'env:NEW_KEY'], env: KEYS }
    expect(['OLD_KEY', 'NEW_KEY']).toEqual(
      expect.arrayContaining([...(await killed(dir, rekey, (at) => keyOf(at, ['OLD_KEY', 'NEW_KEY'])))]),
    )
    await ok(dir, KEYS, ...rekey.args)
    const decrypt = { args: ['db', 'decrypt', '--from', 'env:NEW_KEY', '--yes'], env: KEYS }
    expect(['NEW_KEY', 'null']).toEqual(
      expect.arrayContaining([...(await killed(dir, decrypt, (at) => keyOf(at, ['NEW_KEY', null])))]),
    )
  })

  test('db restore: the next command finds the old database or the restored one', async () => {
    const dir = copyOf(origin.dir)
    await ok(dir, {}, 'db', 'import', 'notes', 'more.ndjson')
    await killed(dir, { args: ['db', 'restore', 'backup', '--yes'] }, async (at) => {
      const { length } = await texts(at)
      expect([DOCUMENTS, 2 * DOCUMENTS]).toContain(length)
      await expectSound(at, {})
      expect(leftovers(at)).toEqual([])
      return String(length)
    })
  })

  test('db backup: there is a whole one or none, and the next one leaves nothing behind', async () => {
    await killed(origin.dir, { args: ['db', 'backup'] }, async (at) => {
      const list = async () => JSON.parse(await ok(at, {}, 'db', 'backups', '--verify', '--json')).backups
      const before = (await list()).length
      expect(before).toBeLessThanOrEqual(1)
      await ok(at, {}, 'db', 'backup')
      expect(await list()).toHaveLength(before + 1)
      expect(readdirSync(join(at, 'data/backups')).filter((name) => name.includes('.part'))).toEqual([])
      return String(before)
    })
  })

  test('db import: the first portions are there, whole; again with --upsert it comes to its end', async () => {
    await killed(origin.dir, { args: ['db', 'import', 'notes', 'more.ndjson'] }, async (at) => {
      const there = await texts(at)
      expect([0, 2000, DOCUMENTS]).toContain(there.length - DOCUMENTS)
      expect(there.map(({ id }) => id)).toEqual(Array.from({ length: there.length }, (_, n) => n + 1))
      await ok(at, {}, 'db', 'import', 'notes', 'more.ndjson', '--upsert')
      expect(await texts(at)).toHaveLength(2 * DOCUMENTS)
      await expectSound(at, {})
      return String(there.length)
    })
  })

  test('migrate apply: the tables are as before or as after, and the next one goes on', async () => {
    const dir = copyOf(origin.dir)
    await Bun.write(join(dir, 'schema.yaml'), fields('body: { type: text, minLength: 2 }'))
    await Bun.write(
      join(dir, 'migrations/001_body.yaml'),
      'version: 1\nname: body\noperations:\n  - { type: rename_field, collection: notes, from: text, to: body }\n  - { type: alter_field, collection: notes, field: body, fill: "body || \'!\'" }\n',
    )
    await killed(dir, { args: ['migrate', 'apply', '--yes'] }, async (at) => {
      const { migrations } = JSON.parse(await ok(at, {}, 'migrate', 'status', '--json')) as {
        migrations: { state: string }[]
      }
      await ok(at, {}, 'migrate', 'apply', '--yes')
      const bodies = await texts(at)
      expect(bodies).toHaveLength(DOCUMENTS)
      expect(bodies.every(({ body }, n) => body === `${n} ${'x'.repeat(400)}!`)).toBe(true)
      await expectSound(at, {})
      const copies = existsSync(join(at, 'data/snapshots')) ? readdirSync(join(at, 'data/snapshots')) : []
      expect(copies.filter((name) => !name.endsWith('.db'))).toEqual([])
      return migrations[0]?.state ?? ''
    })
  })
})
