import { describe, expect, test } from 'bun:test'
import type { JsonValue } from '@koyalite/contracts'
import { parseJson } from '@koyalite/kernel'
import fc from 'fast-check'
import { type FunctionSchema, parseFunctionSchema } from './function-schema'
import { isRightFor } from './testing/reference-checker'
import { anyValues, objectsLike, shortForms } from './testing/short-form-arbitrary'

/** As bodies are read. */
function body(value: unknown): JsonValue {
  return parseJson(new TextEncoder().encode(JSON.stringify(value))) as JsonValue
}

function schemaOf(written: unknown, role: 'input' | 'output' = 'input'): FunctionSchema {
  const parsed = parseFunctionSchema(written, role)
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.schema
}

function problems(written: unknown): readonly string[] {
  const parsed = parseFunctionSchema(written, 'input')
  return parsed.ok ? [] : parsed.problems
}

function violations(written: unknown, value: unknown): readonly string[] {
  return schemaOf(written)
    .violations(body(value))
    .map(({ field, code, message }) => `${field} ${code}: ${message}`)
}

const CREATE_POST = {
  title: { type: 'string', required: true, maxLength: 200 },
  content: { type: 'string', required: true },
  tags: { type: 'array', items: 'string', optional: true },
}

describe('the short form', () => {
  test('is JSON Schema', () => {
    expect(schemaOf(CREATE_POST).jsonSchema).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string', maxLength: 200 },
        content: { type: 'string' },
        tags: { type: 'array', items: { type: 'string' } },
      },
      required: ['title', 'content'],
      additionalProperties: false,
    })
    expect(
      schemaOf({
        id: 'uuid',
        price: { type: 'float', min: 0, max: 9.5, nullable: true },
        state: { type: 'string', enum: ['a', 'b'], nullable: true, default: 'a' },
        at: { type: 'timestamp', description: 'when' },
        mail: { type: 'string', format: 'email', pattern: '^.' },
        site: { type: 'string', format: 'url', optional: true },
        lines: { type: 'array', items: { type: 'object', properties: { n: 'int' } }, minItems: 1, uniqueItems: true },
        free: { type: 'object' },
        any: 'json',
      }).jsonSchema,
    ).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid' },
        price: { type: ['number', 'null'], minimum: 0, maximum: 9.5 },
        state: { type: ['string', 'null'], enum: ['a', 'b', null], default: 'a' },
        at: { type: 'string', format: 'date-time', description: 'when' },
        mail: { type: 'string', format: 'email', pattern: '^.' },
        site: { type: 'string', format: 'uri' },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            properties: { n: { type: 'integer' } },
            required: ['n'],
            additionalProperties: false,
          },
          minItems: 1,
          uniqueItems: true,
        },
        free: { type: 'object' },
        any: {},
      },
      required: ['id', 'price', 'at', 'mail', 'lines', 'free', 'any'],
      additionalProperties: false,
    })
  })

  test('is right for the same values as its description says', () => {
    const seen = { right: 0, wrong: 0 }
    const cases = shortForms.chain((fields) => {
      const values = fc.array(fc.oneof(objectsLike(fields), objectsLike(fields), anyValues), {
        minLength: 8,
        maxLength: 8,
      })
      return fc.tuple(fc.constant(fields), values)
    })
    const property = fc.property(cases, ([fields, values]) => {
      const schema = schemaOf(fields, 'output')
      for (const value of values) {
        const expected = isRightFor(fields, value)
        seen[expected ? 'right' : 'wrong']++
        expect(schema.violations(body(value)).length === 0).toBe(expected)
      }
    })
    fc.assert(property, { numRuns: 100 })
    // A property that only ever sees wrong values, or only right ones, says nothing.
    expect(seen.right).toBeGreaterThan(seen.wrong / 20)
    expect(seen.wrong).toBeGreaterThan(seen.right / 20)
  })

  test('a field may have the name of a keyword', () => {
    expect(violations({ type: { type: 'string' } }, { type: 'x' })).toEqual([])
    expect(violations({ properties: { type: 'object' }, enum: { type: 'int' } }, { properties: {}, enum: 1 })).toEqual(
      [],
    )
    expect(violations({}, {})).toEqual([])
    expect(violations({}, { a: 1 })).toEqual(['a unknown: a is not a field of the input'])
  })

  test('every error of a value is named at once', () => {
    const value = { title: 'x'.repeat(201), tags: ['a', 1, null], other: true }
    expect(violations(CREATE_POST, value).toSorted()).toEqual([
      'content required: content is required',
      'other unknown: other is not a field of the input',
      'tags.1 type: tags.1 must be a string',
      'tags.2 type: tags.2 must be a string',
      'title maxLength: title must have at most 200 characters',
    ])
    expect(violations(CREATE_POST, null)).toEqual([' type: the input must be an object'])
    expect(schemaOf({ a: 'int' }, 'output').violations(body({ b: 1 }))).toContainEqual({
      field: 'b',
      code: 'unknown',
      message: 'b is not a field of the output',
    })
  })

  test('defaults stand where an input has nothing', () => {
    const fields = {
      limit: { type: 'int', default: 20 },
      page: { type: 'object', properties: { n: { type: 'int', default: 1 } } },
    }
    const value = body({ page: {} })
    expect(schemaOf(fields).violations(value)).toEqual([])
    expect(JSON.stringify(value)).toBe('{"page":{"n":1},"limit":20}')
    const output = body({ page: {} })
    expect(schemaOf(fields, 'output').violations(output)).toEqual([])
    expect(JSON.stringify(output)).toBe('{"page":{}}')
  })

  test('says what is wrong with itself, and where', () => {
    expect(
      problems({
        a: 'strng',
        b: { type: 'string', maxLenght: 3 },
        c: { type: 'int', min: '1' },
        d: { type: 'array', items: { type: 'object', properties: { e: 5, f: {} } } },
        g: { type: 'string', required: true, optional: true },
        h: { type: 'string', pattern: '(?=x)' },
        i: { type: 'string', format: 'emial' },
        j: { type: 'string', enum: [] },
        k: { type: 'array', items: { type: 'string', optional: true } },
        l: { type: 'int', required: true, default: 1 },
        m: { type: 'object', properties: ['a'] },
        'n o': 'string',
      }),
    ).toEqual([
      "input.a: unknown type 'strng' (did you mean 'string'?)",
      "input.b: unknown option 'maxLenght' (did you mean 'maxLength'?)",
      "input.c: 'min' must be a number, not '1'",
      'input.d.items.e: must be a type like "string", or options like { type: "string" }, not 5',
      'input.d.items.f: has no type',
      "input.g: 'required: true' and 'optional: true' contradict one another",
      "input.h: pattern '(?=x)' cannot be used: lookahead and lookbehind are not supported (patterns use RE2 syntax, matched in linear time)",
      "input.i: unknown format 'emial' (did you mean 'email'?)",
      "input.j: 'enum' must be a list of at least one text or number, not a list",
      "input.k.items: 'optional' is for fields, not for the items of a list",
      'input.l: a required field never takes its default',
      "input.m: 'properties' must be a map of fields, not a list",
      "input: 'n o' is not a name of a field: use letters, digits, '_', '-' and '.'",
    ])
  })

  test('a default that its own field does not allow is one of them', () => {
    const page = {
      type: 'object',
      properties: { n: { type: 'int', min: 1, default: 0 }, m: { type: 'int', default: 1 } },
    }
    expect(
      problems({ limit: { type: 'int', default: '20' }, page, tags: { type: 'array', items: 'string', default: [1] } }),
    ).toEqual([
      'input.limit: its default must be an integer',
      'input.page.n: its default must be at least 1',
      'input.tags.0: its default must be a string',
    ])
  })

  test.each([
    ['a text', 'input: must be a map of fields, or a JSON Schema'],
    [[1], 'input: must be a map of fields, or a JSON Schema'],
    [
      JSON.parse('{"__proto__":"string"}'),
      "input: '__proto__' is not a name of a field: use letters, digits, '_', '-' and '.'",
    ],
    [{ constructor: 'string' }, "input: 'constructor' is not a name of a field: use letters, digits, '_', '-' and '.'"],
  ])('%j is none', (written, problem) => expect(problems(written)).toEqual([problem]))
})

