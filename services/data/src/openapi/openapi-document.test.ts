import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, ANYONE, SYSTEM } from '@koyalite/contracts'
import { createHttpApp, createMetrics, type HttpApp, healthRoutes, NO_LOG } from '@koyalite/kernel'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { createIndexSql, createTableSql, indexesOf, parseSchema, type Schema } from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'
import { createDataContext, STANDALONE } from '../data-context'
import { dataRoutes } from '../http/routes'
import { IDEMPOTENCY_TABLES } from '../store/idempotency'
import { openApiDocument } from './openapi-document'

const SCHEMA = `
version: 1
types:
  status: { enum: [draft, published] }
collections:
  users:
    rules: { read: "true" }
  posts:
    description: Articles
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, minLength: 1, maxLength: 20 }
      slug: { type: string, unique: true, nullable: true, validate: { pattern: "^[a-z-]+$" } }
      code: { type: string, nullable: true, validate: { pattern: "^(?i)abc$" } }
      content: { type: text, nullable: true }
      status: { type: status, default: draft }
      author: { type: uuid, references: users.id, nullable: true, onDelete: restrict }
      views: { type: int, default: 0, write: "false" }
      likes: { type: int, default: 0, validate: { min: 0 } }
      score: { type: float, nullable: true }
      open: { type: bool, default: true }
      tags: { type: json, nullable: true, schema: { type: array, items: { type: string } } }
      tree: { type: json, nullable: true, schema: { type: object, properties: { next: { $ref: "#/$defs/node" } }, $defs: { node: { type: object, properties: { next: { $ref: "#/$defs/node" } } } } } }
      any: { type: json, nullable: true }
      data: { type: blob, nullable: true }
      email: { type: string, nullable: true, validate: { format: email } }
      link: { type: string, nullable: true, validate: { format: url } }
      secret: { type: string, nullable: true, internal: true }
      day: { type: date, nullable: true, min: 2020-01-01, max: 2030-12-31 }
      created_at: { type: timestamp, default: now }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  comments:
    fields:
      id: { type: int, primary: true, default: auto }
      post_id: { type: uuid, references: posts.id, onDelete: cascade }
      text: { type: text }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  notes:
    singular: remark
    fields:
      key: { type: string, primary: true }
      text: { type: text }
    rules: { create: "true" }
`

function parsed(text: string): Schema {
  const result = parseSchema(text, { file: 'schema.yaml' })
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join('\n'))
  return result.schema
}

type Json = Record<string, unknown>

const schema = parsed(SCHEMA)
const settings = { name: 'blog', server: { url: null } }
const metrics = createMetrics()
const document = openApiDocument({ schema, settings, routes: healthRoutes({ metrics, checks: [] }) })
const paths = document.paths as Record<string, Record<string, Json>>

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats(ajv)
ajv.addSchema({ ...document, $id: 'openapi' }, 'openapi')

