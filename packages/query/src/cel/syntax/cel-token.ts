import { CelError } from './cel-error'
import type { Range } from './parse-cel'

/** A word of a source. `text` is as it is written. */
export interface Token extends Range {
  readonly kind: 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'name' | 'escaped name' | 'keyword' | 'symbol' | 'end'
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
  ['escaped name', /`[A-Za-z0-9_.\-/ ]+`/y],
  ['symbol', /==|!=|<=|>=|&&|\|\||[<>+\-*/%!?:.,()[\]{}]/y],
]

const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in'])

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
  throw new CelError(`unexpected character: ${character}`, { start, end: start + character.length })
}
