import { CelError } from './cel-error'
import type { Range } from './parse-cel'

/** A word of a source. `text` is as it is written. */
export interface Token extends Range {
  readonly kind:
    | 'int'
    | 'uint'
    | 'double'
    | 'string'
    | 'bytes'
    | 'name'
    | 'escaped name'
    | 'keyword'
    | 'parameter'
    | 'symbol'
    | 'end'
  readonly text: string
}

/** Spaces and comments; then every kind of word, the longer one first where one begins another. */
const SKIPPED = /(?:[\t \r\n\f]|\/\/[^\n]*)+/y
const WORDS: readonly (readonly [kind: Token['kind'], pattern: RegExp])[] = [
  ['double', /(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y],
  ['uint', /(?:0x[\da-fA-F]+|\d+)[uU]/y],
  ['int', /0x[\da-fA-F]+|\d+/y],
  [
    'bytes',
    /[bB](?:[rR](?:'''[\s\S]*?'''|"""[\s\S]*?"""|'[^'\n\r]*'|"[^"\n\r]*")|'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[^\n\r]|[^\\'\n\r])*'|"(?:\\[^\n\r]|[^\\"\n\r])*")/y,
  ],
  [
    'string',
    /[rR](?:'''[\s\S]*?'''|"""[\s\S]*?"""|'[^'\n\r]*'|"[^"\n\r]*")|'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[^\n\r]|[^\\'\n\r])*'|"(?:\\[^\n\r]|[^\\"\n\r])*"/y,
  ],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['parameter', /\$[1-9]\d{0,2}(?![A-Za-z0-9_])/y],
  ['escaped name', /`[A-Za-z0-9_.\-/ ]+`/y],
  ['symbol', /==|!=|<=|>=|&&|\|\||[<>+\-*/%!?:.,()[\]{}]/y],
]

/** Operators of other languages, and what they are in CEL. */
const NEAR_OPERATORS: Readonly<Record<string, string>> = { '=': '==', '&': '&&', '|': '||' }

const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in'])

/** Words that CEL reserves for host languages: they can be selected (`doc.for`), but name nothing. */
export const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)

/** Whether a word can name nothing. */
export function isReservedWord(word: string): boolean {
  return KEYWORDS.has(word) || RESERVED.has(word)
}

/**
 * The words of a source, and its end, as the grammar of CEL has them.
 * @throws CelError if the text is not a word.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = skip(source, 0)
  while (at < source.length) {
    const token = tokenAt(source, at)
    tokens.push(token)
    at = skip(source, token.end)
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length })
  return tokens
}

function skip(source: string, at: number): number {
  SKIPPED.lastIndex = at
  return SKIPPED.test(source) ? SKIPPED.lastIndex : at
}

function tokenAt(source: string, start: number): Token {
  for (const [kind, pattern] of WORDS) {
    pattern.lastIndex = start
    const text = pattern.exec(source)?.[0]
    if (text === undefined) continue
    return { kind: kind === 'name' && KEYWORDS.has(text) ? 'keyword' : kind, text, start, end: start + text.length }
  }
  const character = String.fromCodePoint(source.codePointAt(start) ?? 0)
  if (character === '"' || character === "'") {
    throw new CelError('unterminated string', { start, end: source.length })
  }
  const operator = Object.hasOwn(NEAR_OPERATORS, character) ? NEAR_OPERATORS[character] : undefined
  const advice = operator === undefined ? '' : ` (did you mean '${operator}'?)`
  throw new CelError(`unexpected character: ${character}${advice}`, { start, end: start + character.length })
}
