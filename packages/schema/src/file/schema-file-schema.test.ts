import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Ajv from 'ajv'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import type { JsonValue } from '../model'
import { parseSchema } from '../parse-schema'
import { printSchema } from '../print-schema'
import { BLOG, EVERYTHING } from '../testing/example-schemas'
import { arbitrarySchema } from '../testing/schema-arbitrary'
import type { JsonSchema } from './file-key'
import { schemaFileSchema } from './schema-file-schema'

const schema = schemaFileSchema()
// Strict: a keyword that does not exist, or says nothing about the type that stands beside it, is an error.
const isInForm = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)

const problemsOf = (text: string) => {
  const parsed = parseSchema(text, { file: 's' })
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message)
}

const FIELDS = { id: { type: 'uuid', primary: true }, y: { type: 'string' } }
const collection = (options: object) => ({ collections: { x: { fields: FIELDS, ...options } } })
const field = (options: object) => collection({ fields: { ...FIELDS, y: options } })

/** A valid file with one more option in each place, and the path of that place in the JSON Schema. */
const PLACES: Readonly<Record<string, readonly [file: (option: object) => object, schema: readonly string[]]>> = {
  'the file': [(option) => option, []],
  'a type': [(option) => ({ types: { x: { enum: ['a'], ...option } } }), ['types']],
  'a role': [(option) => ({ roles: { x: option } }), ['roles']],
  'a collection': [collection, ['collections']],
  rules: [(option) => collection({ rules: option }), ['collections', 'rules']],
  'a policy': [
    (option) => collection({ policies: [{ name: 'p', on: ['create'], using: 'true', ...option }] }),
    ['collections', 'policies'],
  ],
  'an index': [
    (option) => collection({ indexes: [{ name: 'i', fields: ['y'], ...option }] }),
    ['collections', 'indexes'],
  ],
  'a field': [(option) => field({ type: 'string', ...option }), ['collections', 'fields']],
  validate: [(option) => field({ type: 'string', validate: option }), ['collections', 'fields', 'validate']],
  'clients of a field': [(option) => field({ type: 'string', clients: option }), ['collections', 'fields', 'clients']],
  'clients of a collection': [(option) => collection({ clients: option }), ['collections', 'clients']],
  'a JSON Schema': [(option) => field({ type: 'json', schema: option }), ['collections', 'fields', 'schema']],
  'a JSON Schema within': [
    (option) => field({ type: 'json', schema: { items: { properties: { a: option } } } }),
    ['collections', 'fields', 'schema'],
  ],
}

/** The keys of the map that the steps lead to; names that authors choose and positions in lists are no steps. */
function keysAt(steps: readonly string[]): readonly string[] {
  const resolved = (node: JsonSchema): JsonSchema => {
    const reference = /^#\/definitions\/(\w+)$/.exec(String(node.$ref))?.[1]
    if (reference !== undefined)
      return resolved((schema.definitions as Record<string, JsonSchema>)[reference] as JsonSchema)
    const inner = node.properties === undefined ? (node.items ?? node.additionalProperties) : undefined
    return typeof inner === 'object' && inner !== null ? resolved(inner as JsonSchema) : node
  }
  const found = steps.reduce(
    (node, step) => resolved((node.properties as Record<string, JsonSchema>)[step] as JsonSchema),
    schema,
  )
  return Object.keys(found.properties as object)
}

describe.each(Object.entries(PLACES))('%s', (_place, [fileWith, steps]) => {
  const text = (option: object) => stringify({ version: 1, ...fileWith(option) })
  const keys = keysAt(steps)

  test('has the keys that the parser takes, and no others', () => {
    const [problem = ''] = problemsOf(text({ qqqqqqqqqqqq: 1 })).filter((message) => message.includes('qqqqqqqqqqqq'))
    const [, listed] = /; known are (.*)$/.exec(problem) ?? []
    // The keywords of JSON Schema are too many for a message.
    if (listed !== undefined) expect(keys.toSorted()).toEqual(listed.split(', ').toSorted())
    expect(isInForm(parse(text({ qqqqqqqqqqqq: 1 })))).toBe(false)
    const isUnknown = (message: string) => /^unknown (key|JSON Schema keyword)/.test(message)
    expect(keys.filter((key) => problemsOf(text({ [key]: 1 })).some(isUnknown))).toEqual([])
  })

  test('has no value refused that the parser takes, and none taken that has the wrong form', () => {
    for (const key of keys) {
      for (const value of ['text', '', 7, -1, 0.5, true, null, [], ['a'], [1], {}, { a: 1 }] as readonly JsonValue[]) {
        const file = text({ [key]: value })
        const ofKey = (message: string) => message.includes(`'${key}'`) && !message.startsWith('unknown key')
        const problems = problemsOf(file)
        const isRefused = isInForm(parse(file)) === false
        const isWrong = problems.some(
          (message) => ofKey(message) && /must be (text|a list|a map|true or|a number)/.test(message),
        )
        if (isWrong) expect([key, value, isRefused]).toEqual([key, value, true])
        if (problems.length === 0) expect([key, value, isInForm.errors]).toEqual([key, value, null])
      }
    }
  })
})

test.each([
  ['the blog', BLOG],
  ['everything', EVERYTHING],
  ...[
    'examples/blog',
    'examples/todo',
    'examples/atlas',
    'apps/cli/src/templates/basic',
    'apps/cli/src/templates/saas',
  ].map(
    (dir) => [dir, readFileSync(join(resolve(import.meta.dir, '../../../..'), dir, 'schema.yaml'), 'utf8')] as const,
  ),
])('%s is in the form', (_name, text) => {
  isInForm(parse(text))
  expect(isInForm.errors).toBe(null)
})

test('every schema is in the form, however it is written', () => {
  fc.assert(
    fc.property(arbitrarySchema, (model) => {
      isInForm(parse(printSchema(model)))
      expect(isInForm.errors).toBe(null)
    }),
    { numRuns: 50 },
  )
})

test('each key says what it means', () => {
  const silent: string[] = []
  const walk = (node: JsonValue, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      const { properties } = value as { readonly properties?: Record<string, JsonSchema> }
      if (key !== 'json_schema') walk(value as JsonValue, `${path}.${key}`)
      for (const [name, { description }] of Object.entries(properties ?? {}))
        if (key !== 'json_schema' && description === undefined) silent.push(`${path}.${key}.${name}`)
    }
  }
  walk({ schema }, '')
  expect(silent).toEqual([])
})
