import type { Schema } from '../model'
import type { Difference } from './difference'
import type { MigrationStep, PreservedObject } from './migration-step'
import { planTables } from './plan-tables'

export interface PlanMigrationOptions {
  /** Triggers and indexes of the database that the schema does not know (rows of sqlite_schema with their `sql`). */
  readonly keep?: readonly PreservedObject[]
}

/**
 * The steps that make the tables of `to` from those of `from`, for differences that are applied by themselves. They run in one transaction with foreign
 * keys unenforced; references are verified before the commit, and the change log's triggers are created again. Throws if a difference is destructive: that needs a
 * migration file.
 */
export function planMigration(
  differences: readonly Difference[],
  from: Schema,
  to: Schema,
  { keep = [] }: PlanMigrationOptions = {},
): readonly MigrationStep[] {
  const held = differences.find((difference) => difference.kind === 'destructive')
  if (held) throw new Error(`${held.line} needs a migration file: ${held.reason}`)
  return planTables(from, to, { keep })
}
