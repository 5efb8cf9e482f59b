import { describe, expect, test } from 'bun:test'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { editVariable } from './edit-variables'

const TEXT = `# Secrets of this machine
A=1   # one
export B='two
lines'

C="three"
`

describe('editVariable', () => {
  test('changes one line and leaves the others', () => {
    expect(editVariable(TEXT, 'A', '2')).toBe(TEXT.replace('A=1   # one', 'A=2'))
    expect(editVariable(TEXT, 'B', 'x y')).toBe(TEXT.replace("export B='two\nlines'", "B='x y'"))
    expect(editVariable(TEXT, 'C', null)).toBe(TEXT.replace('C="three"\n', ''))
    expect(editVariable('A=1', 'D', '4')).toBe('A=1\nD=4\n')
    expect(editVariable('A=1\nA=2\n', 'A', '3')).toBe('A=3\n')
    expect(editVariable('AB=1\n', 'A', '3')).toBe('AB=1\nA=3\n')
  })

  test('what is set is what is read, and nothing else changes', () => {
    const value = fc.string({ unit: fc.constantFrom(...'ab \'"`$#=\\\n{}') })
    fc.assert(
      fc.property(value, value, value, (a, b, next) => {
        let text = '# comment\n'
        try {
          for (const [name, one] of [
            ['A', a],
            ['B', b],
            ['A', next],
          ] as const)
            text = editVariable(text, name, one)
        } catch (error) {
          // One of them fits into no file.
          if (error instanceof RangeError) return
          throw error
        }
        expect(parseEnv(text)).toMatchObject({ A: next, B: b })
        expect(text).toStartWith('# comment\n')
        expect(parseEnv(editVariable(text, 'A', null))).toMatchObject({ B: b })
      }),
    )
  })
})
