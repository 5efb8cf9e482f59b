import { expect, test } from 'bun:test'
import { uuidV7 } from './uuid-v7'

test('is a UUID of version 7, of now, and later ones sort behind', () => {
  const before = Date.now()
  const ids = Array.from({ length: 5000 }, uuidV7)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  const time = Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)
  expect(time).toBeGreaterThanOrEqual(before)
  expect(time).toBeLessThan(before + 5000)
})
