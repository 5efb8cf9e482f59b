import type { MigrationOperation } from '@koyalite/schema'

/** Where a collection, or a field of it, was before operations; undefined: it was not, or its values were replaced. */
export interface Origins {
  collection(name: string): string
  field(collection: string, name: string): string | undefined
}

/** What operations have renamed and filled. */
export function originsOf(operations: readonly MigrationOperation[]): Origins {
  const back = operations.toReversed()
  const walk = (collection: string, field: string | undefined) => {
    let [at, name] = [collection, field]
    for (const operation of back) {
      if (operation.type === 'rename_collection') {
        if (operation.to === at) at = operation.from
      } else if (operation.type === 'sql' || !('collection' in operation) || operation.collection !== at) {
      } else if (operation.type === 'rename_field') {
        if (operation.to === name) name = operation.from
      } else if (
        'field' in operation &&
        operation.field === name &&
        (operation.type !== 'alter_field' || operation.fill)
      ) {
        name = undefined
      }
    }
    return { at, name }
  }
  return {
    collection: (name) => walk(name, undefined).at,
    field: (collection, name) => walk(collection, name).name,
  }
}
