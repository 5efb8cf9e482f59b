import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { fromJson } from './from-json'
import { toJson, type YamlNode } from './read-yaml'

function read(value: unknown) {
  const problems: string[] = []
  return { node: fromJson(value, (_, message) => problems.push(message)), problems }
}

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1)
}

describe('a JSON value as a tree', () => {
  test('is the same value again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(toJson(read(value).node as YamlNode))).toBe(JSON.stringify(value))
      }),
    )
  })

  test('keeps what scalars look like, for messages', () => {
    const { node } = read({ a: ['b', 1, null] })
    expect(node).toMatchObject({
      kind: 'map',
      entries: [{ key: 'a', value: { kind: 'list', items: [{ source: 'b' }, { source: '1' }, { source: 'null' }] } }],
    })
  })

  test('a key __proto__ is an ordinary key', () => {
    const { node } = read(JSON.parse('{"__proto__":1}'))
    expect(node).toMatchObject({ entries: [{ key: '__proto__', value: { value: 1 } }] })
  })

  test('is refused where it is too deep or too large', () => {
    expect(read(nested(99)).problems).toEqual([])
    expect(read(nested(1000))).toEqual({ node: null, problems: ['the value is nested too deeply'] })
    expect(read(Array.from({ length: 200_001 }, () => 0)).problems).toEqual(['the value has too many parts'])
  })
})
