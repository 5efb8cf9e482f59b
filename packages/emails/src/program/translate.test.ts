import { expect, test } from 'bun:test'
import { translator } from './translate'

const FRENCH = { locale: 'fr', texts: { welcome: { title: 'Bonjour {name}' } } }
const ENGLISH = {
  locale: 'en',
  texts: {
    welcome: { title: 'Hello {name}', days: { one: '{count} day', other: '{count} days' } },
    'flat.key': 'Flat',
  },
}

test('a text is that of the first locale that has it, with its values', () => {
  const translated = translator('fr-CA', [FRENCH, ENGLISH])
  const { t } = translated
  expect(t('welcome.title', { name: 'Ann' })).toBe('Bonjour Ann')
  expect([1, 2].map((count) => t('welcome.days', { count }))).toEqual(['1 day', '2 days'])
  expect(t('flat.key')).toBe('Flat')
  // What a value says is no pattern of its own.
  expect(t('welcome.title', { name: '{name} $&' })).toBe('Bonjour {name} $&')
  expect(t('welcome.title')).toBe('Bonjour {name}')
  expect([translated.missing, translated.untranslated]).toEqual([[], ['welcome.days', 'flat.key']])
})

test('what no locale has is the key, and is known', () => {
  const translated = translator('fr', [FRENCH, ENGLISH])
  const keys = ['welcome.body', 'welcome', 'constructor', 'welcome.toString']
  expect(keys.map((key) => translated.t(key))).toEqual(keys)
  expect(translated.missing).toEqual(keys)
})
