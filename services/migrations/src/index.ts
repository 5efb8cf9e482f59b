export { seedMentions } from './edit/seed-mentions'
export { type MigrationFile, readMigrationFiles } from './migration-files'
export type { MigrationHost, NamingFile, SchemaDiagnostic } from './migration-host'
export type { Elsewhere, MigrationsContext, SchemaEvent } from './migrations-context'
export { type MigrationsNeeds, migrationsService } from './migrations-service'
export { adoptSchema } from './operations/adopt-schema'
export type { AppliedMigration } from './operations/apply-file'
export { servedSchema } from './operations/apply-schema'
export { bringUpToDate, ensureSystemTables, type UpToDate, unconfirmedReason } from './operations/bring-up-to-date'
export type { DraftedFile } from './operations/draft-file'
export type { RollbackPlan, RolledBack } from './operations/roll-back'
export {
  createMigrationRunner,
  type MigrationRunner,
  type RunningMigration,
} from './process/migration-runner'
export { runMigrationProcess } from './process/run-migration-process'
export { createSchemaPlanner, type SchemaPlanner } from './process/schema-planner'
export { createSnapshots, type Snapshots } from './snapshots'
export { newerDatabaseProblem, storedSchema } from './store/system-tables'
export { withUntypedTables } from './store/untyped-tables'
