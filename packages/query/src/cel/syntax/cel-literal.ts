import { CelUint, MAX_INT, MAX_UINT, MIN_INT } from '../memory/cel-value'
import { CelError } from './cel-error'
import type { Token } from './cel-token'
import type { Range } from './parse-cel'

/** The value of a number. @param sign the minus before it, which is a part of the literal */
export function numberLiteral({ kind, text }: Token, sign: '-' | '', range: Range): bigint | number | CelUint {
  if (kind === 'double') {
    const value = Number(`${sign}${text}`)
    if (!Number.isFinite(value)) throw new CelError(`${sign}${text} is too large for a double`, range)
    return value
  }
  const digits = BigInt(kind === 'uint' ? text.slice(0, -1) : text)
  const value = sign === '-' ? -digits : digits
  const fits = kind === 'uint' ? value <= MAX_UINT : value >= MIN_INT && value <= MAX_INT
  if (!fits) throw new CelError(`${value} does not fit into 64 bits`, range)
  return kind === 'uint' ? new CelUint(value) : value
}

/** The value of a string. */
export function stringLiteral(token: Token): string {
  const { body, at, isRaw } = opened(token)
  if (isRaw) return body
  return body.replace(ESCAPE, (written: string, offset: number) => {
    const range = { start: at + offset, end: at + offset + written.length }
    const code = codeOf(written, range)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw new CelError(`${written} is not a character`, range)
    }
    return String.fromCodePoint(code)
  })
}

/** The value of bytes: characters are those of UTF-8, `\x` and octal escapes single bytes. */
export function bytesLiteral(token: Token): Uint8Array {
  const { body, at, isRaw } = opened(token)
  if (isRaw) return new TextEncoder().encode(body)
  const bytes: number[] = []
  let end = 0
  for (const match of body.matchAll(ESCAPE)) {
    const [written] = match
    const range = { start: at + match.index, end: at + match.index + written.length }
    bytes.push(...new TextEncoder().encode(body.slice(end, match.index)))
    if (/^\\[uU]/.test(written)) throw new CelError(`${written} stands for a character, not for a byte`, range)
    bytes.push(codeOf(written, range))
    end = match.index + written.length
  }
  bytes.push(...new TextEncoder().encode(body.slice(end)))
  return Uint8Array.from(bytes)
}

interface Opened {
  readonly body: string
  /** Where the body begins in the source. */
  readonly at: number
  readonly isRaw: boolean
}

/** What is between the quotes. Ends of lines are `\n` in it, whatever the file has. */
function opened({ text, start }: Token): Opened {
  const prefix = /^[bBrR]*/.exec(text)?.[0] ?? ''
  const quote = /^(?:'''|""")/.test(text.slice(prefix.length)) ? 3 : 1
  const body = text.slice(prefix.length + quote, text.length - quote)
  return { body: body.replace(/\r\n?/g, '\n'), at: start + prefix.length + quote, isRaw: /[rR]/.test(prefix) }
}

const ESCAPE = /\\(?:[xX][\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-3][0-7]{2}|[\s\S]|$)/g

const CHARACTERS: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '"': 34,
  "'": 39,
  '\\': 92,
  '?': 63,
  '`': 96,
}

function codeOf(written: string, range: Range): number {
  const kind = written[1] ?? ''
  if (written.length <= 2) {
    const code = CHARACTERS[kind]
    if (code === undefined) throw new CelError(`invalid escape sequence: ${written}`, range)
    return code
  }
  return /[xXuU]/.test(kind) ? Number.parseInt(written.slice(2), 16) : Number.parseInt(written.slice(1), 8)
}
