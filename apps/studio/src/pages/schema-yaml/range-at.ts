import type { CodeRange } from '../../kit/code/code-editor'

/** The word at a place of a text; without a column, the line. Places are counted from 1. */
export function rangeAt(text: string, line: number, column?: number): CodeRange {
  const lines = text.split('\n')
  const content = lines[line - 1] ?? ''
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  if (column === undefined)
    return { from: Math.min(start, text.length), to: Math.min(start + content.length, text.length) }
  const from = Math.min(start + column - 1, text.length)
  const word = /^[\w$.-]+|^.[^,}\]]*/.exec(content.slice(column - 1))?.[0] ?? ''
  return { from, to: Math.min(from + Math.max(1, word.length), text.length) }
}
