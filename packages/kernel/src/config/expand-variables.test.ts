import { describe, expect, test } from 'bun:test'
import { expandText } from './expand-variables'

const VARIABLES = { KEY: 'k', EMPTY: '', NESTED: '${KEY}', UNSET: undefined }

describe('expandText', () => {
  test.each([
    ['a ${KEY} b ${KEY}', 'a k b k', []],
    ['${EMPTY}|${EMPTY:-x}|${NONE:-y\\}z}', '|x|y\\}z', []],
    ['$${KEY} ${NESTED}', '${KEY} ${KEY}', []],
    ['${B} ${UNSET} ${KEY} ${A}', '${B} ${UNSET} k ${A}', ['B', 'UNSET', 'A']],
    ['${constructor} ${__proto__}', '${constructor} ${__proto__}', ['constructor', '__proto__']],
  ])('%s', (text, expanded, missing) => {
    expect(expandText(text, VARIABLES)).toEqual({ text: expanded, missing })
  })

  test('reads the environment of the process', () => {
    expect(expandText('${PATH}', process.env)).toEqual({ text: process.env.PATH ?? '', missing: [] })
  })
})
