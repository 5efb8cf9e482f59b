import { expect, test } from 'bun:test'
import { createAudience } from './audience'

test('a write is complete when every subscriber of its room has it, however far ahead some are', async () => {
  const audience = createAudience(4, 2)
  for (const room of [0, 0, 1]) await audience.expect(room)
  let isComplete = false
  const completed = audience.complete(0).then((is) => {
    isComplete = is
  })
  audience.receive(0, 2)
  audience.receive(2, 1)
  await Bun.sleep(0)
  expect(isComplete).toBe(false)
  expect(audience.missed()).toEqual({ few: 3, many: 0 })
  audience.receive(2, 1)
  await completed
  expect(isComplete).toBe(true)
  audience.receive(1, 1)
  audience.receive(3, 2)
  expect(await audience.complete(1)).toBe(true)
  expect(audience.missed()).toEqual({ few: 0, many: 1 })
  expect(audience.received).toBe(7)
})

test('of those who wait for room only as many go on as there is room for', async () => {
  const audience = createAudience(1, 1)
  let written = 0
  const writers = Array.from({ length: 5 }, async () => {
    if (await audience.expect(0, 2)) written++
  })
  for (const received of [0, 1, 2]) {
    await Bun.sleep(0)
    expect(written).toBe(received + 2)
    audience.receive(0, 1)
  }
  await Promise.all(writers)
  expect(written).toBe(5)
})
