import { describe, expect, test } from 'bun:test'
import { type HashingThread, startHashingThread } from './hashing-thread'
import { createPasswordHasher } from './password-hasher'

const hasher = createPasswordHasher({ memoryCost: 64, timeCost: 1 })
const matches = async (...asked: Parameters<typeof hasher.verify>) => (await hasher.verify(...asked)).matches

test('a password matches its hash, and nothing else does', async () => {
  const hash = await hasher.hash('correct horse 9')
  expect(hash).toStartWith('$argon2id$')
  expect(await matches('correct horse 9', hash)).toBe(true)
  for (const other of ['', 'correct horse 8', 'correct horse 9 ', 'too long']) {
    expect(await matches(other, hash)).toBe(false)
  }
  expect(await matches('correct horse 9', null)).toBe(false)
})

test('an input that is too long never matches', async () => {
  const long = 'x'.repeat(1025)
  expect(await matches(long, await hasher.hash(long))).toBe(false)
  expect(await matches(long, await hasher.hash('too long'))).toBe(false)
  expect(await matches('€'.repeat(342), await hasher.hash('€'.repeat(342)))).toBe(false)
  expect(await matches('€'.repeat(341), await hasher.hash('€'.repeat(341)))).toBe(true)
})

// é as one code point and as two; Hangul; a sign that NFC replaces by another code point (Å, Ångström).
test.each([
  ['caf\u00e9 au lait', 'cafe\u0301 au lait'],
  ['\ud55c\uae00 password', '\u1112\u1161\u11ab\u1100\u1173\u11af password'],
  ['\u00e5ngstr\u00f6m \u00c5', 'a\u030angstro\u0308m \u212b'],
])('%j is the same password whichever keyboard typed it', async (composed, decomposed) => {
  for (const stored of [await hasher.hash(composed), await hasher.hash(decomposed)])
    for (const typed of [composed, decomposed])
      expect(await hasher.verify(typed, stored)).toEqual({ matches: true, replacement: null })
})

test('characters that only look alike are different', async () => {
  const hash = await hasher.hash('\ufb01sh and chips')
  expect(await matches('fish and chips', hash)).toBe(false)
})

test('a hash of an unnormalized password still matches, and is returned with its replacement', async () => {
  const typed = 'cafe\u0301 au lait'
  const old = await Bun.password.hash(typed, { algorithm: 'argon2id', memoryCost: 64, timeCost: 1 })
  const { matches: fits, replacement } = await hasher.verify(typed, old)
  expect(fits).toBe(true)
  expect(await hasher.verify('caf\u00e9 au lait', replacement)).toEqual({ matches: true, replacement: null })
  expect(await matches('caf\u00e9 au lait', old)).toBe(false)
  expect(await hasher.verify(`${typed}!`, old)).toEqual({ matches: false, replacement: null })
  expect(await hasher.verify(typed, null)).toEqual({ matches: false, replacement: null })
})

describe('unavailable threads', () => {
  const CHEAP = { memoryCost: 64, timeCost: 1, concurrency: 1 }

  test('a thread that does not start fails the waiting calls, and no later ones', async () => {
    let refusals = 3
    const startThread = () => {
      if (refusals-- > 0) throw new Error('no descriptors')
      return startHashingThread()
    }
    const starved = createPasswordHasher({ ...CHEAP, startThread })
    const hash = await hasher.hash('right')
    expect(await failures(starved.verify('right', hash), starved.verify('right', null))).toEqual(['503', '503'])
    expect(await starved.verify('right', hash)).toMatchObject({ matches: true })
    expect(await starved.verify('right', null)).toMatchObject({ matches: false })
  })

  test('one that exits while calls wait for it is replaced', async () => {
    let started = 0
    const startThread = (): HashingThread => (started++ === 0 ? dyingThread() : startHashingThread())
    const hurt = createPasswordHasher({ ...CHEAP, startThread })
    const hash = await hasher.hash('right')
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => hurt.verify('right', hash)))
    // What the dead thread was asked has failed: one verification, or the hash of nobody.
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(4)
    expect(started).toBe(2)
    expect(await hurt.verify('wrong', hash)).toMatchObject({ matches: false })
  })

  test('if it cannot be replaced, all waiting calls fail, and the next one is served', async () => {
    let started = 0
    const startThread = (): HashingThread => {
      if (++started === 2) throw new Error('no descriptors')
      return started === 1 ? dyingThread() : startHashingThread()
    }
    const hurt = createPasswordHasher({ ...CHEAP, startThread })
    const hash = await hasher.hash('right')
    expect(await failures(...Array.from({ length: 5 }, () => hurt.hash('x')))).toEqual(Array(5).fill('503'))
    expect(await hurt.verify('right', hash)).toMatchObject({ matches: true })
  })

  test('all are started at once on request, and no more later', async () => {
    let started = 0
    const startThread = () => {
      started++
      return startHashingThread()
    }
    const ready = createPasswordHasher({ ...CHEAP, concurrency: 3, startThread })
    await ready.start()
    expect(started).toBe(3)
    await Promise.all(Array.from({ length: 20 }, () => ready.hash('x')))
    expect(started).toBe(3)
  })

  /** Exits at the first call. */
  function dyingThread(): HashingThread {
    let ended = false
    const die = async (): Promise<never> => {
      await new Promise(setImmediate)
      ended = true
      throw new Error('a hashing thread exited')
    }
    return {
      get ended() {
        return ended
      },
      ready: async () => {},
      hash: die,
      verify: die,
    }
  }

  async function failures(...work: readonly Promise<unknown>[]): Promise<readonly string[]> {
    const settled = await Promise.allSettled(work)
    return settled.map((one) => (one.status === 'rejected' ? String(one.reason.status) : 'done'))
  }
})
