import { expect, test } from 'bun:test'
import { directionOf, isLocaleTag, localeChain } from './locale'

test('a locale is stood in for by its language, then by the default', () => {
  expect(localeChain('fr-CA', 'en-GB')).toEqual(['fr-CA', 'fr', 'en-GB', 'en'])
  expect(localeChain('FR-ca', 'fr')).toEqual(['fr-CA', 'fr'])
  expect(localeChain('zh-hant-tw', 'en')).toEqual(['zh-Hant-TW', 'zh-Hant', 'zh', 'en'])
  expect(localeChain('', 'en')).toEqual(['en'])
  expect(localeChain('../../etc', 'en')).toEqual(['en'])
})

test('a language tag is what Intl takes', () => {
  for (const tag of ['fr', 'fr-CA', 'zh-Hant-TW', 'de-1996']) expect([tag, isLocaleTag(tag)]).toEqual([tag, true])
  for (const tag of ['', 'fr_CA', '../en', 'e', 'en-', 'x'.repeat(40), `en-${'a'.repeat(40)}`])
    expect([tag, isLocaleTag(tag)]).toEqual([tag, false])
})

test('lines begin on the right where the script is written so', () => {
  for (const tag of ['ar', 'he-IL', 'fa', 'ur-PK', 'az-Arab']) expect([tag, directionOf(tag)]).toEqual([tag, 'rtl'])
  for (const tag of ['en', 'fr-CA', 'ar-Latn', 'ja']) expect([tag, directionOf(tag)]).toEqual([tag, 'ltr'])
})
