import { describe, expect, test } from 'bun:test'
import { syntaxText } from '../testing/syntax-text'
import { CelError } from './cel-error'
import { parseCel } from './parse-cel'

const tree = (source: string): string => syntaxText(parseCel(source).root)

describe('R3 the grammar of CEL', () => {
  test.each([
    // Relations are of one level, from the left to the right.
    ['a == b < c', '(< (== a b) c)'],
    ['a < b == c', '(== (< a b) c)'],
    ['a != b >= c != d', '(!= (>= (!= a b) c) d)'],
    ['a == b in c', '(in (== a b) c)'],
    ['a in b == c', '(== (in a b) c)'],
    ['a == (b < c)', '(== a (< b c))'],
    ['doc.a == doc.b < doc.c', '(< (== (. doc a) (. doc b)) (. doc c))'],
    ['a - b - c % d * e', '(- (- a b) (* (% c d) e))'],
    ['a || b && c || d', '(|| a (&& b c) d)'],
    ['a ? b : c ? d : e', '(? a b (? c d e))'],
    ['a ? (b ? c : d) : e', '(? a (? b c d) e)'],
    ['!a == b', '(== (! a) b)'],
    ['!a.b[0].f()', '(! (call f ([] (. a b) int:0)))'],
    ['-a.b', '(neg (. a b))'],
    ['-1.f()', '(call f int:-1)'],
    ['!-1', '(! int:-1)'],
    ['- 1', 'int:-1'],
    ['a -1', '(- a int:1)'],
    ['-9223372036854775808', 'int:-9223372036854775808'],
    ['0x1f + 1u + 0xFFu', '(+ (+ int:31 uint:1) uint:255)'],
    ['01', 'int:1'],
    ['1.0.f', '(. double:3ff0000000000000 f)'],
    ['[1, 2,]', '(list int:1 int:2)'],
    ['[,]', '(list)'],
    ['{a: b,}', '(map a b)'],
    ['a.if.while(b)', '(call while (. a if) b)'],
    ['m.`content-type`', '(. m content-type)'],
    ['a // comment == c\n== b', '(== a b)'],
    ['a\f+\tb', '(+ a b)'],
    ["r'\\n'", 'string:5c6e'],
    ["'\\x41\\101\\u0041\\U00000041\\?\\`'", 'string:414141413f60'],
    ["'''a\r\nb'''", 'string:610a62'],
    ["b'é\\xff'", 'bytes:c3a9ff'],
    ["br'\\xff'", 'bytes:5c786666'],
  ])('%s', (source, expected) => {
    expect(tree(source)).toBe(expected)
  })

  test.each([
    'a ? b ? c : d : e',
    'a.in',
    'in',
    'if',
    'while(a)',
    'f(a,)',
    '[a,,]',
    '-!a',
    '!-a',
    '1.',
    '0X1F',
    '1e',
    'a.5',
    "rb'x'",
    "'a\nb'",
    "'\\q'",
    "'\\ud800'",
    "b'\\u0041'",
    '9223372036854775808',
    '-9223372036854775809',
    '18446744073709551616u',
    '1e400',
    'a b',
    'a &&',
    'a & b',
    'a = b',
    '`a`',
    'a.`b`(c)',
    'a.?b',
    'a[?b]',
    'A{b: c}',
    '.a',
    'a\u00a0== b',
    '',
  ])('refuses %p', (source) => {
    expect(() => parseCel(source)).toThrow(CelError)
  })
})

describe('places', () => {
  test('are those of the source: parentheses around a part belong to what it is a part of', () => {
    const { root } = parseCel('( a == b ) < (c)')
    expect(root).toMatchObject({ start: 0, end: 16, left: { start: 2, end: 8 }, right: { start: 14, end: 15 } })
    expect(parseCel('(a).b(c)[0]').root).toMatchObject({ start: 0, end: 11, base: { start: 0, end: 8 } })
  })

  test('of errors, too', () => {
    expect(() => parseCel('.5 == ]')).toThrow(expect.objectContaining({ start: 6, end: 7 }))
    expect(() => parseCel("a == 'x\\qy'")).toThrow(expect.objectContaining({ start: 7, end: 9 }))
  })
})

test('R2 reading takes time that grows with the length only', () => {
  for (const source of [
    `.5 + '${"\\'".repeat(4000)}`,
    `.5 + ${"'''".repeat(2700)}`,
    '('.repeat(8000),
    '-'.repeat(8000),
    '[{'.repeat(4000),
  ])
    expect(() => parseCel(source)).toThrow(CelError)
})
