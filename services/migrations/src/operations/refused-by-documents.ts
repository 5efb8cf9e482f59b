import { type Difference, planMigration } from '@koyalite/schema'
import type { MigrationsContext } from '../migrations-context'
import { keptObjects } from '../store/kept-objects'
import { runSteps, StepFailed } from '../store/run-steps'
import { storedSchema } from '../store/system-tables'
import { refusedIndexes } from './apply-schema'
import type { PendingPlan } from './plan-pending'

/** What would come by itself, if documents were not in its way: new unique indexes. Tried out, and undone. */
export async function refusedByDocuments(
  context: MigrationsContext,
  plan: PendingPlan & { readonly ok: true },
): Promise<readonly Difference[]> {
  const mayRefuse = plan.rest.some(({ subject }) => subject.of === 'index' && subject.change === 'added')
  const isHeldBack = plan.rest.some(({ kind }) => kind === 'destructive')
  if (!mayRefuse || isHeldBack || plan.pending.length > 0) return []
  try {
    await context.database.migrate((tx) => {
      const before = storedSchema(tx)
      if (before) runSteps(tx, planMigration(plan.rest, before, context.schema, { keep: keptObjects(tx) }))
      throw new Undo()
    })
  } catch (error) {
    if (error instanceof StepFailed) return refusedIndexes(plan.rest, error.indexes)
    if (!(error instanceof Undo)) throw error
  }
  return []
}

class Undo extends Error {}
