import { expect, test } from 'bun:test'
import { printableJson, printableText } from './printable-text'

test.each([
  ['plain ✓ text, ümläut, 漢字, 👍🏽', 'plain ✓ text, ümläut, 漢字, 👍🏽'],
  ['two\nlines\tand\r\na third', 'two\nlines\tand\na third'],
  ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['\u009b31mC1', '\\u009b31mC1'],
  ['over\rwritten\b\b', 'over\\u000dwritten\\u0008\\u0008'],
  ['user\u202Egnp.exe', 'user\\u202egnp.exe'],
])('%j', (text, shown) => {
  expect(printableText(text)).toBe(shown)
})

test('JSON stays the same value', () => {
  const value = { 'a\u009b': ['\u001b[0m', '\u202E', '\u2028', 'ü'] }
  const text = printableJson(value)
  expect(JSON.parse(text)).toEqual(value)
  expect(text).toBe('{"a\\u009b":["\\u001b[0m","\\u202e","\\u2028","ü"]}')
})
