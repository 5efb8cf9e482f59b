import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@koyalite/contracts'
import { explainOperation, plainRequest, type RuleSandbox } from '@koyalite/rules'
import { OPERATIONS, type Operation } from '@koyalite/schema'
import { openProject, type Project } from './project'
import { openRuleSandbox } from './rule-sandbox'
import { loadSchema, SANDBOX_SERVER } from './testing/open-sandbox'
import { ACTORS, asServer, DOCUMENTS, schemasToTry, storeDocuments } from './testing/random-rules'

setDefaultTimeout(60_000)

const seed = Number(process.env.KOYALITE_TESTER_SEED ?? Date.now() % 1_000_000_000)
const schemas = Number(process.env.KOYALITE_TESTER_SCHEMAS ?? 8)

type Document = (typeof DOCUMENTS)[number]

test(`what is tried comes to what the API does, for stored and given documents (seed ${seed})`, async () => {
  const counted = { allowed: 0, denied: 0 }
  for (const text of schemasToTry({ seed, count: schemas })) {
    const schema = loadSchema(text)
    const sandbox = await openRuleSandbox({ schema, settings: { server: SANDBOX_SERVER } })
    try {
      await storeDocuments(sandbox)
      for (const [, actor] of ACTORS) {
        for (const operation of OPERATIONS) {
          for (const document of DOCUMENTS) {
            const data = dataOf(operation, document)
            const asked = {
              collection: 'posts',
              operation,
              actor,
              params: null,
              request: plainRequest(operation, Date.now()),
            }
            const stored = await explainOperation(sandbox.explain, {
              ...{ ...asked, data },
              id: operation === 'create' ? null : document.id,
            })
            const given = { ...document, id: `given-${document.id}` }
            const tried =
              operation === 'create'
                ? null
                : await explainOperation(sandbox.explain, { ...asked, data, id: null, given })
            const real = await isAllowed(sandbox, actor, operation, document)
            counted[real ? 'allowed' : 'denied']++
            const said = { text, actor, operation, document }
            if (stored.document?.allowed !== real) throw new Error(JSON.stringify({ ...said, stored }))
            if (tried !== null && tried.document?.allowed !== real) throw new Error(JSON.stringify({ ...said, tried }))
            if (!real) expect(stored.document?.reasons.length).toBeGreaterThan(0)
          }
        }
      }
    } finally {
      await sandbox.close()
    }
  }
  expect(Math.min(counted.allowed, counted.denied)).toBeGreaterThan(schemas)
})

function dataOf(operation: Operation, document: Document): Record<string, string | number | boolean | null> | null {
  if (operation === 'create') return { ...document, id: `new-${document.id}` }
  return operation === 'update' ? { n: document.n + 1 } : null
}

/** Through the API, and undone. */
async function isAllowed(
  sandbox: RuleSandbox,
  actor: Actor,
  operation: Operation,
  document: Document,
): Promise<boolean> {
  const path = `/collections/posts/${document.id}`
  const method = { create: 'POST', read: 'GET', update: 'PATCH', delete: 'DELETE' } as const
  const data = dataOf(operation, document)
  const { status } = await sandbox.fetch(actor, {
    method: method[operation],
    path: operation === 'create' ? '/collections/posts' : path,
    ...(data !== null && { body: data }),
  })
  if (status >= 300) return false
  if (operation === 'create') await asServer(sandbox, 'DELETE', `/collections/posts/new-${document.id}`)
  if (operation === 'update') await asServer(sandbox, 'PUT', path, document)
  if (operation === 'delete') await asServer(sandbox, 'POST', '/collections/posts', document)
  return true
}

