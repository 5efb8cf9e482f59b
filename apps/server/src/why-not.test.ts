import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@koyalite/testkit'
import { openProject, type Project } from './project'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: string, primary: true }
      title: { type: string }
      author_id: { type: uuid, references: users.id, nullable: true }
      secret: { type: string, nullable: true, read: "false" }
    rules:
      read: "doc.title != 'hidden'"
      create: "auth.id != null && doc.author_id == auth.id"
      update: "doc.secret == 'open' && auth.id != null"
      delete: "false"
  notes:
    fields: { id: { type: string, primary: true } }
  seats:
    fields:
      id: { type: string, primary: true }
    rules: { create: "!seats.exists(s, true)", read: "true" }
`

let dir: string
let dev: Project
/** What the developer was shown since the test began: for each denial a line, and below it the arguments of the command. */
let shown: (readonly [text: string, command: string])[] = []
const onNote = ([text = '', command = '']: readonly string[]) => void shown.push([text, command.trim()])
const commandLine = (args: readonly string[]) => JSON.stringify(args)

async function open(mode: 'dev' | 'start'): Promise<Project> {
  const project = await openProject({ dir, mode, onNote, commandLine, overrides: { 'database.path': ':memory:' } })
  for (const id of ['a', 'hidden'])
    await control(project, 'POST', '/api/collections/posts', { id, title: id, secret: 'do not tell' })
  return project
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-why-not-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
})
beforeEach(async () => {
  dev = await open('dev')
  shown = []
})
afterEach(() => dev.close())
afterAll(() => rmSync(dir, { recursive: true }))

async function signUp(): Promise<{ readonly id: string; readonly token: string }> {
  const body = { email: 'ben@example.com', password: 'correct horse battery' }
  const registered = await control(dev, 'POST', '/api/auth/register', body)
  return { id: registered.body.user.id, token: registered.body.access_token }
}

interface Sent {
  readonly body?: unknown
  readonly token?: string
  readonly ip?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into responses of every shape
type Answer = { readonly status: number; readonly body: any }

async function ask(
  project: Project,
  method: string,
  path: string,
  { body, token, ip = '127.0.0.1', host = 'localhost', headers = {} }: Sent = {},
): Promise<Answer> {
  const request = new Request(`http://${host}${path}`, {
    method,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await project.current().app.fetch(request, { ip })
  return { status: response.status, body: JSON.parse((await response.text()) || 'null') }
}

async function control(project: Project, method: string, path: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const request = new Request(`http://localhost${path}`, { method, headers, body: JSON.stringify(body) })
  const response = await project.current().control.fetch(request, { ip: '127.0.0.1' })
  return { status: response.status, body: JSON.parse((await response.text()) || 'null') }
}

const note = async () => {
  await until(() => shown.length > 0, { what: 'a note' })
  return shown[0] as (typeof shown)[number]
}
/** Whatever is on its way is there when a later one is. */
async function nothingShown(): Promise<void> {
  const before = shown.length
  await ask(dev, 'GET', '/api/collections/notes')
  await until(() => shown.length > before, { what: 'the later note' })
  expect(shown.slice(0, -1)).toEqual([])
}

const codes = ({ body }: Answer) => (body.error.details as { code: string }[]).map(({ code }) => code)

