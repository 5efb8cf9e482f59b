import { describe, expect, test } from 'bun:test'
import { CelError } from './cel-error'
import { parseCel } from './parse-cel'
import { translateSource } from './translate-source'

describe('R3 what the library does not read as the specification has it', () => {
  test.each([
    ['.5 < 1.5', ' 0.5 < 1.5'],
    ['a.5', 'a 0.5'],
    ['1\f+ 1', '1 + 1'],
    ["br'\\d'", "b'\\x5c\\x64'"],
    ["b'é\\x00'", "b'\\xc3\\xa9\\x00'"],
    ['m.`a-b`', 'm.q0'],
    ['q.`a-b`', 'q.q_q0'],
  ])('%s', (source, text) => {
    expect(translateSource(source).text).toBe(text)
  })

  test.each([
    "'.5 \f `a` br' + r'\\'",
    '"it\'s .5" // .5 `a`',
    "'''a 'b' .5\n'''",
    '\'.5\\\'\' + ".5\\""',
    "b'.5' // b'é'",
    'a.b == 1.5 && 2.5e3 < 3',
  ])('leaves %s', (source) => {
    expect(translateSource(source).text).toBe(source)
  })

  test('places are those of the source', () => {
    const { root } = parseCel(".5 == m.`a-b`.c && b'é' != x")
    expect(root).toMatchObject({ kind: 'logic', start: 0, end: 28 })
    const [, right] = root.kind === 'logic' ? root.operands : []
    expect(right).toMatchObject({ kind: 'binary', start: 19, end: 28, right: { kind: 'name', start: 27, end: 28 } })
  })

  test('so are those of errors', () => {
    expect(() => parseCel('.5 == .25 ==')).toThrow(CelError)
    try {
      parseCel('.5 == ]')
    } catch (error) {
      expect(error).toMatchObject({ start: 6, end: 7 })
    }
  })

  test('a name in backticks is a name as it is written', () => {
    expect(parseCel('m.`content-type`').root).toMatchObject({ kind: 'select', name: 'content-type' })
  })

  test('takes time that grows with the length only', () => {
    expect(() => parseCel(`.5 + '${"\\'".repeat(4000)}`)).toThrow(CelError)
    expect(() => parseCel(`.5 + ${"'''".repeat(2000)}`)).toThrow(CelError)
  })
})
