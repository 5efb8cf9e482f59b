import { expect, test } from 'bun:test'
import { checkHooks } from './check-hooks'

const place = 'posts.beforeCreate in hooks/posts.ts'

test('hooks that are off, and those that held the server once or twice', () => {
  expect(checkHooks({ hooks: { off: () => [], stopped: () => [] } })).toEqual([])
  const at = ['2026-01-01T00:00:00.000Z']
  expect(checkHooks({ hooks: { off: () => [], stopped: () => [{ place, at }] } })).toMatchObject([
    { level: 'problem', message: `${place} did not end and held the server, which was started again: ${at[0]}` },
  ])
  const off = [{ place, reason: 'it has held the server 3 times' }]
  expect(checkHooks({ hooks: { off: () => off, stopped: () => [{ place, at }] } })).toMatchObject([
    { message: `${place} is off, and the writes that it belongs to are refused: it has held the server 3 times` },
  ])
})
