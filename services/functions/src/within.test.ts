import { expect, test } from 'bun:test'
import { whileSomeEnd } from './within'

test('many that come one after the other are all waited for, however long it takes in all', async () => {
  const works = [1, 2, 3, 4].map((n) => Bun.sleep(n * 60))
  let ended = 0
  for (const work of works) void work.then(() => ended++)
  await whileSomeEnd(150, works)
  expect(ended).toBe(4)
})

test('one that never comes is waited for only so long, after the last other', async () => {
  const begun = performance.now()
  await whileSomeEnd(100, [new Promise(() => {}), Bun.sleep(50), Bun.sleep(80)])
  expect(performance.now() - begun).toBeGreaterThan(150)
})

test('nothing is not waited for', async () => {
  await whileSomeEnd(60_000, [])
})
