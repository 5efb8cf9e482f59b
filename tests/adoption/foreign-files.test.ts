import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { runKoyalite } from '@koyalite/testkit'
import { type AdoptionPlace, adoptionPlace } from './testing/adopted-project'

setDefaultTimeout(60_000)

let place: AdoptionPlace
beforeEach(() => {
  place = adoptionPlace()
})
afterEach(() => place.remove())

const ROWS = `CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);
  INSERT INTO t (x) SELECT 'row ' || value FROM json_each('[${Array.from({ length: 500 }, (_, i) => i)}]')`

function write(name: string, ...statements: readonly string[]): string {
  const path = place.file(name)
  using database = new Database(path)
  for (const statement of [ROWS, ...statements]) database.exec(statement)
  return path
}

/** A program that is killed in the middle of its work on a database. */
async function crash(path: string, ...statements: readonly string[]): Promise<void> {
  const program = `const { Database } = require('bun:sqlite')
    const database = new Database(process.argv[1])
    for (const statement of JSON.parse(process.argv[2])) database.exec(statement)
    process.kill(process.pid, 'SIGKILL')`
  const child = Bun.spawn([process.execPath, '-e', program, path, JSON.stringify(statements)], { stderr: 'inherit' })
  await child.exited
}

const documents = async () => (await place.adopt('a.db')).collections[0]?.documents

test('a hot journal is rolled back in the copy, not in the original', async () => {
  const path = write('a.db')
  await crash(path, 'PRAGMA cache_size = 1', 'BEGIN', "UPDATE t SET x = 'half done ' || hex(zeroblob(400))")
  expect(existsSync(`${path}-journal`)).toBe(true)
  expect(await documents()).toBe(500)
  await place.serve(async (api) => {
    expect((await api.list('t', { filter: 'x:contains:half', count: true })).body.total).toBe(0)
  })
})

test.each([true, false])('what a crash left in the WAL is in the copy (with -shm: %s)', async (withShm) => {
  const path = write('a.db', 'PRAGMA journal_mode = WAL')
  await crash(path, "INSERT INTO t (x) VALUES ('last')", 'BEGIN', "INSERT INTO t (x) VALUES ('never committed')")
  expect(readdirSync(place.project.path('..')).sort()).toEqual(['a.db', 'a.db-shm', 'a.db-wal'])
  if (!withShm) rmSync(`${path}-shm`)
  expect(await documents()).toBe(501)
})

test('a file that its owner may not write is read', async () => {
  chmodSync(write('a.db', 'PRAGMA journal_mode = WAL'), 0o400)
  expect(await documents()).toBe(500)
  await place.serve(async (api) => expect((await api.post('/api/collections/t', { x: 'new' })).status).toBe(201))
})

test.each(['DELETE', 'WAL'])(
  'a transaction that is open in another program is not in the copy (journal_mode %s)',
  async (mode) => {
    using database = new Database(write('a.db', `PRAGMA journal_mode = ${mode}`))
    database.exec("BEGIN IMMEDIATE; INSERT INTO t (x) VALUES ('not yet')")
    expect(await documents()).toBe(500)
    database.exec('COMMIT')
  },
)

test('a file in UTF-16 is adopted', async () => {
  using database = new Database(place.file('a.db'))
  database.exec(
    "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t (x) VALUES ('é😀')",
  )
  database.close()
  await place.adopt('a.db')
  await place.serve(async (api) => {
    expect((await api.list('t', { filter: 'x:eq:é😀' })).body.docs).toEqual([{ id: 1, x: 'é😀' }])
  })
})

test('what is no database, or is damaged, is refused in words, and nothing is left behind', async () => {
  writeFileSync(place.file('empty.db'), '')
  writeFileSync(place.file('text.db'), 'this is no database, however long it may be'.repeat(100))
  writeFileSync(place.file('half-a-header.db'), 'SQLite format 3\0')
  truncateSync(write('truncated.db'), 8192)
  const damaged = readFileSync(write('damaged.db'))
  writeFileSync(place.file('damaged.db'), damaged.fill(0xa5, 4096, 8192))
  for (const [name, reason] of [
    ['empty.db', 'has no tables'],
    ['text.db', 'is encrypted (or not a SQLite database), and no key is set'],
    ['half-a-header.db', 'is not a SQLite database'],
    ['truncated.db', 'is damaged'],
    ['damaged.db', 'is damaged'],
  ] as const) {
    expect(await place.refused(name)).toContain(reason)
    expect(existsSync(place.project.dir)).toBe(false)
  }
})

