import { type Difference, diffSchemas, emptySchema, type PlanPart, planMigration, type Schema } from '@koyalite/schema'
import type { MigrationsContext } from '../migrations-context'
import { dropSystemObjects, foreignTables, plantedObjects } from '../store/foreign-tables'
import { putLogTriggers } from '../store/log-triggers'
import { insertRecord } from '../store/migration-records'
import { runPlan } from '../store/run-plan'
import { runSteps, StepFailed } from '../store/run-steps'
import { createSystemTables, storedSchema, storeSchema } from '../store/system-tables'

export type AppliedSchema =
  /** The tables are as the schema says; `changes` has a line for each thing that was done. */
  | { readonly kind: 'applied'; readonly changes: readonly string[] }
  /** Nothing was done: these differences could lose or refuse data, and need a migration file. */
  | { readonly kind: 'held_back'; readonly differences: readonly Difference[] }
  | { readonly kind: 'failed'; readonly problems: readonly string[] }

/** Makes the tables what the schema says, as far as that can lose nothing. One transaction: it happens whole or not at all. */
export async function applySchema(context: MigrationsContext): Promise<AppliedSchema> {
  const { database, schema, systemTables } = context
  let differences: readonly Difference[] = []
  try {
    const { value } = await database.migrate((tx): AppliedSchema => {
      const before = storedSchema(tx)
      if (!before) return createFresh(tx, context)
      createSystemTables(tx, systemTables)
      differences = diffSchemas(before, schema)
      const destructive = differences.filter(({ kind }) => kind === 'destructive')
      if (destructive.length > 0) return { kind: 'held_back', differences: destructive }
      const part: PlanPart = (keep) => planMigration(differences, before, schema, { keep })
      runPlan(tx, { after: schema, parts: [part], report: context.report })
      const changes = differences.map(({ line }) => line)
      if (changes.length > 0) context.record?.(tx, { event: 'schema.applied', changes })
      return { kind: 'applied', changes }
    })
    return value
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    if (error.indexes.size === 0)
      return { kind: 'failed', problems: [`schema.yaml cannot be applied: ${error.message}`] }
    return { kind: 'held_back', differences: refusedIndexes(differences, error.indexes) }
  }
}

type ApplyTx = Parameters<Parameters<MigrationsContext['database']['migrate']>[0]>[0]

/** The tables of a database that has none. The project's migrations lie before it: they are noted, not run. */
function createFresh(tx: ApplyTx, { schema, systemTables, files }: MigrationsContext): AppliedSchema {
  const taken = foreignTables(tx, schema)
  if (taken.length > 0) {
    const problem = `the database already has tables of another program (${taken.join(', ')}): use 'koyalite init --from <file>' to adopt it`
    return { kind: 'failed', problems: [problem] }
  }
  const planted = plantedObjects(tx)
  if (planted.length > 0) {
    const problem = `the database was not created by KoyaLite, but has content, triggers or views in the place of system tables (${planted.join(', ')}): use 'koyalite init --from <file>' to adopt it without them`
    return { kind: 'failed', problems: [problem] }
  }
  dropSystemObjects(tx)
  createSystemTables(tx, systemTables)
  const differences = diffSchemas(emptySchema(), schema)
  runSteps(tx, planMigration(differences, emptySchema(), schema))
  putLogTriggers(tx, schema)
  storeSchema(tx, schema)
  for (const { migration, version, checksum, text } of files) {
    if (!migration) continue
    insertRecord(tx, {
      ...{ version, name: migration.name, description: migration.description ?? null, checksum, source: text },
      ...{ schemaBefore: '', schemaAfter: '', snapshot: null, appliedAt: new Date().toISOString(), durationMs: 0 },
    })
  }
  return { kind: 'applied', changes: differences.map(({ line }) => line) }
}

/** New unique indexes come by themselves where the documents meet them; these do not. */
export function refusedIndexes(
  differences: readonly Difference[],
  reasons: ReadonlyMap<string, string>,
): readonly Difference[] {
  return differences.flatMap((difference): Difference[] => {
    const reason = difference.subject.of === 'index' ? reasons.get(difference.subject.index) : undefined
    return reason === undefined ? [] : [{ ...difference, kind: 'destructive', reason }]
  })
}

/** The schema that the tables have now, or what it was given where they have none. */
export function servedSchema(context: MigrationsContext): Schema {
  return storedSchema(context.database) ?? context.schema
}
