/** One statement in a text, as offsets in UTF-16 units. It begins with its first word and ends before its semicolon: comments around it are not part of it. */
export interface SqlStatement {
  readonly from: number
  readonly to: number
  /** Its first word in upper case: `SELECT`. Empty where it begins with something else. */
  readonly verb: string
}

/**
 * The statements of a text, as SQLite's own tokenizer divides it: a semicolon in a string, a quoted name, a comment or the body of a trigger ends
 * nothing. What only comments and blanks are in is no statement.
 */
export function splitStatements(text: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = []
  let open: { from: number; to: number; verb: string } | null = null
  let trigger: 'maybe' | 'no' | 'yes' = 'maybe'
  let words = 0
  /** The last two tokens within a trigger, to see its `; END ;`. */
  let before = ''
  let last = ''
  for (const token of tokensOf(text)) {
    if (token.kind === 'space') continue
    const upper = token.kind === 'word' ? text.slice(token.from, token.to).toUpperCase() : ''
    if (token.kind === 'semicolon') {
      const isInside = trigger === 'yes' && !(last === 'END' && before === ';')
      if (open !== null && !isInside) {
        statements.push(open)
        open = null
      }
    } else if (open === null) {
      open = { from: token.from, to: token.to, verb: upper }
      trigger = upper === 'CREATE' ? 'maybe' : 'no'
      words = 0
    }
    if (open !== null) {
      open.to = token.to
      if (trigger === 'maybe' && words > 0 && upper !== 'TEMP' && upper !== 'TEMPORARY')
        trigger = upper === 'TRIGGER' ? 'yes' : 'no'
      words++
    }
    before = last
    last = token.kind === 'semicolon' ? ';' : upper
  }
  return open === null ? statements : [...statements, open]
}

/** The statement that a cursor is in: the one around it, else the last that ends before it on the same line, else the next one, else the last. */
export function statementAt(text: string, at: number): SqlStatement | null {
  const statements = splitStatements(text)
  const around = statements.find(({ from, to }) => from <= at && at <= to)
  if (around !== undefined) return around
  const ended = statements.findLast(({ to }) => to < at)
  if (ended !== undefined && !text.slice(ended.to, at).includes('\n')) return ended
  return statements.find(({ from }) => from > at) ?? ended ?? null
}

interface Token {
  readonly kind: 'space' | 'semicolon' | 'word' | 'other'
  readonly from: number
  readonly to: number
}

const SPACE = /[ \t\n\f\r]+/y
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' }

function* tokensOf(text: string): Generator<Token> {
  let at = 0
  const token = (kind: Token['kind'], to: number): Token => {
    const from = at
    at = to
    return { kind, from, to }
  }
  while (at < text.length) {
    const character = text[at] as string
    if (character === ';') yield token('semicolon', at + 1)
    else if (text.startsWith('--', at)) yield token('space', endOf(text, '\n', at))
    else if (text.startsWith('/*', at)) yield token('space', endOf(text, '*/', at + 2))
    else if (character in CLOSING) yield token('other', endOfQuoted(text, at))
    else yield token(...plain(text, at))
  }
}

function plain(text: string, at: number): [Token['kind'], number] {
  for (const [kind, pattern] of [
    ['space', SPACE],
    ['word', WORD],
  ] as const) {
    pattern.lastIndex = at
    if (pattern.test(text)) return [kind, pattern.lastIndex]
  }
  return ['other', at + 1]
}

/** Behind the next `closing`, or the end of the text. */
function endOf(text: string, closing: string, from: number): number {
  const found = text.indexOf(closing, from)
  return found < 0 ? text.length : found + closing.length
}

/** A doubled quote is one of the text; in brackets nothing is doubled. */
function endOfQuoted(text: string, at: number): number {
  const closing = CLOSING[text[at] as string] as string
  let end = endOf(text, closing, at + 1)
  while (closing !== ']' && text[end] === closing) end = endOf(text, closing, end + 1)
  return end
}
