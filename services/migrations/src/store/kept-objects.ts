import type { KeptObject } from '@koyalite/schema'
import type { Tx } from '@koyalite/sqlite'

/** The triggers and indexes of the database. Those that the schema does not know outlive the rebuild of their table. */
export function keptObjects(tx: Tx): readonly KeptObject[] {
  const text = `SELECT "type", "name", "tbl_name", "sql" FROM sqlite_schema WHERE "type" IN ('trigger', 'index') AND "sql" IS NOT NULL`
  return tx.all({ text, params: [] }).map(([type, name, table, sql]) => ({
    type: type as KeptObject['type'],
    name: String(name),
    table: String(table),
    sql: String(sql),
  }))
}
