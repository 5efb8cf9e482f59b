import type { Tx } from '@koyalite/contracts'
import type { PlanPart, Schema } from '@koyalite/schema'
import { brokenObjects } from './broken-objects'
import { departures, indexNames } from './departures'
import { preservedObjects } from './kept-objects'
import { putLogTriggers } from './log-triggers'
import { runSteps, StepFailed } from './run-steps'
import { storeSchema } from './system-tables'

export interface Plan {
  readonly after: Schema
  readonly parts: readonly PlanPart[]
  /** Notified of each step that may take long. */
  readonly report?: ((step: string) => void) | undefined
}

/** Runs the steps, and notes what the tables are now. Throws StepFailed if that cannot be, or if a view or trigger would no longer work. */
export function runPlan(tx: Tx, { after, parts, report }: Plan): void {
  const before = brokenObjects(tx)
  const indexes = indexNames(tx)
  for (const part of parts) runSteps(tx, part(preservedObjects(tx)), report)
  const departed = departures(tx, { schema: after, indexes })
  if (departed.length > 0) {
    throw new StepFailed([`${departed.join('; ')}: an sql operation must not remove what collections need`], new Map())
  }
  putLogTriggers(tx, after)
  const broken = [...brokenObjects(tx)].filter(([name]) => !before.has(name))
  if (broken.length > 0) {
    const problems = broken.map(([name, reason]) => `${name} would no longer work (${reason})`)
    const advice = 'change or drop it first, with an sql operation'
    throw new StepFailed([`${problems.join('; ')}: ${advice}`], new Map())
  }
  storeSchema(tx, after)
  report?.('checking references')
}
