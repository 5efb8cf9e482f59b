import { type NumberFidelity, numberFidelity } from './number-fidelity'

/** A number in a JSON text that a JavaScript number cannot hold as it is written. */
export interface InexactNumber {
  /** Keys and indexes from the outermost value on. */
  readonly path: readonly string[]
  /** As it is written. */
  readonly token: string
  readonly fidelity: Exclude<NumberFidelity, 'exact'>
}

/**
 * The first numbers of a JSON text that would not come back as they were written. Most texts have none, which one look at the digits shows: such a number has
 * 16 characters or an exponent of three digits.
 * @param text what JSON.parse has accepted
 * @param isAllowed whether a number may be read anyway
 */
export function inexactNumbers(
  text: string,
  isAllowed: (number: InexactNumber) => boolean = () => false,
): readonly InexactNumber[] {
  return SUSPICIOUS.test(text) ? search(text, isAllowed) : NONE
}

const NONE: readonly InexactNumber[] = []
const SUSPICIOUS = /(?:^|[:,[\s])-?\d(?:[\d.]{15}|[\d.]*[eE][-+]?\d{3})/
const MAX_FOUND = 20

/** The numbers and keys of a valid JSON text stand where they stand: only strings have to be passed over. */
function search(text: string, isAllowed: (number: InexactNumber) => boolean): readonly InexactNumber[] {
  const found: InexactNumber[] = []
  /** Of each open object or list, the present key or index. */
  const places: (string | number)[] = []
  for (let at = 0; at < text.length && found.length < MAX_FOUND; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      if (typeof places.at(-1) === 'string' && isKey(text, end)) {
        places[places.length - 1] = JSON.parse(text.slice(at, end)) as string
      }
      at = end - 1
    } else if (code === OPEN_OBJECT) places.push('')
    else if (code === OPEN_LIST) places.push(0)
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) places.pop()
    else if (code === COMMA) {
      const place = places.at(-1)
      if (typeof place === 'number') places[places.length - 1] = place + 1
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const start = at
      while (isNumeric(text.charCodeAt(at + 1))) at++
      const token = text.slice(start, at + 1)
      const fidelity = numberFidelity(token)
      if (fidelity === 'exact') continue
      const number = { path: places.map(String), token, fidelity }
      if (!isAllowed(number)) found.push(number)
    }
  }
  return found
}

/** `0`–`9 + - . e E` */
function isNumeric(code: number): boolean {
  return (
    (code >= ZERO && code <= NINE) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === MINUS
  )
}

/** Behind the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at + 1
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

function isKey(text: string, end: number): boolean {
  let at = end
  while (text.charCodeAt(at) <= 0x20) at++
  return text.charCodeAt(at) === COLON
}

/** Why a number is refused, and what to do. */
export function inexactMessage(name: string, token: string): string {
  const shown = token.length > 40 ? `${token.slice(0, 40)}…` : token
  return `${name} is ${shown}, which JSON clients cannot represent exactly: send it as a string, or with fewer digits`
}
