import { describe, expect, test } from 'bun:test'
import { expectError, expectStatus, fieldsOf, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: `
version: 1
collections:
  forms:
    fields:
      id:      { type: uuid, primary: true, default: auto }
      name:    { type: string, minLength: 2, maxLength: 5 }
      email:   { type: string, nullable: true, format: email }
      site:    { type: string, nullable: true, validate: { format: url } }
      device:  { type: string, nullable: true, validate: { format: uuid } }
      code:    { type: string, nullable: true, validate: { pattern: "^[A-Z]{3}$" } }
      size:    { type: string, nullable: true, enum: [s, m, l] }
      level:   { type: int, nullable: true, validate: { enum: [1, 2, 3] } }
      age:     { type: int, nullable: true, min: 0, max: 150 }
      ratio:   { type: float, nullable: true, validate: { min: 0.5, max: 1.5 } }
      tags:    { type: json, nullable: true, schema: { type: array, items: { type: string }, maxItems: 3 } }
      address: { type: json, nullable: true, schema: { type: object, required: [city], properties: { city: { type: string }, zip: { type: string, pattern: "^[0-9]+$" } } } }
`,
})
const FORMS = '/api/collections/forms'

const CASES: readonly (readonly [field: string, good: readonly unknown[], bad: readonly unknown[], code: string])[] = [
  ['name', ['ab', 'abcde'], ['a', ''], 'minLength'],
  ['name', [], ['abcdef'], 'maxLength'],
  [
    'email',
    ['ann@example.com', 'a.b+c@mail.example.com'],
    ['ann', 'ann@', '@example.com', 'a b@example.com'],
    'format',
  ],
  ['site', ['https://example.com/a?b=c#d', 'http://example.com'], ['example', 'http//x', ''], 'format'],
  ['device', ['0190a5f0-7b1c-7def-8abc-0123456789ab'], ['0190a5f0', ''], 'format'],
  ['code', ['ABC'], ['abc', 'ABCD', 'ABC\n'], 'pattern'],
  ['size', ['s', 'm', 'l'], ['xl', 'S', ''], 'enum'],
  ['level', [1, 2, 3], [0, 4], 'enum'],
  ['age', [0, 150], [-1], 'min'],
  ['age', [], [151], 'max'],
  ['ratio', [0.5, 1, 1.5], [0.49], 'min'],
  ['ratio', [], [1.51], 'max'],
]

describe('each rule of a field', () => {
  for (const [field, good, bad, code] of CASES) {
    for (const value of good) {
      test(`${field} accepts ${JSON.stringify(value)}`, async () => {
        const response = expectStatus(await server.api.post(FORMS, { name: 'abc', [field]: value }), 201)
        expect(response.body[field]).toEqual(value)
      })
    }
    for (const value of bad) {
      test(`${field} refuses ${JSON.stringify(value)} with ${code}, on create, replace and update`, async () => {
        const made = expectStatus(await server.api.post(FORMS, { name: 'abc' }), 201)
        const path = `${FORMS}/${made.body.id}`
        const body = { name: 'abc', [field]: value }
        for (const response of [
          await server.api.post(FORMS, body),
          await server.api.put(path, body),
          await server.api.patch(path, { [field]: value }),
        ]) {
          expectError(response, 'VALIDATION_ERROR')
          expect(response.body.error.details).toEqual([{ field, code, message: expect.any(String) }])
        }
        expect((await server.api.get(path)).body).toEqual(made.body)
      })
    }
  }
})

describe('json fields follow their schema', () => {
  for (const [field, value] of [
    ['tags', ['a', 'b']],
    ['tags', []],
    ['address', { city: 'Paris', zip: '75001' }],
    ['address', { city: 'Paris', more: 1 }],
  ] as const) {
    test(`${field} accepts ${JSON.stringify(value)}`, async () => {
      expect((await server.api.post(FORMS, { name: 'abc', [field]: value })).body[field]).toEqual(value)
    })
  }
  for (const [field, value] of [
    ['tags', 'a'],
    ['tags', ['a', 1]],
    ['tags', ['a', 'b', 'c', 'd']],
    ['address', {}],
    ['address', { city: 7 }],
    ['address', { city: 'Paris', zip: 'x' }],
  ] as const) {
    test(`${field} refuses ${JSON.stringify(value)}`, async () => {
      const response = await server.api.post(FORMS, { name: 'abc', [field]: value })
      expectError(response, 'VALIDATION_ERROR')
      expect(response.body.error.details.length).toBeGreaterThan(0)
      for (const detail of response.body.error.details) expect(detail.field).toStartWith(field)
    })
  }
})

test('all fields are reported at once', async () => {
  const response = await server.api.post(FORMS, { name: 'a', email: 'x', age: -1, level: 9, ratio: 'no', extra: 1 })
  expectError(response, 'VALIDATION_ERROR')
  expectError(
    await server.api.post(FORMS, { name: 'a', email: 'x', age: -1, level: 9, ratio: 'no' }),
    'VALIDATION_ERROR',
  )
  const known = await server.api.post(FORMS, { name: 'a', email: 'x', age: -1, level: 9, ratio: 'no' })
  expect(fieldsOf(known)).toEqual(['age', 'email', 'level', 'name', 'ratio'])
  expect(known.body.error.message).not.toBe('')
})

test('a required field that is missing or null is named', async () => {
  for (const body of [{}, { name: null }]) {
    const response = await server.api.post(FORMS, body)
    expectError(response, 'VALIDATION_ERROR')
    expect(fieldsOf(response)).toEqual(['name'])
  }
})

test('an unknown field is a clear 4xx that names it, on create, replace, update and in a batch', async () => {
  const made = expectStatus(await server.api.post(FORMS, { name: 'abc' }), 201)
  for (const response of [
    await server.api.post(FORMS, { name: 'abc', nmae: 'x' }),
    await server.api.put(`${FORMS}/${made.body.id}`, { name: 'abc', nmae: 'x' }),
    await server.api.patch(`${FORMS}/${made.body.id}`, { nmae: 'x' }),
    await server.api.post('/api/batch', {
      operations: [{ op: 'create', collection: 'forms', data: { name: 'abc', nmae: 'x' } }],
    }),
  ]) {
    expectError(response, 'VALIDATION_ERROR')
    expect(response.text).toContain('nmae')
  }
})
