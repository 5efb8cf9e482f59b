import type { Tx } from '@koyalite/contracts'
import type { PreservedObject } from '@koyalite/schema'

/** The tables, triggers and indexes of the database: what outlives the rebuild of a table. */
export function preservedObjects(tx: Pick<Tx, 'all'>): readonly PreservedObject[] {
  const text = `SELECT "type", "name", "tbl_name", "sql" FROM sqlite_schema WHERE "type" IN ('table', 'trigger', 'index') AND "sql" IS NOT NULL`
  return tx.all({ text, params: [] }).map(([type, name, table, sql]) => ({
    type: type as PreservedObject['type'],
    name: String(name),
    table: String(table),
    sql: String(sql),
  }))
}
