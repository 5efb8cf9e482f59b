import { formatProblem, type Migration, planMigrationFile, serializeSchema } from '@koyalite/schema'
import type { MigrationsContext } from '../migrations-context'
import { insertRecord } from '../store/migration-records'
import { runPlan } from '../store/run-plan'
import { StepFailed } from '../store/run-steps'
import { createSystemTables, storedSchema } from '../store/system-tables'
import { migrateAfterCopy } from './migrate-after-copy'
import { nameOf } from './name-of'
import type { PendingFile } from './plan-pending'

/** A migration that has been applied. */
export interface AppliedMigration {
  readonly version: number
  readonly name: string
  readonly file: string
  /** The copy of the database that was made before. */
  readonly snapshot: string | null
}

/**
 * Applies one file in one transaction, planned for the tables as they are in it, and records it there.
 * Throws StepFailed; then everything is as before.
 */
export async function applyFile(
  context: MigrationsContext,
  file: PendingFile,
  { following, destroys }: { readonly following: readonly Migration[]; readonly destroys: boolean },
): Promise<AppliedMigration> {
  const { schema, systemTables } = context
  const { migration, version } = file
  const reason = `before-${String(version).padStart(3, '0')}_${migration.name}`
  const { snapshot } = await migrateAfterCopy(context, destroys ? reason : null, (tx, snapshot) => {
    const started = performance.now()
    createSystemTables(tx, systemTables)
    const before = storedSchema(tx)
    if (!before) throw new StepFailed(['the database has no schema yet'], new Map())
    const planned = planMigrationFile(migration, { from: before, to: schema, following })
    if (!planned.ok) throw new StepFailed(planned.problems.map(formatProblem), new Map())
    const { after, parts } = planned.plan
    runPlan(tx, { after, parts, report: context.report })
    insertRecord(tx, {
      ...{ version, name: migration.name, description: migration.description ?? null },
      ...{ checksum: file.checksum, source: file.text, snapshot },
      ...{ schemaBefore: serializeSchema(before), schemaAfter: serializeSchema(after) },
      ...{ appliedAt: new Date().toISOString(), durationMs: Math.round(performance.now() - started) },
    })
    context.record?.(tx, { event: 'schema.migrated', migration: nameOf({ version, name: migration.name }) })
  })
  return { version, name: migration.name, file: file.file, snapshot }
}
