import { afterEach, describe, expect, test } from 'bun:test'
import { memoryStorage } from './auth-storage'
import type { WebLocks } from './browser-globals'
import { withLock } from './storage-lock'
import { slowStorage } from './testing/slow-storage'

const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator') ?? {}
afterEach(() => void Object.defineProperty(globalThis, 'navigator', navigator))
function setLocks(locks: WebLocks | undefined) {
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true })
}

/** Web Locks as far as they are used; a lock can be stolen, and one that is `deaf` never grants anything. */
function webLocks(deaf = false): WebLocks {
  let queue = Promise.resolve()
  let waiting = 0
  return {
    request(_name, { signal, steal, ifAvailable }, run) {
      if (deaf) return new Promise(() => {})
      if (steal) return run({})
      if (ifAvailable && waiting > 0) return run(null)
      waiting++
      const turn = queue
        .then(() => {
          signal?.throwIfAborted()
          return run({})
        })
        .finally(() => waiting--)
      queue = turn.then(
        () => {},
        () => {},
      )
      return turn
    },
  }
}

describe.each([
  ['Web Locks', webLocks()],
  ['a lease in storage', undefined],
] as const)('%s', (_, locks) => {
  test('let one run after the other, and each once', async () => {
    setLocks(locks)
    const storage = slowStorage()
    let [running, runs] = [0, 0]
    const work = async () => {
      expect(++running).toBe(1)
      runs++
      await Bun.sleep(2)
      running--
      return runs
    }
    const results = await Promise.all(Array.from({ length: 5 }, () => withLock(storage, 'one', work)))
    expect(results.sort()).toEqual([1, 2, 3, 4, 5])
    expect(await withLock(storage, 'one', async (hasWaited) => hasWaited)).toBe(false)
    expect(await storage.getItem('one:lock')).toBeNull()
  })

  test('are free again after a failure, which reaches the caller', async () => {
    setLocks(locks)
    const storage = memoryStorage()
    const failed = withLock(storage, 'two', () => Promise.reject(new Error('no network')))
    expect(await failed.catch((error: Error) => error.message)).toBe('no network')
    expect(await withLock(storage, 'two', async () => 'free')).toBe('free')
  })

  test('are taken from a tab that holds them for too long; its work goes on', async () => {
    setLocks(locks)
    const storage = memoryStorage()
    const frozen = Promise.withResolvers<string>()
    const first = withLock(storage, 'three', () => frozen.promise, 60)
    await Bun.sleep(40)
    expect(await withLock(storage, 'three', async () => 'stolen', 60)).toBe('stolen')
    frozen.resolve('thawed')
    expect(await first).toBe('thawed')
  })
})

test('locks that are never granted are done without', async () => {
  setLocks(webLocks(true))
  let runs = 0
  expect(await withLock(memoryStorage(), 'four', async () => ++runs, 20)).toBe(1)
})

test('a lease of the future is of a clock that was wrong', async () => {
  setLocks(undefined)
  const storage = memoryStorage()
  storage.setItem('five:lock', `${Date.now() + 86_400_000} somebody`)
  expect(await withLock(storage, 'five', async () => 'taken')).toBe('taken')
})
