import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { MigrationFile } from './migration-files'
import type { Snapshots } from './snapshots'

/** What migrations work on, as it is at one moment. */
export interface MigrationsContext {
  readonly database: Database
  /** schema.yaml: what the tables shall become. */
  readonly schema: Schema
  readonly files: readonly MigrationFile[]
  /** Statements that make the other services' own tables, each harmless where its table is there already. */
  readonly systemTables: readonly string[]
  /** Null for a database in memory. */
  readonly snapshots: Snapshots | null
}
