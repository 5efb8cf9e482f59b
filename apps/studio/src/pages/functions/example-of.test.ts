import { describe, expect, test } from 'bun:test'
import { exampleOf } from './example-of'
import type { JsonSchema } from './json-schema'
import { marksOf, typeText } from './schema-marks'

describe('an example of an input', () => {
  test('has what is required, and all of it where nothing is', () => {
    const properties = { title: { type: 'string', minLength: 6 }, tags: { type: 'array', items: { type: 'string' } } }
    expect(exampleOf({ type: 'object', properties, required: ['title'] })).toEqual({ title: 'text..' })
    expect(exampleOf({ type: 'object', properties })).toEqual({ title: 'text..', tags: ['text'] })
  })

  test('begins with what the schema says by itself', () => {
    expect(exampleOf({ type: 'string', examples: ['a'], default: 'b' })).toBe('a')
    expect(exampleOf({ type: 'string', default: 'b' })).toBe('b')
    expect(exampleOf({ enum: ['c', 'd'] })).toBe('c')
    expect(exampleOf({ const: null })).toBe(null)
  })

  test('follows references, also those that lead back, and takes all parts', () => {
    const tree: JsonSchema = {
      $defs: {
        node: {
          type: 'object',
          properties: {
            value: { type: 'integer', minimum: 3 },
            children: { type: 'array', items: { $ref: '#/$defs/node' } },
          },
          required: ['value', 'children'],
        },
      },
      $ref: '#/$defs/node',
    }
    expect(JSON.stringify(exampleOf(tree))).toStartWith('{"value":3,"children":[{"value":3,"children":[')
    expect(exampleOf({ $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' })).toEqual({})
    const parts: JsonSchema = {
      allOf: [{ properties: { a: { type: 'null' } }, required: ['a'] }],
      properties: { b: { type: 'boolean' } },
      required: ['b'],
    }
    expect(exampleOf(parts)).toEqual({ a: null, b: true })
  })
})

describe('what holds for a field', () => {
  test('is said in words', () => {
    const schema: JsonSchema = { type: ['integer', 'null'], minimum: 1, exclusiveMaximum: 10, default: 2 }
    expect(typeText(schema, schema)).toBe('integer or null')
    expect(marksOf(schema, false)).toEqual(['optional', 'default 2', 'from 1', 'below 10'])
  })

  test('lists name what they are of', () => {
    const schema: JsonSchema = { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 }
    expect(typeText(schema, schema)).toBe('array of string')
    expect(marksOf(schema, true)).toEqual(['required', 'at least 1 item', 'at most 3 items'])
  })
})
