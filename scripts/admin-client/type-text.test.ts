import { expect, test } from 'bun:test'
import { type JsonSchema, type TypeOptions, typeText } from './type-text'

const used: string[] = []
const output: TypeOptions = { side: 'output', refer: (name) => used.push(name) }
const object = (properties: JsonSchema, more: JsonSchema = {}) => ({ type: 'object', properties, ...more })

test.each<[JsonSchema, string]>([
  [{}, 'unknown'],
  [{ type: 'integer', minimum: 1 }, 'number'],
  [{ type: ['string', 'null'] }, '(string) | (null)'],
  [{ enum: ['a', 1, null] }, '("a") | (1) | (null)'],
  [{ const: true }, 'true'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, '(string) | (null)'],
  [{ type: 'array', items: { type: 'string' } }, 'readonly (string)[]'],
  [object({ a: { type: 'string' } }, { required: ['a'] }), '{ readonly a: string }'],
  [object({ 'a-b': {} }), '{ readonly "a-b"?: unknown }'],
  [object({}, { additionalProperties: { type: 'string' } }), 'Readonly<Record<string, string>>'],
  [
    object({ a: {} }, { required: ['a'], additionalProperties: {} }),
    '({ readonly a: unknown } & Readonly<Record<string, unknown>>)',
  ],
  [object({ a: { description: 'What it is. */' } }), '{ /** What it is. *\\/ */\nreadonly a?: unknown }'],
])('%j', (schema, text) => expect(typeText(schema, output)).toBe(text))

test('what is sent may be undefined where it may be absent', () => {
  expect(typeText(object({ a: { type: 'string' } }), { ...output, side: 'input' })).toBe(
    '{ readonly a?: string | undefined }',
  )
})

test('a reference is a name; one that leads elsewhere is refused', () => {
  expect(typeText({ $ref: '#/components/schemas/Part' }, output)).toBe('Part')
  expect(used).toEqual(['Part'])
  expect(() => typeText({ $ref: '#' }, output)).toThrow('the reference #')
})
