import type { Schema } from '@koyalite/schema'
import { type ClientCollection, type ClientField, type ClientRelation, clientModel } from './client-model'
import { collectionHash } from './schema-hash'

type Names = Readonly<Record<string, string>>

/** What the TypeScript client must know of a collection at run time: its `CollectionMetadata`. What is empty is left out. */
export interface CollectionMetadata {
  readonly hash: string
  readonly key?: string
  readonly fields?: Names
  readonly relations?: Names
  readonly names?: Names
}

/** Of all collections, by name: what generated code has as `metadata.collections`. */
export function clientMetadata(schema: Schema): Readonly<Record<string, CollectionMetadata>> {
  return Object.fromEntries(clientModel(schema).map((collection) => [collection.name, collectionMetadata(collection)]))
}

export function collectionMetadata(collection: ClientCollection): CollectionMetadata {
  const { key, fields, relations } = collection
  const ownKey = fields.find(({ name }) => name === key)?.clientName ?? key
  const kinds = fields.filter(({ type }) => type === 'timestamp' || type === 'blob' || type === 'int')
  const renamed = [...fields, ...relations].filter(({ clientName }) => clientName !== undefined)
  return {
    hash: collectionHash(collection),
    ...(ownKey !== 'id' && { key: ownKey }),
    ...named('fields', kinds, ({ type }) => type),
    ...named('relations', relations, (relation) => relation.collection),
    ...named('names', renamed, ({ name }) => name),
  }
}

/** By the names that clients have. */
function named<T extends ClientField | ClientRelation>(
  part: 'fields' | 'relations' | 'names',
  entries: readonly T[],
  value: (entry: T) => string,
): Partial<CollectionMetadata> {
  if (entries.length === 0) return {}
  return { [part]: Object.fromEntries(entries.map((entry) => [entry.clientName ?? entry.name, value(entry)])) }
}
