import { Readable } from 'node:stream'
import type { Field } from '@koyalite/schema'
import { CsvError, type Info, parse } from 'csv-parse'
import { CellError, csvCell, NULL_CELL, QUOTED_EMPTY } from './csv-cell'
import { type CsvOptions, columnFields } from './csv-columns'
import { type RowBatches, RowError, type SourceRow } from './source-row'
import { countNewlines } from './text-chunks'

const BATCH = 500

/** Rows of a CSV file whose first line names the fields. Cells become what their field's type wants (csv-cell.ts). */
export async function* readCsv(chunks: AsyncIterable<string>, options: CsvOptions): RowBatches & AsyncGenerator {
  const parser = parse({
    bom: true,
    delimiter: options.delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    cast: (cell, { quoting }) => (quoting ? cell || QUOTED_EMPTY : cell === '\\N' ? NULL_CELL : cell),
  })
  const source = Readable.from(chunks)
  // Without this an error of the source would leave the parser waiting for ever.
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let columns: readonly (Field | null)[] | null = null
  let rows: SourceRow[] = []
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (columns === null) {
        columns = columnFields(record, options)
        continue
      }
      rows.push(toRow(columns, record, info.lines))
      if (rows.length === BATCH) {
        yield rows
        rows = []
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new RowError(Number(error.lines ?? 1), `is not valid CSV: ${QUOTES[error.code] ?? error.message}`, {
      cause: error,
    })
  }
  yield rows
}

/** What the library says less well. */
const QUOTES: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a cell begins with a quote and never ends',
  INVALID_OPENING_QUOTE:
    'there is a quote in a cell that does not begin with one; write it twice, and the cell in quotes',
  CSV_INVALID_CLOSING_QUOTE:
    'there is text after the quote that ends a cell; a quote inside of a cell is written twice',
}

function toRow(columns: readonly (Field | null)[], record: readonly string[], lastLine: number): SourceRow {
  const document: Record<string, unknown> = {}
  const line = record.reduce((first, cell) => (cell.includes('\n') ? first - countNewlines(cell) : first), lastLine)
  requireCells(line, columns, record)
  for (const [index, field] of columns.entries()) {
    if (field === null) continue
    const value = cellValue(line, field, record[index] ?? '')
    if (value !== undefined) document[field.name] = value
  }
  return { line, document }
}

/** Throws a RowError where cells are missing, or where one is in no column. Empty ones at the end say nothing. */
function requireCells(line: number, columns: readonly (Field | null)[], record: readonly string[]): void {
  if (record.length === columns.length) return
  if (record.length > columns.length && record.slice(columns.length).every(isEmpty)) return
  const [cells, names] = [countOf(record.length, 'cell'), countOf(columns.length, 'column')]
  const advice = 'a cell that contains the delimiter must be in quotes'
  throw new RowError(line, `is not valid CSV: it has ${cells}, but the first line has ${names} (${advice})`)
}

function isEmpty(cell: string): boolean {
  return cell === '' || cell === QUOTED_EMPTY
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function cellValue(line: number, field: Field, cell: string): unknown {
  try {
    return csvCell(field, cell)
  } catch (error) {
    if (!(error instanceof CellError)) throw error
    throw new RowError(line, error.describe(field.name), { cause: error })
  }
}
