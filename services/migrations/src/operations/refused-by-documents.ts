import { checkFailure, type Difference, planMigration, type Schema } from '@koyalite/schema'
import type { PlanContext } from '../migrations-context'
import { preservedObjects } from '../store/kept-objects'
import { storedSchema } from '../store/system-tables'
import { refusedIndexes } from './apply-schema'
import type { PendingPlan } from './plan-pending'

const CHECK_TIMEOUT_MS = 30_000

/** What would come by itself, if documents were not in its way: new unique indexes. Only their checks are run, where a long one can be killed. */
export async function refusedByDocuments(
  { database, schema }: PlanContext,
  plan: PendingPlan & { readonly ok: true },
): Promise<readonly Difference[]> {
  const mayRefuse = plan.rest.some(({ subject }) => subject.of === 'index' && subject.change === 'added')
  const isHeldBack = plan.rest.some(({ kind }) => kind === 'destructive')
  const before = storedSchema(database)
  if (!mayRefuse || isHeldBack || plan.pending.length > 0 || before === null) return []
  const reasons = new Map<string, string>()
  for (const step of planMigration(plan.rest, before, schema, { keep: preservedObjects(database) })) {
    if (step.kind !== 'check' || step.index === undefined || !isOfStored(before, schema, step.index)) continue
    const { rows } = await database.query({ text: step.text, params: [] }, { timeoutMs: CHECK_TIMEOUT_MS })
    if (rows.length > 0) reasons.set(step.index, checkFailure(step, rows))
  }
  return refusedIndexes(plan.rest, reasons)
}

/** One over a column that is still to come is met by every document: it is null everywhere. */
function isOfStored(before: Schema, schema: Schema, name: string): boolean {
  return [...schema.collections.values()].some((collection) => {
    const stored = before.collections.get(collection.name)
    const index = collection.indexes.find((candidate) => candidate.name === name)
    return index?.fields.every((field) => {
      const column = stored?.fields.get(field)?.column
      return column !== undefined && column === collection.fields.get(field)?.column
    })
  })
}
