import { RowError } from './source-row'

/** Decodes UTF-8, without the byte order mark. Throws a RowError at bytes that are not UTF-8. */
export async function* textChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch (error) {
      throw new RowError(line, 'or one of the next lines is not valid UTF-8', { cause: error })
    }
  }
  for await (const chunk of bytes) {
    const text = decode(chunk)
    yield text
    line += countNewlines(text)
  }
  const rest = decode()
  if (rest !== '') yield rest
}

export interface Line {
  /** 1-based. */
  readonly number: number
  readonly text: string
}

/** Lines without their ends, some at a time. */
export async function* lineBatches(chunks: AsyncIterable<string>): AsyncGenerator<readonly Line[]> {
  let number = 1
  let rest = ''
  for await (const chunk of chunks) {
    const texts = (rest + chunk).split('\n')
    rest = texts.pop() ?? ''
    if (texts.length === 0) continue
    yield texts.map((text) => ({ number: number++, text: withoutReturn(text) }))
  }
  if (rest !== '') yield [{ number, text: withoutReturn(rest) }]
}

export function countNewlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
