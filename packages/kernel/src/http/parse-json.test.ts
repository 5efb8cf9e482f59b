import { describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import fc from 'fast-check'
import { MAX_JSON_DEPTH, MAX_JSON_NODES, parseJson, parseJsonInTurns } from './parse-json'

const bytes = (text: string) => new TextEncoder().encode(text)
const parse = (text: string) => parseJson(bytes(text))
function mistake(input: string | Uint8Array): string {
  try {
    parseJson(typeof input === 'string' ? bytes(input) : input)
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_JSON') return error.message
    throw error
  }
  return 'no mistake'
}

test('any JSON comes back as it was', () => {
  const seed = Date.now()
  const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'valueOf'))
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      fc.jsonValue({ maxDepth: 0 }),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(key, tie('json'), { maxKeys: 4, noNullPrototype: false }),
    ),
  }))
  fc.assert(
    fc.property(json, (value) => {
      const text = JSON.stringify({ value })
      expect(JSON.stringify(parse(text))).toBe(text)
    }),
    { seed },
  )
})

test('objects have no prototype, at any depth', () => {
  const value = parse('{"a":[{"b":{}}]}') as { a: [{ b: object }] }
  expect(Object.getPrototypeOf(value)).toBeNull()
  expect(Object.getPrototypeOf(value.a[0])).toBeNull()
  expect(Object.getPrototypeOf(value.a[0].b)).toBeNull()
})

test('of a key given twice the last one counts', () => {
  expect((parse('{"a":1,"a":2}') as { a: number }).a).toBe(2)
})

test('any bytes are parsed or refused, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (input) => void mistake(input)),
    { seed: Date.now() },
  )
})

test.each([
  ['{"a":1e999}', 'a'],
  ['[-1e999]', '0'],
  ['1e999', ''],
  ['{"a":{"b":[1,750727362669608961]}}', 'a.b.1'],
  ['{"a":0.10000000000000001}', 'a'],
])('a number that would not come back is refused with its path: %s', (text, path) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_ERROR',
      details: [expect.objectContaining({ field: path, code: 'inexact' })],
    }),
  )
})

test('a policy may let numbers pass, and words the error for the others', () => {
  const text = '{"a":0.10000000000000001,"b":1e999}'
  const seen: unknown[] = []
  const refusal = () => new AppError('INVALID_FILTER', 'not that one')
  const allows = ({ path }: { path: readonly string[] }, body: unknown) => {
    seen.push(body)
    return path[0] === 'a'
  }
  expect(() => parseJson(bytes(text), { allows, refusal })).toThrow('not that one')
  expect(seen).toEqual([
    { a: 0.1, b: Number.POSITIVE_INFINITY },
    { a: 0.1, b: Number.POSITIVE_INFINITY },
  ])
})

describe('refuses', () => {
  test.each([
    ['', 'the body is empty; expected JSON'],
    [' \n', 'the body is empty; expected JSON'],
    ['{"a":1,}', 'the body is not valid JSON: syntax error at line 1, column 8'],
    ['{\n  "a": 1\n  "b": 2\n}', 'the body is not valid JSON: syntax error at line 3, column 3'],
    ['{"a":', 'the body is not valid JSON: unexpected end at line 1, column 6'],
    ['{a:1}', 'the body is not valid JSON: syntax error at line 1, column 2 (names and texts need double quotes)'],
    ["{'a':1}", 'the body is not valid JSON: syntax error at line 1, column 2 (names and texts need double quotes)'],
    ['// x\n{}', 'the body is not valid JSON: syntax error at line 1, column 1'],
    ['{"a":1}{', 'the body is not valid JSON: syntax error at line 1, column 8'],
    ['NaN', 'the body is not valid JSON: syntax error at line 1, column 1'],
    ['{"__proto__":{"admin":true}}', "the key '__proto__' is not allowed"],
    ['{"constructor":1}', "the key 'constructor' is not allowed"],
    ['{"\\u0070rototype":1}', "the key 'prototype' is not allowed"],
  ])('%j', (text, message) => {
    expect(mistake(text)).toBe(message)
  })

  test('bytes that are not UTF-8', () => {
    expect(mistake(new Uint8Array([0x22, 0xff, 0x22]))).toBe('the body is not valid UTF-8')
    expect(mistake(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('the body is not valid UTF-8')
  })

  test('too much depth, however deep, and accepts the deepest allowed', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(mistake(nested(MAX_JSON_DEPTH))).toBe('no mistake')
    expect(mistake(nested(MAX_JSON_DEPTH + 1))).toContain('levels deep')
    expect(mistake(`${'{"a":'.repeat(MAX_JSON_DEPTH + 1)}1${'}'.repeat(MAX_JSON_DEPTH + 1)}`)).toContain('levels deep')
    expect(mistake(nested(200_000))).not.toBe('no mistake')
    expect(mistake('['.repeat(200_000))).not.toBe('no mistake')
    expect(mistake('['.repeat(60_000))).not.toBe('no mistake')
  })

  test('too many values', () => {
    expect(mistake(`[${'0,'.repeat(MAX_JSON_NODES)}0]`)).toContain('values')
    expect(mistake(`[${'[],'.repeat(MAX_JSON_NODES / 2)}[]]`)).toContain('values')
  })
})

describe('in turns', () => {
  test('it comes to the same as at once', async () => {
    const nested = (depth: number) => `${'[{"a]":"\\"["},'.repeat(depth)}1${']'.repeat(depth)}`
    const texts = [
      '{"a":[{}]}',
      '[1,',
      '1e999',
      '{"__proto__":1}',
      nested(MAX_JSON_DEPTH - 1),
      nested(MAX_JSON_DEPTH),
      '\xff',
    ]
    for (const text of texts) {
      const atOnce = await Promise.try(() => parse(text)).catch(({ message }: Error) => message)
      const inTurns = await parseJsonInTurns(bytes(text)).catch(({ message }: Error) => message)
      expect(JSON.stringify(inTurns)).toBe(JSON.stringify(atOnce))
    }
    expect(parseJsonInTurns(new Uint8Array([0xff]))).rejects.toThrow('UTF-8')
  })

  test('objects have no prototype, however many there are', async () => {
    const value = (await parseJsonInTurns(bytes(`[${'{"a":{}},'.repeat(60_000)}1]`))) as { a: object }[]
    const isBare = (one: object) => Object.getPrototypeOf(one) === null
    expect(value.slice(0, -1).every((one) => isBare(one) && isBare(one.a))).toBe(true)
  })

  test('others have the event loop meanwhile', async () => {
    let turns = 0
    const counting = setInterval(() => turns++, 0)
    await parseJsonInTurns(bytes(`[${'{},'.repeat(300_000)}1]`))
    clearInterval(counting)
    expect(turns).toBeGreaterThan(1)
  })
})
