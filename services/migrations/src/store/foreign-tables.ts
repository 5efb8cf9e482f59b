import { quoteName, type Tx } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'

/** Tables and views of a database that stand where the schema would make its own. */
export function foreignTables(tx: Tx, schema: Schema): readonly string[] {
  const wanted = new Set([...schema.collections.values()].map(({ table }) => table.toLowerCase()))
  const text = `SELECT "name" FROM sqlite_schema WHERE "type" IN ('table', 'view') ORDER BY "name"`
  return names(tx, text).filter((name) => wanted.has(name.toLowerCase()))
}

/**
 * What somebody has put where only the system writes, in a database that no schema was ever applied to: tables of the system with something in them, and
 * triggers and views that speak of one.
 */
export function plantedObjects(tx: Tx): readonly string[] {
  const speaking = names(
    tx,
    `SELECT "name" FROM sqlite_schema WHERE "type" NOT IN ('table', 'index') AND "sql" LIKE '%\\_koyalite\\_%' ESCAPE '\\'
       AND NOT ("type" IN ('trigger', 'view') AND "name" LIKE '\\_koyalite\\_%' ESCAPE '\\') ORDER BY "name"`,
  )
  const filled = systemObjects(tx, 'table').filter(
    (name) => tx.get({ text: `SELECT 1 FROM ${quoteName(name)} LIMIT 1`, params: [] }) !== undefined,
  )
  return [...filled, ...speaking]
}

/** Removes objects with reserved names from such a database: an empty table may have columns and triggers that are not ours. */
export function dropSystemObjects(tx: Tx): void {
  for (const type of ['trigger', 'view', 'table'] as const) {
    for (const name of systemObjects(tx, type)) tx.exec(`DROP ${type.toUpperCase()} IF EXISTS ${quoteName(name)}`)
  }
}

function systemObjects(tx: Tx, type: 'trigger' | 'view' | 'table'): readonly string[] {
  const text = `SELECT "name" FROM sqlite_schema WHERE "type" = '${type}' AND "name" LIKE '\\_koyalite\\_%' ESCAPE '\\' ORDER BY "name"`
  return names(tx, text).filter((name) => !OF_EVERY_DATABASE.has(name.toLowerCase()))
}

function names(tx: Tx, text: string): readonly string[] {
  return tx.all({ text, params: [] }).map(([name]) => String(name))
}

/** Those that the database layer makes and fills when it opens a file. */
const OF_EVERY_DATABASE = new Set(['_koyalite_meta', '_koyalite_changes', '_koyalite_cursors'])
