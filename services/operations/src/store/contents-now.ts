import type { KeptRows, Reads, SqlValue } from '@koyalite/contracts'
import type { TableContents } from '@koyalite/sqlite'

/** Rows as they are now. */
export function contentsNow(reads: Reads, { table, where }: KeptRows): TableContents {
  const columns = reads
    .all({ text: 'SELECT name FROM pragma_table_info(?)', params: [table] })
    .flat()
    .map(String)
  const names = columns.map((name) => `"${name}"`).join(', ')
  const text = `SELECT ${names} FROM "${table}"${where === undefined ? '' : ` WHERE ${where}`}`
  const rows = reads
    .all({ text, params: [] })
    .map((row) => Object.fromEntries(columns.map((name, index): [string, SqlValue] => [name, row[index] ?? null])))
  return { table, ...(where !== undefined && { where }), rows }
}
