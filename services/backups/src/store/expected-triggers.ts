import { type Schema, tableShape } from '@koyalite/schema'
import { changeTriggers, type TriggerSql } from '@koyalite/sqlite'

/** The triggers of the change log that a schema's tables must have. */
export function expectedTriggers(
  schema: Schema,
): readonly { readonly table: string; readonly triggers: readonly TriggerSql[] }[] {
  return [...schema.collections.values()].map((collection) => {
    const { table, keyColumn, columns } = tableShape(collection)
    const triggers = changeTriggers({
      collection: collection.name,
      table,
      key: keyColumn,
      columns: columns.map(({ name, kind }) => ({
        column: name,
        kind: kind === 'bool' || kind === 'json' || kind === 'blob' ? kind : 'value',
      })),
    })
    return { table, triggers }
  })
}
