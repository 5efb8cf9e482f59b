import type { ServiceTables, Sql, Tx } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { Database, QueryRows } from '@koyalite/sqlite'
import type { MigrationFile } from './migration-files'
import type { MigrationWork, ResultOf } from './process/migration-protocol'
import type { SchemaPlanner } from './process/schema-planner'
import type { Snapshots } from './snapshots'

/** What migrations work on, as it is at one moment. */
export interface MigrationsContext {
  readonly database: Database
  /** schema.yaml: what the tables shall become. */
  readonly schema: Schema
  /** What is wrong with schema.yaml: then `schema` is what the tables have, and nothing can be applied. */
  readonly problems?: readonly string[]
  readonly files: readonly MigrationFile[]
  /** The other services' own tables. */
  readonly systemTables: readonly ServiceTables[]
  /** Null for a database in memory. */
  readonly snapshots: Snapshots | null
  /** Keeps in the audit log what is done to the schema, in the transaction that does it. */
  readonly record?: (tx: Tx, event: SchemaEvent) => void
  /** Notified of each step that begins, in words. */
  readonly report?: (step: string) => void
  /** Runs what may take long in a process of its own. Absent in that process, and for a database in memory. */
  readonly elsewhere?: Elsewhere
}

/** What a plan of changes is made of. */
export type PlanContext = Pick<MigrationsContext, 'schema' | 'problems' | 'files' | 'systemTables'> & {
  readonly database: PlanDatabase
}

export type PlanDatabase = Pick<Database, 'get' | 'all'> & {
  query(sql: Sql, options: { readonly timeoutMs: number }): Promise<Pick<QueryRows, 'rows'>>
}

/** A runner for one who changes the schema. */
export interface Elsewhere extends SchemaPlanner {
  /** @param changes how many there are */
  isWorthwhile(database: Database, changes: number): boolean
  run<W extends MigrationWork>(context: MigrationsContext, work: W): Promise<ResultOf<W>>
}

export interface SchemaEvent {
  readonly event: 'schema.applied' | 'schema.migrated' | 'schema.rolled_back'
  /** The migration, as `002_rename_user_name`. */
  readonly migration?: string
  readonly changes?: readonly string[]
}
