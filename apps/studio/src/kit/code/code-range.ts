import type { CodeRange } from './code-editor'

const WORD = /^[\w$]+/

/** The word (or else the character) at a line and column, both from 1, as the server counts them. Beyond the end of a line: its end. */
export function rangeAt(text: string, line: number, column = 1): CodeRange {
  let from = 0
  for (let current = 1; current < line; current++) {
    const end = text.indexOf('\n', from)
    if (end < 0) return { from: text.length, to: text.length }
    from = end + 1
  }
  const lineEnd = text.indexOf('\n', from)
  const end = lineEnd < 0 ? text.length : lineEnd
  from = Math.min(from + column - 1, end)
  const word = WORD.exec(text.slice(from, end))?.[0].length ?? 1
  return { from, to: Math.min(from + word, end) }
}
