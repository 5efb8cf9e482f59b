import type { SqlCell, SqlColumn } from '@koyalite/contracts'
import type { SqlRow } from './run-sql'

/** Exactly what copying gives: every digit of an integer, nothing for NULL, base64 for bytes. */
export function cellText(cell: SqlCell | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'object') return String(cell)
  if ('$int' in cell) return cell.$int
  return '$real' in cell ? cell.$real : cell.$blob
}

/** As JSON has it in a file: large integers are numbers with all their digits. */
function cellJson(cell: SqlCell | undefined): string {
  if (typeof cell === 'object' && cell !== null && '$int' in cell) return cell.$int
  return JSON.stringify(typeof cell === 'object' && cell !== null ? cellText(cell) : (cell ?? null))
}

export function rowJson(columns: readonly SqlColumn[], row: SqlRow, indent: string): string {
  const fields = columns.map(({ name }, at) => `${JSON.stringify(name)}: ${cellJson(row[at])}`)
  return indent === '' ? `{${fields.join(', ')}}` : `{\n${fields.map((one) => indent + one).join(',\n')}\n}`
}

export function isNumberCell(cell: SqlCell | undefined): boolean {
  return typeof cell === 'number' || (typeof cell === 'object' && cell !== null && !('$blob' in cell))
}

export type ExportFormat = 'csv' | 'json' | 'ndjson'

/** The rows that are here, as a file. CSV stays exact: nothing in it is changed for spreadsheets. */
export function exportText(columns: readonly SqlColumn[], rows: readonly SqlRow[], format: ExportFormat): string {
  switch (format) {
    case 'csv':
      return [columns.map(({ name }) => name), ...rows.map((row) => columns.map((_, at) => cellText(row[at])))]
        .map((values) => `${values.map(csvValue).join(',')}\r\n`)
        .join('')
    case 'json':
      return `[\n${rows.map((row) => `  ${rowJson(columns, row, '')}`).join(',\n')}\n]\n`
    case 'ndjson':
      return rows.map((row) => `${rowJson(columns, row, '')}\n`).join('')
  }
}

function csvValue(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
