import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  koyaliteCommand,
  koyaliteEnvironment,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: text }
      subtitle: { type: string, nullable: true }
      secret: { type: string, nullable: true, internal: true }
      tags: { type: json, nullable: true }
      raw: { type: blob, nullable: true }
      open: { type: bool }
      score: { type: float }
      count: { type: int, nullable: true }
      at: { type: timestamp, default: now }
  comments:
    fields:
      id: { type: int, primary: true, default: auto }
      post_id: { type: uuid, references: posts.id, onDelete: cascade }
      text: { type: text }
`

const POSTS = [
  {
    id: '018f0000-0000-7000-8000-000000000001',
    title: 'He said "no",\r\nthen\rleft; \'quoted\' \\ and ☃ 😀',
    subtitle: '',
    secret: 'internal',
    tags: ['a', { b: null, c: [1.5, true, 'x,"y"'] }],
    raw: 'AAEC/w==',
    open: true,
    score: 0.1,
    count: 9007199254740991,
    at: '2026-01-02T03:04:05.678Z',
  },
  {
    id: '018f0000-0000-7000-8000-000000000002',
    title: '',
    subtitle: null,
    secret: null,
    tags: 'a text, not a list',
    raw: null,
    open: false,
    score: -1.7976931348623157e308,
    count: null,
    at: '1969-12-31T23:59:59.999Z',
  },
]

const lines = (documents: readonly object[]) => documents.map((document) => `${JSON.stringify(document)}\n`).join('')
const parsed = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const hasShell = Bun.which('sqlite3') !== null

async function shell(path: string, sql: string): Promise<string> {
  const child = Bun.spawn(['sqlite3', path], { stdin: new Blob([sql]), stdout: 'pipe', stderr: 'pipe' })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  expect(stderr).toBe('')
  return stdout
}

describe.each(['beside a server', 'without a server'])('db dump %s', (where) => {
  let project: TempProject
  let server: ServerProcess | undefined
  const dump = (...args: readonly string[]) =>
    runKoyalite(['db', 'dump', ...args, '--dir', project.dir], { cwd: project.dir })

  beforeAll(async () => {
    project = createProject({
      schema: SCHEMA,
      files: { 'posts.ndjson': lines(POSTS), 'comments.ndjson': lines([{ id: 7, post_id: POSTS[0]?.id, text: 'x' }]) },
    })
    for (const name of ['posts', 'comments']) {
      const made = await runKoyalite(['db', 'import', name, `${name}.ndjson`, '--dir', project.dir], {
        cwd: project.dir,
      })
      expect(made).toMatchObject({ code: 0, stderr: '' })
    }
    if (where === 'beside a server') server = await startServer(project)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project.remove()
  })

  test('one collection as NDJSON has every field, internal ones too', async () => {
    expect(await dump('posts.ndjson')).toMatchObject({ code: 0, stderr: '' })
    expect(parsed(readFileSync(project.path('posts.ndjson'), 'utf8'))).toEqual(POSTS)
    expect(statSync(project.path('posts.ndjson')).mode & 0o777).toBe(0o600)
    const { stdout, stderr } = await dump('-', '--format', 'ndjson', '--collection', 'posts')
    expect(parsed(stdout)).toEqual(POSTS)
    expect(stderr).toStartWith('Dumped ')
  })

  test('a folder has a file for each collection; one NDJSON file has lines that name theirs', async () => {
    expect(await dump('all/', '--format', 'csv')).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(project.path('all')).sort()).toEqual(['comments.csv', 'posts.csv', 'users.csv'])
    expect(readFileSync(project.path('all/comments.csv'), 'utf8')).toBe(`id,post_id,text\n7,"${POSTS[0]?.id}","x"\n`)
    expect(await dump('all.ndjson', '--json')).toMatchObject({ code: 0, stderr: '' })
    expect(parsed(readFileSync(project.path('all.ndjson'), 'utf8'))).toEqual([
      ...POSTS.map((document) => ({ collection: 'posts', document })),
      { collection: 'comments', document: { id: 7, post_id: POSTS[0]?.id, text: 'x' } },
    ])
  })

  test('--filter and --where choose documents of one collection', async () => {
    const ids = async (...args: readonly string[]) => {
      const { stdout } = await dump('-', '--format', 'ndjson', '--collection', 'posts', ...args)
      return parsed(stdout).map(({ id }) => id)
    }
    const [first, second] = POSTS.map(({ id }) => id)
    expect(await ids('--filter', 'open:eq:true')).toEqual([first])
    expect(await ids('--filter', '{"$or":[{"open":true},{"count":null}]}')).toEqual([first, second])
    expect(await ids('--filter', '{"$or":[{"open":true},{"count":null}]}', '--where', 'doc.score < 0.0')).toEqual([
      second,
    ])
    expect(await ids('--where', 'doc.score < $1', '--params', '[0]')).toEqual([second])
    expect(await dump('posts.ndjson', '--where', 'doc.score < $1', '--params', '{}')).toMatchObject({ code: 2 })
    expect(await dump('posts.ndjson', '--where', 'doc.score < $2', '--params', '[0]')).toMatchObject({ code: 1 })
    expect(await dump('posts.csv', '--filter', '{"open":false}')).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(project.path('posts.csv'), 'utf8').match(/^"018f/gm)).toHaveLength(1)
    const many = await dump('some.ndjson', '--filter', 'open:eq:true')
    expect(many.code).toBe(2)
    expect(many.stderr).toContain('a filter is about the documents of one collection')
    expect((await dump('all.sql', '--filter', 'open:eq:true')).code).toBe(2)
    const wrong = await dump('posts.ndjson', '--filter', '{"opn":true}')
    expect(wrong).toMatchObject({ code: 1 })
    expect(wrong.stderr).toContain("did you mean 'open'")
  })

  test.each(['ndjson', 'csv'])('%s goes back in with db import', async (format) => {
    expect(await dump(`again-${format}/`, '--format', format)).toMatchObject({ code: 0, stderr: '' })
    const copy = createProject({ schema: SCHEMA })
    for (const name of ['posts', 'comments']) {
      const file = project.path(`again-${format}/${name}.${format}`)
      const made = await runKoyalite(['db', 'import', name, file, '--dir', copy.dir])
      expect(made).toMatchObject({ code: 0, stderr: '' })
    }
    const again = await runKoyalite(['db', 'dump', copy.path('posts.ndjson'), '--dir', copy.dir])
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(parsed(readFileSync(copy.path('posts.ndjson'), 'utf8'))).toEqual(POSTS)
    copy.remove()
  })

  test.skipIf(!hasShell)(
    "SQL becomes an equal database in SQLite's own shell, and a server takes it (needs sqlite3)",
    async () => {
      expect(await dump('all.sql')).toMatchObject({ code: 0, stderr: '' })
      const copy = createProject({ schema: SCHEMA, files: { 'data/x': '' } })
      await shell(copy.path('data/koyalite.db'), readFileSync(project.path('all.sql'), 'utf8'))
      expect(await shell(copy.path('data/koyalite.db'), 'PRAGMA integrity_check; SELECT count(*) FROM posts;')).toBe(
        'ok\n2\n',
      )
      const doctor = await runKoyalite(['doctor', '--json', '--dir', copy.dir])
      const levels = JSON.parse(doctor.stdout).findings as { check: string; level: string }[]
      // The shell makes files that others may read.
      expect(levels.filter(({ level }) => level === 'problem').map(({ check }) => check)).toEqual(['permissions'])
      const again = await runKoyalite(['db', 'dump', copy.path('posts.ndjson'), '--dir', copy.dir])
      expect(again).toMatchObject({ code: 0, stderr: '' })
      expect(parsed(readFileSync(copy.path('posts.ndjson'), 'utf8'))).toEqual(POSTS)
      copy.remove()
    },
  )

  test.each<[readonly string[], number, string]>([
    [['x.txt'], 2, "the format of 'x.txt' is unknown"],
    [['all.csv'], 2, 'a CSV file holds one collection'],
    [['x.sql', '--collection', 'posts'], 2, 'an SQL dump covers the whole database'],
    [['x.csv', '--collection', 'post'], 1, "there is no collection 'post'"],
    [['x', '--format', 'xml'], 2, "there is no format 'xml'"],
    [['gone/x.sql'], 1, 'ENOENT'],
  ])('%p is refused', async (args, code, message) => {
    const result = await dump(...args)
    expect(result.stderr).toContain(message)
    expect(result.code).toBe(code)
  })
})

describe('a dump while others write', () => {
  let project: TempProject
  let server: ServerProcess
  let api: Api
  beforeAll(async () => {
    project = createProject({ schema: SCHEMA })
    const key = await createKey(project)
    server = await startServer(project)
    api = createApi(server.url, key)
    const rows = Array.from({ length: 20_000 }, (_, n) => ({
      ...POSTS[1],
      id: undefined,
      title: `filler ${n} ${'x'.repeat(200)}`,
    }))
    project.write('filler.ndjson', lines(rows))
    const made = await runKoyalite(['db', 'import', 'posts', project.path('filler.ndjson'), '--dir', project.dir])
    expect(made).toMatchObject({ code: 0, stderr: '' })
  })
  afterAll(async () => {
    await server.kill('SIGKILL')
    project.remove()
  })

  test('is of one moment: what is written together is there together, over several files', async () => {
    let writing = true
    const writer = (async () => {
      let pairs = 0
      for (; writing; pairs++) {
        const id = crypto.randomUUID()
        const operations = [
          { op: 'create', collection: 'posts', data: { id, title: `pair ${pairs}`, open: true, score: 1 } },
          { op: 'create', collection: 'comments', data: { post_id: id, text: 'of a pair' } },
        ]
        expect((await api.post('/api/batch', { operations })).status).toBe(200)
      }
      return pairs
    })()
    const dumps = await Promise.all(
      ['a', 'b'].map((name) =>
        runKoyalite(['db', 'dump', project.path(name), '--format', 'ndjson', '--dir', project.dir]),
      ),
    )
    writing = false
    expect(await writer).toBeGreaterThan(0)
    for (const [index, name] of ['a', 'b'].entries()) {
      expect(dumps[index]).toMatchObject({ code: 0, stderr: '' })
      const posts = parsed(readFileSync(project.path(`${name}/posts.ndjson`), 'utf8'))
      const comments = parsed(readFileSync(project.path(`${name}/comments.ndjson`), 'utf8'))
      const pairs = posts.filter(({ title }) => title.startsWith('pair')).map(({ id }) => id)
      expect(comments.map(({ post_id }) => post_id).sort()).toEqual(pairs.sort())
    }
  })

  test('a killed one leaves nothing under its name', async () => {
    for (const wait of [150, 250, 350, 450]) {
      const child = Bun.spawn([...koyaliteCommand(), 'db', 'dump', project.path('killed.sql'), '--dir', project.dir], {
        env: koyaliteEnvironment(),
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: 'ignore',
      })
      await Bun.sleep(wait)
      child.kill('SIGKILL')
      await child.exited
      if (!existsSync(project.path('killed.sql'))) continue
      expect(readFileSync(project.path('killed.sql'), 'utf8')).toEndWith('COMMIT;\n')
    }
    // The server has noticed: its own end is not kept up by a reader that nobody waits for.
    expect(await server.kill('SIGTERM')).toBe(0)
  })
})
