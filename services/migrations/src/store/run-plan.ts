import type { PlanPart, Schema } from '@koyalite/schema'
import type { Tx } from '@koyalite/sqlite'
import { keptObjects } from './kept-objects'
import { putLogTriggers } from './log-triggers'
import { runSteps, StepFailed } from './run-steps'
import { storeSchema } from './system-tables'
import { lostColumns, unknownColumns } from './unknown-columns'

export interface Plan {
  readonly before: Schema
  readonly after: Schema
  readonly parts: readonly PlanPart[]
  /** What collections of before are called now, where they have another name. */
  readonly renamed?: ReadonlyMap<string, string>
  readonly systemTables: readonly string[]
}

/** Runs the steps, and notes what the tables are now. Throws StepFailed if that cannot be, or would lose what the schema does not know. */
export function runPlan(tx: Tx, { before, after, parts, renamed, systemTables }: Plan): void {
  const unknown = unknownColumns(tx, before)
  for (const part of parts) runSteps(tx, part(keptObjects(tx)))
  const tables = new Map(
    [...before.collections.keys()].flatMap((name): [string, string][] => {
      const table = after.collections.get(renamed?.get(name) ?? name)?.table
      return table === undefined ? [] : [[name, table]]
    }),
  )
  const lost = lostColumns(tx, unknown, tables)
  if (lost.length > 0) {
    const problem = `the table would be made anew, and lose columns that schema.yaml does not have: ${lost.join(', ')}`
    throw new StepFailed([problem], new Map())
  }
  putLogTriggers(tx, after)
  storeSchema(tx, after, systemTables)
}
