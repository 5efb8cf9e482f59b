import { Readable } from 'node:stream'
import type { Collection, Field } from '@koyalite/schema'
import { CsvError, type Info, parse } from 'csv-parse'
import { CommandError } from '../command-error'
import { CellError, csvCell, NULL_CELL, QUOTED_EMPTY } from './csv-cell'
import type { FieldMap } from './field-map'
import { type RowBatches, RowError, type SourceRow } from './source-row'
import { countNewlines } from './text-chunks'

const BATCH = 500

export interface CsvOptions {
  readonly collection: Collection
  readonly fieldMap: FieldMap
  readonly delimiter: string
}

/** Rows of a CSV file whose first line names the fields. Cells become what their field's type wants (csv-cell.ts). */
export async function* readCsv(chunks: AsyncIterable<string>, options: CsvOptions): RowBatches & AsyncGenerator {
  const parser = parse({
    bom: true,
    delimiter: options.delimiter,
    info: true,
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
    throw new RowError(Number(error.lines ?? 1), `is not valid CSV: ${error.message}`, { cause: error })
  }
  yield rows
}

/** The field of each column, null where it is left out. Throws a CommandError where two columns are one field: one of them would be lost. */
function columnFields(header: readonly string[], options: CsvOptions): readonly (Field | null)[] {
  const places = new Map<Field, number>()
  return header.map((cell, index) => {
    const name = cell === QUOTED_EMPTY ? '' : cell
    if (name.trim() === '') throw new CommandError(`column ${index + 1} has no name in the first line`)
    const field = columnField(name, options)
    if (field === null) return null
    const first = places.get(field)
    if (first !== undefined) {
      throw new CommandError(`the first line has '${field.name}' twice: columns ${first + 1} and ${index + 1}`, {
        advice: `Rename or remove one of them in the file.`,
      })
    }
    places.set(field, index)
    return field
  })
}

function columnField(name: string, { collection, fieldMap }: CsvOptions): Field | null {
  const mapped = fieldMap.apply(name.trim())
  if (mapped === null) return null
  const field = collection.fields.get(mapped)
  if (field !== undefined) return field
  throw new CommandError(`the first line names '${mapped}', which is not a field of ${collection.name}`, {
    advice: `Its fields are ${[...collection.fields.keys()].join(', ')}. Use --map '${name.trim()}=field' to rename the column, or --map '${name.trim()}=' to skip it.`,
  })
}

function toRow(columns: readonly (Field | null)[], record: readonly string[], lastLine: number): SourceRow {
  const document: Record<string, unknown> = {}
  const line = record.reduce((first, cell) => (cell.includes('\n') ? first - countNewlines(cell) : first), lastLine)
  for (const [index, cell] of record.entries()) {
    const field = columns[index]
    if (field === null || field === undefined) continue
    const value = cellValue(line, field, cell)
    if (value !== undefined) document[field.name] = value
  }
  return { line, document }
}

function cellValue(line: number, field: Field, cell: string): unknown {
  try {
    return csvCell(field, cell)
  } catch (error) {
    if (!(error instanceof CellError)) throw error
    throw new RowError(line, error.describe(field.name), { cause: error })
  }
}
