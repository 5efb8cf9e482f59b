import { expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: `version: 1
types: { status: { enum: [draft, out] } }
collections:
  authors:
    description: Who writes
    fields:
      id:   { type: uuid, primary: true, default: auto }
      slug: { type: string, unique: true, pattern: "^[a-z]+$" }
      name: { type: string, description: As printed, maxLength: 80 }
      note: { type: text, nullable: true, internal: true }
  books:
    fields:
      id:        { type: int, primary: true, default: auto }
      status:    { type: status, default: draft }
      author_id: { type: uuid, nullable: true, references: authors.id, onDelete: set null }
      blurb:     { type: text, nullable: true, read: "auth.id != null" }
      extra:     { type: json, nullable: true, schema: { type: object } }
      seen_at:   { type: timestamp, default: now, onUpdate: now }
    indexes: [{ name: by_status, fields: [status, seen_at], order: desc }]
    rules: { read: "doc.status == 'out'" }
`,
})

interface Model {
  readonly name: string
  readonly fields: readonly { readonly name: string }[]
}

async function models(query = ''): Promise<ReadonlyMap<string, Model>> {
  const { body } = expectStatus(await server.api.get(`/api/admin/collections${query}`), 200)
  return new Map(body.collections.map((one: Model) => [one.name, one]))
}

const fieldOf = (model: Model | undefined, name: string) => model?.fields.find((field) => field.name === name)

test('the schema as a model, with what schema.yaml leaves out', async () => {
  const found = await models()
  expect([...found.keys()]).toEqual(['users', 'authors', 'books'])
  expect(found.get('authors')).toMatchObject({
    ...{ description: 'Who writes', table: 'authors', key: 'id', label: 'name', adopted: false, audited: false },
    ...{ indexes: [], policies: [], documents: null },
    rules: { create: null, read: null, update: null, delete: null },
  })
  expect(fieldOf(found.get('authors'), 'slug')).toEqual({
    ...{ name: 'slug', type: 'string', description: null, primary: false, nullable: false, unique: true },
    ...{ indexed: true, internal: false, enum: null, default: null, updates: false, references: null },
    ...{ min_length: null, max_length: null, min: null, max: null, format: null, pattern: '^[a-z]+$' },
    ...{ json_schema: null, rules: { read: null, write: null } },
  })
  expect(fieldOf(found.get('authors'), 'note')).toMatchObject({ internal: true, nullable: true })
  const books = found.get('books')
  expect(books).toMatchObject({
    ...{ key: 'id', label: 'blurb', rules: { read: "doc.status == 'out'" } },
    indexes: [{ name: 'by_status', fields: ['status', 'seen_at'], order: 'desc', unique: false }],
  })
  expect(fieldOf(books, 'status')).toMatchObject({
    ...{ type: 'string', enum: { name: 'status', values: ['draft', 'out'] }, indexed: true },
    default: { kind: 'literal', value: 'draft' },
  })
  const references = { collection: 'authors', field: 'id', on_delete: 'set null' }
  expect(fieldOf(books, 'author_id')).toMatchObject({ references, indexed: true })
  expect(fieldOf(books, 'blurb')).toMatchObject({ rules: { read: 'auth.id != null', write: null }, indexed: false })
  expect(fieldOf(books, 'extra')).toMatchObject({ json_schema: { type: 'object' } })
  expect(fieldOf(books, 'seen_at')).toMatchObject({ default: { kind: 'now', value: null }, updates: true })
})

test('documents are counted where that is asked for', async () => {
  expectStatus(await server.api.post('/api/collections/books', {}), 201)
  const found = await models('?counts=true')
  expect([...found.values()]).toMatchObject([{ documents: 0 }, { documents: 0 }, { documents: 1 }])
})

test('who may read the schema may see it', async () => {
  expectError(await server.anonymous.get('/api/admin/collections'), 'UNAUTHENTICATED')
  expectError(await server.api.get('/api/admin/collections?count=true'), 'INVALID_REQUEST')
})
