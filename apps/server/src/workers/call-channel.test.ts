import { expect, test } from 'bun:test'
import { createCallHandlers, defineCall } from '@koyalite/kernel'
import { type CallChannel, createCallChannel } from './call-channel'

const DOUBLE = defineCall<number, number>('toys.double')

/** Two ends of a channel, as two processes have it. */
function channel() {
  const [here, there] = [createCallHandlers(), createCallHandlers()]
  const left: CallChannel = createCallChannel((message) => right.receive(message), here.handle)
  const right: CallChannel = createCallChannel((message) => left.receive(message), there.handle)
  return { left, right, here, there }
}

const reason = (failed: Promise<unknown>) => failed.catch((error: unknown) => String(error))

test('K11a each end answers the other', async () => {
  const { left, right, here, there } = channel()
  here.answer(DOUBLE, (n) => n * 2)
  there.answer(DOUBLE, async (n) => n * 200)
  expect(await Promise.all([left.call(DOUBLE, 1), right.call(DOUBLE, 2), left.call(DOUBLE, 3)])).toEqual([200, 4, 600])
})

test('K11a a call rejects where the other end throws, does not know it, or goes', async () => {
  const { left, right, there } = channel()
  expect(await reason(left.call(DOUBLE, 1))).toContain('nobody answers the call toys.double')
  there.answer(DOUBLE, () => {
    throw new Error('no')
  })
  expect(await reason(left.call(DOUBLE, 1))).toContain('no')
  const waiting = right.call(defineCall<null, null>('toys.never'), null)
  right.close()
  expect(await reason(waiting)).toContain('the other process has ended')
})

test('a call has one handler', () => {
  const { here } = channel()
  here.answer(DOUBLE, (n) => n)
  expect(() => here.answer(DOUBLE, (n) => n)).toThrow('two handlers of the call toys.double')
})
