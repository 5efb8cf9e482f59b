/** A word, name, literal or sign of SQL, with its place in the text. Space and comments are not tokens. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'literal' | 'sign'
  readonly text: string
  readonly start: number
  readonly end: number
}

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?<literal>[xX]?'(?:[^']|'')*'|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\w*)|(?<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<word>[\w$\u0080-\u{10ffff}]+)|(?<sign>[\s\S])/gu

export function sqlTokens(sql: string): readonly SqlToken[] {
  return [...sql.matchAll(TOKEN)].flatMap((match): SqlToken[] => {
    const kind = (['literal', 'quoted', 'word', 'sign'] as const).find((name) => match.groups?.[name] !== undefined)
    return kind ? [{ kind, text: match[0], start: match.index, end: match.index + match[0].length }] : []
  })
}

/** The name that a token is, in lower case, as SQLite compares names. */
export function tokenName({ kind, text }: SqlToken): string {
  const isQuoted = kind === 'quoted' || text.startsWith("'")
  const quote = text.slice(-1)
  return (isQuoted ? text.slice(1, -1).replaceAll(quote + quote, quote) : text).toLowerCase()
}

/** Whether a token is this keyword. A quoted word is not a keyword. */
export function isWord(token: SqlToken | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase())
}

/** Where a parenthesis that opens at `open` is over: the place after the one that closes it. */
export function afterGroup(tokens: readonly SqlToken[], open: number): number {
  let depth = 0
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]?.text === '(') depth++
    if (tokens[i]?.text === ')' && --depth === 0) return i + 1
  }
  return tokens.length
}

/** The parts between the commas that are in no parentheses. */
export function splitAtCommas(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const parts: SqlToken[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth++
    if (token.text === ')') depth--
    if (token.text === ',' && depth === 0) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}
