/** What changes the order or visibility of what stands beside it, or ends a line for some readers only. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029\ufeff]/gu

/** A text as a literal of Go. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** A description as one line of comment; it can neither end the comment nor hide what follows. */
export function comment(description: string | undefined, indent = ''): string {
  const text = (description ?? '').replace(/\s+/g, ' ').replace(UNSEEN, '').trim()
  return text === '' ? '' : `${indent}// ${text}\n`
}

/** Columns of one line, and what stands above it. */
export interface Row {
  readonly comment?: string
  readonly columns: readonly string[]
}

/** Lines whose columns are aligned as gofmt does: over neighbours, up to a line of comment. */
export function aligned(rows: readonly Row[], indent = '\t'): string {
  return sections(rows)
    .map((section) => {
      const widths: number[] = []
      for (const { columns } of section)
        for (const [i, column] of columns.entries()) widths[i] = Math.max(widths[i] ?? 0, width(column))
      return section.map(({ comment = '', columns }) => comment + indent + padded(columns, widths)).join('')
    })
    .join('')
}

function sections(rows: readonly Row[]): readonly (readonly Row[])[] {
  const all: Row[][] = []
  for (const row of rows) {
    const last = all.at(-1)
    if (last === undefined || (row.comment ?? '') !== '') all.push([row])
    else last.push(row)
  }
  return all
}

function padded(columns: readonly string[], widths: readonly number[]): string {
  const cells = columns.map((column, i) =>
    i === columns.length - 1 ? column : column + ' '.repeat((widths[i] ?? 0) - width(column) + 1),
  )
  return `${cells.join('').trimEnd()}\n`
}

/** gofmt counts characters, whatever their width is. */
function width(text: string): number {
  return [...text].length
}

/** Up to so many characters, keys are aligned with whatever comes before. */
const SMALL_KEY = 40
/** Beyond, a key that is so much longer or shorter than the ones before begins another section. */
const RATIO = 2.5

/** The pairs of a composite literal, aligned as gofmt does. */
export function alignedPairs(pairs: readonly (readonly [key: string, value: string])[], indent = '\t'): string {
  const groups: Row[][] = []
  let logs: number[] = []
  let before = 0
  for (const [key, value] of pairs) {
    const size = width(key)
    const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
    const areSmall = before <= SMALL_KEY && size <= SMALL_KEY
    const isApart = logs.length > 0 && !areSmall && (RATIO * size <= mean || RATIO * mean <= size)
    if (groups.length === 0 || isApart) groups.push([])
    if (isApart) logs = []
    logs.push(Math.log(size))
    before = size
    groups.at(-1)?.push({ columns: [`${key}:`, `${value},`] })
  }
  return groups.map((group) => aligned(group, indent)).join('')
}
