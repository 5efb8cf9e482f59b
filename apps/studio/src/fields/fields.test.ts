import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { ExactNumber, type Json, parseExact, printExact, sameJson } from './exact-json'
import type { FieldInfo } from './field'
import { inputOf, readInput } from './field-input'
import { formatValue } from './format-value'
import { valueProblem } from './value-problem'
import { formatTimestamp, parseTimestampIn } from './zone'

const FIELD: FieldInfo = {
  ...{ name: 'f', type: 'string', description: null, primary: false, nullable: true, unique: false, indexed: false },
  ...{ internal: false, enum: null, default: null, updates: false, references: null, min_length: null },
  ...{ max_length: null, min: null, max: null, format: null, pattern: null, json_schema: null },
  rules: { read: null, write: null },
}
const field = (change: Partial<FieldInfo>): FieldInfo => ({ ...FIELD, ...change })
const text = (typed: string) => ({ kind: 'text', text: typed }) as const
const read = (change: Partial<FieldInfo>, typed: string, zone = 'UTC') => readInput(field(change), text(typed), zone)
const value = (it: Json) => ({ kind: 'value', value: it }) as const

describe('JSON', () => {
  test('no digit is lost, at any depth', () => {
    const json = '{"a":9223372036854775807,"b":[0.1,-1.5e300,12345678901234567890.5,{"__proto__":1}],"c":"9"}'
    expect(printExact(parseExact(json))).toBe(json.replace('-1.5e300', '-1.5e+300'))
    expect(parseExact('9007199254740993')).toEqual(new ExactNumber('9007199254740993'))
    expect(parseExact('9007199254740991')).toBe(9007199254740991)
  })

  test('print and parse are opposites, in one line and in many', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (json, indent) => {
        const parsed = parseExact(json)
        expect(sameJson(parseExact(printExact(parsed, indent)), parsed)).toBe(true)
      }),
    )
    expect(printExact({ a: [1, {}], b: [] }, 2)).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}')
  })

  test('the order of names does not make another value; that of items does', () => {
    expect(sameJson({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true)
    expect(sameJson([1, 2], [2, 1])).toBe(false)
    expect(sameJson({ a: null }, {})).toBe(false)
    expect(sameJson(new ExactNumber('9007199254740993'), 9007199254740992)).toBe(false)
  })
})

describe('input', () => {
  test('null, no characters and the default are three things', () => {
    expect(readInput(field({}), { kind: 'null' }, 'UTC')).toEqual(value(null))
    expect(read({}, '')).toEqual(value(''))
    expect(readInput(field({}), { kind: 'default' }, 'UTC')).toEqual({ kind: 'unset' })
    expect(readInput(field({ nullable: false }), { kind: 'null' }, 'UTC').kind).toBe('problem')
    expect(['null', 'empty', 'default']).toEqual(
      [null, '', undefined].map((one) => String(formatValue(field({}), one, 'UTC').mark)),
    )
  })

  test.each([
    ['int', '+42', 42],
    ['int', '9223372036854775807', new ExactNumber('9223372036854775807')],
    ['int', '-0', 0],
    ['float', '1e3', 1000],
    ['float', '.5', 0.5],
    ['bool', 'Yes', true],
    ['bool', '0', false],
    ['date', '2024-02-29', '2024-02-29'],
    ['uuid', ' 0190163D-8694-739B-AEA5-966C26F8AD91 ', '0190163d-8694-739b-aea5-966c26f8ad91'],
    ['json', '{"a": 9007199254740993}', { a: new ExactNumber('9007199254740993') }],
    ['json', 'null', null],
    ['blob', 'aGk=', 'aGk='],
    ['text', '  two\nlines ', '  two\nlines '],
    ['int', ' ', null],
  ] as const)('%s %j', (type, typed, expected) => {
    expect(read({ type }, typed)).toEqual(value(expected))
  })

  test.each([
    ['int', '12,5', 'Not a whole number: write a point, 12.5'],
    ['int', '1.5', 'Not a whole number'],
    ['float', '12,5', 'Not a number: write a point, 12.5'],
    ['float', '1e999', 'Not a number'],
    ['float', 'NaN', 'Not a number'],
    ['bool', 'maybe', 'Not true or false'],
    ['date', '2025-02-29', 'Not a date: write year, month and day, 2026-01-31'],
    ['blob', 'a', 'Not base64'],
  ] as const)('%s %j is refused', (type, typed, message) => {
    expect(read({ type }, typed)).toEqual({ kind: 'problem', message })
  })

  test('a value of a list, whatever its case; no other', () => {
    const status = { enum: { name: null, values: ['draft', 'Out'] } }
    expect(read(status, 'out')).toEqual(value('Out'))
    expect(read(status, 'sold')).toEqual({ kind: 'problem', message: '“sold” is not one of draft, Out' })
    expect(read({ ...status, nullable: false }, '').kind).toBe('problem')
    expect(read({ type: 'int', enum: { name: null, values: [1, 2] } }, '2')).toEqual(value(2))
  })

  test('what is stored, read back from its input, is what is stored', () => {
    const stored: readonly (readonly [FieldInfo['type'], Json])[] = [
      ['string', ''],
      ['text', 'a\tb\n'],
      ['int', new ExactNumber('-9223372036854775808')],
      ['float', 0.1],
      ['bool', false],
      ['timestamp', '2026-10-25T00:30:00.120Z'],
      ['json', { a: [new ExactNumber('9007199254740993'), '</script>'] }],
      ['date', '0001-01-01'],
    ]
    for (const [type, one] of stored)
      for (const zone of ['UTC', 'Europe/Berlin'])
        expect(readInput(field({ type }), inputOf(field({ type }), one, zone), zone)).toEqual(value(one))
  })
})

