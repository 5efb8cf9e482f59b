import { expect, test } from 'bun:test'
import { createPasswordHasher } from './password-hasher'

const hasher = createPasswordHasher({ memoryCost: 64, timeCost: 1 })

test('a password matches its hash, and nothing else does', async () => {
  const hash = await hasher.hash('correct horse 9')
  expect(hash).toStartWith('$argon2id$')
  expect(await hasher.verify('correct horse 9', hash)).toBe(true)
  for (const other of ['', 'correct horse 8', 'correct horse 9 ', 'too long']) {
    expect(await hasher.verify(other, hash)).toBe(false)
  }
  expect(await hasher.verify('correct horse 9', null)).toBe(false)
})

test('what is too long to be a password is none, whatever it is', async () => {
  const long = 'x'.repeat(1025)
  expect(await hasher.verify(long, await hasher.hash(long))).toBe(false)
  expect(await hasher.verify(long, await hasher.hash('too long'))).toBe(false)
  expect(await hasher.verify('€'.repeat(342), await hasher.hash('€'.repeat(342)))).toBe(false)
  expect(await hasher.verify('€'.repeat(341), await hasher.hash('€'.repeat(341)))).toBe(true)
})
