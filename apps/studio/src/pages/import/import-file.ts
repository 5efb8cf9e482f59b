import { isList, parseExact, printExact } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import { type CellRules, cellJson } from './cell-value'
import { type ColumnMapping, looksLikeHeader, mapColumns } from './column-mapping'
import { type DelimitedRow, guessDelimiter, parseDelimited } from './delimited-text'
import { decodeFile, type Encoding, type FileFormat, guessEncoding, guessFormat } from './file-text'

/** How a file is to be read: recognised, and changeable. */
export interface FileReading {
  readonly encoding: Encoding
  readonly format: FileFormat
  readonly delimiter: string
  readonly hasHeader: boolean
}

/** A row as it is sent, and where it stands in the file. */
export interface ImportRow {
  readonly line: number
  /** JSON of the document. */
  readonly json: string
  /** The cells as they are in the file; null where it has none. */
  readonly cells: readonly string[] | null
}

/** A table of cells, with the names of its columns. */
export interface FileTable {
  readonly header: readonly string[]
  readonly rows: readonly DelimitedRow[]
}

export function recogniseFile(bytes: Uint8Array, name: string, collection: CollectionInfo): FileReading {
  const encoding = guessEncoding(bytes)
  const text = decodeFile(bytes, encoding)
  return { encoding, ...recogniseText(text, name, collection) }
}

function recogniseText(text: string, name: string, collection: CollectionInfo): Omit<FileReading, 'encoding'> {
  const delimiter = guessDelimiter(text)
  const [first] = parseDelimitedHead(text, delimiter)
  const cells = first?.cells.map((cell) => cell.text) ?? []
  return { format: guessFormat(text, name), delimiter, hasHeader: looksLikeHeader(cells, collection) }
}

function parseDelimitedHead(text: string, delimiter: string): readonly DelimitedRow[] {
  try {
    return parseDelimited(text.slice(0, 64 * 1024), delimiter)
  } catch {
    return []
  }
}

/** Throws a DelimitedTextError. */
export function tableOf(text: string, { delimiter, hasHeader }: FileReading): FileTable {
  const rows = parseDelimited(text, delimiter)
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  const first = hasHeader ? rows[0]?.cells.map((cell) => cell.text) : undefined
  const header = Array.from({ length: width }, (_, index) => first?.[index] ?? `Column ${index + 1}`)
  return { header, rows: hasHeader ? rows.slice(1) : rows }
}

/** Without a header columns go to the fields in their order. */
export function firstMapping({ header }: FileTable, collection: CollectionInfo, hasHeader: boolean): ColumnMapping {
  if (hasHeader) return mapColumns(header, collection)
  const fields = collection.fields.filter(({ internal }) => !internal)
  return header.map((_, index) => fields[index]?.name ?? null)
}

export function rowsOfTable(
  { rows }: FileTable,
  collection: CollectionInfo,
  { mapping, rules }: { readonly mapping: ColumnMapping; readonly rules: CellRules },
): readonly ImportRow[] {
  const fields = mapping.map((name) => collection.fields.find((field) => field.name === name))
  return rows.map(({ line, cells }) => {
    const members = fields.flatMap((field, index) => {
      const json = field && cellJson(field, cells[index] ?? NO_CELL, rules)
      return json === undefined || field === undefined ? [] : [`${JSON.stringify(field.name)}:${json}`]
    })
    return { line, json: `{${members.join(',')}}`, cells: cells.map(({ text }) => text) }
  })
}

const NO_CELL = { text: '', isQuoted: false }

/** The rows of JSON (a list of objects) or NDJSON. Throws a SyntaxError where JSON is none, or no list. */
export function rowsOfJson(text: string, format: 'json' | 'ndjson'): readonly ImportRow[] {
  if (format === 'ndjson') {
    return text.split('\n').flatMap((line, index) => {
      const json = line.trim()
      return json === '' ? [] : [{ line: index + 1, json, cells: null }]
    })
  }
  const value = parseExact(text)
  const documents = isList(value) ? value : [value]
  return documents.map((document, index) => ({ line: index + 1, json: printExact(document), cells: null }))
}