describe('a refusal', () => {
  test('of one who may never: the rule, its place, the part, and a command that says the same', async () => {
    const refused = await ask(dev, 'POST', '/api/collections/posts', { body: { id: 'b', title: 'B' } })
    expect([refused.status, codes(refused)]).toEqual([401, ['rule', 'explain']])
    const [text, command] = await note()
    expect(text).toStartWith('denied  POST /api/collections/posts  401 UNAUTHENTICATED, anonymous: ')
    expect(text).toContain('schema.yaml:11:16 the rule does not hold for the resulting document')
    expect(text).toContain('auth.id != null is never true for this caller (auth.id is null)')
    expect(command).toBe(
      JSON.stringify(['rules', 'explain', 'posts', 'create', '--as', 'anonymous', '--data', '{"id":"b","title":"B"}']),
    )
    expect(refused.body.error.details.map(({ message }: { message: string }) => message)).toEqual([
      text.slice(text.indexOf(': ') + 2),
      command,
    ])
    const body = { collection: 'posts', operation: 'create', as: 'anonymous', data: { id: 'b', title: 'B' } }
    const explained = await control(dev, 'POST', '/api/admin/rules/explain', body)
    expect(explained.body.document.answer.status).toBe(401)
  })

  test('by what is in the document: the part that is false, without values that the caller may not read', async () => {
    const user = await signUp()
    const sent = { token: user.token, body: { title: 'mine' } }
    const refused = await ask(dev, 'PATCH', '/api/collections/posts/a', sent)
    expect([refused.status, codes(refused)]).toEqual([403, ['rule', 'explain']])
    const [text, command] = await note()
    expect(text).toContain("doc.secret == 'open' is false")
    expect(text + command + JSON.stringify(refused.body)).not.toContain('do not tell')
    expect(JSON.parse(command)).toEqual([
      ...['rules', 'explain', 'posts', 'update', '--as', `user:${user.id}`, '--id', 'a', '--data', '{"title":"mine"}'],
    ])
  })

  test('of an update, whose rule is asked of the stored and of the resulting document: in one sentence', async () => {
    await ask(dev, 'PATCH', '/api/collections/posts/a', { body: { title: 'mine' } })
    expect((await note())[0].split('auth.id != null is never true')).toHaveLength(2)
  })

  test('of what is built in, and in no file: no place', async () => {
    await ask(dev, 'GET', '/api/collections/users')
    expect((await note())[0]).toContain("401 UNAUTHENTICATED, anonymous: Nobody may read 'users'")
  })

  test('where there is no rule: the place of the collection', async () => {
    await ask(dev, 'GET', '/api/collections/notes')
    expect((await note())[0]).toContain("schema.yaml:14:3 Nobody may read 'notes': no rule or permit policy allows it")
  })

  test('of an operation of a batch, with its index; asked again it may be allowed, which is said', async () => {
    const operations = ['1', '2'].map((id) => ({ op: 'create', collection: 'seats', data: { id } }))
    const refused = await ask(dev, 'POST', '/api/batch', { body: { operations } })
    expect([refused.body.error.operation, codes(refused)]).toEqual([1, ['rule', 'explain']])
    const [text] = await note()
    expect(text).toStartWith('denied  POST /api/batch  401 UNAUTHENTICATED in operation 1, anonymous: ')
    expect(text).toContain('(schema.yaml:19:23) did not hold then, and do now')
  })

  test('of a live query', async () => {
    expect(codes(await ask(dev, 'GET', '/api/collections/notes/live'))).toEqual(['rule', 'explain'])
    expect((await note())[0]).toStartWith('denied  GET /api/collections/notes/live  401 UNAUTHENTICATED, anonymous: ')
  })

  test('of a stream that a ticket opens: it is about whom the ticket is of', async () => {
    const user = await signUp()
    const { body } = await ask(dev, 'POST', '/api/realtime/ticket', { token: user.token, body: {} })
    expect(codes(await ask(dev, 'GET', `/api/collections/notes/live?ticket=${body.ticket}`))).toEqual([
      'rule',
      'explain',
    ])
    const [text, command] = await note()
    expect(text).toContain('403 FORBIDDEN, user ben@example.com (role user): ')
    expect(JSON.parse(command)).toContain(`user:${user.id}`)
  })

  test('what the collection does not have is not repeated', async () => {
    await ask(dev, 'POST', '/api/collections/posts', { body: { id: 'c', title: 'C', password: 'hunter2' } })
    expect(JSON.stringify(await note())).not.toContain('hunter2')
  })

  test('a body that is too long for a command has its texts cut', async () => {
    await ask(dev, 'POST', '/api/collections/posts', { body: { id: 'c', title: 'long '.repeat(1000) } })
    const [, command] = await note()
    expect(JSON.parse(JSON.parse(command).at(-1))).toEqual({ id: 'c', title: 'long '.repeat(20) })
  })

  test('of a key says which scope it lacks', async () => {
    const made = await control(dev, 'POST', '/api/admin/keys', { scopes: [{ scope: 'data:read' }] })
    await ask(dev, 'DELETE', '/api/collections/posts/a', { token: made.body.key })
    const [text, command] = await note()
    expect(text).toEndWith("No scope of the key includes data:write for 'posts'.")
    expect(JSON.parse(command)).toContain('key:data:read')
  })
})

