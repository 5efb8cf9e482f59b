import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createKey, createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      slug: { type: string, unique: true }
      title: { type: string, default: Untitled }
      author_id: { type: uuid, references: users.id }
      views: { type: int, default: 0 }
  users:
    fields:
      name: { type: string, nullable: true }
  marks:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
`
const ANN = '01890a5d-ac96-774b-bcce-b302099a8001'

let project: TempProject
beforeEach(() => {
  project = createProject({
    schema: SCHEMA,
    files: {
      // In the alphabet posts come first; references say that users do.
      'seeds/posts.yaml': `- { slug: first, author_id: ${ANN} }\n- { slug: "a,b", author_id: ${ANN} }\n`,
      'seeds/people.yaml': `users:\n  - { id: ${ANN}, email: Ann@example.com, name: Ann }\n`,
      'seeds/02_marks.csv': 'text\none\ntwo\n',
      'seeds/staging/marks.json': '[{ "text": "staging only" }]',
    },
  })
})
afterEach(() => project.remove())

const seed = async (...args: readonly string[]) => {
  const result = await runKoyalite(['db', 'seed', '--json', '--dir', project.dir, ...args])
  expect(result).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(result.stdout).seeded
}
const counts = (collection: string, created: number, updated: number, skipped = 0) => ({
  collection,
  created,
  updated,
  skipped,
})

test('seeding writes every collection after those it refers to', async () => {
  expect(await seed()).toEqual([counts('marks', 2, 0), counts('users', 1, 0), counts('posts', 2, 0)])
})

test('seeds of an environment are written in that environment only, which .env may name too', async () => {
  project.write('.env', 'KOYALITE_ENV=staging\n')
  expect(await seed()).toContainEqual(counts('marks', 3, 0))
})

test('seeding again duplicates nothing: keys and unique fields tell, and what neither has is left out', async () => {
  await seed()
  expect(await seed()).toEqual([counts('marks', 0, 0, 2), counts('users', 0, 1), counts('posts', 0, 2)])
  project.write(
    'seeds/posts.yaml',
    `- { slug: first, title: Changed, author_id: ${ANN} }\n- { slug: third, author_id: ${ANN} }\n`,
  )
  expect(await seed('seeds/posts.yaml')).toEqual([counts('posts', 1, 1)])
})

test('a document that is there keeps what the seed does not give', async () => {
  await seed()
  const key = await createKey(project)
  const server = await startServer(project)
  const api = createApi(server.url, key)
  const [post] = (await api.list('posts', { filter: 'slug:eq:first' })).body.docs
  await api.patch(`/api/collections/posts/${post.id}`, { views: 7, title: 'Mine' })
  project.write('seeds/posts.yaml', `- { slug: first, title: Seeded, author_id: ${ANN} }\n`)
  // Beside the running server, through it.
  expect(await seed()).toContainEqual(counts('posts', 0, 1))
  expect((await api.list('posts', { filter: 'slug:eq:first', count: true })).body).toMatchObject({
    docs: [{ id: post.id, views: 7, title: 'Seeded' }],
    total: 1,
  })
  await server.kill('SIGKILL')
})

test('--if-empty leaves collections alone that have documents', async () => {
  await seed('seeds/people.yaml')
  expect(await seed('--if-empty')).toEqual([counts('marks', 2, 0), counts('posts', 2, 0)])
  expect(await seed('--if-empty')).toEqual([])
})

test.each([
  ['seeds/pots.yaml', '- { slug: x }\n', "seeds/pots.yaml is not named after a collection (did you mean 'posts'?)"],
  [
    'seeds/all.yaml',
    '# x\nusers: []\npots: []\n',
    "seeds/all.yaml:3 there is no collection 'pots' (did you mean 'posts'?)",
  ],
  ['seeds/all.json', '{"posts": [\n{"slug": 1}]}', 'seeds/all.json:2 '],
  ['seeds/users.yaml', '- email: ann@example.com\n- email: nobody\n', 'seeds/users.yaml:2 email must be'],
  ['seeds/users.json', '[{"email": "a@example.com"},\n{"email": }]', 'seeds/users.json:2 is not valid JSON'],
])('%s with %j names the place', async (file, text, message) => {
  project.write(file, text)
  const { code, stderr } = await runKoyalite(['db', 'seed', file, '--dir', project.dir], { cwd: project.dir })
  expect(stderr).toContain(message)
  expect(code).toBe(1)
})

test.each([
  ['seeds/marks.yaml', '- text: one\n- text: *unknown\n', 'seeds/marks.yaml:2 is not valid YAML'],
  [
    'seeds/marks.yaml',
    '- text: one\n- { id: 750727362669608961, text: two }\n',
    'seeds/marks.yaml:2 id is 750727362669608961',
  ],
  ['seeds/all.yaml', 'marks:\n  - { text: one }\n  - { id: .inf, text: two }\n', 'seeds/all.yaml:3 id is .inf'],
  ['seeds/all.json', '{"marks": [\n{"text": "one"},\n{"id": 1e400, "text": "two"}]}', 'seeds/all.json:3 id is 1e400'],
  ['seeds/all.yaml', 'marks:\n  - { text: one }\nusers:\n  - { email: nobody }\n', 'seeds/all.yaml:4 email must be'],
  ['seeds/users.yaml', '- { email: bob@example.com }\n- { email: BOB@example.com }\n', 'seeds/users.yaml:2 email'],
  ['seeds/99_posts.yaml', `- { slug: x, author_id: ${crypto.randomUUID()} }\n`, 'seeds/99_posts.yaml:1 author_id'],
  ['seeds/marks.ndjson', `${'{"text":"one"}\n'.repeat(5000)}{"text":7}\n`, 'seeds/marks.ndjson:5001 text must be'],
])('a mistake in %s leaves nothing behind, of other files and collections too: %#', async (file, text, message) => {
  project.write('seeds/02_marks.csv', file.includes('marks') ? 'text\n' : 'text\none\n')
  project.write(file, text)
  const { code, stderr } = await runKoyalite(['db', 'seed', '--dir', project.dir])
  expect(stderr).toContain(message)
  expect(code).toBe(1)
  project.write(file, '')
  project.write('seeds/marks.csv', 'text\nafter\n')
  expect(await seed('seeds/marks.csv')).toEqual([counts('marks', 1, 0)])
})

test('aliases of YAML hold in the whole file', async () => {
  project.write(
    'seeds/all.yaml',
    'users:\n  - { email: bob@example.com, name: &name Bob }\nmarks:\n  - { text: *name }\n',
  )
  expect(await seed('seeds/all.yaml')).toEqual([counts('users', 1, 0), counts('marks', 1, 0)])
  await seed('seeds/people.yaml')
  project.write(
    'seeds/posts.yaml',
    `- { slug: a, title: &t Title, author_id: &who ${ANN} }\n- { slug: b, title: *t, author_id: *who }\n`,
  )
  expect(await seed('seeds/posts.yaml')).toEqual([counts('posts', 2, 0)])
})

test('a project without seeds is told how to write one', async () => {
  const bare = createProject({ schema: SCHEMA })
  const { code, stderr } = await runKoyalite(['db', 'seed', '--dir', bare.dir])
  expect(stderr).toContain('seeds/posts.yaml')
  expect(code).toBe(1)
  bare.remove()
})
