import { expect, test } from 'bun:test'
import { deserializeSchema, parseSchema, type Schema, serializeSchema } from '@koyalite/schema'
import { rulesOf } from './schema-rules'

const SCHEMA = `
version: 1
collections:
  docs:
    fields:
      id: { type: string, primary: true }
      secret: { type: string, nullable: true, read: "false", write: "doc.id == 'w'" }
    rules: { read: "true", update: "doc.id == 'u'" }
    policies:
      - { name: own, on: [read, update], effect: restrict, using: "doc.id != 'x'", check: "doc.id != 'y'" }
`

function sourcesOf(schema: Schema) {
  return [...rulesOf(schema).values()].map(({ operations, fields }) => ({
    operations: Object.values(operations).map(({ permits, restricts }) =>
      [...permits, ...restricts].map(({ using, check }) => [using?.checked.source, check?.checked.source]),
    ),
    fields: [...fields.values()].map(({ read, write }) => [read?.checked.source, write?.checked.source]),
  }))
}

test('a schema that was stored has the rules of the file, each its own', () => {
  const parsed = parseSchema(SCHEMA, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error('the schema is valid')
  const sources = sourcesOf(parsed.schema)
  expect(sources).toContainEqual({
    operations: expect.arrayContaining([
      [
        ["doc.id == 'u'", "doc.id == 'u'"],
        ["doc.id != 'x'", "doc.id != 'y'"],
      ],
    ]),
    fields: [['false', "doc.id == 'w'"]],
  })
  expect(sourcesOf(deserializeSchema(serializeSchema(parsed.schema)))).toEqual(sources)
})