const SCHEMA = `version: 1
types: { status: { enum: [draft, out] } }
roles: { editor: { permissions: ["books:*"] } }
definitions: { "mine(d)": "auth.id == d.author_id" }
collections:
  books:
    fields:
      id: { type: string, primary: true }
      author_id: { type: uuid, references: users.id }
      title: { type: string, maxLength: 10 }
      status: { type: status, default: draft }
    rules:
      read: "doc.status == 'out' || mine(doc) || auth.claims.staff == true"
      create: "mine(doc)"
      update: "mine(doc)"
`
const TESTS = `actors: { ann: }
documents: { books: { one: { title: One, author_id: $ann } } }
cases:
  - { actor: ann, operation: read, collection: books, id: one, expect: allowed }
  - { actor: anonymous, operation: read, collection: books, id: one, expect: allowed }
`

describe('over HTTP', () => {
  let dir: string
  let project: Project
  let ann: string
  let ben: string
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'koyalite-tester-'))
    writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
    mkdirSync(join(dir, 'rules', 'deep'), { recursive: true })
    writeFileSync(join(dir, 'rules', 'deep', 'books.test.yaml'), TESTS)
    writeFileSync(join(dir, 'rules', 'notes.yaml'), 'not a test')
    project = await openProject({ dir, overrides: { 'database.path': ':memory:' } })
    ann = (await post('/api/admin/users', { email: 'ann@example.com' })).body.id
    ben = (await post('/api/admin/users', { email: 'ben@example.com' })).body.id
    const books = Array.from({ length: 5 }, (_, n) => ({ id: `b${n}`, author_id: n < 2 ? ann : ben, title: `T${n}` }))
    await post('/api/collections/books', [...books, { id: 'out', author_id: ben, title: 'Out', status: 'out' }])
  })
  afterAll(async () => {
    await project.close()
    rmSync(dir, { recursive: true })
  })

  async function send(method: string, path: string, body?: unknown) {
    const headers = { 'content-type': 'application/json' }
    const request = new Request(`http://localhost${path}`, {
      ...{ method, headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const response = await project.current().control.fetch(request, { ip: '127.0.0.1' })
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    return { status: response.status, body: (await response.json()) as any }
  }
  const post = (path: string, body: unknown) => send('POST', path, body)
  const explain = async (more: object) =>
    (await post('/api/admin/rules/explain', { collection: 'books', ...more })).body

  test('a denial names the part of the source that decided, and the check that a book is not given away', async () => {
    const given = await explain({ operation: 'update', as: `user:${ann}`, id: 'b0', data: { author_id: ben } })
    expect(given.document).toMatchObject({ allowed: false, answer: { status: 403 } })
    const [using, check] = given.rules
    expect([using.about, using.outcome.result, check.about, check.outcome.result]).toEqual([
      'stored',
      true,
      'resulting',
      false,
    ])
    expect(check.source.slice(check.outcome.start, check.outcome.end)).toBe('mine(doc)')
    const { sql } = check
    expect(sql.text).toInclude('"d0"."author_id"')
    expect(sql.params).toContain(ann)
    const denied = await explain({ operation: 'read', as: `user:${ann}`, id: 'b3' })
    const [{ source, outcome }] = denied.rules
    expect(
      outcome.operands.map(({ start, end, result }: { start: number; end: number; result: unknown }) => [
        source.slice(start, end),
        result,
      ]),
    ).toEqual([
      ["doc.status == 'out'", false],
      ['mine(doc)', false],
      ['auth.claims.staff == true', 'error'],
    ])
  })

  test('a user who does not exist and a document that is not there are tried, and nothing stays', async () => {
    const seq = project.database.feed.lastSeq
    const document = { id: 'draft', author_id: ann, title: 'New' }
    const read = (as: unknown) => explain({ operation: 'read', as, document })
    expect((await read({ claims: { staff: true } })).document.allowed).toBe(true)
    expect((await read({ claims: { staff: false } })).document.allowed).toBe(false)
    expect((await read({ id: ann })).document.allowed).toBe(true)
    const long = await explain({ operation: 'update', as: { id: ann }, document, data: { title: 'longer than ten' } })
    expect(long.document).toMatchObject({ allowed: false, answer: { status: 422, code: 'VALIDATION_ERROR' } })
    expect((await explain({ operation: 'read', as: 'anonymous', document: { id: 'x' } })).error.code).toBe(
      'VALIDATION_ERROR',
    )
    expect((await explain({ operation: 'read', document, id: 'b1' })).error.code).toBe('INVALID_REQUEST')
    expect(project.database.feed.lastSeq).toBe(seq)
    expect((await send('GET', '/api/collections/books/draft')).status).toBe(404)
  })

  test('what the read rule hides of a list is counted', async () => {
    const hidden = async (more: object) =>
      (await post('/api/admin/rules/visibility', { collection: 'books', ...more })).body
    expect(await hidden({})).toEqual({ total: 6, visible: 1, hidden: 5, examples: ['b0', 'b1', 'b2'] })
    expect(await hidden({ as: `user:${ann}` })).toMatchObject({ visible: 3, hidden: 3, examples: ['b2', 'b3', 'b4'] })
    expect(await hidden({ where: "doc.title == 'T1'" })).toMatchObject({ total: 1, visible: 0 })
    expect(await hidden({ as: 'operator:viewer' })).toMatchObject({ visible: 6, hidden: 0, examples: [] })
    expect((await hidden({ where: 'doc.titel' })).error.message).toInclude("did you mean 'title'?")
    expect((await hidden({ collection: 'book' })).error.message).toInclude("did you mean 'books'?")
  })

  test("the project's own tests are found and run", async () => {
    const { body } = await post('/api/admin/rules/test', {})
    expect(body.files.map(({ file }: { file: string }) => file)).toEqual(['rules/deep/books.test.yaml'])
    expect([body.passed, body.failed]).toEqual([1, 1])
  })

  test('an expression is checked while it is written, and says how it may go on', async () => {
    const check = async (source: string, more: object = {}) =>
      (await post('/api/admin/rules/check', { place: { collection: 'books', operation: 'update' }, source, ...more }))
        .body
    expect(await check("doc.status == 'out'")).toEqual({ problems: [], completions: null })
    const typo = await check('auth.id == doc.autor_id')
    expect(typo.problems).toMatchObject([{ severity: 'error', start: 15, end: 23 }])
    expect(typo.problems[0].message).toInclude("did you mean 'author_id'?")
    expect((await check("auth.metadata.x == 'y'")).problems[0].severity).toBe('warning')
    const { completions } = await check('auth.id == doc.au', { at: 17 })
    expect(completions).toMatchObject({ from: 15 })
    expect(completions.options.map(({ label }: { label: string }) => label)).toContain('author')
    const definition = await check('d.x == auth.', { place: { definition: 'own', parameters: ['d'] }, at: 12 })
    expect(definition.completions.options.map(({ label }: { label: string }) => label)).toContain('claims')
  })

  test.each([
    ['huge', 'doc.title == "x" || '.repeat(4000)],
    ['nested', `${'('.repeat(5000)}true${')'.repeat(5000)}`],
    ['negated', `${'!'.repeat(8000)}true`],
    ['unicode', '“doc.title” == ‘x’ 🦊\u0000\ud800'],
    ['macros', 'books.exists(a, '.repeat(400)],
    ['empty', ''],
    ['a comment', '// nothing'],
    ['lists', `${'['.repeat(3000)}`],
    ['a pattern', `doc.title.matches('${'(a*)*'.repeat(200)}(')`],
  ])('a hostile expression is an error: %s', async (_, source) => {
    const body = { place: { collection: 'books', operation: 'read' }, source, at: source.length }
    const answer = await post('/api/admin/rules/check', body)
    expect(answer.status).toBe(200)
    expect(answer.body.problems).toHaveLength(1)
    const [{ severity, start, end }] = answer.body.problems
    expect([severity, start <= end, end <= source.length]).toEqual(['error', true, true])
  })
})