/** Python's library lets its programs bring their own functions and collations. */
const OWN_PARTS = `
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.create_collation('LOCALIZED', lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower()))
c.create_function('soundslike', 1, lambda x: x, deterministic=True)
c.executescript("""
  CREATE TABLE contacts (id INTEGER PRIMARY KEY, name TEXT COLLATE LOCALIZED); CREATE INDEX contacts_name ON contacts (name);
  CREATE TABLE tags (name TEXT PRIMARY KEY COLLATE LOCALIZED);
  CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, author TEXT COLLATE LOCALIZED);
  CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, sound TEXT);
  CREATE TRIGGER notes_sound AFTER INSERT ON notes BEGIN UPDATE notes SET sound = soundslike(NEW.body) WHERE id = NEW.id; END;
  CREATE TABLE checked (id INTEGER PRIMARY KEY, body TEXT CHECK (soundslike(body) <> 'no'));
  INSERT INTO contacts (name) VALUES ('b'), ('A'); INSERT INTO books (title, author) VALUES ('t', 'a'); INSERT INTO notes (body) VALUES ('yes');
  PRAGMA writable_schema = ON;
  INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('table', 'vt', 'vt', 0, 'CREATE VIRTUAL TABLE vt USING mystery(a)');
""")
c.commit()
`

test.skipIf(Bun.which('python3') === null)(
  'tables that need what only their program has are left, or can be read only',
  async () => {
    const child = Bun.spawn(['python3', '-c', OWN_PARTS, place.file('a.db')], { stderr: 'inherit' })
    expect(await child.exited).toBe(0)
    const { collections, findings } = await place.adopt('a.db')
    expect(collections.map(({ name }) => name)).toEqual(['books', 'checked', 'notes'])
    const said = findings.map(({ kind, subject, message }) => `${kind} ${subject} ${message}`).join('\n')
    for (const line of [
      /^left contacts needs .* of the program that created it .*LOCALIZED/m,
      /^left tags needs .*LOCALIZED/m,
      /^left books.author needs .*LOCALIZED.*but is not a field/m,
      /^left vt is a virtual table/m,
      /^note notes can be read, but not written: .*soundslike/m,
      /^note notes_sound is a trigger of notes/m,
      /^note checked has CHECK constraints/m,
      /^note books has columns with a collation/m,
    ]) {
      expect(said).toMatch(line)
    }
    expect(findings).toHaveLength(8)
    await place.serve(async (api) => {
      expect((await api.list('books', { count: true })).body).toMatchObject({ total: 1, docs: [{ id: 1, title: 't' }] })
      expect((await api.post('/api/collections/books', { title: 'u' })).status).toBe(201)
      expect((await api.list('notes')).body.docs).toEqual([{ id: 1, body: 'yes', sound: 'yes' }])
      for (const name of ['notes', 'checked'])
        expect((await api.post(`/api/collections/${name}`, { body: 'x' })).body.error.code).toBe('UNAVAILABLE')
    })
  },
)

/** Whoever made a file like this would be in charge of the server that adopts it, at once or after somebody's next write. */
const TRAPS = [
  `CREATE TABLE _koyalite_keys (id TEXT, name TEXT, hash TEXT)`,
  `INSERT INTO _koyalite_keys VALUES ('1', 'planted', 'x')`,
  `CREATE TABLE "_KOYALITE_operators" (id TEXT)`,
  `CREATE TRIGGER planted AFTER INSERT ON t BEGIN INSERT INTO _koyalite_keys VALUES ('2', 'planted', 'y'); END`,
  `CREATE TRIGGER _koyalite_insert_t AFTER INSERT ON t BEGIN SELECT 1; END`,
  `CREATE VIEW secrets AS SELECT * FROM "_Koyalite_Accounts"`,
  `CREATE TRIGGER through_view INSTEAD OF INSERT ON secrets BEGIN SELECT 1; END`,
  `CREATE UNIQUE INDEX _koyalite_audit_event ON t (x)`,
  `CREATE TRIGGER harmless AFTER DELETE ON t BEGIN SELECT 1; END`,
]

test('tables of the system, and what speaks of them, are left out and named', async () => {
  write('a.db', ...TRAPS)
  const { findings, collections } = await place.adopt('a.db')
  expect(collections).toMatchObject([{ name: 't', documents: 500 }])
  const left = findings.filter(({ kind }) => kind === 'left').map(({ subject }) => subject)
  expect(left.sort()).toEqual([
    '_KOYALITE_operators',
    '_koyalite_audit_event',
    '_koyalite_insert_t',
    '_koyalite_keys',
    'planted',
    'secrets',
  ])
  expect(findings.find(({ subject }) => subject === 'harmless')?.message).toContain('stays in force')
  await place.serve(async (api) => {
    expect((await api.post('/api/collections/t', { x: 'a write' })).status).toBe(201)
    const keys = (await api.get('/api/admin/keys')).body
    expect(JSON.stringify(keys)).not.toContain('planted')
  })
  using database = new Database(place.project.path('data/koyalite.db'))
  const triggers = database.query("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 't'").all()
  expect(triggers.map((row) => (row as { name: string }).name).sort()).toEqual([
    '_koyalite_delete_t',
    '_koyalite_insert_t',
    '_koyalite_rename_t',
    '_koyalite_update_t',
    'harmless',
  ])
})

