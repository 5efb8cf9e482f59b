import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createApi, createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(180_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: text }
    rules: { read: "true", create: "true" }
`
const NEEDLE = 'a needle in the hay'
const SETTINGS = 'database:\n  encryption_key: ${DB_KEY}\n'
const OLD = { DB_KEY: 'the old key', NEW_KEY: "the new 'key'" }
const NEW = { DB_KEY: OLD.NEW_KEY, OLD_KEY: OLD.DB_KEY }
type Env = Readonly<Record<string, string>>

let project: TempProject
const koyalite = (env: Env, ...args: readonly string[]) =>
  runKoyalite([...args, '--dir', project.dir], { cwd: project.dir, env })
async function ok(env: Env, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await koyalite(env, ...args)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}
const texts = async (env: Env) =>
  (await ok(env, 'db', 'dump', '-', '--format', 'ndjson', '--collection', 'notes')).trimEnd().split('\n').length
/** Files below data/ that hold a text which must not be there in the clear. */
const inTheClear = () =>
  readdirSync(project.path('data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(NEEDLE))
    .map(({ name }) => name)
const isPlain = () => readFileSync(project.path('data/koyalite.db')).subarray(0, 15).toString() === 'SQLite format 3'

beforeAll(async () => {
  project = createProject({ schema: SCHEMA })
  const rows = Array.from({ length: 4000 }, (_, n) => JSON.stringify({ text: `${n} ${NEEDLE} ${'x'.repeat(500)}` }))
  project.write('notes.ndjson', rows.join('\n'))
  await ok({}, 'db', 'import', 'notes', 'notes.ndjson')
})
afterAll(() => project.remove())

describe('encryption at rest', () => {
  test('a key for a database that is not encrypted is an error that says what to do', async () => {
    project.write('koyalite.yaml', SETTINGS)
    const { code, stderr } = await koyalite(OLD, 'start', '--port', '0')
    expect(code).toBe(1)
    expect(stderr).toContain('is not encrypted, but a key is set')
    expect(stderr).toContain('koyalite db encrypt')
    expect((await koyalite({}, 'start', '--port', '0')).stderr).toContain('needs the environment variable DB_KEY')
  })

  test('encrypt leaves nothing in the clear, and says which backups do', async () => {
    const { code, stderr, stdout } = await koyalite(OLD, 'db', 'encrypt')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'The database is encrypted.\n' })
    expect(stderr).toContain('Earlier backups and snapshots are not encrypted')
    expect(inTheClear()).toEqual([])
    expect(
      readdirSync(project.path('data'))
        .filter((name) => name.startsWith('koyalite.db'))
        .sort(),
    ).toEqual(['koyalite.db', 'koyalite.db.lock'])
    expect(await texts(OLD)).toBe(4000)
    expect((await koyalite(OLD, 'db', 'encrypt')).stderr).toContain('already encrypted')
  })

  test('a wrong key and a missing one are clear errors, and nothing is touched', async () => {
    const bytes = readFileSync(project.path('data/koyalite.db'))
    const wrong = await koyalite({ DB_KEY: 'wrong' }, 'start', '--port', '0')
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('cannot be read with this key')
    project.write('koyalite.yaml', '')
    const missing = await koyalite({}, 'start', '--port', '0')
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('is encrypted (or not a SQLite database), and no key is set')
    expect(missing.stderr).toContain('KOYALITE_DATABASE_ENCRYPTION_KEY')
    for (const env of [{}, { KOYALITE_DATABASE_ENCRYPTION_KEY: 'wrong' }]) {
      const doctor = await koyalite(env, 'doctor', '--json')
      expect(doctor.code).toBe(1)
      expect(JSON.parse(doctor.stdout).findings[0]).toMatchObject({ check: 'open', level: 'problem' })
    }
    project.write('koyalite.yaml', SETTINGS)
    expect(readFileSync(project.path('data/koyalite.db')).equals(bytes)).toBe(true)
  })

  test('a server writes nothing in the clear, not in the WAL and not into backups', async () => {
    const server = await startServer(project, { env: OLD })
    const api = createApi(server.url)
    for (let n = 0; n < 20; n++) await api.post('/api/collections/notes', { text: `${NEEDLE} ${n}` })
    // Longer than a statement may take on the event loop: read and sorted in a process of its own.
    expect((await api.list('notes', { sort: 'text', filter: 'text:contains:needle', count: true })).body.total).toBe(
      4020,
    )
    await ok(OLD, 'db', 'backup')
    await ok(OLD, 'db', 'backup', '--to', project.path('data/one.tar'))
    expect(existsSync(project.path('data/koyalite.db-wal'))).toBe(true)
    expect(inTheClear()).toEqual([])
    await server.kill('SIGKILL')
    expect(inTheClear()).toEqual([])
    expect(await texts(OLD)).toBe(4020)
    expect(JSON.parse(await ok(OLD, 'db', 'backups', '--verify', '--json')).backups).toMatchObject([
      { encrypted: true, ok: true },
    ])
  })

  test('rekey, from either side of the settings; old backups come back with their key', async () => {
    expect((await koyalite(OLD, 'db', 'rekey')).stderr).toContain('The old and the new key are the same')
    expect((await koyalite(OLD, 'db', 'rekey', '--to', 'a literal key')).stderr).toContain('never the key itself')
    await ok(OLD, 'db', 'rekey', '--to', 'env:NEW_KEY', '--keep-old')
    expect(await texts(NEW)).toBe(4020)
    expect((await koyalite(OLD, 'db', 'backups')).stderr).toContain('cannot be read with this key')
    await ok(NEW, 'db', 'rekey', '--to', 'env:OLD_KEY')
    await ok({ ...NEW }, 'db', 'rekey', '--from', 'env:OLD_KEY')
    expect(await texts(NEW)).toBe(4020)
    const kept = readdirSync(project.path('data')).filter((name) => name.startsWith('koyalite.db.before-'))
    expect(kept).toHaveLength(1)
    const [backup] = readdirSync(project.path('data/backups'))
    const refused = await koyalite(NEW, 'db', 'restore', backup ?? '', '--yes')
    expect(refused.stderr).toContain('encrypted with another key')
    expect(refused.stderr).toContain('--backup-key')
    await ok(NEW, 'db', 'restore', backup ?? '', '--yes', '--backup-key', 'env:OLD_KEY')
    expect(await texts(NEW)).toBe(4020)
    expect(inTheClear()).toEqual([])
  })

  test('decrypt asks, and leaves the database in the clear', async () => {
    expect((await koyalite(NEW, 'db', 'decrypt')).stderr).toContain('Pass --yes to confirm.')
    await ok(NEW, 'db', 'decrypt', '--yes')
    expect(isPlain()).toBe(true)
    project.write('koyalite.yaml', '')
    expect(await texts({})).toBe(4020)
  })
})

const hasShell = Bun.which('sqlite3') !== null
const python = await sqlcipherPython()

describe('other programs open our files', () => {
  const sql = 'PRAGMA integrity_check; SELECT count(*) FROM notes;'

  test.skipIf(!hasShell)("SQLite's own shell opens a plain one (needs sqlite3)", async () => {
    const child = Bun.spawn(['sqlite3', project.path('data/koyalite.db'), sql], { stdout: 'pipe' })
    expect(await child.stdout.text()).toBe('ok\n4020\n')
  })

  test.skipIf(python === null)(
    'SQLCipher opens an encrypted one, and we open what it has written (needs python3, and sqlcipher3-binary from PyPI)',
    async () => {
      project.write('koyalite.yaml', SETTINGS)
      await ok(OLD, 'db', 'encrypt')
      expect(await inSqlcipher(project.path('data/koyalite.db'), OLD.DB_KEY, WRITE)).toEqual(['', '4 ok [] 4020\n'])
      expect(await texts(OLD)).toBe(4021)
      const { path } = JSON.parse(await ok(OLD, 'db', 'backup', '--to', 'for-sqlcipher.db', '--json'))
      expect(await inSqlcipher(path, OLD.DB_KEY)).toEqual(['', '4 ok [] 4021\n'])
      await ok(OLD, 'db', 'rekey', '--to', 'env:NEW_KEY')
      expect(await inSqlcipher(project.path('data/koyalite.db'), OLD.NEW_KEY)).toEqual(['', '4 ok [] 4021\n'])
      const [refused] = await inSqlcipher(project.path('data/koyalite.db'), OLD.DB_KEY)
      expect(refused).toContain('file is not a database')
    },
  )
})

const WRITE = "INSERT INTO notes (text) VALUES ('by SQLCipher')"

/** What SQLCipher itself says of a file: its errors, and its version, two checks and the number of notes. */
async function inSqlcipher(path: string, key: string, sql = 'SELECT 1'): Promise<readonly [string, string]> {
  const script = `
