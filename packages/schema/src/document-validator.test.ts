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

test.each([
  ['{ oneOf: [{ type: number }, { type: integer }] }', 1.5, 1, 'value oneOf'],
  ['{ oneOf: [{ minimum: 0 }, { maximum: 9 }] }', -1, 5, 'value oneOf'],
  ['{ type: object, properties: { a: { type: ["null"] } } }', { a: null }, { a: 'x' }, 'value.a type'],
])(
  'a wrong value is refused, also where every error by itself repeats another one: %s',
  (schema, right, wrong, expected) => {
    const check = validatorFor(`{ type: json, schema: ${schema} }`)
    expect(check(right)).toEqual([])
    expect(check(wrong)).toEqual([expected])
  },
)

/** As bodies are: without a prototype. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(bare)
  return Object.assign(Object.create(null), Object.fromEntries(Object.entries(value).map(([k, v]) => [k, bare(v)])))
}

test.each([
  [
    '{ enum: [{ a: 1, b: [2] }, x, 7] }',
    [{ b: [2], a: 1 }, 'x', 7],
    [{ a: 1 }, { a: 1, b: [2], c: 3 }, '7', [7]],
    'enum',
  ],
  ['{ const: { a: { b: null } } }', [{ a: { b: null } }], [{ a: {} }, { a: { b: 0 } }, null], 'const'],
  [
    '{ uniqueItems: true, type: array }',
    [
      [],
      [{ a: 1 }, { a: 2 }],
      [1, '1', true, [1]],
      [
        { a: 1, b: 2 },
        { a: 2, b: 1 },
      ],
    ],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [[1], [1]],
      [1, 2, 1],
    ],
    'uniqueItems',
  ],
] as const)('equality is that of JSON: %s', (schema, right, wrong, code) => {
  const check = validatorFor(`{ type: json, schema: ${schema} }`)
  for (const value of right) {
    expect(check(value)).toEqual([])
    expect(check(bare(value))).toEqual([])
  }
  for (const value of wrong) expect(check(bare(value))).toContain(value === null ? 'value type' : `value ${code}`)
})

test('an error of equality says where it is, each time', () => {
  const check = validatorFor('{ type: json, schema: { type: array, items: { enum: [{ a: 1 }] } } }')
  expect(check([{ a: 1 }, { a: 2 }])).toEqual(['value.1 enum'])
  expect(check([{ a: 2 }])).toEqual(['value.0 enum'])
})

test('keys that every object has are keys like others', () => {
  const check = validatorFor(
    '{ type: json, schema: { type: object, required: [constructor], properties: { toString: { type: integer } } } }',
  )
  expect(check(bare({ constructor: 1 }))).toEqual([])
  expect(check(bare({ toString: 1 }))).toEqual(['value.constructor required'])
})
