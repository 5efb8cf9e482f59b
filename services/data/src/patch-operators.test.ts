import { describe, expect, test } from 'bun:test'
import type { SqlValue } from '@koyalite/contracts'
import { type Field, type JsonValue, parseSchema } from '@koyalite/schema'
import { applyOperator, isProblem, patchOperator } from './patch-operators'

const parsed = parseSchema(
  `version: 1
collections:
  things:
    fields:
      id: { type: uuid, primary: true, default: auto }
      count: { type: int }
      weight: { type: float }
      title: { type: string }
      tags: { type: json, nullable: true }
`,
  { file: 'schema.yaml' },
)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const fields = parsed.schema.collections.get('things')?.fields

function field(name: string): Field {
  const found = fields?.get(name)
  if (!found) throw new Error(`no field ${name}`)
  return found
}

/** The value that an operator leaves, or the code of what is wrong. */
function outcome(name: string, value: JsonValue, current: JsonValue): unknown {
  const operator = patchOperator(field(name), value)
  if (operator === null) return 'plain value'
  if (isProblem(operator)) return operator.code
  const stored = field(name).type === 'json' && current !== null ? JSON.stringify(current) : (current as SqlValue)
  const result = applyOperator(field(name), operator, stored)
  return isProblem(result) ? result.code : result.value
}

describe('$inc', () => {
  test('adds to numbers, and null counts as 0', () => {
    expect(outcome('count', { $inc: 2 }, 40)).toBe(42)
    expect(outcome('count', { $inc: -2 }, null)).toBe(-2)
    expect(outcome('weight', { $inc: 0.5 }, 1)).toBe(1.5)
  })
  test('refuses what would not be exact any more', () => {
    expect(outcome('count', { $inc: 1 }, Number.MAX_SAFE_INTEGER)).toBe('range')
    expect(outcome('weight', { $inc: 1e308 }, 1e308)).toBe('range')
    // Stored by another program, and read as its neighbour.
    expect(outcome('count', { $inc: -10 }, 2 ** 53)).toBe('range')
  })
  test('refuses other fields and other operands', () => {
    expect(outcome('title', { $inc: 1 }, 'a')).toBe('operator')
    expect(outcome('count', { $inc: 0.5 }, 1)).toBe('operator')
    expect(outcome('count', { $inc: '1' }, 1)).toBe('operator')
    expect(outcome('count', { $inc: 1, $push: 2 }, 1)).toBe('operator')
  })
})

describe('$push and $pull', () => {
  test('append one element, and take out all that are equal', () => {
    expect(outcome('tags', { $push: 'x' }, null)).toEqual(['x'])
    expect(outcome('tags', { $push: ['x'] }, ['a'])).toEqual(['a', ['x']])
    expect(outcome('tags', { $pull: { a: 1, b: 2 } }, [{ b: 2, a: 1 }, 1, { a: 1, b: 2 }])).toEqual([1])
  })
  test('tell 1, true and "1" apart', () => {
    expect(outcome('tags', { $pull: 1 }, [1, true, '1'])).toEqual([true, '1'])
  })
  const text = (value: JsonValue, stored: string): unknown => {
    const operator = patchOperator(field('tags'), value)
    if (operator === null || isProblem(operator)) return operator
    const result = applyOperator(field('tags'), operator, stored)
    return isProblem(result) ? result.code : result.text
  }
  const FOREIGN = ' [750727362669608961, 1.10 , {"n":-0,"a":[1e400]},"a,]\\"b" ] '

  test('leave the text of every other element as it is', () => {
    const others = '750727362669608961,1.10,{"n":-0,"a":[1e400]},"a,]\\"b"'
    expect(text({ $push: { x: [1.5] } }, FOREIGN)).toBe(`${FOREIGN.trim().slice(0, -1)},{"x":[1.5]}]`)
    expect(text({ $pull: 1.1 }, FOREIGN)).toBe(`[${others.replace(',1.10', '')}]`)
    expect(text({ $push: 1 }, ' [ ] ')).toBe('[1]')
    expect(text({ $pull: 1 }, '[1,[1],1]')).toBe('[[1]]')
  })
  test('leave all as it is where nothing is equal', () => {
    expect(text({ $pull: 'x' }, FOREIGN)).toBe(FOREIGN.trim())
  })
  test('compare one of many keys with many small ones in as much time as there are keys', () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 1]))
    const asked: string[] = []
    const operand = new Proxy(wide, {
      ownKeys(target) {
        asked.push('keys')
        return Reflect.ownKeys(target)
      },
    })
    const result = applyOperator(field('tags'), { kind: '$pull', item: operand }, `[${'{},'.repeat(999)}{}]`)
    expect(isProblem(result) ? result.code : (result.value as unknown[]).length).toBe(1000)
    expect(asked).toHaveLength(1)
  })
  test('take no integer for the JavaScript number next to it', () => {
    expect(text({ $pull: 750727362669609000 }, '[750727362669608961,750727362669609000]')).toBe('[750727362669608961]')
  })
  test('refuse text that is no JSON, and what is no text', () => {
    expect(text({ $push: 1 }, '[1')).toBe('operator')
    expect(text({ $push: 1 }, '7')).toBe('operator')
  })
  test('refuse what is not an array', () => {
    expect(outcome('tags', { $push: 1 }, { a: 1 })).toBe('operator')
  })
})

test('other objects with $ are data in json fields, and nothing elsewhere', () => {
  expect(outcome('tags', { $set: 1 }, null)).toBe('plain value')
  expect(outcome('tags', { $push: 1, more: 2 }, null)).toBe('plain value')
  expect(outcome('title', { $set: 1 }, null)).toBe('operator')
})
