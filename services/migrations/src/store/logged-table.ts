import type { Collection, FieldType } from '@koyalite/schema'
import type { ColumnKind, LoggedTable } from '@koyalite/sqlite'

/** How the change log sees a collection. */
export function loggedTable(collection: Collection): LoggedTable {
  return {
    collection: collection.name,
    table: collection.table,
    key: collection.primaryKey.column,
    columns: [...collection.fields.values()].map((field) => ({ column: field.column, kind: columnKind(field.type) })),
  }
}

function columnKind(type: FieldType): ColumnKind {
  return type === 'bool' || type === 'json' || type === 'blob' ? type : 'value'
}
