import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { openSecretBox } from './secret-box'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite secrets '))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('gives back what was sealed, in its place only', async () => {
  const box = await openSecretBox({ dir: null })
  const text = fc.string({ unit: 'grapheme', maxLength: 100 })
  fc.assert(
    fc.property(text, text, text, (secret, place, other) => {
      const sealed = box.seal(secret, place)
      expect(box.isSealed(sealed)).toBe(true)
      expect(box.open(sealed, place)).toBe(secret)
      expect(box.open(sealed, `${place}${other}x`)).toBeNull()
    }),
  )
})

test('opens nothing that was changed, anywhere', async () => {
  const box = await openSecretBox({ dir: null })
  const sealed = box.seal('JBSWY3DPEHPK3PXP', 'totp ann')
  fc.assert(
    fc.property(fc.nat({ max: sealed.length - 1 }), fc.constantFrom('A', 'b', '0', '-', ':'), (at, character) => {
      const changed = `${sealed.slice(0, at)}${character}${sealed.slice(at + 1)}`
      // The last character has bits that stand for nothing.
      fc.pre(changed !== sealed && at < sealed.length - 1)
      expect(box.open(changed, 'totp ann')).toBeNull()
      expect(box.open(sealed.slice(0, at), 'totp ann')).toBeNull()
    }),
  )
})

test('takes what was never sealed for what it is', async () => {
  const box = await openSecretBox({ dir: null })
  for (const text of ['', 'JBSWY3DPEHPK3PXP', 'sealed:', 'sealed::', 'sealed:other:AAAA'])
    expect(box.open(text, '')).toBeNull()
  expect(box.isSealed('JBSWY3DPEHPK3PXP')).toBe(false)
  expect(box.isCurrent('sealed:other:AAAA')).toBe(false)
})

test('the same secret looks different every time', async () => {
  const box = await openSecretBox({ dir: null })
  expect(new Set(Array.from({ length: 100 }, () => box.seal('same', 'place'))).size).toBe(100)
})

test('the key outlives the process, in a file of its owner', async () => {
  const keys = join(dir, 'keys')
  const sealed = (await openSecretBox({ dir: keys })).seal('secret', 'place')
  expect(readdirSync(keys)).toEqual(['secrets.json'])
  expect(statSync(join(keys, 'secrets.json')).mode & 0o777).toBe(0o600)
  expect(statSync(keys).mode & 0o777).toBe(0o700)
  expect((await openSecretBox({ dir: keys })).open(sealed, 'place')).toBe('secret')
  expect((await openSecretBox({ dir: join(dir, 'other') })).open(sealed, 'place')).toBeNull()
})

test('a new key seals, those before it still open; one is made every year', async () => {
  const box = await openSecretBox({ dir, now: () => 0 })
  const first = box.seal('secret', 'place')
  await box.rotate()
  const second = box.seal('secret', 'place')
  expect([box.isCurrent(first), box.isCurrent(second)]).toEqual([false, true])
  const later = await openSecretBox({ dir, now: () => 366 * 86_400_000 })
  const third = later.seal('secret', 'place')
  expect([first, second, third].map((sealed) => later.open(sealed, 'place'))).toEqual(['secret', 'secret', 'secret'])
  expect([first, second, third].map((sealed) => later.isCurrent(sealed))).toEqual([false, false, true])
})

test('a process that only reads makes no key', async () => {
  const reader = await openSecretBox({ dir, readOnly: true })
  expect(readdirSync(dir)).toEqual([])
  expect(() => reader.seal('secret', 'place')).toThrow('no key')
  const sealed = (await openSecretBox({ dir })).seal('secret', 'place')
  const before = readFileSync(join(dir, 'secrets.json'), 'utf8')
  expect((await openSecretBox({ dir, readOnly: true, now: () => 1e15 })).open(sealed, 'place')).toBe('secret')
  expect(readFileSync(join(dir, 'secrets.json'), 'utf8')).toBe(before)
})
