import type { Schema } from '@koyalite/schema'
import type { Tx } from '@koyalite/sqlite'

/** Columns that tables have and the schema does not say, by collection: those of adopted tables. */
export type UnknownColumns = ReadonlyMap<string, readonly string[]>

export function unknownColumns(tx: Tx, schema: Schema): UnknownColumns {
  const found = new Map<string, readonly string[]>()
  for (const { name, table, fields } of schema.collections.values()) {
    const known = new Set([...fields.values()].map(({ column }) => column.toLowerCase()))
    const unknown = columnsOf(tx, table).filter((column) => !known.has(column.toLowerCase()))
    if (unknown.length > 0) found.set(name, unknown)
  }
  return found
}

/**
 * The unknown columns that a migration has lost, as `table.column`: a rebuilt table has what the schema says, and no more.
 * @param tables what the tables of the collections are called now; those that were dropped on purpose are not among them
 */
export function lostColumns(tx: Tx, before: UnknownColumns, tables: ReadonlyMap<string, string>): readonly string[] {
  return [...before].flatMap(([collection, columns]) => {
    const table = tables.get(collection)
    if (table === undefined) return []
    const left = new Set(columnsOf(tx, table).map((column) => column.toLowerCase()))
    return columns.filter((column) => !left.has(column.toLowerCase())).map((column) => `${table}.${column}`)
  })
}

/** Generated ones too. */
function columnsOf(tx: Tx, table: string): readonly string[] {
  return tx.all({ text: 'SELECT "name" FROM pragma_table_xinfo(?)', params: [table] }).map(([name]) => String(name))
}
