import { StreamLanguage } from '@codemirror/language'

const WORDS: Readonly<Record<string, string>> = {
  true: 'bool',
  false: 'bool',
  null: 'null',
  in: 'operatorKeyword',
  auth: 'keyword',
  doc: 'keyword',
  old: 'keyword',
  request: 'keyword',
  now: 'keyword',
}

/** CEL, as rules and `where` have it. */
export const CEL = StreamLanguage.define({
  name: 'cel',
  token(stream) {
    if (stream.eatSpace()) return null
    if (stream.match('//')) {
      stream.skipToEnd()
      return 'comment'
    }
    if (stream.match(/^(?:[rR]?"(?:[^"\\]|\\.)*"?|[rR]?'(?:[^'\\]|\\.)*'?)/)) return 'string'
    if (stream.match(/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?/)) return 'number'
    const word = stream.match(/^[A-Za-z_]\w*/)
    if (Array.isArray(word)) {
      const known = WORDS[word[0] as string]
      if (known !== undefined) return known
      return stream.match(/^\s*\(/, false) ? 'function' : 'variableName'
    }
    if (stream.match(/^(?:&&|\|\||[=!<>]=|[-+*/%!<>?:])/)) return 'operator'
    stream.next()
    return null
  },
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', "'", '"'] } },
})
