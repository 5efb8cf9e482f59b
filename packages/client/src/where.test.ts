import { expect, test } from 'bun:test'
import { allHold, conditionOf } from './where'

const tagged = (text: TemplateStringsArray, ...values: readonly unknown[]) => conditionOf(text, values)

test('values stand beside the text, in both forms', () => {
  const at = new Date('2026-01-02T03:04:05.678Z')
  const first = tagged`doc.title == ${'a"b'} && doc.created_at < ${at} && doc.id in ${['x']}`
  expect(allHold([first])).toEqual({
    where: 'doc.title == $1 && doc.created_at < $2 && doc.id in $3',
    params: '["a\\"b","2026-01-02T03:04:05.678Z",["x"]]',
  })
  expect(allHold([conditionOf('doc.a == $1 || doc.b == $1', [null])])).toEqual({
    where: 'doc.a == $1 || doc.b == $1',
    params: '[null]',
  })
  expect(allHold([conditionOf('true', [])])).toEqual({ where: 'true', params: undefined })
  expect(allHold([])).toEqual({ where: undefined, params: undefined })
})

test('several have their values one after the other; quotes and comments stay as they are', () => {
  const odd = conditionOf(
    `doc.a == $2 && doc.b != "$1 \\" $1" && doc.c != r'\\' + '$1' && doc.d != '''it's $1''' && $1 // don't $1`,
    [1, 2],
  )
  expect(allHold([tagged`doc.x == ${0}`, odd, tagged`doc.y == ${3}`])).toEqual({
    where: `(doc.x == $1) && (doc.a == $3 && doc.b != "$1 \\" $1" && doc.c != r'\\' + '$1' && doc.d != '''it's $1''' && $2 // don't $1\n) && (doc.y == $4)`,
    params: '[0,1,2,3]',
  })
})

test.each([
  [['doc.a == $2', [1]], '$2 in `where` has no value: there are 1.'],
  [['doc.a == $1', [undefined]], '$1 of `where` is undefined.'],
  [['$1 == $2', [1, [new Date(Number.NaN)]]], '$2 of `where` is an invalid Date.'],
  [['$1', [Number.NaN]], '$1 of `where` is NaN, which JSON does not have.'],
] as const)('%p is refused', ([text, values], message) => {
  expect(() => conditionOf(text, values)).toThrow(message)
})
