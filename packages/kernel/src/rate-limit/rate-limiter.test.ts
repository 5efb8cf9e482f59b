import { describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import fc from 'fast-check'
import { addressBucket } from './address-bucket'
import { requireAllowed } from './rate-headers'
import { createRateLimiter } from './rate-limiter'

const FIVE_A_MINUTE = { count: 5, per: 60_000 }

function clocked(maxBuckets?: number) {
  const clock = { now: 0 }
  const limiter = createRateLimiter({ now: () => clock.now, ...(maxBuckets === undefined ? {} : { maxBuckets }) })
  return { clock, limiter, take: (bucket = 'a', cost = 1) => limiter.take([{ bucket, rate: FIVE_A_MINUTE }], cost) }
}

describe('a token bucket', () => {
  test('allows its count at once, then one in each share of the time', () => {
    const { clock, take } = clocked()
    for (let left = 4; left >= 0; left--) expect(take()).toMatchObject({ allowed: true, remaining: left, limit: 5 })
    expect(take()).toMatchObject({ allowed: false, remaining: 0, retryAfter: 12_000 })
    clock.now += 12_000
    expect(take()?.allowed).toBe(true)
    expect(take()?.allowed).toBe(false)
  })

  test('loses nothing where the clock is set back', () => {
    const { clock, take } = clocked()
    clock.now = 3_600_000
    expect(take()).toMatchObject({ allowed: true, remaining: 4 })
    clock.now = 0
    expect(take()).toMatchObject({ allowed: true, remaining: 3 })
    clock.now = 12_000
    expect(take()).toMatchObject({ allowed: true, remaining: 3 })
  })

  test('counts each bucket for itself', () => {
    const { take } = clocked()
    for (let i = 0; i < 5; i++) take('a')
    expect(take('a')?.allowed).toBe(false)
    expect(take('b')?.allowed).toBe(true)
  })

  test('charges nothing where one of several refuses', () => {
    const { limiter, take } = clocked()
    for (let i = 0; i < 5; i++) take('full')
    const both = [
      { bucket: 'full', rate: FIVE_A_MINUTE },
      { bucket: 'free', rate: FIVE_A_MINUTE },
    ]
    expect(limiter.take(both)?.allowed).toBe(false)
    expect(take('free')?.remaining).toBe(4)
  })

  test('a cost beyond the whole limit needs a whole limit, and uses it up', () => {
    const { take } = clocked()
    expect(take('a', 1000)?.allowed).toBe(true)
    expect(take('a')?.allowed).toBe(false)
    expect(take('b')?.allowed).toBe(true)
    expect(take('b', 1000)?.allowed).toBe(false)
  })

  test('without a rate there is no limit', () => {
    expect(clocked().limiter.take([{ bucket: 'a', rate: null }])).toBeNull()
  })

  test('forgets the bucket untouched for longest when there are too many', () => {
    const { take } = clocked(10)
    for (let i = 0; i < 5; i++) take('used up')
    for (let i = 0; i < 10; i++) take(`other ${i}`)
    expect(take('used up')?.allowed).toBe(true)
  })

  test('never allows more than count + elapsed share, in any order of waiting and asking', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30_000 }), { maxLength: 60 }), (waits) => {
        const { clock, take } = clocked()
        let allowed = 0
        for (const wait of waits) {
          clock.now += wait
          if (take()?.allowed) allowed++
        }
        return allowed <= 5 + (clock.now * 5) / 60_000
      }),
    )
  })
})

test('a refusal says when to come back, in whole seconds', () => {
  const { clock, take } = clocked()
  for (let i = 0; i < 5; i++) take()
  clock.now += 11_500
  let refusal: unknown
  try {
    requireAllowed({ reportRateLimit: () => {}, isUnlimited: false }, take())
  } catch (error) {
    refusal = error
  }
  expect(refusal).toBeInstanceOf(AppError)
  expect((refusal as AppError).code).toBe('RATE_LIMITED')
  expect((refusal as AppError).headers).toMatchObject({ 'retry-after': '1', 'ratelimit-limit': '5' })
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::ffff:c000:0201', '192.0.2.1'],
])('limits count %s as %s', (ip, bucket) => expect(addressBucket(ip)).toBe(bucket))
