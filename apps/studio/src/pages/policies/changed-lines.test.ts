import { expect, test } from 'bun:test'
import { changedLines } from './changed-lines'

const shown = (before: string, after: string) =>
  changedLines(before, after).map(({ kind, text }) => `${kind === 'removed' ? '-' : '+'}${text}`)

test('shows the lines that differ, and no others', () => {
  expect(shown('a\nb\nc\nd\ne', 'a\nB\nc\nd\nE')).toEqual(['-b', '+B', '-e', '+E'])
  expect(shown('a\nb', 'a\nb')).toEqual([])
  expect(shown('a\nc', 'a\nb\nc')).toEqual(['+b'])
  expect(shown('a\nb\nc', 'a\nc')).toEqual(['-b'])
  expect(shown('', 'a')).toEqual(['-', '+a'])
  expect(shown('x\na\nb\ny', 'x\nb\na\ny')).toHaveLength(2)
})
