import { expect, test } from 'bun:test'
import passwords from '@zxcvbn-ts/language-common/src/passwords.json'
import { isCommonPassword } from './common-passwords'

test('the whole list is found, in any case', () => {
  expect(passwords.length).toBeGreaterThan(40_000)
  const missed = passwords.filter((password, n) => n % 50 === 0 && !isCommonPassword(password.toUpperCase()))
  expect(missed).toEqual([])
  for (const common of ['password', 'PassWord1', 'pa\u017f\u017fword', '\u212anight', 'qwertyuiop', 'letmein1'])
    expect([common, isCommonPassword(common)]).toEqual([common, true])
})

test.each(['correct horse battery', 'password","12345678', '"', '', ',', '["123456"', 'password ', 'pässword', '\\'])(
  'not %j: only whole entries are',
  (password) => expect(isCommonPassword(password)).toBe(false),
)
