import type { ServiceTables, Tx } from '@koyalite/contracts'
import { bind, identifier, join, sql } from '@koyalite/query/sql'
import {
  CATALOG_TABLES,
  catalogRows,
  DEFINITIONS_TABLE,
  deserializeSchema,
  type Schema,
  serializeSchema,
} from '@koyalite/schema'
import { type ColumnKind, changeTriggers, type Database } from '@koyalite/sqlite'
import { isUpToDate, newerTablesProblem, upgradeTables } from './table-versions'

/** The schema that the tables have now: what the next one is compared with. */
const SCHEMA_TABLE = `CREATE TABLE IF NOT EXISTS "_koyalite_schema" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "model" TEXT NOT NULL,
  "system" TEXT NOT NULL,
  "applied_at" TEXT NOT NULL
) STRICT`

const OWN_TABLES: ServiceTables = {
  service: 'migrations',
  steps: [[SCHEMA_TABLE, ...Object.values(CATALOG_TABLES)], [DEFINITIONS_TABLE]],
}

/** The steps of all services that this database has not seen. */
export function createSystemTables(tx: Tx, others: readonly ServiceTables[]): void {
  upgradeTables(tx, [OWN_TABLES, ...others])
}

/** Why this executable is too old for a database; null where it is not. */
export function newerDatabaseProblem(reads: Pick<Database, 'get'>, others: readonly ServiceTables[]): string | null {
  return newerTablesProblem(reads, [OWN_TABLES, ...others])
}

/** Whether a database has this schema and these system tables already, so that a start has nothing to do. */
export function isCurrent(database: Database, schema: Schema, others: readonly ServiceTables[]): boolean {
  return hasSystemTables(database, others) && storedRow(database)?.model === serializeSchema(schema)
}

/** Whether a database has the system tables as they are now. */
export function hasSystemTables(database: Database, others: readonly ServiceTables[]): boolean {
  return storedRow(database)?.system === triggersHash() && isUpToDate(database, [OWN_TABLES, ...others])
}

/** Of the form that the change log's triggers have in this version: where it is another one, they are replaced. */
function triggersHash(): string {
  const kinds: readonly ColumnKind[] = ['value', 'bool', 'json', 'blob']
  const columns = kinds.map((kind) => ({ column: kind, kind }))
  const triggers = changeTriggers({ collection: 'c', table: 't', key: 'k', columns }).map(({ sql }) => sql)
  return Bun.hash(triggers.join(';')).toString(36)
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

/** Records the current schema of the tables, for the next start and for readers of the system tables. */
export function storeSchema(tx: Tx, schema: Schema): void {
  const params = [serializeSchema(schema), triggersHash(), new Date().toISOString()]
  tx.run({ text: `INSERT OR REPLACE INTO "_koyalite_schema" VALUES (1, ?, ?, ?)`, params })
  for (const [table, rows] of Object.entries(catalogRows(schema))) {
    tx.run(sql`DELETE FROM ${identifier(table)}`)
    for (const row of rows) {
      const columns = join(Object.keys(row).map(identifier), ', ')
      const values = join(
        Object.values(row).map((value) => bind(value)),
        ', ',
      )
      tx.run(sql`INSERT INTO ${identifier(table)} (${columns}) VALUES (${values})`)
    }
  }
}
