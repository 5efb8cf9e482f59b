import { join } from 'node:path'
import { type Actor, AppError, type AuditEvent, auditedActor, type ServiceTables, type Tx } from '@koyalite/contracts'
import {
  bringUpToDate,
  createSnapshots,
  type Elsewhere,
  ensureSystemTables,
  type MigrationRunner,
  type MigrationsContext,
  readMigrationFiles,
  type SchemaDiagnostic,
  type SchemaEvent,
  type SchemaPlanner,
  servedSchema,
  type UpToDate,
  unconfirmedReason,
} from '@koyalite/migrations'
import { hasUsableRules } from '@koyalite/query'
import { formatHint, formatProblem, type Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { checkSchemaText } from './check-schema-text'
import { ProjectError } from './project-error'

/**
 * What opening a project does to its database. `apply`: all that is still to be done. `additive`: what comes by itself; migration files are left. `none`:
 * nothing.
 */
export type MigrateMode = 'apply' | 'additive' | 'none'

export interface MigratedProject {
  readonly dir: string
  readonly database: Database
  readonly databasePath: string
  readonly systemTables: readonly ServiceTables[]
  /** Null for a database in memory. */
  readonly runner: MigrationRunner | null
  readonly planner: SchemaPlanner | null
  /** Keeps an event in the audit log. */
  record(tx: Tx, event: AuditEvent): void
}

/** What migrations of a project work on, with its files as they are on the disk now. */
export async function migrationsContext(
  project: MigratedProject,
  schema: Schema,
  by: Actor,
): Promise<MigrationsContext> {
  const { dir, database, databasePath, systemTables, runner, planner } = project
  const snapshots = databasePath === ':memory:' ? null : createSnapshots({ folder: snapshotsFolder(dir) })
  const record = (tx: Tx, { event, ...details }: SchemaEvent) =>
    project.record(tx, { event, outcome: 'success', ...auditedActor(by), details })
  const files = await readMigrationFiles(dir)
  const elsewhere: Elsewhere | null = runner &&
    planner && {
      ...planner,
      isWorthwhile: runner.isWorthwhile,
      run: (context, work) => runner.run(context, by, work),
    }
  return { database, schema, systemTables, snapshots, record, files, ...(elsewhere && { elsewhere }) }
}

/** Where copies are made before something is lost. */
export function snapshotsFolder(dir: string): string {
  return join(dir, 'data', 'snapshots')
}

/** Migrates as `mode` says. Throws ProjectError where the tables are none that could be served. */
export async function migrateProject(context: MigrationsContext, mode: MigrateMode): Promise<UpToDate> {
  if (mode === 'none') {
    await ensureSystemTables(context)
    return { kind: 'applied', changes: [], migrations: [], schema: servedSchema(context) }
  }
  const result = await bringUpToDate(context, mode === 'apply' ? 'confirmed' : 'none')
  if (result.kind === 'failed' && result.schema === context.schema) throw new ProjectError(result.problems)
  return result
}

/** What to tell about a schema that is not, or not yet, what schema.yaml says; nothing where it is. */
export function heldBackLines(result: UpToDate): readonly string[] {
  switch (result.kind) {
    case 'applied':
      return []
    case 'pending':
      return [`Migrations are pending: ${result.files.join(', ')}`, "Apply them with 'koyalite migrate apply'."]
    case 'failed':
      return [...result.problems, ...(result.files.length === 0 ? [] : [`${waiting(result.files)}.`])]
    case 'unconfirmed':
      return [
        'Nothing was changed, since data would be lost and nobody has confirmed that:',
        ...result.drafts.map((draft) => `  ${unconfirmedReason(draft)}`),
        `${waiting(result.files)}. To confirm, edit a draft or add the line "confirm: true" to it, or run 'koyalite migrate apply'.`,
      ]
    case 'held_back':
      return [
        'schema.yaml has changes that could lose or reject data, so nothing was changed:',
        ...result.differences.map(({ line, reason, hint }) => {
          const more = [...(reason === undefined ? [] : [reason]), ...(hint ? [formatHint(hint)] : [])].join('; ')
          return `  ${line}${more === '' ? '' : `: ${more}`}`
        }),
        result.files.length === 0
          ? "Create a migration file with 'koyalite migrate create <name>', or revert the changes in schema.yaml."
          : `${waiting(result.files)}, without these changes: extend it, or create another with 'koyalite migrate create <name>'.`,
      ]
  }
}

/** `2 migration drafts wait: migrations/001_a.yaml, migrations/002_b.yaml` */
function waiting(files: readonly string[]): string {
  return `${files.length === 1 ? '1 migration draft waits' : `${files.length} migration drafts wait`}: ${files.join(', ')}`
}

/** A line for each thing that was done. */
export function changeLines(result: UpToDate): readonly string[] {
  const files = result.migrations.map(({ file, snapshot }) => {
    return `✓ ${file}${snapshot === null ? '' : ` (snapshot: ${snapshot})`}`
  })
  return [...files, ...(result.kind === 'applied' ? result.changes : [])]
}

/**
 * A schema whose rules can all be used. Those of a stored schema may speak of fields that a rollback has renamed: their collections are then closed to
 * everyone but operators and service keys.
 * @param loaded what was checked when it was loaded: compiling its rules again would be a good part of a start.
 */
export function withUsableRules(schema: Schema, loaded: Schema): Schema {
  if (schema === loaded || hasUsableRules(schema)) return schema
  const closed = closeCollections(schema, new Set(schema.collections.keys()))
  const broken = [...schema.collections.keys()].filter((name) => {
    const others = new Set([...schema.collections.keys()].filter((other) => other !== name))
    return !hasUsableRules(closeCollections(schema, others))
  })
  const repaired = closeCollections(schema, new Set(broken))
  return hasUsableRules(repaired) ? repaired : closed
}

function closeCollections(schema: Schema, names: ReadonlySet<string>): Schema {
  const collections = [...schema.collections].map(([name, collection]) => {
    if (!names.has(name)) return [name, collection] as const
    const never = { source: 'false', position: collection.position }
    const fields = [...collection.fields].map(([key, field]) => {
      const { read, write } = field
      return [key, { ...field, ...(read && { read: never }), ...(write && { write: never }) }] as const
    })
    const closed = new Map(fields)
    const primaryKey = closed.get(collection.primaryKey.name) ?? collection.primaryKey
    return [name, { ...collection, fields: closed, primaryKey, rules: {}, policies: [] }] as const
  })
  return { ...schema, collections: new Map(collections) }
}

/** A schema from the text of schema.yaml. Throws VALIDATION_ERROR with everything that is wrong. */
export function readSchemaText(text: string): Schema {
  const { schema, problems } = checkSchemaText(text)
  if (schema !== null) return schema
  const details = problems.map((problem) => ({ field: 'source', code: 'invalid', message: formatProblem(problem) }))
  throw new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('\n'), { details })
}

/** Everything that is wrong with a text of schema.yaml, and what is valid and hardly meant. */
export function diagnoseSchemaText(text: string): readonly SchemaDiagnostic[] {
  const { problems, warnings } = checkSchemaText(text)
  const diagnostics = (severity: SchemaDiagnostic['severity'], found: typeof problems) =>
    found.map(({ line, column, message }) => ({ severity, line, column, message }))
  return [...diagnostics('error', problems), ...diagnostics('warning', warnings)]
}
