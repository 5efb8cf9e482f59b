/** A text of CEL in the words of the parser's library. */
export interface TranslatedSource {
  readonly text: string
  /** The offset in the source that an offset in `text` stands for. */
  originOf(offset: number): number
  /** The name as it was written: one in backticks has another one in `text`. */
  nameOf(name: string): string
}

/**
 * Rewrites what the library does not read as the specification has it: doubles without a digit before the point (`.5`), form feeds
 * between words, raw bytes (`br'\d'`), characters of bytes beyond ASCII (it keeps one byte of each), names in backticks.
 */
export function translateSource(source: string): TranslatedSource {
  if (!NEEDS_TRANSLATION.test(source)) return { text: source, originOf: (offset) => offset, nameOf: (name) => name }
  const names = new Map<string, string>()
  const prefix = freePrefix(source)
  const origins: number[] = []
  let text = ''
  for (const token of source.matchAll(TOKEN)) {
    const written = translateToken(token, (name) => {
      const placeholder = `${prefix}${names.size}`
      names.set(placeholder, name)
      return placeholder
    })
    // Offsets are exact where nothing was rewritten, and those of the token where it was.
    const isSame = written === token[0]
    for (let index = 0; index < written.length; index++) origins.push(token.index + (isSame ? index : 0))
    text += written
  }
  return {
    text,
    originOf: (offset) => origins[offset] ?? source.length,
    nameOf: (name) => names.get(name) ?? name,
  }
}

const NEEDS_TRANSLATION = /[\f`]|(?<!\d)\.\d|[bB][rR]?["']/

/** Strings as a whole, so that nothing inside of them is taken for anything else; then what is rewritten; then all the rest. */
const TOKEN = new RegExp(
  [
    /\/\/[^\n]*/,
    /(?<rawBytes>[bB])?[rR](?<rawQuote>'''|"""|'|")(?<rawBody>(?:(?!\k<rawQuote>)[\s\S])*)\k<rawQuote>/,
    /(?<bytes>[bB])?(?<quote>'''|"""|'|")(?<body>(?:(?!\k<quote>)(?:\\[\s\S]|[^\\]))*)\k<quote>/,
    // A text without an end: the library says so.
    /["'][\s\S]*/,
    /`(?<quoted>[A-Za-z0-9_.\-/ ]+)`/,
    /(?<space>\f)/,
    /(?<fraction>\.\d+)/,
    /[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?/,
    /[\s\S]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
)

function translateToken(token: RegExpExecArray, placeholderOf: (name: string) => string): string {
  const [whole] = token
  const { rawBytes, rawQuote, rawBody = '', bytes, quote, body = '', quoted, space, fraction } = token.groups ?? {}
  if (rawBytes !== undefined) return `b${rawQuote}${escapedBytes(rawBody)}${rawQuote}`
  if (bytes !== undefined) return `b${quote}${asciiBytes(body)}${quote}`
  if (quoted !== undefined) return placeholderOf(quoted)
  if (space !== undefined) return ' '
  // Apart from what stands before, or `a.5` would become the name `a0` and a `.5`.
  return fraction === undefined ? whole : ` 0${fraction}`
}

/** Escapes, which the library reads rightly, are not touched. */
function asciiBytes(body: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant, with its control characters.
  return body.replace(/[^\x00-\x7f]+/g, escapedBytes)
}

function escapedBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

/** A beginning of names that the source has nowhere. */
function freePrefix(source: string): string {
  let prefix = 'q'
  while (source.includes(prefix)) prefix += '_q'
  return prefix
}
