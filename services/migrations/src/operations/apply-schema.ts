import { type Difference, diffSchemas, emptySchema, planMigration, type Schema } from '@koyalite/schema'
import { changeTriggers, type Database, type Tx } from '@koyalite/sqlite'
import { keptObjects } from '../store/kept-objects'
import { loggedTable } from '../store/logged-table'
import { createSystemTables, isCurrent, storedSchema, storeSchema } from '../store/system-tables'

export type AppliedSchema =
  /** The tables are as the schema says; `changes` has a line for each thing that was done. */
  | { readonly kind: 'applied'; readonly changes: readonly string[] }
  /** Nothing was done: these differences could lose data and need a migration file. */
  | { readonly kind: 'held_back'; readonly differences: readonly Difference[] }

/**
 * Makes the tables what the schema says, as far as that can lose nothing. One transaction: it happens whole or not at all.
 * @param systemTables the other services' own tables
 */
export async function applySchema(
  database: Database,
  schema: Schema,
  systemTables: readonly string[],
): Promise<AppliedSchema> {
  if (isCurrent(database, schema, systemTables)) return { kind: 'applied', changes: [] }
  const { value } = await database.migrate((tx): AppliedSchema => {
    createSystemTables(tx, systemTables)
    const before = storedSchema(tx) ?? emptySchema()
    const differences = diffSchemas(before, schema)
    const destructive = differences.filter((difference) => difference.kind === 'destructive')
    if (destructive.length > 0) return { kind: 'held_back', differences: destructive }
    for (const text of planMigration(differences, before, schema, { keep: keptObjects(tx) })) tx.exec(text)
    logChanges(tx, schema)
    storeSchema(tx, schema, systemTables)
    return { kind: 'applied', changes: differences.map((difference) => difference.line) }
  })
  return value
}

/** Puts the triggers of the change log on every table anew: a table that has changed has lost or outgrown its own. */
function logChanges(tx: Tx, schema: Schema): void {
  for (const collection of schema.collections.values()) {
    for (const { name, sql } of changeTriggers(loggedTable(collection))) {
      tx.exec(`DROP TRIGGER IF EXISTS "${name}"`)
      tx.exec(sql)
    }
  }
}
