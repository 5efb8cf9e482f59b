import { describe, expect, test } from 'bun:test'
import { KEYS } from './keys'
import { isTypedText, matchesKey } from './match-key'

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }

describe('which key was pressed', () => {
  test('Mod is Ctrl or Cmd, and other modifiers count', () => {
    expect(matchesKey({ ...NONE, key: 'k', ctrlKey: true }, 'Mod+K')).toBe(true)
    expect(matchesKey({ ...NONE, key: 'k', metaKey: true }, 'Mod+K')).toBe(true)
    expect(matchesKey({ ...NONE, key: 'k' }, 'Mod+K')).toBe(false)
    expect(matchesKey({ ...NONE, key: 'K', ctrlKey: true, shiftKey: true }, 'Mod+K')).toBe(false)
    expect(matchesKey({ ...NONE, key: 'Z', ctrlKey: true, shiftKey: true }, 'Mod+Shift+Z')).toBe(true)
    expect(matchesKey({ ...NONE, key: 'f', altKey: true }, 'Alt+F')).toBe(true)
    expect(matchesKey({ ...NONE, key: 'f' }, 'Alt+F')).toBe(false)
  })

  test('what Shift types on one keyboard and not on another is the same key', () => {
    expect(matchesKey({ ...NONE, key: '?', shiftKey: true }, '?')).toBe(true)
    expect(matchesKey({ ...NONE, key: '/' }, '/')).toBe(true)
    expect(matchesKey({ ...NONE, key: '/', ctrlKey: true }, '/')).toBe(false)
    expect(matchesKey({ ...NONE, key: 'N', shiftKey: true }, 'n')).toBe(false)
  })

  test('single letters are text in inputs, chords with a modifier are not', () => {
    expect(['n', '/', 'g d', '['].map(isTypedText)).toEqual([true, true, true, true])
    expect(['Mod+K', 'F2', 'Escape', 'Alt+F', 'Space'].map(isTypedText)).toEqual([false, false, false, false, false])
  })

  test('no two keys of one group are the same', () => {
    const seen = Object.values(KEYS).map(({ keys, group }) => `${group} ${keys}`)
    expect(new Set(seen).size).toBe(seen.length)
  })
})
