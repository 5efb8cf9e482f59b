import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { normalizeEmail, parseEmail } from './email-address'
import { isEmail } from './formats'

test.each([
  ['ann@example.com', 'ann@example.com'],
  [' Ann@Example.COM\t\n', 'ann@example.com'],
  ['\u00a0ann@example.com\u3000', 'ann@example.com'],
  ["O'Neil+X@SUB.example.com", "o'neil+x@sub.example.com"],
])('%j is stored as %j', (given, stored) => {
  expect(normalizeEmail(given)).toBe(stored)
  expect(parseEmail(given)).toBe(stored)
})

// Each folds, by toLowerCase, NFKC or case folding, to an address that is somebody else's.
test.each([
  'bo\u212a@example.com', // Kelvin sign
  'ann@example.\u212aom',
  'I\u0307@example.com', // i with a dot above, as the Turkish capital is lower-cased
  '\u0130@example.com', // dotted capital i
  'ann@b\u0131z.example.com', // dotless i
  '\u017fue@example.com', // long s
  '\uff41nn@example.com', // full-width a
  'ann@example\uff0ecom', // full-width full stop
  'ann@example\u3002com', // ideographic full stop
  'ann\uff20example.com', // full-width at
  'o\ufb03ce@example.com', // ligature
  'ann\u00ad@example.com', // soft hyphen
  'ann\u200b@example.com', // zero width space
  '\u0430nn@example.com', // Cyrillic a
  'a\u00a0nn@example.com', // no-break space
])('a look-alike is no address: %j', (text) => {
  expect(parseEmail(text)).toBeNull()
})

test.each([null, undefined, 1, true, {}, [['ann@example.com']], '', 'ann', `${'a'.repeat(70)}@example.com`])(
  'neither is %j',
  (value) => expect(parseEmail(value)).toBeNull(),
)

test('only ASCII capitals and white space around it are changed, and an address never becomes another one by Unicode’s rules', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', '@example.com'), (text, domain) => {
      const normal = normalizeEmail(text + domain)
      expect(normalizeEmail(normal)).toBe(normal)
      const kept = (value: string) => value.trim().replace(/[A-Za-z]/g, '')
      expect(kept(normal)).toBe(kept(text + domain))
      const stored = parseEmail(text + domain)
      if (stored === null) return
      expect(isEmail(stored)).toBe(true)
      expect(stored.normalize('NFKC').toLowerCase()).toBe(stored)
    }),
  )
})
