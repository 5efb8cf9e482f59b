import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createApi,
  createKey,
  createProject,
  expectStatus,
  runKoyalite,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { writeForeignFile } from '../init/testing/write-foreign-file'

setDefaultTimeout(60_000)

let base: TempProject
let project: TempProject
beforeEach(() => {
  base = createProject()
  project = {
    ...base,
    dir: base.path('app'),
    path: (name) => join(base.path('app'), name),
    write: (name, text) => base.write(`app/${name}`, text),
  }
})
afterEach(() => base.remove())

const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

async function adopt(script: string) {
  const from = base.path('original.db')
  await writeForeignFile(from, script)
  const before = hash(from)
  const result = await runKoyalite(['init', '--from', from, '--json', '--dir', project.dir])
  expect(result.stderr).toBe('')
  expect(hash(from)).toBe(before)
  expect(readdirSync(base.dir).sort()).toEqual(['app', 'original.db'])
  return JSON.parse(result.stdout) as {
    collections: { name: string; table: string; documents: number }[]
    findings: { kind: string; subject: string; message: string }[]
  }
}

async function serve<T>(use: (api: ReturnType<typeof createApi>) => Promise<T>): Promise<T> {
  const key = await createKey(project)
  const server = await startServer(project)
  try {
    return await use(createApi(server.url, key))
  } finally {
    await server.kill('SIGTERM')
  }
}

test('a database with odd names is served as it is, written, and migrated', async () => {
  const { collections, findings } = await adopt('music-shop.sql')
  expect(collections).toContainEqual({ name: 'media_type', table: 'MediaType', documents: 1 })
  expect(findings).toEqual([
    { kind: 'note', subject: 'Employee.BirthDate', message: expect.stringContaining('dates as texts') },
    {
      kind: 'left',
      subject: 'PlaylistTrack',
      message: expect.stringContaining('composite primary key (PlaylistId, TrackId)'),
    },
  ])
  await serve(async (api) => {
    const tracks = await api.list('track', {
      expand: 'album.artist',
      fields: 'track_id,unit_price,album',
      sort: 'track_id',
    })
    expect(tracks.body.docs).toMatchObject([
      { track_id: 1, unit_price: 0.99, album: { title: 'First', artist: { name: 'Ann' } } },
      { track_id: 2, unit_price: 1 },
      { track_id: 3, unit_price: 1.29, album: null },
    ])
    expect((await api.get('/api/collections/employee/1')).body).toEqual({
      ...{ employee_id: 1, last_name: 'Adams', reports_to: null, birth_date: '1962-02-18 00:00:00', photo: 'AP8=' },
    })
    expectStatus(await api.post('/api/collections/album', { title: 'New', artist_id: 9 }), 409)
    const made = await api.post('/api/collections/album', { title: 'New', artist_id: 2 })
    expect(made.body).toEqual({ album_id: 4, title: 'New', artist_id: 2 })
    expectStatus(await api.delete('/api/collections/artist/1'), 409)
  })
  const text = readFileSync(project.path('schema.yaml'), 'utf8')
  const renamed = text
    .replace(
      'title: { type: string, column: Title }',
      'name: { type: string, column: Title }\n      year: { type: int, nullable: true, index: true }',
    )
    .replace(
      'birth_date: { type: string, nullable: true, column: BirthDate }',
      'birth_date: { type: timestamp, nullable: true, column: BirthDate }',
    )
  project.write('schema.yaml', renamed)
  project.write(
    'migrations/001_names.yaml',
    `version: 1
name: names
operations:
  - { type: rename_field, collection: album, from: title, to: name }
  - { type: alter_field, collection: employee, field: birth_date, fill: "strftime('%Y-%m-%dT%H:%M:%fZ', BirthDate)" }
`,
  )
  await serve(async (api) => {
    expect((await api.list('album', { filter: 'name:eq:New' })).body.docs).toEqual([
      { album_id: 4, name: 'New', artist_id: 2, year: null },
    ])
    expect((await api.list('employee', { filter: 'birth_date:lt:1960-01-01T00:00:00Z' })).body.docs).toMatchObject([
      { employee_id: 2, reports_to: 1, birth_date: '1958-12-08T00:00:00.000Z' },
    ])
  })
  using database = new Database(project.path('data/koyalite.db'), { readonly: true })
  expect(database.query('SELECT * FROM PlaylistTrack').values()).toEqual([
    [1, 1],
    [1, 2],
  ])
  expect(database.query('PRAGMA foreign_key_check').values()).toEqual([])
})

