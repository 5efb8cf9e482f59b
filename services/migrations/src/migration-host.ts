import type { Actor } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { MigrationsContext } from './migrations-context'
import type { RunningMigration } from './process/migration-runner'

/** The server of a project, as migrations need it. */
export interface MigrationHost {
  /** The project as it is on the disk now, with what is wrong with its schema.yaml. Throws an AppError where its settings are wrong. */
  load(): Promise<MigrationsContext>
  /** Runs `work` while nobody else changes the schema, and serves from then on the schema that it returns. */
  change<T extends { readonly schema: Schema }>(by: Actor, work: (context: MigrationsContext) => Promise<T>): Promise<T>
  /** A schema from its text. Throws VALIDATION_ERROR. */
  parse(source: string): Schema
  /** The text of schema.yaml; null if there is none. */
  readSource(): Promise<string | null>
  /** Writes schema.yaml, whole or not at all; null removes it. */
  writeSource(text: string | null): Promise<void>
  /** A long change that is under way. */
  running(): RunningMigration | null
  /** Ends it; false if there is none. */
  cancel(): boolean
}
