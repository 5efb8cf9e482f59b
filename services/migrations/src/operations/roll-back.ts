import { deserializeSchema, parseMigration, planRollback, runsOwnSql, type Schema } from '@koyalite/schema'
import type { MigrationsContext } from '../migrations-context'
import { deleteRecord, type MigrationRecord, readRecords } from '../store/migration-records'
import { runPlan } from '../store/run-plan'
import { reasonOf, StepFailed } from '../store/run-steps'
import { storedSchema } from '../store/system-tables'
import { servedSchema } from './apply-schema'
import { migrateAfterCopy } from './migrate-after-copy'
import { nameOf } from './name-of'

/** Whether an applied migration can be rolled back, as the tables are now. `losses` is what the rollback does not restore. */
export type RollbackPlan = { readonly version: number; readonly name: string } & (
  | { readonly possible: true; readonly losses: readonly string[] }
  | { readonly possible: false; readonly reasons: readonly string[] }
)

export interface RolledBack {
  readonly kind: 'rolled_back' | 'failed'
  /** What the tables are now. */
  readonly schema: Schema
  /** Taken back, the last one first. */
  readonly migrations: readonly {
    readonly version: number
    readonly name: string
    readonly losses: readonly string[]
  }[]
  readonly problems: readonly string[]
  /** The copy of the database that was made before. */
  readonly snapshot: string | null
}

/** What taking back the last `count` migrations would do, the last one first; ends at the first that cannot be. */
export function planRollbacks(context: MigrationsContext, count: number): readonly RollbackPlan[] {
  const plans: RollbackPlan[] = []
  let current = storedSchema(context.database)
  for (const record of readRecords(context.database).toReversed().slice(0, count)) {
    const { version, name } = record
    const planned = current ? planOne(record, current) : unplannable('the database has no schema')
    if (!planned.ok) return [...plans, { version, name, possible: false, reasons: planned.reasons }]
    plans.push({ version, name, possible: true, losses: planned.losses })
    current = planned.schema
  }
  return plans
}

/** Rolls back the last `count` migrations, each in its own transaction. Nothing is begun if one of them is irreversible. */
export async function rollBack(context: MigrationsContext, count: number): Promise<RolledBack> {
  const { database } = context
  const plans = planRollbacks(context, count)
  const nothing = { migrations: [], snapshot: null }
  const refused = plans.find((plan) => !plan.possible)
  if (refused && !refused.possible) {
    const problem = `${nameOf(refused)} cannot be rolled back: ${refused.reasons.join('; ')}`
    return { kind: 'failed', schema: servedSchema(context), problems: [problem], ...nothing }
  }
  const last = plans[0]
  if (!last) return { kind: 'rolled_back', schema: servedSchema(context), problems: [], ...nothing }
  const { elsewhere } = context
  const records = readRecords(database).toReversed().slice(0, count)
  if (elsewhere && (elsewhere.isWorthwhile(database, 0) || records.some(holdsOwnSql))) {
    return elsewhere.run(context, { kind: 'roll_back', count })
  }
  let copied: string | null = null
  const migrations: RolledBack['migrations'][number][] = []
  for (const record of records) {
    const { version, name } = record
    try {
      const reason = record.version === last.version ? `before-rollback-${nameOf(last)}` : null
      const { value, snapshot } = await migrateAfterCopy(context, reason, (tx): readonly string[] => {
        const current = storedSchema(tx)
        const planned = current ? planOne(record, current) : unplannable('the database has no schema')
        if (!planned.ok || !current) throw new StepFailed(planned.ok ? [] : planned.reasons, new Map())
        runPlan(tx, { after: planned.schema, parts: planned.parts, report: context.report })
        deleteRecord(tx, version)
        context.record?.(tx, { event: 'schema.rolled_back', migration: nameOf(record) })
        return planned.losses
      })
      copied ??= snapshot
      migrations.push({ version, name, losses: value })
    } catch (error) {
      const problem = `${nameOf(record)} could not be rolled back, nothing was changed: ${reasonOf(error)}`
      return { kind: 'failed', schema: servedSchema(context), migrations, problems: [problem], snapshot: copied }
    }
  }
  return { kind: 'rolled_back', schema: servedSchema(context), migrations, problems: [], snapshot: copied }
}

function holdsOwnSql(record: MigrationRecord): boolean {
  const parsed = parseMigration(record.source, { file: nameOf(record) })
  return parsed.ok && runsOwnSql(parsed.migration)
}

function planOne(record: MigrationRecord, current: Schema) {
  if (record.schemaBefore === '') return unplannable('it was never applied here: the database was created after it')
  const parsed = parseMigration(record.source, { file: nameOf(record) })
  if (!parsed.ok) return unplannable('its recorded file cannot be parsed')
  const [before, after] = [deserializeSchema(record.schemaBefore), deserializeSchema(record.schemaAfter)]
  return planRollback(parsed.migration, { before, after, current })
}

function unplannable(reason: string): { readonly ok: false; readonly reasons: readonly string[] } {
  return { ok: false, reasons: [reason] }
}