describe('times', () => {
  test('have their zone, in text and when they are typed', () => {
    expect(formatTimestamp('2026-11-29T17:05:14.120Z', 'UTC')).toBe('2026-11-29 17:05:14.120 Z')
    expect(formatTimestamp('2026-11-29T17:05:14.000Z', 'Asia/Kolkata')).toBe('2026-11-29 22:35:14 +05:30')
    expect(formatTimestamp('2026-11-29T17:05:14.000Z', 'Europe/London')).toBe('2026-11-29 17:05:14 +00:00')
    expect(parseTimestampIn('2026-11-29 18:05', 'Europe/Berlin')).toEqual({
      kind: 'time',
      at: '2026-11-29T17:05:00.000Z',
    })
    expect(parseTimestampIn('2026-11-29 18:05 +05:30', 'Europe/Berlin')).toEqual({
      kind: 'time',
      at: '2026-11-29T12:35:00.000Z',
    })
    expect(parseTimestampIn('2026-11-29', 'America/New_York')).toEqual({ kind: 'time', at: '2026-11-29T05:00:00.000Z' })
    expect(parseTimestampIn('yesterday', 'UTC')).toEqual({ kind: 'invalid' })
  })

  test('when clocks are changed, it asks which', () => {
    expect(parseTimestampIn('2026-10-25 02:30', 'Europe/Berlin')).toEqual({
      kind: 'twice',
      options: ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    })
    expect(parseTimestampIn('2026-03-29 02:30', 'Europe/Berlin')).toEqual({ kind: 'skipped' })
    expect(read({ type: 'timestamp' }, '2026-10-25 02:30', 'Europe/Berlin')).toMatchObject({
      choices: ['2026-10-25 02:30:00 +02:00', '2026-10-25 02:30:00 +01:00'],
    })
  })

  test('formatted and parsed, every minute is itself', () => {
    const minute = fc.integer({ min: 0, max: 60_000_000 }).map((n) => new Date(n * 60_000).toISOString())
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe')
    fc.assert(
      fc.property(minute, zone, (at, where) => {
        expect(parseTimestampIn(formatTimestamp(at, where), where)).toEqual({ kind: 'time', at })
      }),
    )
  })
})

describe('what the schema asks of a value', () => {
  test.each([
    [{ min: 1 }, 0, 'At least 1'],
    [{ max: 5 }, new ExactNumber('9007199254740993'), 'At most 5'],
    [{ min_length: 1 }, '', 'At least 1 character, not 0'],
    [{ max_length: 2 }, '👍🏽x', 'At most 2 characters, not 3'],
    [{ format: 'email' as const }, 'a@b', 'Not an email address'],
    [{ format: 'url' as const }, 'javascript:alert(1)', 'Not an address that begins with http:// or https://'],
    [{ type: 'date' as const, min: '2020-01-01' }, '2019-12-31', 'Not before 2020-01-01'],
    [{ pattern: '^a' }, 'b', 'It has to match ^a'],
    [{}, 'a\u0000', 'It has characters that cannot be stored (U+0000, half of a pair)'],
    [{ max_length: 2, nullable: true }, null, null],
    [{ pattern: '^a', max_length: 3 }, 'abc', null],
  ])('%j %p', (change, one, expected) => {
    expect(valueProblem(field(change), one, (pattern, it) => new RegExp(pattern).test(it))).toBe(expected)
  })
})