test('a trigger that calls itself something else is not adopted', async () => {
  const path = write('a.db', ...TRAPS.slice(0, 1))
  using database = new Database(path)
  database.exec('CREATE TRIGGER zz AFTER INSERT ON t BEGIN INSERT INTO _koyalite_keys VALUES (1, 2); END')
  database.close()
  const bytes = readFileSync(path)
  const at = bytes.indexOf('triggerzz')
  bytes.write('TRIGGER', at)
  writeFileSync(path, bytes)
  expect(await place.refused('a.db')).toContain('has schema entries that SQLite did not write (zz)')
})

test('a conflict refuses a write, whatever the constraints of an adopted table say', async () => {
  const policies = ['REPLACE', 'IGNORE', 'ROLLBACK', 'FAIL'] as const
  write(
    'a.db',
    ...policies.map((to) => `CREATE TABLE ${to}_ (id INTEGER PRIMARY KEY, x TEXT NOT NULL UNIQUE ON CONFLICT ${to})`),
  )
  const { collections } = await place.adopt('a.db')
  const adopted = collections.filter(({ name }) => name !== 't')
  expect(adopted).toHaveLength(policies.length)
  await place.serve(async (api) => {
    for (const { name } of adopted) {
      const path = `/api/collections/${name}`
      await api.post(path, [{ x: 'a' }, { x: 'b' }])
      // Together in one transaction: the others' writes are not undone with the one that is refused.
      const written = await Promise.all(['c', 'a', 'd', 'e'].map((x) => api.post(path, { x })))
      expect(written.map(({ status }) => status)).toEqual([201, 409, 201, 201])
      expect((await api.patch(`${path}/1`, { x: 'b' })).status).toBe(409)
      expect((await api.get(`${path}?sort=x&fields=x`)).body.docs.map(({ x }: { x: string }) => x).join('')).toBe(
        'abcde',
      )
    }
  })
})

test('a reference to a table of the system is refused, and nothing is left behind', async () => {
  write(
    'a.db',
    'CREATE TABLE hook (id INTEGER PRIMARY KEY, s TEXT REFERENCES _koyalite_sessions (id) ON DELETE RESTRICT)',
  )
  const refused = await place.refused('a.db')
  expect(refused).toContain('references to internal tables of KoyaLite (in hook)')
  expect(existsSync(place.project.path('data/koyalite.db'))).toBe(false)
})

test('a file with content in tables of the system is not served as a new project either', async () => {
  const path = write('a.db', ...TRAPS.slice(0, 2), 'DROP TABLE t')
  place.project.write('schema.yaml', 'version: 1\ncollections: {}\n')
  place.project.write('koyalite.yaml', `database: { path: ${JSON.stringify(path)} }\n`)
  const listed = await runKoyalite(['keys', 'list', '--json', '--dir', place.project.dir])
  expect(listed.code).toBe(1)
  expect(listed.stderr).toContain('_koyalite_keys')
})

test('nor one with empty tables of the system whose triggers wait', async () => {
  const path = write('a.db', TRAPS[0] ?? '', 'DELETE FROM _koyalite_keys', 'DROP TABLE t')
  {
    using database = new Database(path)
    database.exec(
      'CREATE TABLE _koyalite_audit (seq); CREATE TRIGGER waits AFTER INSERT ON _koyalite_audit BEGIN SELECT 1; END',
    )
  }
  place.project.write('schema.yaml', 'version: 1\ncollections: {}\n')
  place.project.write('koyalite.yaml', `database: { path: ${JSON.stringify(path)} }\n`)
  const refused = await runKoyalite(['keys', 'list', '--json', '--dir', place.project.dir])
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('(waits)')])
  {
    using database = new Database(path)
    database.exec(
      'DROP TRIGGER waits; CREATE TRIGGER _koyalite_waits AFTER INSERT ON _koyalite_audit BEGIN SELECT 1; END',
    )
  }
  expect((await runKoyalite(['keys', 'list', '--json', '--dir', place.project.dir])).stdout.trim()).toBe('{"keys":[]}')
  using database = new Database(path)
  expect(database.query("SELECT name FROM sqlite_schema WHERE name = '_koyalite_waits'").all()).toEqual([])
})
