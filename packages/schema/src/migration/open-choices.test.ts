import { expect, test } from 'bun:test'
import { formatProblem } from '../problems'
import { parseMigration } from './migration-file'

const HEAD = 'version: 1\nname: x\noperations:\n'
const QUESTION = 'posts.a may have been renamed to posts.b'
const CHOICE = [
  `  # ${QUESTION}. Choose one, and remove the # of its lines:`,
  '  # If it was renamed:',
  '  # - { type: rename_field, collection: posts, from: a, to: b }',
  '  # If it is dropped with its data:',
  '  # - { type: drop_field, collection: posts, field: a }',
]

function problems(lines: readonly string[]): readonly string[] {
  const parsed = parseMigration(`${HEAD}${lines.join('\n')}\n`, { file: '001_x.yaml' })
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

const open = (line: number) =>
  `001_x.yaml:${line}:3 ${QUESTION}: choose one of the alternatives below and remove the # of its lines, or delete this file`

const uncommented = (text: string) => CHOICE.map((line) => (line.includes(text) ? line.replace('# ', '') : line))

test('G1: a question that no operation answers is named with its place', () => {
  expect(problems(CHOICE)).toEqual([open(4)])
  expect(problems(['  - { type: drop_field, collection: posts, field: c }', ...CHOICE])).toEqual([open(5)])
  expect(problems(CHOICE.map((line) => `${line}\r`))).toEqual([open(4)])
  // As drafts of earlier versions have it.
  const older = `  # ${QUESTION}. Choose one: it was renamed, or it is dropped with its data.`
  expect(problems([older, ...CHOICE.slice(2)])).toEqual([open(4)])
})

test.each<[string, readonly string[]]>([
  ['the rename', uncommented('rename_field')],
  ['the drop', uncommented('drop_field')],
  ['a rename to something else', [...CHOICE, '  - { type: rename_field, collection: posts, from: a, to: other }']],
  ['one that is written before it', ['  - { type: drop_field, collection: posts, field: a }', ...CHOICE]],
  ['other words of the same', [...CHOICE, '  - type: drop_field', '    collection: posts', '    field: a']],
])('G1: %s answers it', (_, lines) => {
  expect(problems(lines)).toEqual([])
})

test.each<[string, readonly string[]]>([
  ['the same field of another collection', ['  - { type: drop_field, collection: notes, field: a }', ...CHOICE]],
  ['another field', [...CHOICE, '  - { type: rename_field, collection: posts, from: b, to: a }']],
  ['dropping its collection under another name', [...CHOICE, '  - { type: drop_collection, collection: a }']],
])('G1: %s does not answer it', (_, lines) => {
  expect(problems(lines)).toHaveLength(1)
})

test('a file without operations and questions says what to do', () => {
  expect(problems(['  # nothing yet'])).toEqual([
    "001_x.yaml:3:12 'operations' is empty: add an operation, or delete this file",
  ])
  expect(problems(['  # Choose one, if you like', '  # - {'])).toHaveLength(1)
  expect(problems([CHOICE[0] ?? '', '  # - { broken: [ }', '  # - {}'])).toHaveLength(1)
})

test('a file of nothing but questions takes time in proportion to its size', () => {
  const many = Array.from({ length: 20_000 }, () => CHOICE[0] ?? '')
  expect(problems([...many, ...CHOICE])).toEqual([open(20_004)])
  expect(problems(Array.from({ length: 20_000 }, () => '  # - { type: drop_field }'))).toHaveLength(1)
})