describe('a JSON Schema', () => {
  test('is taken as it is, with other properties allowed unless it says otherwise', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
    expect(schemaOf(schema).jsonSchema).toEqual(schema)
    expect(violations(schema, { a: 'x', b: 1 })).toEqual([])
    expect(violations({ type: 'string' }, 'x')).toEqual([])
    expect(violations({ $ref: '#/$defs/x', $defs: { x: { type: 'integer' } } }, 1.5)).toEqual([
      ' type: the input must be an integer',
    ])
    expect(violations({ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1)).not.toEqual([])
    expect(violations({ oneOf: [{ type: 'number' }, { type: 'integer' }] }, 1)).toEqual([
      ' oneOf: the input must match exactly one of its schemas',
    ])
    expect(violations({ properties: { type: { type: 'string' } } }, { type: 1 })).toEqual([
      'type type: type must be a string',
    ])
  })

  test('may contain itself', () => {
    const tree = { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#' } } } }
    expect(violations(tree, { kids: [{ kids: [] }] })).toEqual([])
    expect(violations(tree, { kids: [{ kids: [1] }] })).toEqual(['kids.0.kids.0 type: kids.0.kids.0 must be an object'])
  })

  test.each([
    [{ type: 'object', proprties: {} }, "input: unknown JSON Schema keyword 'proprties' (did you mean 'properties'?)"],
    [{ type: 'strng' }, "input: unknown JSON Schema type 'strng' (did you mean 'string'?)"],
    [
      { type: 'string', format: 'credit-card' },
      "input: unknown format 'credit-card'; known are email, uri, uuid, date, date-time, time, duration, byte, hostname, ipv4, ipv6",
    ],
    [{ type: 'string', pattern: '(a' }, "input: pattern '(a' cannot be used: missing closing ): `(a`"],
    [{ $ref: 'https://example.com/schema' }, "input: '$ref' must point into the same schema: '#/$defs/…'"],
    [{ $ref: '#/$defs/none' }, "input: '$ref: #/$defs/none' leads to nothing in the schema"],
    [{ $ref: '#' }, "input: '$ref' leads back to the same value: the schema would never come to an end"],
    [
      { type: 'object', properties: { default: { anyOf: [{ $ref: '#/properties/default' }] } } },
      "input: '$ref' leads back to the same value: the schema would never come to an end",
    ],
    [
      {
        allOf: [{ $ref: '#/$defs/a' }],
        $defs: { a: { not: { $ref: '#/$defs/b' } }, b: { if: { $ref: '#/$defs/a' } } },
      },
      "input: '$ref' leads back to the same value: the schema would never come to an end",
    ],
  ])('%j says what is wrong', (written, problem) => expect(problems(written)).toEqual([problem]))

  test('that repeats itself until a value takes seconds is refused', () => {
    const twice = (n: number) => ({ allOf: [{ $ref: `#/$defs/d${n}` }, { $ref: `#/$defs/d${n}` }] })
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`d${i}`, i === 39 ? { type: 'string' } : twice(i + 1)]),
    )
    expect(problems({ ...twice(0), $defs })).toEqual(['input: the schema has more than 10000 parts for one value'])
    const many = { anyOf: Array.from({ length: 2001 }, () => ({ type: 'string' })) }
    expect(problems(many)).toEqual(['input: has more than 2000 schemas in it'])
  })
})