test('what a schema cannot represent is listed, and the rest works', async () => {
  const { collections, findings } = await adopt('odd-things.sql')
  expect(collections.map(({ name }) => name)).toEqual(['order_details', 'log', 'lost', 'app_users'])
  const said = findings.map(({ kind, subject }) => `${kind} ${subject}`)
  for (const left of ['search', 'active_details', 'no_key', 'Order Details.doubled'])
    expect(said).toContain(`left ${left}`)
  for (const note of [
    'on_lost',
    'lost',
    'users',
    'users.password_hash',
    'Order Details.broken_json',
    'Order Details.big',
  ]) {
    expect(said).toContain(`note ${note}`)
  }
  await serve(async (api) => {
    const details = await api.list('order_details')
    expect(details.body.docs).toMatchObject([
      {
        key: 'a/b',
        grosse: 1.5,
        select: 1,
        field_1st: 'x',
        user: 1,
        data: { n: 1 },
        broken_json: '{"n":',
        active: true,
        odd_bool: 'yes',
        at: '2024-05-06T07:08:09.123Z',
        unix: 1700000000,
      },
      { key: 'c', grosse: 2, field_1st: null, unsure: 'two', data: null, active: false, mixed: 'two' },
    ])
    expect((await api.get('/api/collections/order_details/a%2Fb')).body).toMatchObject({
      key: 'a/b',
      guid: '0190163d-8694-739b-aea5-966c26f8ad91',
    })
    expect(
      (await api.post('/api/collections/order_details', { key: 'd', data: [1], active: true })).body,
    ).toMatchObject({
      ...{ key: 'd', select: 7, field_1st: "it's", data: [1], active: true },
    })
    // Numbers that were given once are not given again, and the columns that clients never see stay.
    const user = await api.post('/api/collections/app_users', { login: 'cy' })
    expect(user.body).toEqual({ id: 3, login: 'cy' })
    expectStatus(await api.post('/api/collections/app_users', { login: 'cy' }), 409)
    expectStatus(await api.post('/api/collections/lost', { user_id: 3 }), 201)
    expect((await api.list('log')).body.docs).toMatchObject([{ what: 'lost 2' }])
    // What came with a broken reference can be read.
    expect((await api.list('lost', { filter: 'id:eq:1' })).body.docs).toEqual([{ id: 1, user_id: 99 }])
    expectStatus(await api.delete('/api/collections/app_users/1'), 204)
    expect((await api.get('/api/collections/order_details/a%2Fb')).body).toMatchObject({ user: null })
  })
  // The computed column outlives a change of its table.
  const text = readFileSync(project.path('schema.yaml'), 'utf8')
  const changed = 'note: { type: text, nullable: true }\n      active: { type: bool, nullable: true,'
  project.write('schema.yaml', text.replace('active: { type: bool,', changed))
  await serve(async (api) => {
    expect((await api.list('order_details', { fields: 'note' })).body.docs).toEqual([
      { note: null },
      { note: null },
      { note: null },
    ])
  })
  using database = new Database(project.path('data/koyalite.db'), { readonly: true })
  expect(database.query(`SELECT count(*) FROM "Order Details" WHERE "doubled" IS NOT NULL`).values()).not.toEqual([[0]])
})

test('names with control characters are listed as left out, and the rest is adopted', async () => {
  const from = base.path('strange.db')
  using strange = new Database(from)
  strange.exec(`CREATE TABLE good (id INTEGER PRIMARY KEY, x TEXT, "b\u0007ell" TEXT);
    CREATE TABLE needs (id INTEGER PRIMARY KEY, "new\nline" TEXT NOT NULL);
    CREATE TABLE "esc\u001b[31m" (id INTEGER PRIMARY KEY);
    CREATE TABLE keyed ("k\u0001" INTEGER PRIMARY KEY);
    CREATE VIEW "v\u0001" AS SELECT 1;
    INSERT INTO good VALUES (1, 'a', 'b'); INSERT INTO "esc\u001b[31m" VALUES (1)`)
  strange.close()
  const result = await runKoyalite(['init', '--from', from, '--dir', project.dir])
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.stdout).toContain('✓ good  1 document')
  expect(result.stdout).toContain(
    'esc\\u001b[31m cannot be in a schema, since the name of a table must not contain control characters',
  )
  expect(result.stdout).toContain('keyed has a key that cannot be named')
  expect(result.stdout).toContain('it needs a value, so documents cannot be created')
  const text = readFileSync(project.path('schema.yaml'), 'utf8')
  expect(text).not.toContain('\u001b')
  await serve(async (api) => {
    expect((await api.list('good')).body.docs).toEqual([{ id: 1, x: 'a' }])
    expectStatus(await api.post('/api/collections/good', { x: 'new' }), 201)
    expectStatus(await api.delete('/api/collections/good/1'), 204)
  })
  using database = new Database(project.path('data/koyalite.db'), { readonly: true })
  expect(database.query('SELECT count(*) FROM "esc\u001b[31m"').values()).toEqual([[1]])
})

test('a file that another process has open in WAL mode is copied with all that is committed', async () => {
  const from = base.path('live.db')
  using live = new Database(from)
  live.exec(
    'PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t (x) VALUES (1), (2)',
  )
  const result = await runKoyalite(['init', '--from', from, '--dir', project.dir])
  expect(result.stdout).toContain('✓ t  2 documents')
  live.exec('INSERT INTO t (x) VALUES (3)')
})

test('what cannot be adopted is refused, and leaves nothing behind', async () => {
  writeFileSync(base.path('text.db'), 'this is no database, however long it may be'.repeat(100))
  writeFileSync(base.path('empty.db'), '')
  for (const [name, reason] of [
    ['text.db', 'is encrypted (or not a SQLite database), and no key is set'],
    ['empty.db', 'has no tables'],
    ['absent.db', 'no such file'],
  ] as const) {
    const refused = await runKoyalite(['init', '--from', base.path(name), '--dir', project.dir])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(reason)
    expect(existsSync(project.path('schema.yaml'))).toBe(false)
    expect(existsSync(project.path('data')) ? readdirSync(project.path('data')) : []).toEqual([])
  }
  const both = await runKoyalite(['init', '--from', base.path('text.db'), '--template', 'blog', '--dir', project.dir])
  expect(both.code).toBe(2)
  mkdirSync(project.dir, { recursive: true })
  project.write('schema.yaml', 'version: 1\n')
  expect((await runKoyalite(['init', '--from', base.path('text.db'), '--dir', project.dir])).stderr).toContain(
    'is already a project',
  )
})
