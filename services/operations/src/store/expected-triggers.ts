import { loggedTable, type Schema } from '@koyalite/schema'
import { changeTriggers, type TriggerSql } from '@koyalite/sqlite'

/** The triggers of the change log that a schema's tables must have. */
export function expectedTriggers(
  schema: Schema,
): readonly { readonly table: string; readonly triggers: readonly TriggerSql[] }[] {
  return [...schema.collections.values()].map((collection) => ({
    table: collection.table,
    triggers: changeTriggers(loggedTable(collection)),
  }))
}
