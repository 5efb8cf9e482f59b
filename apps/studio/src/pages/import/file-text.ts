export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

export const FORMATS = ['delimited', 'json', 'ndjson'] as const
export type FileFormat = (typeof FORMATS)[number]

/** The encoding of a file: by its byte order mark, else UTF-8 where it is valid, else that of old Windows programs. */
export function guessEncoding(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** The text of a file, without its byte order mark. */
export function decodeFile(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(bytes)
}

/** What a file is: its text says more than its name. */
export function guessFormat(text: string, name: string): FileFormat {
  const start = text.trimStart()
  if (/\.(ndjson|jsonl)$/i.test(name)) return 'ndjson'
  if (start.startsWith('[')) return 'json'
  if (!start.startsWith('{')) return 'delimited'
  const [first = '', second] = start.split('\n', 2)
  return isJson(first) && second !== undefined ? 'ndjson' : isJson(start) ? 'json' : 'delimited'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
