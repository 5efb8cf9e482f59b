import { expect, test } from 'bun:test'
import type { SqlValue } from '@koyalite/contracts'
import { type Field, type FieldType, type JsonValue, parseSchema } from '@koyalite/schema'
import { toStored } from './stored-value'

const TYPES: FieldType[] = ['uuid', 'string', 'text', 'int', 'float', 'bool', 'timestamp', 'json', 'blob']
const parsed = parseSchema(
  `{ version: 1, collections: { c: { fields: { id: { type: int, primary: true }, ${TYPES.map((type) => `${type}_: { type: ${type} }`).join(', ')} } } } }`,
  { file: 'schema.yaml' },
)
const fieldOf = (type: FieldType): Field => {
  const field = parsed.ok ? parsed.schema.collections.get('c')?.fields.get(`${type}_`) : undefined
  if (!field) throw new Error(`no field of type ${type}`)
  return field
}

const CASES: [FieldType, JsonValue, SqlValue][] = [
  ['uuid', '01890A5D-AC96-774B-BCCE-B302099A8057', '01890a5d-ac96-774b-bcce-b302099a8057'],
  ['string', ' A ', ' A '],
  ['text', '', ''],
  ['int', 5, 5],
  ['int', -0, 0],
  ['float', 1.5, 1.5],
  ['bool', true, 1],
  ['bool', false, 0],
  ['timestamp', '2024-05-17T12:00:00.1239+02:00', '2024-05-17T10:00:00.123Z'],
  ['json', { a: [1, null] }, '{"a":[1,null]}'],
  ['json', 'text', '"text"'],
  ['json', false, 'false'],
  ['blob', 'AAH/', new Uint8Array([0, 1, 255])],
]

test.each(CASES)('%s %j', (type, value, stored) => {
  expect(toStored(fieldOf(type), value)).toEqual(stored)
})

test('null is NULL, json null too', () => {
  for (const type of TYPES) expect(toStored(fieldOf(type), null)).toBeNull()
})

test('-0 is stored as 0', () => {
  expect(Object.is(toStored(fieldOf('float'), -0), 0)).toBe(true)
})

test('a value of another type shows that validation was forgotten', () => {
  for (const type of TYPES.filter((candidate) => candidate !== 'json')) {
    expect(() => toStored(fieldOf(type), { not: 'it' })).toThrow(TypeError)
  }
  expect(() => toStored(fieldOf('timestamp'), '2024-02-30')).toThrow(TypeError)
})
