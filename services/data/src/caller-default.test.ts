import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openTestApi, type TestApi, user } from './testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

const OWN = "doc.owner_id == auth.id || auth.role == 'admin'"
const SCHEMA = `
version: 1
collections:
  notes:
    fields:
      id: { type: string, primary: true }
      text: { type: string, default: "" }
      owner_id: { type: uuid, nullable: true, default: auth.id, references: users.id, onDelete: set null }
    rules: { create: "true", read: "true", update: "true" }
  tasks:
    fields:
      id: { type: string, primary: true }
      text: { type: string, default: "" }
      owner_id: { type: uuid, default: auth.id, write: "auth.role == 'admin'" }
    rules: { create: "${OWN}", read: "${OWN}", update: "${OWN}" }
  profiles:
    fields:
      user_id: { type: uuid, primary: true, default: auth.id, references: users.id }
      name: { type: string }
    rules: { create: "doc.user_id == auth.id", read: "true" }
`

let api: TestApi
let ann: ReturnType<TestApi['as']>
let ben: ReturnType<TestApi['as']>
let admin: ReturnType<TestApi['as']>

beforeAll(async () => {
  api = await openTestApi(SCHEMA)
  for (const id of [ANN, BEN]) await api.system('POST', '/collections/users', { id, email: `${id}@example.com` })
  ann = api.as(user(ANN))
  ben = api.as(user(BEN))
  admin = api.as(user(BEN, { role: 'admin' }))
})
afterAll(() => api.close())

const ownerOf = async (id: string, collection = 'notes') =>
  (await api.system('GET', `/collections/${collection}/${id}`)).body.owner_id

describe('a new document belongs to its maker', () => {
  test('of POST, PUT, an array and a batch', async () => {
    expect((await ann('POST', '/collections/notes', { id: 'post' })).body.owner_id).toBe(ANN)
    expect((await ann('PUT', '/collections/notes/put', { text: 'x' })).body.owner_id).toBe(ANN)
    const { body } = await ben('POST', '/collections/notes', [{ id: 'a1' }, { id: 'a2' }, { id: 'a3', owner_id: ANN }])
    expect(body.docs.map((doc: { owner_id: string }) => doc.owner_id)).toEqual([BEN, BEN, ANN])
    const operations = [
      { op: 'create', collection: 'notes', data: { id: 'b1' } },
      { op: 'upsert', collection: 'notes', id: 'b2', data: {} },
    ]
    const batch = await ann('POST', '/batch', { operations })
    expect(batch.body.results.map((doc: { owner_id: string }) => doc.owner_id)).toEqual([ANN, ANN])
  })

  test('the create rule sees it, and a value that is sent counts', async () => {
    expect((await ann('POST', '/collections/tasks', { id: 'mine' })).status).toBe(201)
    const { status, body } = await ann('POST', '/collections/tasks', { id: 'not-mine', owner_id: BEN })
    expect([status, body.error.details]).toEqual([
      422,
      [{ field: 'owner_id', code: 'read_only', message: 'owner_id is set by the server and cannot be written' }],
    ])
    expect((await admin('POST', '/collections/tasks', { id: 'for-ann', owner_id: ANN })).body.owner_id).toBe(ANN)
  })

  test('it can be the key: one document for each user', async () => {
    const made = await ann('POST', '/collections/profiles', { name: 'Ann' })
    expect([made.status, made.body.user_id]).toEqual([201, ANN])
    expect((await ann('POST', '/collections/profiles', { name: 'Ann' })).status).toBe(409)
    expect((await api.system('POST', '/collections/profiles', { name: 'x' })).status).toBe(422)
  })
})

describe('a caller who is not a user has no id', () => {
  test('null where the field may be null', async () => {
    expect((await api.anonymous('POST', '/collections/notes', { id: 'nobody' })).body.owner_id).toBeNull()
    expect((await api.system('PUT', '/collections/notes/system', {})).body.owner_id).toBeNull()
    const key = api.as({ kind: 'service_key', id: 'k', scopes: [{ scope: 'data:write' }, { scope: 'data:read' }] })
    expect((await key('POST', '/collections/notes', { id: 'key' })).body.owner_id).toBeNull()
  })

  test('required where it may not, one by one and together', async () => {
    const message = 'owner_id is required: it defaults to the id of the signed-in user, and the caller is not one'
    for (const [method, path, body] of [
      ['POST', '/collections/tasks', { id: 'none' }],
      ['PUT', '/collections/tasks/none', {}],
      ['POST', '/collections/tasks', [{ id: 'none', owner_id: ANN }, { id: 'none2' }]],
    ] as const) {
      const response = await api.system(method, path, body)
      expect([response.status, response.body.error.message]).toEqual([422, message])
    }
    expect((await api.system('GET', '/collections/tasks/none')).status).toBe(404)
    expect((await api.system('PUT', '/collections/tasks/given', { owner_id: ANN })).status).toBe(201)
  })
})

test('imports and seeds: nobody makes their documents, and a stored owner stays', async () => {
  const ndjson = (documents: readonly object[]) => documents.map((one) => JSON.stringify(one)).join('\n')
  const send = (path: string, documents: readonly object[]) =>
    api.system('POST', path, undefined, {}, ndjson(documents))
  await ann('PUT', '/collections/notes/i1', {})
  expect((await send('/admin/import/notes?mode=upsert', [{ id: 'i1', text: 'x' }, { id: 'i2' }])).body.imported).toBe(2)
  expect([await ownerOf('i1'), await ownerOf('i2')]).toEqual([ANN, null])
  const refused = await send('/admin/import/tasks', [{ id: 'i1', owner_id: ANN }, { id: 'i2' }])
  expect([refused.status, refused.body.error.operation]).toEqual([422, 1])
  const upsert = { op: 'upsert', collection: 'notes', id: 'i1', data: { text: 'y' } }
  expect((await send('/admin/import', [upsert])).status).toBe(200)
  expect(await ownerOf('i1')).toBe(ANN)
})

describe('who replaces a document does not take it over', () => {
  test('PUT, and upsert in a batch, keep the stored owner; a value that is sent replaces it', async () => {
    await ann('PUT', '/collections/notes/kept', { text: 'of Ann' })
    expect((await ben('PUT', '/collections/notes/kept', { text: 'edited' })).body).toEqual({
      ...{ id: 'kept', text: 'edited', owner_id: ANN },
    })
    const upsert = { op: 'upsert', collection: 'notes', id: 'kept', data: { text: 'again' } }
    expect((await ben('POST', '/batch', { operations: [upsert] })).body.results[0].owner_id).toBe(ANN)
    await api.anonymous('PUT', '/collections/notes/kept', {})
    await ben('PATCH', '/collections/notes/kept', { text: 'patched' })
    expect(await ownerOf('kept')).toBe(ANN)
    await ben('PUT', '/collections/notes/kept', { owner_id: null })
    expect(await ownerOf('kept')).toBeNull()
    // Nobody's document does not become somebody's.
    await ben('PUT', '/collections/notes/kept', { text: 'x' })
    expect(await ownerOf('kept')).toBeNull()
  })

  test('a required one too, by callers with an id or without', async () => {
    await ann('PUT', '/collections/tasks/kept', { text: 'of Ann' })
    expect((await admin('PUT', '/collections/tasks/kept', { text: 'edited' })).body.owner_id).toBe(ANN)
    expect((await api.system('PUT', '/collections/tasks/kept', { text: 'edited' })).body.owner_id).toBe(ANN)
  })
})
