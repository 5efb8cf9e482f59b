import { describe, expect, test } from 'bun:test'
import { rank } from './rank'

const best = (typed: string, texts: readonly string[]) =>
  texts
    .map((text) => ({ text, score: rank(typed, text) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ text }) => text)

describe('what the palette offers first', () => {
  test('the same text, then what begins so, then a word of it, then the middle of one', () => {
    expect(best('post', ['signpost', 'blog posts', 'posts', 'post', 'users'])).toEqual([
      'post',
      'posts',
      'blog posts',
      'signpost',
    ])
  })

  test('all words have to be there, in any order and without accents', () => {
    expect(best('rules backup', ['Backup rules', 'Backups'])).toEqual(['Backup rules'])
    expect(best('uber', ['Über uns'])).toEqual(['Über uns'])
  })

  test('letters in order find what nothing else does, never what is unrelated', () => {
    expect(best('brls', ['Backup rules', 'Users'])).toEqual(['Backup rules'])
    expect(best('zq', ['Backup rules'])).toEqual([])
    expect(rank('(', 'a (b)')).toBeGreaterThan(0)
    expect(rank('', 'anything')).toBeGreaterThan(0)
  })
})
