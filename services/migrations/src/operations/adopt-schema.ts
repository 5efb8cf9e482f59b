import type { ServiceTables } from '@koyalite/contracts'
import { type Collection, diffSchemas, type PlanPart, planMigration, type Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { runPlan } from '../store/run-plan'
import { createSystemTables } from '../store/system-tables'

/**
 * Takes the tables of another program over, as a schema describes them: their rows stay as they are, they get the triggers of the change log, and what they do
 * not have is made.
 * @param adopted the collections whose tables are there
 */
export async function adoptSchema(
  database: Database,
  {
    schema,
    adopted,
    systemTables,
  }: { schema: Schema; adopted: ReadonlySet<string>; systemTables: readonly ServiceTables[] },
): Promise<void> {
  const there = new Map<string, Collection>([...schema.collections].filter(([name]) => adopted.has(name)))
  const before: Schema = { ...schema, collections: there }
  await database.migrate((tx) => {
    createSystemTables(tx, systemTables)
    const part: PlanPart = (keep) => planMigration(diffSchemas(before, schema), before, schema, { keep })
    runPlan(tx, { after: schema, parts: [part] })
  })
}
