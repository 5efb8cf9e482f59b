import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { inexactNumbers } from './json-numbers'
import { decimalText, numberFidelity } from './number-fidelity'

test.each([
  ['0', 'exact'],
  ['-0', 'exact'],
  ['1.10', 'exact'],
  ['1e2', 'exact'],
  ['100E-2', 'exact'],
  ['1e300', 'exact'],
  ['100000000000000000000', 'exact'],
  ['9007199254740991', 'exact'],
  ['5e-324', 'exact'],
  ['0.10000000000000001', 'nearest'],
  ['4.9406564584124654e-324', 'nearest'],
  ['0.33333333333333332', 'nearest'],
  ['0.333333333333333324', 'inexact'],
  ['447.94424357518147', 'nearest'],
  ['1152921504606846976', 'nearest'],
  ['0.1000000000000000055511151231257827', 'nearest'],
  ['9007199254740993', 'inexact'],
  ['750727362669608961', 'inexact'],
  ['1.0000000000000001', 'inexact'],
  ['4503599627370497.5', 'inexact'],
  ['3.14159265358979323846', 'inexact'],
  ['1e400', 'inexact'],
  ['-1e400', 'inexact'],
  ['1e-400', 'inexact'],
  [`1.${'0'.repeat(200)}`, 'exact'],
  [`1.${'0'.repeat(200)}1`, 'inexact'],
  ['+1.5', 'exact'],
  ['.5', 'exact'],
  ['007', 'exact'],
] as const)('%s is %s', (token, fidelity) => {
  expect(numberFidelity(token)).toBe(fidelity)
})

test('what JavaScript writes is exact, and what prints more digits of the same number is nearest', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 17, max: 100 }),
      (value, digits) => {
        expect(numberFidelity(JSON.stringify(value))).toBe('exact')
        expect(numberFidelity(value.toPrecision(digits))).not.toBe('inexact')
      },
    ),
  )
})

test('decimals of one value have one text', () => {
  expect(new Set(['1.10', '1.1', '11e-1', '0.110e+1', '+1.1'].map(decimalText)).size).toBe(1)
  expect(new Set(['0', '-0', '0.00', '0e5'].map(decimalText)).size).toBe(1)
  expect(decimalText('750727362669608961')).not.toBe(decimalText('750727362669608960'))
})

test.each([
  ['750727362669608961', ['']],
  ['{"a":[1,{"b c":1.5},[750727362669608961]]}', ['a.2.0']],
  ['{"x":{"p":1},"a" : { "b" : 1e400 , "c": "e" }, "d": 9007199254740993}', ['a.b', 'd']],
  ['{"\\"a,:[1":-1e400}', ['"a,:[1']],
  ['{"a":"750727362669608961","b":", 1e400","c":"\\\\","d":"\\", 750727362669608961"}', []],
  ['["x", 750727362669608961]', ['1']],
  ['[[],{},[[1e400]]]', ['2.0.0']],
  ['{"__proto__":{"constructor":1e400}}', ['__proto__.constructor']],
  ['{"a":[{"b":1},{"b":"k"},{"b":1e999}]}', ['a.2.b']],
])('%s: %p', (text, paths) => {
  expect(inexactNumbers(text).map(({ path }) => path.join('.'))).toEqual(paths)
})

test('every number is found, wherever it stands', () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(value, fc.boolean(), (json, spaced) => {
      const text = JSON.stringify({ first: json, last: ['MARK'] }, null, spaced ? 2 : 0)
      expect(inexactNumbers(text)).toEqual([])
      const marked = text
        .slice(0, text.lastIndexOf('"MARK"'))
        .concat('1e999', text.slice(text.lastIndexOf('"MARK"') + 6))
      expect(inexactNumbers(marked).map(({ path }) => path)).toEqual([['last', '0']])
    }),
  )
})

test('the number of findings is bounded', () => {
  expect(inexactNumbers(`[${Array(1000).fill('1e400').join(',')}]`)).toHaveLength(20)
})
