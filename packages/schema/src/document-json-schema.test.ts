import { expect, test } from 'bun:test'
import { type DocumentMode, type DocumentSchemaOptions, documentJsonSchema } from './document-json-schema'
import { parseSchema } from './parse-schema'
import { EVERYTHING } from './testing/example-schemas'

function schemaOf(name: string, mode: DocumentMode, options?: DocumentSchemaOptions, text = EVERYTHING) {
  const result = parseSchema(text, { file: 's' })
  const collection = result.ok ? result.schema.collections.get(name) : undefined
  if (!collection) throw new Error(JSON.stringify(result))
  return documentJsonSchema(collection, mode, options) as { properties: Record<string, unknown>; required?: string[] }
}

test('a new document needs what has neither null nor a default', () => {
  const schema = schemaOf('posts', 'create')
  expect(schema.required).toEqual(['slug', 'author_id'])
  expect(schema.properties).toMatchObject({
    id: { type: 'integer' },
    title: { type: 'string', format: 'text', minLength: 1, maxLength: 200, default: "it's" },
    slug: { type: 'string', format: 'text', pattern: '^[a-z0-9-]+$' },
    status: { type: 'string', enum: ['draft', 'published', 'archived'], default: 'draft' },
    author_id: { type: 'string', format: 'uuid' },
    tags: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] },
    score: { type: 'number', minimum: 0, maximum: 100, default: 0 },
    view_count: { type: 'integer', minimum: -(2 ** 53 - 1), maximum: 2 ** 53 - 1 },
    data: { type: 'string', format: 'byte', contentEncoding: 'base64' },
    opened: { type: 'boolean', default: true },
    since: { type: 'string', format: 'date-time' },
    order: { type: ['string', 'null'], format: 'text' },
  })
})

test('a json field that is not nullable does not take null', () => {
  expect(schemaOf('posts', 'create').properties.extra).toMatchObject({
    type: ['string', 'number', 'boolean', 'object', 'array'],
  })
})

test('internal fields are for server code only', () => {
  for (const mode of ['create', 'update', 'replace', 'read'] as const) {
    expect(schemaOf('posts', mode).properties).not.toHaveProperty('secret')
    expect(schemaOf('posts', mode, { internal: true }).properties).toHaveProperty('secret')
  }
})

test('clients cannot choose the key of a user', () => {
  expect(schemaOf('users', 'create').properties).not.toHaveProperty('id')
  expect(schemaOf('users', 'create', { internal: true }).properties).toHaveProperty('id')
  expect(schemaOf('users', 'create').required).toEqual(['email'])
})

test('a new key leads to its document, and leaves some for those that are counted', () => {
  const text = `version: 1
collections: { a: { fields: { id: { type: string, primary: true } } } }`
  for (const mode of ['create', 'replace'] as const) {
    expect(schemaOf('posts', mode).properties.id).toMatchObject({ maximum: 2 ** 52 })
    expect(schemaOf('a', mode, {}, text).properties.id).toMatchObject({ format: 'key' })
  }
  for (const mode of ['update', 'read'] as const) {
    expect(schemaOf('posts', mode).properties.id).toMatchObject({ maximum: 2 ** 53 - 1 })
    expect(schemaOf('a', mode, {}, text).properties.id).toMatchObject({ format: 'text' })
  }
})

test('an update needs nothing, a replacement what a new document needs but its key, an answer everything', () => {
  expect(schemaOf('posts', 'update').required).toBeUndefined()
  expect(schemaOf('posts', 'replace').required).toEqual(['slug', 'author_id'])
  expect(schemaOf('posts', 'read').required).toEqual(Object.keys(schemaOf('posts', 'read').properties))
})

test('references inside the schema of a json field still lead into it', () => {
  const text = `version: 1
collections: { a: { fields: { id: { type: string, primary: true }, tree: { type: json, schema: { $ref: "#/$defs/node", $defs: { node: { type: object } } } } } } }`
  expect(schemaOf('a', 'create', {}, text)).toMatchObject({
    required: ['id', 'tree'],
    // Beside an identity, a reference at the root would lead out of the field's schema.
    properties: { tree: { allOf: [{ $id: 'koyalite:a/tree/create', allOf: [{ $ref: '#/$defs/node' }] }] } },
  })
})
