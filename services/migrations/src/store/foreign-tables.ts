import type { Schema } from '@koyalite/schema'
import type { Tx } from '@koyalite/sqlite'

/** Tables and views of a database that stand where the schema would make its own. */
export function foreignTables(tx: Tx, schema: Schema): readonly string[] {
  const wanted = new Set([...schema.collections.values()].map(({ table }) => table.toLowerCase()))
  const text = `SELECT "name" FROM sqlite_schema WHERE "type" IN ('table', 'view') ORDER BY "name"`
  return tx
    .all({ text, params: [] })
    .map(([name]) => String(name))
    .filter((name) => wanted.has(name.toLowerCase()))
}
