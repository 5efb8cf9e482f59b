import type { ImportRowsResponse } from '@koyalite/client/admin'
import type { ImportRow } from './import-file'

/** What is wrong with a row, as people and spreadsheets read it. */
export interface RefusedRow {
  readonly row: ImportRow
  readonly errors: readonly { readonly field: string; readonly value: string; readonly message: string }[]
}

export function refusedRows(rows: readonly ImportRow[], { rows: refused }: ImportRowsResponse): readonly RefusedRow[] {
  return refused.flatMap(({ row: index, errors }) => {
    const row = rows[index]
    if (row === undefined) return []
    const values = valuesOf(row)
    return [{ row, errors: errors.map(({ field, message }) => ({ field, message, value: valueText(values, field) })) }]
  })
}

function valuesOf({ json }: ImportRow): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

function valueText(values: Readonly<Record<string, unknown>>, field: string): string {
  if (field === '' || !Object.hasOwn(values, field)) return ''
  const value = values[field]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The rows that were refused as a file: as they are, with a column that says why. */
export function refusedCsv(refused: readonly RefusedRow[], header: readonly string[] | null): string {
  const names = header ?? ['row']
  const lines = refused.map(({ row, errors }) => {
    const cells = header === null ? [row.json] : names.map((_, index) => row.cells?.[index] ?? '')
    return [...cells, errors.map(({ message }) => message).join('; ')]
  })
  return [[...names, 'reason'], ...lines].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('')
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
