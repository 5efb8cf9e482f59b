import { beforeEach, describe, expect, test } from 'bun:test'
import type { ErrorDetail } from '@koyalite/contracts'
import { openTestApi, type TestApi, type TestResponse, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

const SCHEMA = `
version: 1
roles: { staff: { permissions: [] } }
collections:
  users: { rules: { read: "true" } }
  docs:
    fields:
      id: { type: string, primary: true }
      owner: { type: uuid, nullable: true }
      open: { type: bool, default: true }
      staff_n: { type: int, default: 7, max: 100, read: "auth.role == 'staff'" }
      own_n: { type: int, default: 7, read: "doc.owner == auth.id" }
      own_tags: { type: json, nullable: true, read: "doc.owner == auth.id" }
      staff_key: { type: string, nullable: true, unique: true, read: "auth.role == 'staff'" }
      own_key: { type: string, nullable: true, unique: true, read: "doc.owner == auth.id" }
    rules: { create: "auth.id != null", read: "doc.open || doc.owner == auth.id", update: "true", delete: "true" }
  notes:
    fields:
      id: { type: string, primary: true }
      text: { type: string, nullable: true }
      staff_text: { type: string, read: "auth.role == 'staff'" }
      served: { type: string, write: "false" }
      hidden: { type: string, read: "false", write: "false" }
      secret: { type: string, internal: true }
    rules: { create: "true", read: "true", update: "true" }
  links:
    fields:
      id: { type: string, primary: true }
      open: { type: bool, default: false }
      doc_id: { type: string, references: docs.id }
      staff_id: { type: string, nullable: true, references: docs.id, read: "auth.role == 'staff'" }
      secret_id: { type: string, nullable: true, references: docs.id, internal: true }
    rules: { read: "doc.open" }
  closed:
    fields: { id: { type: string, primary: true }, doc_id: { type: string, references: docs.id } }
  served:
    fields: { id: { type: uuid, primary: true, default: auto, write: "false" }, n: { type: int } }
    rules: { create: "true", read: "true", update: "true" }
  asked:
    fields:
      id: { type: string, primary: true }
      n: { type: int, default: 0 }
      alone: { type: string, nullable: true, write: "!has(request.body.n)" }
      unnamed: { type: string, nullable: true, write: "!has(request.body.id)" }
      named: { type: string, nullable: true, write: "has(request.body.id)" }
    rules: { create: "true", read: "true", update: "true" }
`

let api: TestApi
let ann: ReturnType<TestApi['as']>
let ben: ReturnType<TestApi['as']>
let staff: ReturnType<TestApi['as']>

beforeEach(async () => {
  api = await openTestApi(SCHEMA)
  ann = api.as(user(ANN))
  ben = api.as(user(BEN))
  staff = api.as(user(BEN, { role: 'staff' }))
  for (const [id, email] of [
    [ANN, 'ann@example.com'],
    [BEN, 'ben@example.com'],
  ])
    expect((await api.system('POST', '/collections/users', { id, email })).status).toBe(201)
  const docs = [
    { id: 'a', owner: ANN, own_tags: ['x'], staff_key: 'taken', own_key: 'taken' },
    { id: 'hidden', owner: ANN, open: false },
  ]
  expect((await api.system('POST', '/collections/docs', docs)).status).toBe(201)
})

const fieldsOf = ({ body }: TestResponse) => body.error.details.map(({ field }: ErrorDetail) => field)

/** What somebody learns who does not look at what is there for every response. */
const told = ({ status, body }: TestResponse, id: string) => ({
  status,
  error: JSON.stringify([body?.error?.code, body?.error?.message, body?.error?.details]).replaceAll(id, 'ID'),
})

describe('a hidden document and one that is missing take the same time', () => {
  test.each([
    ['GET', undefined],
    ['PATCH', { open: true }],
    ['DELETE', undefined],
  ])('%s', async (method, body) => {
    const docs = Array.from({ length: 900 }, (_, n) => ({ id: `h${n}`, owner: ANN, open: false }))
    expect((await api.system('POST', '/collections/docs', docs)).status).toBe(201)
    const fastest = { hidden: Number.POSITIVE_INFINITY, missing: Number.POSITIVE_INFINITY }
    for (let n = 400; n < 460; n++) {
      for (const [kind, id] of Object.entries({ hidden: `h${n}`, missing: `h${n}x` })) {
        const started = performance.now()
        expect((await ben(method, `/collections/docs/${id}`, body)).status).toBe(404)
        fastest[kind as keyof typeof fastest] = Math.min(
          fastest[kind as keyof typeof fastest],
          performance.now() - started,
        )
      }
    }
    const ratio = fastest.missing / fastest.hidden
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })
})

describe('an operator works on values that the caller may read', () => {
  const tooMuch = { $inc: Number.MAX_SAFE_INTEGER }

  test.each([
    ['staff_n', { $inc: 93 }],
    ['staff_n', { $inc: 94 }],
    ['own_n', { $inc: 1 }],
    ['own_n', tooMuch],
    ['own_tags', { $push: 'y' }],
    ['own_tags', { $pull: 'x' }],
  ])('not %s by %j: the answer would tell it', async (field, operator) => {
    const before = (await api.system('GET', '/collections/docs/a')).body
    const response = await ben('PATCH', '/collections/docs/a', { [field]: operator })
    expect([response.status, fieldsOf(response)]).toEqual([422, [field]])
    expect(response.body.error.message).toBe(
      `${field} cannot be changed by ${Object.keys(operator)[0]}, because you are not allowed to read it`,
    )
    expect((await api.system('GET', '/collections/docs/a')).body).toEqual(before)
  })

  test('whoever may read them may change them, and others may set what they may write', async () => {
    const change = { own_n: { $inc: 1 }, own_tags: { $push: 'y' } }
    expect((await ann('PATCH', '/collections/docs/a', change)).body).toMatchObject({ own_n: 8, own_tags: ['x', 'y'] })
    expect((await staff('PATCH', '/collections/docs/a', { staff_n: { $inc: 93 } })).body.staff_n).toBe(100)
    expect((await ben('PATCH', '/collections/docs/a', { own_n: 3 })).status).toBe(200)
    const writer = api.as({ kind: 'service_key', id: 'k', scopes: [{ scope: 'data:write' }] })
    expect((await writer('PATCH', '/collections/docs/a', { own_n: { $inc: 1 } })).status).toBe(200)
    expect((await api.system('GET', '/collections/docs/a')).body.own_n).toBe(4)
  })
})

describe('PUT tells nothing of documents that are hidden', () => {
  const both = async (ask: (key: string) => Promise<TestResponse>, status: number) => {
    const [hidden, missing] = await Promise.all(['hidden', 'missing'].map(async (key) => told(await ask(key), key)))
    expect(hidden?.status).toBe(status)
    expect(hidden).toEqual(missing as typeof hidden)
  }
  const put = (call: typeof ben, body: object, headers: Record<string, string>) => (key: string) =>
    call('PUT', `/collections/docs/${key}`, body, headers)

  test('to whoever can create none', async () => {
    await both(put(api.anonymous, {}, {}), 404)
    await both(put(api.anonymous, { own_n: 'x' }, {}), 422)
    await both(put(api.anonymous, {}, { 'if-match': '*' }), 404)
    const operations = (id: string) => [{ op: 'upsert', collection: 'docs', id, data: {} }]
    await both((key) => api.anonymous('POST', '/batch', { operations: operations(key) }), 404)
  })

  test('to whoever names a version, or sends what no document can be', async () => {
    await both(put(ben, {}, { 'if-match': '"x"' }), 404)
    await both(put(ben, { own_n: 'x' }, {}), 422)
  })
})

describe('a conflict names fields that the caller may read', () => {
  test('of the document as they want it', async () => {
    const create = (data: object) => ben('POST', '/collections/docs', { id: 'b', ...data })
    expect(fieldsOf(await create({ staff_key: 'taken' }))).toEqual([])
    expect(fieldsOf(await create({ own_key: 'taken' }))).toEqual([])
    expect(fieldsOf(await create({ own_key: 'taken', owner: BEN }))).toEqual(['own_key'])
    expect((await create({ owner: BEN })).status).toBe(201)
    expect(fieldsOf(await ben('PATCH', '/collections/docs/b', { own_key: 'taken' }))).toEqual(['own_key'])
    expect(fieldsOf(await ben('PATCH', '/collections/docs/b', { own_key: 'taken', owner: ANN }))).toEqual([])
    expect(fieldsOf(await staff('PATCH', '/collections/docs/b', { staff_key: 'taken' }))).toEqual(['staff_key'])
  })

  test('in documents that they may read, where such refer to one that is to be deleted', async () => {
    const refusal = async () => {
      const { status, body } = await ben('DELETE', '/collections/docs/a')
      expect([status, body.error.code]).toEqual([409, 'CONFLICT'])
      return body.error.message
    }
    const others = 'The document is still referenced by other documents.'
    const link = { id: 'l', doc_id: 'a', staff_id: 'a', secret_id: 'a' }
    expect((await api.system('POST', '/collections/closed', { id: 'c', doc_id: 'a' })).status).toBe(201)
    expect(await refusal()).toBe(others)
    expect((await api.system('POST', '/collections/links', link)).status).toBe(201)
    expect(await refusal()).toBe(others)
    await api.system('PATCH', '/collections/links/l', { open: true })
    expect(await refusal()).toBe('The document is still referenced by links.doc_id.')
  })
})

describe('what is missing, and what is unknown', () => {
  const note = { id: 'n', staff_text: 's', served: 'w', hidden: 'h', secret: 'i' }

  test('a required field that does not exist for the caller is not named', async () => {
    const response = await ben('POST', '/collections/notes', { id: 'n' })
    expect([response.status, fieldsOf(response)]).toEqual([422, ['staff_text', 'served', '']])
    expect(JSON.stringify(response.body)).not.toMatch(/hidden|secret/)
    const put = await ben('PUT', '/collections/notes/n', {})
    expect([put.status, put.body.error.code]).toEqual([422, 'VALIDATION_ERROR'])
    expect(JSON.stringify(put.body)).not.toMatch(/hidden|secret/)
  })

  test('PUT keeps required values that the caller may not read or write, without asking for them', async () => {
    expect((await api.system('POST', '/collections/notes', note)).status).toBe(201)
    expect((await ben('PUT', '/collections/notes/n', { text: 't' })).status).toBe(200)
    const operator = api.as({ kind: 'operator', id: 'o', email: 'o@example.com', role: 'owner', sessionId: 's' })
    const { secret: _, ...shown } = note
    expect((await operator('GET', '/collections/notes/n')).body).toEqual({ ...shown, text: 't' })
    expect(fieldsOf(await staff('PUT', '/collections/notes/n', {}))).toEqual(['staff_text'])
  })

  test('all that is wrong with a PATCH is said at once, operators too', async () => {
    const body = { open: 'x', own_n: { $inc: 'x' }, own_tags: { $push: 1 }, nothing: 1, owner: { $inc: 1 } }
    const response = await ben('PATCH', '/collections/docs/a', body)
    expect([response.status, fieldsOf(response)]).toEqual([422, ['open', 'own_n', 'nothing', 'owner']])
  })

  test('the order of details does not tell hidden fields from those that never were', async () => {
    const responses = await Promise.all(
      ['hidden', 'secret', 'nothing'].map(async (name) => {
        const body = { id: 'n', nobody: 1, [name]: 1, staff_text: 's', served: 1 }
        return told(await ben('PATCH', '/collections/notes/n', body), name)
      }),
    )
    expect(new Set(responses.map(({ error }) => error)).size).toBe(1)
  })
})

test('a PUT over a document does not ask for the right to choose its key', async () => {
  const { id } = (await ben('POST', '/collections/served', { n: 1 })).body
  for (const body of [{ n: 2 }, { id, n: 3 }])
    expect((await ben('PUT', `/collections/served/${id}`, body)).body).toEqual({ ...body, id })
  const other = BEN
  expect((await ben('PUT', `/collections/served/${other}`, { n: 2 })).status).toBe(403)
  expect((await api.anonymous('PUT', `/collections/served/${other}`, { n: 2 })).status).toBe(401)
  expect((await api.system('GET', '/collections/served')).body.docs).toEqual([{ id, n: 3 }])
})

describe('rules of fields see what was sent, all of it', () => {
  beforeEach(async () => {
    expect((await api.system('POST', '/collections/asked', { id: 'a' })).status).toBe(201)
  })

  test.each([
    ['PATCH', '/collections/asked/a', { alone: 'x', n: { $inc: 1 } }],
    ['PATCH', '/collections/asked/a', { alone: 'x', n: 1 }],
    ['PATCH', '/collections/asked/a', { unnamed: 'x', id: 'a' }],
    ['PUT', '/collections/asked/a', { unnamed: 'x', id: 'a' }],
    ['PUT', '/collections/asked/new', { unnamed: 'x', id: 'new' }],
    ['PATCH', '/collections/asked/a', { named: 'x' }],
    ['PUT', '/collections/asked/a', { named: 'x' }],
    ['POST', '/collections/asked', { id: 'b', unnamed: 'x' }],
  ])('%s %s %j is refused', async (method, path, body) => {
    expect((await ben(method, path, body)).status).toBe(422)
    const { docs } = (await api.system('GET', '/collections/asked')).body
    expect(docs).toEqual([{ id: 'a', n: 0, alone: null, unnamed: null, named: null }])
  })

  test.each([
    ['PATCH', '/collections/asked/a', { alone: 'x' }],
    ['PATCH', '/collections/asked/a', { unnamed: 'x' }],
    ['PUT', '/collections/asked/a', { unnamed: 'x' }],
    ['PATCH', '/collections/asked/a', { named: 'x', id: 'a' }],
    ['PUT', '/collections/asked/a', { named: 'x', id: 'a' }],
  ])('%s %s %j is allowed', async (method, path, body) => {
    expect((await ben(method, path, body)).body).toMatchObject(body)
  })
})

describe('a key beside the data and another one in it', () => {
  test.each(['create', 'update', 'upsert'])('is an error in a batch: %s', async (op) => {
    const id = op === 'create' ? 'b' : 'a'
    const operations = [{ op, collection: 'docs', id, data: { id: 'c' } }]
    const response = await ann('POST', '/batch', { operations })
    expect([response.status, fieldsOf(response)]).toEqual([422, ['id']])
    const same = await ann('POST', '/batch', { operations: [{ op, collection: 'docs', id, data: { id } }] })
    expect(same.status).toBe(200)
  })
})

describe('a key of another type is an error of the request', () => {
  test.each([{ id: { a: 1 } }, { id: ['a'] }, { id: true }, { id: null }])('%j', async (data) => {
    const operations = [{ op: 'upsert', collection: 'docs', data }]
    const response = await ben('POST', '/batch', { operations })
    expect([response.status, response.body.error.operation]).toEqual([422, 0])
    expect(fieldsOf(response)).toEqual(['id'])
  })
})