describe('what does not say in its response that a rule is the reason', () => {
  test('a document that is hidden is the same 404 as one that is missing; the terminal tells', async () => {
    const [hidden, missing] = [
      await ask(dev, 'GET', '/api/collections/posts/hidden'),
      await ask(dev, 'GET', '/api/collections/posts/missing'),
    ]
    expect([hidden.status, missing.status]).toEqual([404, 404])
    expect([hidden.body.error.details, missing.body.error.details]).toEqual([[], []])
    expect((await note())[0]).toContain(
      "denied  GET /api/collections/posts/hidden  404 NOT_FOUND, anonymous: schema.yaml:10:14 the rule does not hold for the stored document: doc.title != 'hidden' is false",
    )
    await Bun.sleep(0)
    expect(JSON.stringify(shown)).not.toContain('missing')
  })

  test('a list that is empty by a rule; one without matches tells nothing', async () => {
    const empty = await ask(dev, 'GET', '/api/collections/posts?filter=title:eq:hidden')
    expect(empty.body).toEqual({ docs: [], next_cursor: null })
    const [text, command] = await note()
    expect(text).toStartWith(
      'denied  GET /api/collections/posts  empty, though documents match, anonymous: schema.yaml:10:14',
    )
    expect(JSON.parse(command)).toEqual(['rules', 'explain', 'posts', 'read', '--as', 'anonymous', '--id', 'hidden'])
    shown = []
    await ask(dev, 'GET', '/api/collections/posts?filter=title:eq:nothing')
    await ask(dev, 'GET', '/api/collections/posts/aggregate?values=count')
    await nothingShown()
  })
})

test('a count of nothing, by a rule', async () => {
  const counted = await ask(dev, 'GET', '/api/collections/posts/aggregate?values=count&filter=title:eq:hidden')
  expect(counted.body).toEqual({ groups: [{ count: 0 }] })
  expect((await note())[0]).toContain('/aggregate  empty, though documents match, anonymous: schema.yaml:10:14')
})

describe('only callers on this machine get it in the response', () => {
  const others: readonly (readonly [string, Sent])[] = [
    ['another device', { ip: '192.168.1.20' }],
    ['another device that says localhost', { ip: '192.168.1.20', host: 'localhost:8090' }],
    ['through a proxy', { headers: { 'x-forwarded-for': '127.0.0.1' } }],
    ['through a proxy that names nobody', { headers: { via: '1.1 proxy' } }],
    ['through a tunnel', { headers: { 'cf-connecting-ip': '127.0.0.1' } }],
    ['a page of another site', { headers: { origin: 'https://evil.example.com' } }],
  ]
  test.each(others)('%s', async (_, sent) => {
    const refused = await ask(dev, 'POST', '/api/collections/posts', { ...sent, body: { id: 'b', title: 'B' } })
    expect([refused.status, refused.body.error.details]).toEqual([401, []])
    expect(JSON.stringify(refused.body)).not.toContain('schema.yaml')
  })

  test('a name that leads here is not a name of this machine', async () => {
    const sent = { host: 'rebound.example.com', body: { id: 'b', title: 'B' } }
    const refused = await ask(dev, 'POST', '/api/collections/posts', sent)
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(refused.body)).not.toContain('rules explain')
  })
})

test('a loop is one line, whatever its values; another part that fails is another', async () => {
  for (let n = 0; n < 30; n++) {
    const body = { id: `b${n}`, title: `B${n}` }
    const sent = n % 2 === 0 ? { body } : { body, ip: '192.168.1.20' }
    expect((await ask(dev, 'POST', '/api/collections/posts', sent)).status).toBe(401)
  }
  const user = await signUp()
  await ask(dev, 'POST', '/api/collections/posts', { token: user.token, body: { id: 'c', title: 'C' } })
  await until(() => shown.length > 1, { what: 'the line about the user' })
  expect(shown.map(([text]) => /(?:auth\.id != null|doc\.author_id == auth\.id)/.exec(text)?.[0])).toEqual([
    'auth.id != null',
    'doc.author_id == auth.id',
  ])
})

test('under start nothing is explained, to nobody', async () => {
  const started = await open('start')
  shown = []
  for (const [method, path, body] of [
    ['POST', '/api/collections/posts', { id: 'b', title: 'B' }],
    ['PATCH', '/api/collections/posts/a', { title: 'B' }],
    ['GET', '/api/collections/notes', undefined],
    ['GET', '/api/collections/posts/hidden', undefined],
    ['GET', '/api/collections/posts?filter=title:eq:hidden', undefined],
  ] as const) {
    const { body: response } = await ask(started, method, path, body === undefined ? {} : { body })
    expect(JSON.stringify(response)).not.toMatch(/schema\.yaml|rules|explain|auth\.id|doc\./)
    expect(response.error?.details ?? []).toEqual([])
  }
  await nothingShown()
  await started.close()
})
