import { expect, test } from 'bun:test'
import { EventLoopDelay } from './event-loop-delay'

test('every reader is told of what was before the other one asked', async () => {
  const delay = new EventLoopDelay()
  const [first, second] = [delay.reader(), delay.reader()]
  let told = 0
  while (told === 0) {
    const until = performance.now() + 30
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 1))
    told = first()
  }
  expect(second()).toBeGreaterThanOrEqual(told)
})
