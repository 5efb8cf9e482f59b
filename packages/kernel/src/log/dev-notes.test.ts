import { expect, test } from 'bun:test'
import { createDevNotes } from './dev-notes'

test('a note is printed once a minute for each key, and made only then', () => {
  const printed: string[] = []
  let made = 0
  let time = 0
  const notes = createDevNotes(
    (lines) => printed.push(...lines),
    () => time,
  )
  const note = (key: string) => notes.note(key, () => [`${key} ${++made}`])
  note('a')
  note('a')
  note('b')
  time = 59_999
  note('a')
  time = 60_000
  note('a')
  expect(printed).toEqual(['a 1', 'b 2', 'a 3'])
  expect(made).toBe(3)
})

test('the oldest of many keys are not remembered', () => {
  const printed: string[] = []
  const notes = createDevNotes((lines) => printed.push(...lines))
  for (let n = 0; n <= 500; n++) notes.note(String(n), () => [])
  notes.note('1', () => ['1 again'])
  notes.note('0', () => ['0 again'])
  expect(printed).toEqual(['0 again'])
})
