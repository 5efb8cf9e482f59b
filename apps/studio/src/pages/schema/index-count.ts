import type { Collection } from '@koyalite/schema'
import type { CollectionInfo } from '../../fields/field'

/** How many indexes a collection has besides that of its key: those of fields, and those of their own. */
export function indexCount(collection: Collection | undefined, served: CollectionInfo | undefined): number {
  if (collection !== undefined) return collection.indexes.length + indexedFields(collection).length
  if (served === undefined) return 0
  return served.indexes.length + served.fields.filter(({ indexed, primary }) => indexed && !primary).length
}

/** Fields with an index of their own. */
export function indexedFields({ fields }: Pick<Collection, 'fields'>) {
  return [...fields.values()].filter(({ index, unique, primary }) => (index || unique) && !primary)
}
