import { expect, test } from 'bun:test'
import { createDocumentValidator } from './document-validator'
import { parseSchema } from './parse-schema'

function validatorFor(field: string) {
  const parsed = parseSchema(
    `version: 1\ncollections:\n  a:\n    fields:\n      id: { type: uuid, primary: true, default: auto }\n      value: ${field}\n`,
    { file: 'schema.yaml' },
  )
  const collection = parsed.ok ? parsed.schema.collections.get('a') : undefined
  if (!collection) throw new Error(JSON.stringify(parsed))
  const validator = createDocumentValidator(collection)
  return (value: unknown) =>
    validator.violations('create', { value: value as never }).map(({ field, code }) => `${field} ${code}`)
}

test('a json schema may refer to itself, also at its root', () => {
  const check = validatorFor(
    '{ type: json, schema: { $ref: "#/$defs/node", $defs: { node: { type: object, properties: { kids: { type: array, items: { $ref: "#/$defs/node" } } } } } } }',
  )
  expect(check({ kids: [{ kids: [] }] })).toEqual([])
  expect(check({ kids: [{ kids: [1] }] })).toEqual(['value.kids.0.kids.0 type'])
})

test('each pattern is its own', () => {
  const check = validatorFor(
    '{ type: json, schema: { type: object, properties: { a: { pattern: "^a$" }, b: { pattern: "^b$" } } } }',
  )
  expect(check({ a: 'a', b: 'b' })).toEqual([])
  expect(check({ a: 'b', b: 'a' })).toEqual(['value.a pattern', 'value.b pattern'])
})

test('that null would have been right is not said of a wrong value', () => {
  const check = validatorFor('{ type: json, nullable: true, schema: { type: array } }')
  expect(check(null)).toEqual([])
  expect(check({})).toEqual(['value type'])
})
