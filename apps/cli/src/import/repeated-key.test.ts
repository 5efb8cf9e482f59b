import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { repeatedKey } from './repeated-key'

test.each([
  ['{"a":1,"b":2}', null],
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"b":1},"b":{"a":1}}', null],
  ['[{"a":1},{"a":2}]', null],
  ['{"a":[{"b":1,"c":1,"b" : 2}]}', 'b'],
  ['{"a":"\\"a\\":","b":"{\\"a\\":1}"}', null],
  ['{"\\u0061":1,"a":2}', 'a'],
  ['{"a\\\\":1,"a":2,"a\\\\" :3}', 'a\\'],
  ['{"a":"\\\\","a":1}', 'a'],
  ['["a","a"]', null],
  ['""', null],
])('%s: %p', (text, key) => expect(repeatedKey(text)).toBe(key))

test.each(['x', '\\n', '\\"', '\\\\'])('after a string of millions of %s', (part) => {
  const text = `{"long":"${part.repeat(3_000_000)}","a":1,"a":2}`
  expect(JSON.parse(text).a).toBe(2)
  expect(repeatedKey(text)).toBe('a')
})

test('of any JSON there is none, until a key is written again', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
      const text = JSON.stringify(value)
      const [key = ''] = Object.keys(value)
      expect(repeatedKey(text)).toBeNull()
      expect(repeatedKey(`${text.slice(0, -1)},${JSON.stringify(key)}:0}`)).toBe(key)
    }),
  )
})