/** Whether a value is valid against the schema at a JSON pointer of the document; what is wrong, else. */
function violations(pointer: string, value: unknown): string[] {
  const check = ajv.getSchema(`openapi#${pointer}`)
  if (!check) throw new Error(`nothing at ${pointer}`)
  return check(value) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

const escaped = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1')

let database: Database
let as: Actor = ANONYMOUS
let app: HttpApp
beforeAll(async () => {
  database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
  await database.migrate((tx) => {
    for (const text of IDEMPOTENCY_TABLES.steps.flat()) tx.exec(text)
    for (const collection of schema.collections.values()) {
      tx.exec(createTableSql(collection, schema))
      for (const index of indexesOf(collection)) tx.exec(createIndexSql(index, collection.table))
    }
  })
  app = createHttpApp({
    routes: [
      ...dataRoutes(createDataContext({ ...STANDALONE, schema, database, queryTimeoutMs: 1000 })),
      ...healthRoutes({ metrics, checks: [] }),
    ],
    settings: {
      host: '127.0.0.1',
      url: null,
      cors: { origins: ['*'], credentials: false },
      headers: {},
      max_body: 100_000,
      trust_proxy: false,
    },
    log: { ...NO_LOG, error: (fields) => console.error(fields) },
    metrics: metrics.http,
    authenticate: () => as,
  })
})
afterAll(() => database.close())

interface Sent {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

/** Sends a request, and checks that the document describes the response: its status, its headers, its body. */
async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Sent> {
  const isText = typeof body === 'string'
  const init: RequestInit = {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
  }
  if (body !== undefined) init.body = isText ? body : JSON.stringify(body)
  const response = await app.fetch(new Request(`http://localhost${path}`, init), { ip: '192.0.2.1' })
  const text = await response.text()
  const [template, operation] = operationOf(method, path.split('?')[0] as string)
  const responses = operation.responses as Record<string, Json>
  const described = resolve(responses[String(response.status)])
  if (!described) throw new Error(`${method} ${template} → ${response.status} is not described: ${text}`)
  for (const [name, header] of Object.entries((described.headers ?? {}) as Record<string, Json>)) {
    if (resolve(header)?.required === true) expect([name, response.headers.has(name)]).toEqual([name, true])
  }
  for (const name of ['etag', 'koyalite-seq', 'x-request-id', 'retry-after', 'www-authenticate']) {
    const names = Object.keys((described.headers ?? {}) as Json).map((known) => known.toLowerCase())
    if (response.headers.has(name)) expect(names).toContain(name)
  }
  const content = described.content as Json | undefined
  if (content === undefined) {
    expect(text).toBe('')
    return { status: response.status, body: null, headers: response.headers }
  }
  const type = Object.keys(content)[0] as string
  expect(response.headers.get('content-type')?.split(';')[0]).toBe(type)
  const value: unknown = type === 'application/json' ? JSON.parse(text) : text
  const at = responses[String(response.status)]?.$ref
  const pointer =
    typeof at === 'string'
      ? at.slice(1)
      : `/paths/${escaped(template)}/${method.toLowerCase()}/responses/${response.status}`
  expect(violations(`${pointer}/content/${escaped(type)}/schema`, value)).toEqual([])
  return { status: response.status, body: value, headers: response.headers }
}

function operationOf(method: string, path: string): [string, Json] {
  for (const [template, item] of Object.entries(paths)) {
    const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`)
    const operation = item[method.toLowerCase()]
    if (pattern.test(path) && operation) return [template, operation]
  }
  throw new Error(`${method} ${path} is not described`)
}

function resolve(value: unknown): Json | undefined {
  const reference = (value as { $ref?: unknown } | undefined)?.$ref
  if (typeof reference !== 'string') return value as Json | undefined
  const steps = reference.slice(2).split('/')
  return steps.reduce<unknown>((inner, step) => (inner as Json)[step.replaceAll('~1', '/')], document) as Json
}

const POSTS = '/api/collections/posts'
const COMMENTS = '/api/collections/comments'
const FULL = {
  title: 'Héllo',
  slug: 'hello',
  code: 'ABC',
  content: '',
  status: 'published',
  likes: 3,
  score: 1.5,
  open: false,
  tags: ['a'],
  tree: { next: { next: {} } },
  any: { $inc: 1 },
  data: 'aGk=',
  day: '2026-01-31',
  email: "o'brien@example.com",
  link: 'https://example.com/a?b=c#d',
}
const bodySchema = (component: string) => `/components/schemas/${component}`
const idOf = ({ body }: Sent) => (body as { id: string }).id

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate({ ...document })
    expect(result.errors).toBeUndefined()
    expect(result.valid).toBe(true)
  })

  test('has no reference that leads nowhere, and every operation id once', () => {
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
    for (const reference of new Set(references)) {
      expect([reference, resolve(JSON.parse(`{${reference}}`)) === undefined]).toEqual([reference, false])
    }
    const ids = JSON.stringify(document).match(/"operationId":"[^"]+"/g) ?? []
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('has every collection, the batch and what every server has', () => {
    for (const path of [
      '/health',
      '/metrics',
      '/api/batch',
      POSTS,
      `${POSTS}/{id}`,
      COMMENTS,
      '/api/collections/users',
    ]) {
      expect(Object.keys(paths)).toContain(path)
    }
  })

  test('a date has its format and range', () => {
    expect(resolve({ $ref: '#/components/schemas/posts' })?.properties).toMatchObject({
      day: { type: ['string', 'null'], format: 'date', formatMinimum: '2020-01-01', formatMaximum: '2030-12-31' },
    })
    expect(violations(bodySchema('posts.create'), { title: 'x', day: '2026-02-30' })).toEqual([
      '/day must match format "date"',
    ])
  })

  test('a collection with a singular has schemas of that name', () => {
    const components = Object.keys((document.components as Record<string, Json>).schemas ?? {})
    expect(components.filter((name) => /^(remark|notes)/.test(name))).toEqual([
      ...['remark', 'remark.create', 'remark.update', 'remark.replace'],
    ])
    expect(paths['/api/collections/notes']?.get).toMatchObject({ operationId: 'list_notes', tags: ['notes'] })
  })

  test('tells nothing of internal fields', () => {
    expect(JSON.stringify(document)).not.toContain('secret')
  })

  test('takes routes of others as they describe themselves', () => {
    const handle = () => ({ status: 200, body: null })
    const routes = [
      {
        method: 'DELETE',
        path: '/api/auth/sessions/:id',
        access: ANYONE,
        summary: 'End a session',
        responses: { 204: null },
        handle,
      },
      {
        method: 'POST',
        path: '/api/admin/keys',
        access: ANYONE,
        summary: 'Make a key',
        query: z.object({ page: z.coerce.number().int().optional() }),
        body: z.strictObject({ name: z.string().max(9).default('x') }),
        responses: { 201: z.object({ key: z.string() }) },
        handle,
      },
    ] as const
    const other = openApiDocument({ schema, settings, routes }).paths as Record<string, Record<string, Json>>
    expect(other['/api/auth/sessions/{id}']?.delete).toMatchObject({
      summary: 'End a session',
      parameters: [{ name: 'id', in: 'path', required: true }],
      responses: { 204: { description: 'Success.' } },
    })
    expect(other['/api/admin/keys']?.post).toMatchObject({
      parameters: [{ name: 'page', in: 'query', required: false, schema: { type: 'integer' } }],
      requestBody: {
        required: false,
        content: {
          'application/json': { schema: { properties: { name: { maxLength: 9 } }, additionalProperties: false } },
        },
      },
      responses: { 201: { content: { 'application/json': { schema: { required: ['key'] } } } } },
    })
  })

  test('has examples that are what they are examples of', () => {
    const examples: unknown[] = []
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const content = (operation.requestBody as Json | undefined)?.content as Record<string, Json> | undefined
        const example = content?.['application/json']?.example
        if (example === undefined) continue
        const pointer = `/paths/${escaped(path)}/${method}/requestBody/content/${escaped('application/json')}/schema`
        expect([method, path, violations(pointer, example)]).toEqual([method, path, []])
        examples.push(example)
      }
    }
    expect(examples).toContainEqual({
      title: 'Title',
      content: 'Content',
      status: 'draft',
      open: true,
      email: 'ann@example.com',
      link: 'https://example.com/',
    })
    expect(examples).toContainEqual({ title: 'Title', likes: { $inc: 1 } })
    expect(examples).toContainEqual({ key: 'Key', text: 'Text' })
  })

  test('is valid for a schema of nothing but the built-in users', async () => {
    const bare = openApiDocument({
      schema: parsed('version: 1\ncollections: {}'),
      settings: { name: 'x', server: { url: 'https://example.com/' } },
    })
    expect((await new Validator().validate({ ...bare })).valid).toBe(true)
    expect(bare.servers).toEqual([{ url: 'https://example.com' }])
  })
})

describe('every answer is described', () => {
  test('documents: created, read, listed, expanded, changed, replaced, deleted', async () => {
    expect(violations(bodySchema('posts.create'), FULL)).toEqual([])
    const created = await send('POST', POSTS, FULL)
    expect(created.status).toBe(201)
    const id = idOf(created)
    const small = await send('POST', POSTS, { title: 'x' })
    await send('POST', COMMENTS, [
      { post_id: id, text: 'a' },
      { post_id: id, text: 'b' },
    ])
    expect((await send('POST', '/api/collections/notes', { key: 'k', text: 'unreadable' })).status).toBe(201)
    expect((await send('GET', `${POSTS}/${id}`)).status).toBe(200)
    const { headers } = await send('GET', `${POSTS}/${id}?fields=title&expand=author,comments`)
    expect(
      (await send('GET', `${POSTS}/${id}`, undefined, { 'if-none-match': headers.get('etag') ?? '' })).status,
    ).toBe(304)
    for (const query of [
      '',
      '?count=true&limit=1',
      '?expand=author,comments.post&sort=-title',
      '?fields=id',
      '?filter=slug:eq:nothing',
    ]) {
      expect((await send('GET', POSTS + query)).status).toBe(200)
    }
    expect((await send('GET', `${COMMENTS}?expand=post.comments`)).status).toBe(200)
    const patch = { likes: { $inc: 1 }, tags: { $push: 'b' }, score: 2, status: 'draft' }
    expect(violations(bodySchema('posts.update'), patch)).toEqual([])
    expect((await send('PATCH', `${POSTS}/${id}`, patch)).status).toBe(200)
    expect((await send('PUT', `${POSTS}/${id}`, { title: 'new' })).status).toBe(200)
    expect((await send('PUT', `${POSTS}/${crypto.randomUUID()}`, { title: 'new' })).status).toBe(201)
    expect((await send('DELETE', `${POSTS}/${idOf(small)}`)).status).toBe(204)
  })

  test('batches', async () => {
    const operations = [
      { op: 'create', collection: 'posts', data: { title: 'a' } },
      { op: 'upsert', collection: 'notes', id: 'b', data: { text: 't' } },
      { op: 'create', collection: 'notes', data: { key: 'c', text: 't' } },
    ]
    const pointer = `/paths/${escaped('/api/batch')}/post/requestBody/content/${escaped('application/json')}/schema`
    expect(violations(pointer, { operations: operations.slice(0, 1) })).toEqual([])
    expect(violations(pointer, { operations: [{ op: 'delete', collection: 'posts' }] })).not.toEqual([])
    as = SYSTEM
    expect((await send('POST', '/api/batch', { operations })).status).toBe(200)
    as = ANONYMOUS
    expect(
      (
        await send('POST', '/api/batch', {
          operations: [operations[0], { op: 'update', collection: 'posts', id: 'x', data: {} }],
        })
      ).status,
    ).toBe(404)
    expect((await send('POST', '/api/batch', { operations: [] })).status).toBe(400)
    expect(
      (await send('POST', '/api/batch', { operations: [{ op: 'create', collection: 'users', data: {} }] })).status,
    ).toBe(401)
  })

  test('errors of every kind', async () => {
    const post = idOf(await send('POST', POSTS, { title: 'x', slug: 'taken' }))
    const none = crypto.randomUUID()
    const cases: readonly (readonly [number, string, string, unknown?, Record<string, string>?])[] = [
      [400, 'GET', `${POSTS}?filter=nothing`],
      [400, 'GET', `${POSTS}?sort=nothing`],
      [400, 'GET', `${POSTS}?limit=0`],
      [400, 'GET', `${POSTS}?where=doc.title.x(`],
      [400, 'GET', `${POSTS}?cursor=x`],
      [400, 'GET', `${POSTS}/%ff`],
      [400, 'POST', POSTS, '{'],
      [400, 'POST', POSTS, []],
      [400, 'POST', POSTS, { title: 'x' }, { 'idempotency-key': ' x y ' }],
      [401, 'GET', '/api/collections/notes'],
      [401, 'POST', '/api/collections/users', { email: 'a@example.com' }],
      [404, 'GET', `${POSTS}/${none}`],
      [404, 'GET', `${POSTS}/no-uuid`],
      [404, 'PATCH', `${POSTS}/${none}`, {}],
      [404, 'DELETE', `${POSTS}/${none}`],
      [409, 'POST', POSTS, { title: 'x', slug: 'taken' }],
      [409, 'POST', POSTS, [{ title: 'x' }, { title: 'x', slug: 'taken' }]],
      [409, 'POST', COMMENTS, { post_id: none, text: 'x' }],
      [412, 'PATCH', `${POSTS}/${post}`, {}, { 'if-match': '"other"' }],
      [412, 'DELETE', `${POSTS}/${post}`, undefined, { 'if-match': '"other"' }],
      [413, 'POST', POSTS, { title: 'x', content: 'x'.repeat(100_001) }],
      [415, 'POST', POSTS, '{}', { 'content-type': 'text/plain' }],
      [422, 'POST', POSTS, {}],
      [422, 'POST', POSTS, { title: '', unknown: 1, email: 'x', link: 'ftp://x', data: '?', views: 1 }],
      [422, 'POST', POSTS, [{ title: 'x' }, { title: 1 }]],
      [422, 'PATCH', `${POSTS}/${post}`, { title: { $inc: 1 } }],
      [422, 'PUT', `${POSTS}/${post}`, []],
    ]
    for (const [status, method, path, body, headers] of cases) {
      const sent = await send(method, path, body, headers)
      expect([method, path, sent.status]).toEqual([method, path, status])
    }
  })

  test('a repeated request, and a key used for another', async () => {
    const key = { 'idempotency-key': 'once-and-no-more-than-once' }
    const first = await send('POST', POSTS, { title: 'once' }, key)
    expect(idOf(await send('POST', POSTS, { title: 'once' }, key))).toBe(idOf(first))
    expect((await send('POST', POSTS, { title: 'other' }, key)).status).toBe(409)
  })

  test('health and metrics', async () => {
    for (const path of ['/health', '/health/live', '/health/ready', '/health/stats', '/metrics']) {
      expect((await send('GET', path)).status).toBe(200)
      as = SYSTEM
      expect((await send('GET', path)).status).toBe(200)
      as = ANONYMOUS
    }
  })
})

describe('bodies that the document refuses are refused by the server too', () => {
  test.each([
    [{}],
    [{ title: 'x'.repeat(21) }],
    [{ title: 'x', unknown: 1 }],
    [{ title: 'x\u0000' }],
    [{ title: null }],
    [{ title: 'x', slug: 'UPPER' }],
    [{ title: 'x', status: 'other' }],
    [{ title: 'x', author: 'no-uuid' }],
    [{ title: 'x', likes: 1.5 }],
    [{ title: 'x', likes: -1 }],
    [{ title: 'x', likes: 2 ** 53 }],
    [{ title: 'x', score: '1' }],
    [{ title: 'x', open: 1 }],
    [{ title: 'x', tags: [1] }],
    [{ title: 'x', tree: { next: 1 } }],
    [{ title: 'x', data: 'a' }],
    [{ title: 'x', email: 'a@b' }],
    [{ title: 'x', link: 'javascript:alert(1)' }],
    [{ title: 'x', created_at: 'yesterday' }],
    [{ title: 'x', id: 'a' }],
    [{ title: 'x', secret: 'a' }],
    [{ title: 'x', views: 1 }],
  ])('%j', async (body) => {
    expect(violations(bodySchema('posts.create'), body)).not.toEqual([])
    expect((await send('POST', POSTS, body)).status).toBe(422)
  })

  test('an update may leave out everything, a replacement may not; keys are not in either', () => {
    expect(violations(bodySchema('posts.update'), {})).toEqual([])
    expect(violations(bodySchema('posts.replace'), {})).not.toEqual([])
    expect(violations(bodySchema('posts.update'), { likes: { $inc: 'x' } })).not.toEqual([])
    expect(violations(bodySchema('posts.update'), { title: { $push: 'x' } })).not.toEqual([])
    for (const component of ['posts.update', 'posts.replace']) {
      expect(violations(bodySchema(component), { title: 'x', id: crypto.randomUUID() })).not.toEqual([])
    }
  })
})
