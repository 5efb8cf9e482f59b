/** A cell of CSV or TSV. Quotes tell an empty text from nothing. */
export interface Cell {
  readonly text: string
  readonly isQuoted: boolean
}

export interface DelimitedRow {
  /** Of its first character, from 1 on. */
  readonly line: number
  readonly cells: readonly Cell[]
}

const DELIMITERS = [',', ';', '\t', '|'] as const
type Delimiter = (typeof DELIMITERS)[number]

/**
 * The rows of delimited text as RFC 4180 has it: a quoted cell may hold delimiters, line breaks and, written twice, quotes. A
 * quote inside of an unquoted cell is text. Empty lines are left out. Throws a DelimitedTextError where a quoted cell never ends.
 */
export function parseDelimited(text: string, delimiter: string): readonly DelimitedRow[] {
  const rows: DelimitedRow[] = []
  let [at, line] = [0, 1]
  while (at < text.length) {
    const first = line
    const cells: Cell[] = []
    for (;;) {
      const read = text[at] === '"' ? quotedCell(text, at, { line, delimiter }) : plainCell(text, at, delimiter)
      cells.push(read.cell)
      line += read.lines
      at = read.end
      if (text[at] !== delimiter) break
      at++
    }
    // Behind the row stands the end of the text, or of the line.
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    line++
    const [only] = cells
    if (cells.length > 1 || only?.text !== '' || only.isQuoted) rows.push({ line: first, cells })
  }
  return rows
}

class DelimitedTextError extends Error {
  override readonly name = 'DelimitedTextError'
}

interface ReadCell {
  readonly cell: Cell
  readonly end: number
  /** Line breaks in it. */
  readonly lines: number
}

function plainCell(text: string, start: number, delimiter: string): ReadCell {
  let end = start
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && !isLineEnd(text, end)) end++
  return { cell: { text: text.slice(start, end), isQuoted: false }, end, lines: 0 }
}

/** A lone carriage return, as old programs end lines, ends one too. */
function isLineEnd(text: string, at: number): boolean {
  return text[at] === '\r'
}

function quotedCell(
  text: string,
  start: number,
  { line, delimiter }: { readonly line: number; readonly delimiter: string },
): ReadCell {
  const parts: string[] = []
  let from = start + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote === -1) throw new DelimitedTextError(`A quoted cell that begins in line ${line} never ends.`)
    parts.push(text.slice(from, quote))
    if (text[quote + 1] !== '"') {
      from = quote + 1
      break
    }
    parts.push('"')
    from = quote + 2
  }
  // Some programs write text behind the closing quote: it belongs to the cell.
  const rest = plainCell(text, from, delimiter)
  const value = parts.join('') + rest.cell.text
  return { cell: { text: value, isQuoted: true }, end: rest.end, lines: lineBreaks(value) }
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}

/** The delimiter that cuts the first lines into the most columns, the same number in each. */
export function guessDelimiter(text: string): Delimiter {
  const head = text.slice(0, 64 * 1024)
  const isCut = head.length < text.length
  const scores = DELIMITERS.map((delimiter) => {
    let rows: readonly DelimitedRow[]
    try {
      rows = parseDelimited(head, delimiter)
    } catch {
      return { delimiter, score: 0 }
    }
    const counts = (isCut ? rows.slice(0, -1) : rows).slice(0, 50).map(({ cells }) => cells.length)
    const width = counts[0] ?? 1
    const same = counts.filter((count) => count === width).length / Math.max(1, counts.length)
    return { delimiter, score: width < 2 ? 0 : same * (1 + Math.log2(width)) }
  })
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).delimiter
}
