import { quoteName } from '@koyalite/contracts'
import type { Collection, Schema, SchemaProblem } from '../model'
import { applyOperations } from './apply-operations'
import { diffSchemas } from './diff-schemas'
import type { Difference } from './difference'
import { type LaterOperations, withAdditions } from './later-names'
import type { Migration, MigrationOperation } from './migration-file'
import { splitStatements } from './migration-sql'
import { type MigrationStep, type PlanPart, type PreservedObject, sqlStep } from './migration-step'
import { createIndexes, dropIndexes, dropLogTriggers, planTables } from './plan-tables'
import { NeedsFill } from './rebuild-table'
import { type Reversibility, reversibilityOf } from './reversibility'

export interface PlanFileOptions {
  /** The schema that the tables have now. */
  readonly from: Schema
  /** schema.yaml: what it shall be after all migrations. */
  readonly to: Schema
  /** The migrations that are applied after this one, in order. */
  readonly following?: readonly Migration[]
  readonly keep?: readonly PreservedObject[]
}

export interface MigrationFilePlan {
  readonly migration: Migration
  /** Its steps, as far as nothing of what is to be kept is renamed on the way. */
  readonly steps: readonly MigrationStep[]
  /** Its steps in parts, for the code that runs them. */
  readonly parts: readonly PlanPart[]
  /** The schema that the tables have afterwards. */
  readonly after: Schema
  /** It drops or replaces values: take a snapshot first. */
  readonly destroys: boolean
  /** Whether it can be rolled back; known before it is applied. */
  readonly reversibility: Reversibility
}

export type PlannedMigration =
  | { readonly ok: true; readonly plan: MigrationFilePlan }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] }

/** The steps of one migration file (SPEC.md, F rules). What schema.yaml adds by itself is there before its operations run. */
export function planMigrationFile(migration: Migration, options: PlanFileOptions): PlannedMigration {
  const { from, to, following = [], keep = [] } = options
  const later: LaterOperations = following.flatMap(({ operations }) => operations)
  const start = withAdditions(from, { to, rest: [...migration.operations, ...later] })
  const applied = applyOperations(start, migration.operations, { to, later })
  if (!applied.ok) return { ok: false, problems: [{ file: migration.file, ...applied.problem }] }
  const { states } = applied
  const parts: PlanPart[] = [(kept) => planTables(from, start, { keep: kept, context: to })]
  for (const [i, operation] of migration.operations.entries()) {
    const [before, after] = [states[i] ?? start, states[i + 1] ?? start]
    const planned = planOperation(operation, before, after, { to, keep })
    if (typeof planned === 'string') {
      return { ok: false, problems: [{ file: migration.file, ...operation.position, message: planned }] }
    }
    parts.push((kept) => stepsOf(planOperation(operation, before, after, { to, keep: kept })))
  }
  const plan: MigrationFilePlan = {
    migration,
    steps: parts.flatMap((part) => part(keep)),
    parts,
    after: states.at(-1) ?? start,
    destroys: migration.operations.some(({ type }) => DESTROYING.includes(type)),
    reversibility: reversibilityOf(migration.operations, states),
  }
  return { ok: true, plan }
}

export type PlannedMigrations =
  | {
      readonly ok: true
      readonly plans: readonly MigrationFilePlan[]
      /** What is left between the last migration and schema.yaml: the additive part is applied by itself, the rest is not covered. */
      readonly rest: readonly Difference[]
    }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] }

/** All migrations that are still to be applied, in order. To run them, plan each one again with what the database then has to `keep`. */
export function planPendingMigrations(
  migrations: readonly Migration[],
  options: Omit<PlanFileOptions, 'following'>,
): PlannedMigrations {
  const plans: MigrationFilePlan[] = []
  let from = options.from
  for (const [i, migration] of migrations.entries()) {
    const planned = planMigrationFile(migration, { ...options, from, following: migrations.slice(i + 1) })
    if (!planned.ok) return planned
    plans.push(planned.plan)
    from = planned.plan.after
  }
  return { ok: true, plans, rest: diffSchemas(from, options.to) }
}

/** Whether an operation can be planned does not depend on what is kept. */
export function stepsOf(planned: readonly MigrationStep[] | string): readonly MigrationStep[] {
  if (typeof planned === 'string') throw new Error(planned)
  return planned
}

/** The steps of one operation between two schemas, or why there are none. Also used backwards, to roll back. */
export function planOperation(
  operation: MigrationOperation,
  before: Schema,
  after: Schema,
  { to, keep }: { readonly to: Schema; readonly keep: readonly PreservedObject[] },
): readonly MigrationStep[] | string {
  switch (operation.type) {
    case 'sql':
      return splitStatements(operation.up).map((text) => sqlStep(text, 'running an sql operation'))
    case 'rename_collection':
      return renameTable(before.collections.get(operation.from), after.collections.get(operation.to), {
        before,
        after,
        keep,
      })
    case 'rename_field': {
      const collection = after.collections.get(operation.collection)
      const [from, field] = [
        before.collections.get(operation.collection)?.fields.get(operation.from),
        collection?.fields.get(operation.to),
      ]
      if (!collection || !from || !field || from.column === field.column) return []
      const rename = `ALTER TABLE ${quoteName(collection.table)} RENAME COLUMN ${quoteName(from.column)} TO ${quoteName(field.column)}`
      return [...dropIndexes(before, after), sqlStep(rename), ...createIndexes(before, after)]
    }
    default: {
      const fill = 'fill' in operation ? operation.fill : undefined
      const fills = new Map(
        fill !== undefined && 'field' in operation ? [[`${operation.collection}.${operation.field}`, fill]] : [],
      )
      try {
        return planTables(before, after, { fills, keep, context: to })
      } catch (error) {
        if (error instanceof NeedsFill) return error.message
        throw error
      }
    }
  }
}

function renameTable(
  from: Collection | undefined,
  to: Collection | undefined,
  {
    before,
    after,
    keep,
  }: { readonly before: Schema; readonly after: Schema; readonly keep: readonly PreservedObject[] },
): readonly MigrationStep[] {
  if (!from || !to) return []
  const only = (schema: Schema, collection: Collection): Schema => ({
    ...schema,
    collections: new Map([[collection.name, collection]]),
  })
  const old = only(before, from)
  const rename = `ALTER TABLE ${quoteName(from.table)} RENAME TO ${quoteName(to.table)}`
  return [
    ...dropLogTriggers(from.table, keep),
    ...dropIndexes(old, { ...old, collections: new Map([[from.name, { ...from, fields: new Map(), indexes: [] }]]) }),
    ...(from.table === to.table ? [] : [sqlStep('PRAGMA legacy_alter_table = OFF'), sqlStep(rename)]),
    ...createIndexes({ ...old, collections: new Map() }, only(after, to)),
  ]
}

const DESTROYING: readonly MigrationOperation['type'][] = ['alter_field', 'drop_field', 'drop_collection', 'sql']
