/** Cells in rows. All rows of what is copied have the same length; what is pasted may not. */
export type Block = readonly (readonly string[])[]

/** As spreadsheets copy: cells between tabs, rows between lines; quoted as RFC 4180 does where a cell has such a character itself. */
export function toTsv(block: Block): string {
  return block.map((row) => row.map(quoted).join('\t')).join('\n')
}

/** A table, which spreadsheets prefer: in it, tabs and lines of a cell are certain to stay in it. */
export function toHtml(block: Block): string {
  const cell = (text: string) => `<td style="white-space:pre-wrap">${escaped(text)}</td>`
  return `<meta charset="utf-8"><table>${block.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table>`
}

/** Reads what a spreadsheet, an editor or this grid has copied. A last line end is the end of its row. */
export function parseTsv(text: string): Block {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at <= text.length) {
    const { cell, end } = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at)
    row.push(cell)
    if (text[end] === '\t') {
      at = end + 1
      continue
    }
    rows.push(row)
    row = []
    at = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1
    if (at >= text.length) break
  }
  return rows
}

function quoted(cell: string): string {
  return /["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

interface ReadCell {
  readonly cell: string
  /** Where the separator behind it is, or the end of the text. */
  readonly end: number
}

function plainCell(text: string, start: number): ReadCell {
  const found = text.slice(start).search(/[\t\r\n]/)
  const end = found < 0 ? text.length : start + found
  return { cell: text.slice(start, end), end }
}

/** A cell that only begins with a quote, and is not quoted, is read as it is: `"5 inch" disk`. */
function quotedCell(text: string, start: number): ReadCell {
  let cell = ''
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return plainCell(text, start)
    cell += text.slice(at, quote)
    if (text[quote + 1] !== '"') {
      const end = quote + 1
      return end === text.length || /[\t\r\n]/.test(text[end] ?? '') ? { cell, end } : plainCell(text, start)
    }
    cell += '"'
    at = quote + 2
  }
}
