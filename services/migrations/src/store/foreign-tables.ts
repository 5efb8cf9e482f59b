import { quoteName, type Schema } from '@koyalite/schema'
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

/** Tables of the system with something in them, in a database that no schema was ever applied to: whoever made the file has put it there. */
export function foreignSystemTables(tx: Tx): readonly string[] {
  const text = `SELECT "name" FROM sqlite_schema WHERE "type" = 'table' AND "name" LIKE '\\_koyalite\\_%' ESCAPE '\\' ORDER BY "name"`
  return tx
    .all({ text, params: [] })
    .map(([name]) => String(name))
    .filter((name) => !OF_EVERY_DATABASE.has(name.toLowerCase()))
    .filter((name) => tx.get({ text: `SELECT 1 FROM ${quoteName(name)} LIMIT 1`, params: [] }) !== undefined)
}

/** Those that the database layer makes and fills when it opens a file. */
const OF_EVERY_DATABASE = new Set(['_koyalite_meta', '_koyalite_changes', '_koyalite_cursors'])
