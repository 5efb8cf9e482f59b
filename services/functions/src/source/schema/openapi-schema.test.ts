import { expect, test } from 'bun:test'
import { openApiSchema } from './openapi-schema'

test('references lead to where the schema stands in the document', () => {
  const schema = {
    type: 'object',
    properties: { node: { $ref: '#/$defs/node' }, $ref: { type: 'string', default: '#/x' }, self: { $ref: '#' } },
    $defs: { node: { type: 'array', items: { $ref: '#/$defs/node' } } },
    default: { $ref: '#/kept' },
    enum: [{ $ref: '#/kept' }],
  }
  const before = structuredClone(schema)
  expect(openApiSchema(schema, 'tree.input')).toEqual({
    ...schema,
    properties: {
      node: { $ref: '#/components/schemas/tree.input/$defs/node' },
      $ref: { type: 'string', default: '#/x' },
      self: { $ref: '#/components/schemas/tree.input' },
    },
    $defs: { node: { type: 'array', items: { $ref: '#/components/schemas/tree.input/$defs/node' } } },
  })
  expect(schema).toEqual(before)
})