describe('hostile inputs', () => {
  const schema = schemaOf({ a: { type: 'object', optional: true }, n: { type: 'json', optional: true } })

  test('reach no prototype', () => {
    const value = parseJson(new TextEncoder().encode('{"a":{"__proto__":{"admin":true}}}')) as JsonValue
    expect(schema.violations(value)).toEqual([])
    const strict = schemaOf({ a: { type: 'object', properties: {} } })
    expect(strict.violations(value).map(({ field, code }) => `${field} ${code}`)).toEqual(['a.__proto__ unknown'])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    expect(
      schemaOf({ toString: 'string', valueOf: { type: 'int', default: 1 } })
        .violations(body({}))
        .map(({ field }) => field),
    ).toEqual(['toString'])
    expect(
      schemaOf({})
        .violations(body({ toString: 1 }))
        .map(({ code }) => code),
    ).toEqual(['unknown'])
  })

  test('nested 1,000 deep', () => {
    const deep = Array.from({ length: 1000 }).reduce<JsonValue>((inner) => ({ n: inner }), 1)
    expect(schema.violations(deep)).toEqual([])
    const tree = schemaOf({ type: 'object', properties: { n: { $ref: '#' } } })
    expect(tree.violations(deep).map(({ code }) => code)).toEqual(['type'])
  })

  test('with 10^6 keys, and as many errors', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000_000 }, (_, i) => [`k${i}`, i]))
    expect(schema.violations(many)).toEqual([
      { field: 'k0', code: 'unknown', message: 'k0 is not a field of the input' },
    ])
    expect(schema.violations({ n: many })).toEqual([])
  }, 60_000)

  test('with more errors than are named', () => {
    const value = body({ list: Array.from({ length: 2000 }, (_, i) => i) })
    expect(schemaOf({ list: { type: 'array', items: 'string' } }).violations(value)).toHaveLength(101)
  })

  test('that make a bad pattern slow elsewhere', () => {
    const evil = schemaOf({ a: { type: 'string', pattern: '^(a+)+$' } })
    expect(evil.violations(body({ a: `${'a'.repeat(50_000)}!` }))).toHaveLength(1)
  })
})
