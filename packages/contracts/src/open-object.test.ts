import { expect, test } from 'bun:test'
import { z } from 'zod'
import { openObject, shortRecord } from './open-object'

const type = openObject({ name: z.string(), size: z.number().optional() })

test('an open object is what was sent, with all its keys', () => {
  const sent = JSON.parse('{"name":"a","other":[1],"__proto__":{"b":1}}')
  expect(type.parse(sent)).toBe(sent)
})

test('an open object checks what is known of it', () => {
  const paths = type.safeParse({ size: 'x' }).error?.issues.map(({ path, code }) => [path.join('.'), code])
  expect(paths).toEqual([
    ['name', 'invalid_type'],
    ['size', 'invalid_type'],
  ])
  expect([null, [], 'a', 1].map((value) => type.safeParse(value).success)).toEqual([false, false, false, false])
})

function schemaOf(type: z.ZodType): object {
  return z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' })
}

test('its JSON Schema is that of z.looseObject', () => {
  const loose = z.looseObject({ name: z.string(), size: z.number().optional() })
  expect(schemaOf(type)).toEqual(schemaOf(loose))
  expect(schemaOf(type.optional().describe('One.'))).toEqual(schemaOf(loose.optional().describe('One.')))
})

test('a short record has so many entries at most, each of the right type', () => {
  const record = shortRecord(z.string().max(2), z.number(), 2)
  expect(record.parse({ a: 1, b: 2 })).toEqual({ a: 1, b: 2 })
  expect(record.safeParse({ a: 'x' }).success).toBe(false)
  expect(record.safeParse({ abc: 1 }).success).toBe(false)
  expect(record.safeParse({ a: 1, b: 2, c: 3 }).error?.issues[0]?.message).toBe('must have at most 2 entries')
  expect(schemaOf(record)).toEqual(schemaOf(z.record(z.string().max(2), z.number())))
})
