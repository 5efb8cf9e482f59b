import type { Actor } from '@koyalite/contracts'
import type { Position, Schema, SchemaRename } from '@koyalite/schema'
import type { MigrationsContext } from './migrations-context'
import type { RunningMigration } from './process/migration-runner'

export interface SchemaDiagnostic extends Position {
  readonly severity: 'error' | 'warning'
  readonly message: string
}

/** A file beside schema.yaml that names what is renamed. */
export interface NamingFile {
  /** `rules/posts.test.yaml` */
  readonly file: string
  /** Which lines, from 1; none where it is the file's own name. */
  readonly lines: readonly number[]
  readonly before: string
  /** With the new names; null where it stays as it is, and is for people to change. */
  readonly after: string | null
}

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
  /** What is wrong with a text of schema.yaml, and what is valid and hardly meant. */
  diagnose(source: string): readonly SchemaDiagnostic[]
  /** Writes schema.yaml, whole or not at all; null removes it. */
  writeSource(text: string | null): Promise<void>
  /** The same for another file of the project. @param file `migrations/002_rename_user_name.yaml` */
  writeFile(file: string, text: string | null): Promise<void>
  /** The rule tests and seeds that name what is renamed. @param renames in their order */
  filesNaming(renames: readonly SchemaRename[]): Promise<readonly NamingFile[]>
  /** Why operators cannot change the schema in the studio; null where they can. */
  refusal(): string | null
  /** Another text whenever schema.yaml, the migration files or the schema that is served have changed. */
  version(): Promise<string>
  /** A long change that is under way. */
  running(): RunningMigration | null
  /** Ends it; false if there is none. */
  cancel(): boolean
}
