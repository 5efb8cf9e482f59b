import type { Schema } from '../model'
import { applyOperations } from './apply-operations'
import { withAdditions } from './later-names'
import type { Migration, MigrationOperation } from './migration-file'
import { splitStatements } from './migration-sql'
import { type MigrationStep, type PlanPart, type PreservedObject, sqlStep } from './migration-step'
import { planOperation, stepsOf } from './plan-migration-file'
import { reversibilityOf } from './reversibility'
import * as edit from './schema-edits'

export interface RollbackOptions {
  /** The schema that the tables had before and after the migration, as they were recorded with it. */
  readonly before: Schema
  readonly after: Schema
  /** The current schema of the tables: `after`, plus later additive changes. */
  readonly current: Schema
  readonly keep?: readonly PreservedObject[]
}

export type PlannedRollback =
  | {
      readonly ok: true
      readonly steps: readonly MigrationStep[]
      /** The steps in parts, for the code that runs them. */
      readonly parts: readonly PlanPart[]
      /** The schema that the tables have afterwards. */
      readonly schema: Schema
      /** What is not as before even so. */
      readonly losses: readonly string[]
    }
  | { readonly ok: false; readonly reasons: readonly string[] }

/** The steps that take a migration's operations back, the last first. What was added by itself stays (SPEC.md, R rules). */
export function planRollback(
  migration: Migration,
  { before, after, current, keep = [] }: RollbackOptions,
): PlannedRollback {
  const { operations } = migration
  const start = withAdditions(before, { to: after, rest: operations })
  const applied = applyOperations(start, operations, { to: after })
  if (!applied.ok) return { ok: false, reasons: [applied.problem.message] }
  const judged = reversibilityOf(operations, applied.states)
  if (!judged.reversible) return { ok: false, reasons: judged.reasons }
  const parts: PlanPart[] = []
  let schema = current
  for (const [i, operation] of [...operations.entries()].reverse()) {
    const inverse = invert(operation, schema, applied.states[i] ?? before)
    if (!inverse)
      return { ok: false, reasons: [`the result of operation ${i + 1} (${operation.type}) was changed since`] }
    const stage = schema
    const plan = (kept: readonly PreservedObject[]) => {
      if (inverse.down !== undefined)
        return splitStatements(inverse.down).map((text) => sqlStep(text, 'running an sql operation'))
      if (!inverse.operation) return []
      return planOperation(inverse.operation, stage, inverse.schema, { to: inverse.schema, keep: kept })
    }
    const planned = plan(keep)
    if (typeof planned === 'string') return { ok: false, reasons: [planned] }
    parts.push((kept) => stepsOf(plan(kept)))
    schema = inverse.schema
  }
  const steps = parts.flatMap((part) => part(keep))
  return { ok: true, steps, parts, schema, losses: judged.losses }
}

interface Inverse {
  readonly schema: Schema
  readonly operation?: MigrationOperation
  readonly down?: string
}

function invert(operation: MigrationOperation, current: Schema, before: Schema): Inverse | undefined {
  const { position } = operation
  switch (operation.type) {
    case 'sql':
      return { schema: current, down: operation.down ?? '' }
    case 'rename_collection': {
      const { from: to, to: from } = operation
      if (!current.collections.has(from) || current.collections.has(to)) return undefined
      return {
        schema: edit.renameCollection(current, from, to),
        operation: { type: 'rename_collection', from, to, position },
      }
    }
    case 'drop_field':
    case 'drop_collection':
      return undefined
    default:
      return invertInCollection(operation, current, before)
  }
}

type Invertible = Exclude<
  MigrationOperation,
  { readonly type: 'sql' | 'rename_collection' | 'drop_field' | 'drop_collection' }
>

function invertInCollection(operation: Invertible, current: Schema, before: Schema): Inverse | undefined {
  const { position } = operation
  const collection = current.collections.get(operation.collection)
  if (!collection) return undefined
  if (operation.type === 'add_index') return { schema: edit.dropIndex(current, collection, operation.index), operation }
  const field = collection.fields.get(operation.type === 'rename_field' ? operation.to : operation.field)
  if (!field) return undefined
  if (operation.type === 'rename_field') {
    const { from: to, to: from } = operation
    if (collection.fields.has(to)) return undefined
    const inverse: MigrationOperation = { type: 'rename_field', collection: collection.name, from, to, position }
    return { schema: edit.renameField(current, collection, field, to), operation: inverse }
  }
  const { name } = field
  if (operation.type === 'add_field') {
    const inverse: MigrationOperation = { type: 'drop_field', collection: collection.name, field: name, position }
    return { schema: edit.dropField(current, collection, field), operation: inverse }
  }
  const old = before.collections.get(collection.name)?.fields.get(name)
  if (!old) return undefined
  const inverse: MigrationOperation = { type: 'alter_field', collection: collection.name, field: name, position }
  return { schema: edit.setField(current, collection, old), operation: inverse }
}
