import type { Collection, FieldType } from './model'

/** A collection's table as the triggers of the change log are made of it. */
export interface LoggedCollection {
  readonly collection: string
  readonly table: string
  readonly key: string
  readonly columns: readonly { readonly column: string; readonly kind: 'value' | 'bool' | 'json' | 'blob' }[]
}

/** How the change log sees a collection. */
export function loggedTable(collection: Collection): LoggedCollection {
  return {
    collection: collection.name,
    table: collection.table,
    key: collection.primaryKey.column,
    columns: [...collection.fields.values()].map((field) => ({ column: field.column, kind: columnKind(field.type) })),
  }
}

function columnKind(type: FieldType): 'value' | 'bool' | 'json' | 'blob' {
  return type === 'bool' || type === 'json' || type === 'blob' ? type : 'value'
}
