import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createProject, runKoyalite, type TempProject } from '@koyalite/testkit'
import fc from 'fast-check'

setDefaultTimeout(120_000)

/** Every type, with and without null and defaults; trees, and collections that refer to one another. */
const SCHEMA = `version: 1
types: { mood: { enum: [good, "a,b", '"'] } }
collections:
  comments:
    fields:
      id: { type: int, primary: true, default: auto }
      thing_id: { type: uuid, references: things.id, onDelete: cascade }
      author_id: { type: uuid, references: users.id, nullable: true }
      made_at: { type: timestamp, default: now, onUpdate: now }
  things:
    fields:
      id: { type: uuid, primary: true, default: auto }
      up: { type: uuid, nullable: true, references: things.id }
      best_comment: { type: int, nullable: true, references: comments.id }
      string_: { type: string }
      text_null: { type: text, nullable: true }
      text_null_default: { type: text, nullable: true, default: "a default" }
      int_: { type: int }
      int_null: { type: int, nullable: true, default: 7 }
      float_: { type: float }
      bool_: { type: bool, default: true }
      bool_null: { type: bool, nullable: true, default: false }
      time_: { type: timestamp }
      time_null: { type: timestamp, nullable: true, default: now }
      json_: { type: json }
      json_null: { type: json, nullable: true, default: [] }
      blob_: { type: blob }
      blob_null: { type: blob, nullable: true }
      mood_: { type: mood, nullable: true, default: good }
      secret: { type: string, nullable: true, internal: true }
`

const SEED = Date.now() % 1_000_000
const storable = (text: string) => !text.includes('\u0000') && text.isWellFormed()
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }).filter(storable),
  fc.constantFrom(
    '',
    '\\N',
    '"',
    '""',
    ',',
    '\n',
    '\r',
    '\r\n',
    ' a ',
    '\t',
    'null',
    '0',
    '1e5',
    'true',
    '\ufeff',
    '☃ 😀',
    "'; DROP",
    '=1+1',
    '\u2028',
    '\\',
  ),
)
const int = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0))
// SQLite knows no negative zero in JSON.
const float = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())
const plain = fc
  .jsonValue()
  .filter(
    (value) =>
      storable(JSON.stringify(value)) &&
      !/\\u(0000|d[89a-f])|-0|__proto__|constructor|prototype/i.test(JSON.stringify(value)),
  )
const json = fc.oneof(plain, text).filter((value) => value !== null)
const blob = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.toBase64())
const thing = fc.record({
  id: fc.uuid({ version: 7 }),
  string_: text,
  text_null: fc.option(text),
  text_null_default: fc.option(text),
  int_: int,
  int_null: fc.option(int),
  float_: float,
  bool_: fc.boolean(),
  bool_null: fc.option(fc.boolean()),
  time_: time,
  time_null: fc.option(time),
  json_: json,
  json_null: fc.option(json),
  blob_: blob,
  blob_null: fc.option(blob),
  mood_: fc.option(fc.constantFrom('good', 'a,b', '"')),
  secret: fc.option(text),
})

const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

let origin: TempProject
const projects: TempProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

function newProject(): TempProject {
  const project = createProject({ schema: SCHEMA })
  projects.push(project)
  return project
}

async function run(project: TempProject, ...args: readonly string[]): Promise<string> {
  const result = await runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })
  expect([`seed ${SEED}`, result.stderr.replace(/^Dumped.*\n/, ''), result.code]).toEqual([`seed ${SEED}`, '', 0])
  return result.stdout
}

/** All of a project, line by line. */
async function everything(project: TempProject): Promise<readonly string[]> {
  return (await run(project, 'db', 'dump', '-', '--format', 'ndjson')).split('\n')
}

