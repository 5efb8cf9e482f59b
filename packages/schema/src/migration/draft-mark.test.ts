import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { confirmDraft, isUntouchedDraft, lossesOf, markDraft, withoutConfirmation } from './draft-mark'
import { parseMigration } from './migration-file'

const TEXT = `version: 2
name: drop_body
operations:
  - { type: drop_field, collection: posts, field: body }
`
const DRAFT = markDraft(TEXT, ['the values of posts.body'])

function waits(text: string): boolean {
  const parsed = parseMigration(text, { file: '002_drop_body.yaml' })
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.migration.waits
}

test('G3: a draft that loses data waits until it is edited or confirmed', () => {
  expect(DRAFT).toMatch(/^# Draft [0-9a-f]{8}: .*\n# It loses the values of posts\.body\.\n/)
  expect(waits(DRAFT)).toBe(true)
  expect(waits(DRAFT.replaceAll('\n', '\r\n'))).toBe(true)
  expect(waits(TEXT)).toBe(false)
  for (const edited of [
    `${DRAFT}confirm: true\n`,
    DRAFT.replace('version', 'confirm: true\nversion'),
    DRAFT.replace('body }', 'body } # yes'),
    DRAFT.replace('name: drop_body', 'name: remove_body'),
    confirmDraft(DRAFT),
  ]) {
    expect([edited, waits(edited)]).toEqual([edited, false])
  }
})

test('G3: a file that says confirm: false waits, whoever has written it', () => {
  expect(waits(`${TEXT}confirm: false\n`)).toBe(true)
  expect(waits(`${DRAFT}# seen\nconfirm: false\n`)).toBe(true)
  expect(waits(confirmDraft(`${TEXT}confirm: false\n`))).toBe(false)
})

test.each(['yes please', '1', '"true"', '[true]', '~'])('confirm: %s is an error at its place', (value) => {
  const parsed = parseMigration(`${TEXT}confirm: ${value}\n`, { file: 'migrations/002_x.yaml' })
  expect(parsed.ok || parsed.problems).toMatchObject([
    { line: 5, column: 10, message: expect.stringContaining("'confirm' must be true or false") },
  ])
})

test('G3: confirmed or not, it is the same migration', () => {
  for (const text of [DRAFT, confirmDraft(DRAFT), `${DRAFT}confirm: true\n`, DRAFT.replaceAll('\n', '\r\n')])
    expect(withoutConfirmation(text)).toBe(withoutConfirmation(DRAFT))
  expect(withoutConfirmation(DRAFT)).not.toBe(withoutConfirmation(DRAFT.replace('body }', 'title }')))
})

test('G3: any edit is noticed', () => {
  const edit = fc.tuple(fc.nat({ max: DRAFT.length - 1 }), fc.string({ minLength: 1, unit: 'grapheme-ascii' }))
  fc.assert(
    fc.property(edit, ([at, typed]) => {
      expect(isUntouchedDraft(DRAFT.slice(0, at) + typed + DRAFT.slice(at))).toBe(false)
    }),
  )
})

test('G3: what a draft loses: drops, and what fills replace', () => {
  const operations = [
    '{ type: rename_field, collection: posts, from: a, to: b }',
    '{ type: add_field, collection: posts, field: c, fill: 0 }',
    '{ type: alter_field, collection: posts, field: d }',
    '{ type: alter_field, collection: posts, field: e, fill: "coalesce(e, 0)" }',
    '{ type: drop_field, collection: posts, field: f }',
    '{ type: drop_collection, collection: notes }',
  ]
  const text = `version: 1\nname: x\noperations:\n${operations.map((operation) => `  - ${operation}\n`).join('')}`
  const parsed = parseMigration(text, { file: '001_x.yaml' })
  expect(parsed.ok && lossesOf(parsed.migration.operations)).toEqual([
    'the values of posts.e that its fill replaces',
    'the values of posts.f',
    'the documents of notes',
  ])
})