import sqlcipher3, sys
path, key, sql = sys.argv[1:]
db = sqlcipher3.connect(path)
db.execute("PRAGMA key = '" + key.replace("'", "''") + "'")
print(db.execute("PRAGMA cipher_version").fetchone()[0].split(".")[0], db.execute("PRAGMA integrity_check").fetchone()[0], db.execute("PRAGMA cipher_integrity_check").fetchall(), db.execute("SELECT count(*) FROM notes").fetchone()[0])
db.execute(sql)
db.commit()
db.close()
`
  const child = Bun.spawn([python ?? '', '-c', script, path, key, sql], { stdout: 'pipe', stderr: 'pipe' })
  return Promise.all([child.stderr.text(), child.stdout.text()])
}

/** A Python with the bindings of SQLCipher itself: installed once into a folder of ours, where there is a package index. */
async function sqlcipherPython(): Promise<string | null> {
  const python3 = Bun.which('python3')
  if (python3 === null) return null
  const home = join(import.meta.dir, '../../../../node_modules/.cache/koyalite-sqlcipher')
  const own = join(home, 'bin/python')
  const works = () => Bun.spawnSync([own, '-c', 'import sqlcipher3'], { stdio: ['ignore', 'ignore', 'ignore'] }).success
  if (existsSync(own) && works()) return own
  mkdirSync(home, { recursive: true })
  const run = (...command: string[]) =>
    Bun.spawnSync(command, { stdio: ['ignore', 'ignore', 'ignore'], timeout: 60_000 }).success
  if (!run(python3, '-m', 'venv', home)) return null
  run(
    own,
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--only-binary',
    ':all:',
    'sqlcipher3-binary==0.6.0',
  )
  const available = works()
  if (!available) writeFileSync(join(home, 'unavailable'), '')
  return available ? own : null
}
