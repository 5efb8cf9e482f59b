import { expect, test } from 'bun:test'
import { rangeAt } from './code-range'

const TEXT = 'version: 1\ncollections:\n  posts: {}\n'

test.each([
  [1, 1, 'version'],
  [2, 1, 'collections'],
  [3, 3, 'posts'],
  [3, 8, ':'],
  // Beyond the end of the line, and of the text.
  [1, 99, ''],
  [9, 1, ''],
])('line %p, column %p is %p', (line, column, expected) => {
  const { from, to } = rangeAt(TEXT, line, column)
  expect(TEXT.slice(from, to)).toBe(expected)
})
