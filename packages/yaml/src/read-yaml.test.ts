import { describe, expect, test } from 'bun:test'
import { readYaml, toJson, type YamlNode } from './read-yaml'

function read(text: string) {
  const problems: string[] = []
  const node = readYaml(text, ({ line, column }, message) => problems.push(`${line}:${column} ${message}`))
  return { node, problems }
}

function places(node: YamlNode): readonly string[] {
  const at = `${node.position.line}:${node.position.column}`
  if (node.kind === 'scalar') return [`${at} ${node.source}`]
  if (node.kind === 'list') return [`${at} [`, ...node.items.flatMap(places)]
  return [
    `${at} {`,
    ...node.entries.flatMap(({ key, keyPosition, value }) => [
      `${keyPosition.line}:${keyPosition.column} ${key}:`,
      ...places(value),
    ]),
  ]
}

describe('a YAML file', () => {
  test('every value and every key has its place', () => {
    const { node, problems } = read('a: 1\nb:\n  - x\n  - { c: "y" }\n')
    expect(problems).toEqual([])
    expect(places(node as YamlNode)).toEqual([
      '1:1 {',
      '1:1 a:',
      '1:4 1',
      '2:1 b:',
      '3:3 [',
      '3:5 x',
      '4:5 {',
      '4:7 c:',
      '4:10 y',
    ])
  })

  test('an alias is what it names', () => {
    const { node } = read('a: &x { b: [1, true, null, t] }\nc: *x\n')
    expect(toJson(node as YamlNode)).toEqual({ a: { b: [1, true, null, 't'] }, c: { b: [1, true, null, 't'] } })
  })

  test('a number that would become another one is none, and keeps how it is written', () => {
    const { node } = read('[9007199254740993, 0.1, 0xff, 0xFFFFFFFFFFFFFFFF, .inf]')
    if (node?.kind !== 'list') throw new Error('a list is expected')
    expect(node.items.map((item) => item.kind === 'scalar' && [item.value, item.source])).toEqual([
      [Number.NaN, '9007199254740993'],
      [0.1, '0.1'],
      [255, '0xff'],
      [Number.NaN, '0xFFFFFFFFFFFFFFFF'],
      [Number.POSITIVE_INFINITY, '.inf'],
    ])
  })

  test.each([
    ['a: 1\nb: 2\na: 3\n', "3:1 'a' is given twice (first in line 1)"],
    ['<<: { a: 1 }\n', "1:1 merge keys ('<<') are not supported"],
    ['a: *b\n', /^1:4 /],
    ['a: &b [*b]\n', "1:8 alias '*b' contains itself"],
    ['a: 1\n---\nb: 1\n', /^2:1 only one document is allowed/],
    ['a: [1\n', /^2:1 not valid YAML: /],
    ['a: b == "c: d"\n', /needs quotes around it\)$/],
    ['a: "b == "c""\n', /needs the other kind of quotes around it\)$/],
    ['a:\n  b: 1\n c: 2\n', /indent the line like its neighbours\)$/],
    ['? [a]\n: 1\n', /^1:3 a key must be a plain string/],
    [`a: ${'['.repeat(400)}`, '1:1 the file is nested too deeply'],
    [`a: ${'{ b: [c], d: '.repeat(1100)}`, '1:1 the file is nested too deeply'],
    ['x'.repeat(2_000_001), '1:1 the file is too large (more than 2 MB)'],
  ])('%j is refused', (text, problem) => {
    const [first] = read(text).problems
    if (typeof problem === 'string') expect(first).toBe(problem)
    else expect(first).toMatch(problem)
  })
})

test('a variable inside of brackets needs quotes, and no message about syntax has what stands there', () => {
  expect(read('env: { KEY: ${KEY}, OTHER: sk_live_1 } sk_live_2').problems[0]).toBe(
    '1:14 not valid YAML: unexpected flow-map-start at node end (inside of { } and [ ], a text with ${…} needs quotes around it)',
  )
  for (const text of [
    'env: { KEY: ${KEY}, OTHER: sk_live_1 } sk_live_2',
    'a: {} sk_live_1',
    'a: [1] "sk_live_1"',
    '{ a: b } }sk_live_1',
  ]) {
    const { node, problems } = read(text)
    expect(node).toBeNull()
    expect(problems.join('\n')).not.toContain('sk_live')
  }
})
