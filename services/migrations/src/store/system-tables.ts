import {
  CATALOG_TABLES,
  catalogRows,
  deserializeSchema,
  quoteName,
  type Schema,
  serializeSchema,
} from '@koyalite/schema'
import { type ColumnKind, changeTriggers, type Database, type Tx } from '@koyalite/sqlite'

/** The schema that the tables have now: what the next one is compared with. */
const SCHEMA_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_schema" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "model" TEXT NOT NULL,
  "system" TEXT NOT NULL,
  "applied_at" TEXT NOT NULL
) STRICT`

const OWN_TABLES = [SCHEMA_TABLE, ...Object.values(CATALOG_TABLES)]

/** @param others statements of the other services, each harmless where its table is there already */
export function createSystemTables(tx: Tx, others: readonly string[]): void {
  for (const text of [...OWN_TABLES, ...others]) tx.exec(text)
}

/** Whether a database has this schema and these system tables already, so that a start has nothing to do. */
export function isCurrent(database: Database, schema: Schema, others: readonly string[]): boolean {
  const stored = storedRow(database)
  return stored?.model === serializeSchema(schema) && stored.system === systemHash(others)
}

/** Whether a database has the system tables as they are now. */
export function hasSystemTables(database: Database, others: readonly string[]): boolean {
  return storedRow(database)?.system === systemHash(others)
}

/** Of the tables, and of the form that the change log's triggers have in this version: where it is another one, they are replaced. */
function systemHash(others: readonly string[]): string {
  const kinds: readonly ColumnKind[] = ['value', 'bool', 'json', 'blob']
  const columns = kinds.map((kind) => ({ column: kind, kind }))
  const triggers = changeTriggers({ collection: 'c', table: 't', key: 'k', columns }).map(({ sql }) => sql)
  return Bun.hash([...OWN_TABLES, ...others, ...triggers].join(';')).toString(36)
}

/** The schema that the tables have; null where none was ever applied. */
export function storedSchema(source: Pick<Database, 'get'> | Pick<Tx, 'get'>): Schema | null {
  const row = storedRow(source)
  return row ? deserializeSchema(row.model) : null
}

function storedRow(source: Pick<Database, 'get'> | Pick<Tx, 'get'>): { model: string; system: string } | null {
  const isThere = source.get({ text: `SELECT 1 FROM sqlite_schema WHERE "name" = '_koyalite_schema'`, params: [] })
  if (!isThere) return null
  const row = source.get({ text: `SELECT "model", "system" FROM "_koyalite_schema" WHERE "id" = 1`, params: [] })
  return row ? { model: String(row[0]), system: String(row[1]) } : null
}

/** Notes what the tables are now, for the next start and for whoever looks into the system tables. */
export function storeSchema(tx: Tx, schema: Schema, others: readonly string[]): void {
  const params = [serializeSchema(schema), systemHash(others), new Date().toISOString()]
  tx.run({ text: `INSERT OR REPLACE INTO "_koyalite_schema" VALUES (1, ?, ?, ?)`, params })
  for (const [table, rows] of Object.entries(catalogRows(schema))) {
    tx.run({ text: `DELETE FROM ${quoteName(table)}`, params: [] })
    for (const row of rows) {
      const columns = Object.keys(row)
      const text = `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
      tx.run({ text, params: Object.values(row) })
    }
  }
}