beforeAll(async () => {
  origin = newProject()
  const [made] = fc.sample(fc.uniqueArray(thing, { minLength: 250, maxLength: 250, selector: ({ id }) => id }), {
    seed: SEED,
    numRuns: 1,
  })
  const sorted = (made ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  // Children have smaller keys than their parents, so that a dump lists them first.
  const things = sorted.map((row, index) => ({
    ...row,
    up: index % 3 === 0 ? null : sorted[Math.min(sorted.length - 1, index + 1 + (index % 7))]?.id,
    // The collections refer to each other, though no document does so in a circle.
    best_comment: index % 2 === 0 && index < 100 ? index : null,
  }))
  const last = things.at(-1)
  if (last) last.up = null
  const users = [
    {
      id: '0190163d-8694-739b-aea5-966c26f8ad91',
      email: 'ann@example.com',
      role: 'editor',
      verified: true,
      metadata: { a: [null] },
    },
  ]
  const comments = Array.from({ length: 100 }, (_, id) => {
    const made_at = new Date(id * 86_400_000).toISOString()
    return { id, thing_id: things[200 + (id % 40)]?.id, author_id: id % 2 === 0 ? users[0]?.id : null, made_at }
  })
  const named = (collection: string) => (document: object) => ({ collection, document })
  // In no order at all.
  const all = [...things.map(named('things')), ...users.map(named('users')), ...comments.map(named('comments'))]
  origin.write('all.ndjson', lines(all))
  expect(await run(origin, 'db', 'import', 'all.ndjson', '--json')).toBe(
    '{"collections":{"things":250,"users":1,"comments":100},"imported":351}\n',
  )
})

describe('what is dumped comes back as it was', () => {
  test('as it was imported', async () => {
    const given = readFileSync(origin.path('all.ndjson'), 'utf8').trimEnd().split('\n')
    const stored = new Map(
      (await everything(origin))
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
        .map(({ collection, document }) => [`${collection} ${document.id}`, document]),
    )
    expect(stored.size).toBe(given.length)
    for (const line of given) {
      const { collection, document } = JSON.parse(line)
      expect(stored.get(`${collection} ${document.id}`)).toMatchObject(document)
    }
  })

  test('one NDJSON file of all collections', async () => {
    await run(origin, 'db', 'dump', origin.path('dump.ndjson'))
    const copy = newProject()
    await run(copy, 'db', 'import', origin.path('dump.ndjson'))
    expect(await everything(copy)).toEqual(await everything(origin))
  })

  test.each(['ndjson', 'csv'])('a folder with a file of %s for each', async (format) => {
    await run(origin, 'db', 'dump', origin.path(`as-${format}`), '--format', format)
    const copy = newProject()
    await run(copy, 'db', 'import', `${origin.path(`as-${format}`)}/`)
    expect(await everything(copy)).toEqual(await everything(origin))
  })

  test('SQL, in a database of its own', async () => {
    await run(origin, 'db', 'dump', origin.path('all.sql'))
    const copy = newProject()
    mkdirSync(copy.path('data'), { recursive: true, mode: 0o700 })
    writeFileSync(copy.path('data/koyalite.db'), '', { mode: 0o600 })
    const database = new Database(copy.path('data/koyalite.db'))
    database.run(readFileSync(origin.path('all.sql'), 'utf8'))
    database.close()
    expect(await everything(copy)).toEqual(await everything(origin))
  })
})

describe('an import of several collections', () => {
  const fails = async (project: TempProject, file: string, ...args: readonly string[]) => {
    const { code, stderr } = await runKoyalite(['db', 'import', file, ...args, '--dir', project.dir], {
      cwd: project.dir,
    })
    return { code, stderr }
  }

  test('says which lines are wrong, and what is there', async () => {
    const project = newProject()
    const user = (id: number, email: string) => ({
      collection: 'users',
      document: { id: `0190163d-8694-739b-aea5-${String(id).padStart(12, '0')}`, email },
    })
    for (const [bad, message] of [
      [
        '{"collection":"user","document":{}}',
        "bad.ndjson:2 names the collection 'user', which schema.yaml does not have (did you mean 'users'?)",
      ],
      ['{"email":"x@example.com"}', 'bad.ndjson:2 is not {"collection","document"}'],
      ['{"collection":"users","document":[]}', 'bad.ndjson:2 is not a document'],
      ['{"collection":"users","document":{"email":"x"}}', 'bad.ndjson:2 email'],
      ['{"collection":"users"', 'bad.ndjson:2 is not valid JSON'],
    ] as const) {
      project.write('bad.ndjson', `${JSON.stringify(user(1, 'a@example.com'))}\n${bad}\n`)
      const { code, stderr } = await fails(project, 'bad.ndjson', '--upsert')
      expect(code).toBe(1)
      expect(stderr).toContain(message)
      expect(stderr).toMatch(
        /Nothing was imported|1 document before that is imported, and none after that. Fix the file and continue with --skip 1./,
      )
    }
  })

  test('that refer to each other in a circle, or to nothing, are refused by their lines', async () => {
    const project = newProject()
    const [a, b] = ['0190163d-8694-739b-aea5-000000000001', '0190163d-8694-739b-aea5-000000000002']
    const row = (id: string, up: string) => ({
      collection: 'things',
      document: { id, up, string_: '', int_: 0, float_: 0, time_: '2026-01-01', json_: 1, blob_: '' },
    })
    project.write('circle.ndjson', lines([row(a, b), row(b, a)]))
    const circle = await fails(project, 'circle.ndjson')
    expect(circle.stderr).toContain('circle.ndjson:1 is part of a circular reference')
    project.write('nothing.ndjson', lines([row(a, b)]))
    expect((await fails(project, 'nothing.ndjson')).stderr).toContain('nothing.ndjson:1 ')
    // A reference to itself is not a circle.
    project.write('itself.ndjson', lines([row(a, a)]))
    expect((await fails(project, 'itself.ndjson')).code).toBe(0)
  })

  test.each<[readonly string[], string]>([
    [['x.csv'], 'a csv file holds one collection'],
    [['x.ndjson', '--map', 'a=b'], '--map needs a single collection'],
    [['.', '--skip', '1'], '--skip needs a single file'],
  ])('%p is a mistake of usage', async (args, message) => {
    const [file = '', ...options] = args
    const { code, stderr } = await fails(origin, file, ...options)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
