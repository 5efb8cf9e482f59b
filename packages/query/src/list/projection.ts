import type { Collection, Relation } from '@koyalite/schema'

/** Which parts of the documents of one collection a response has. */
export interface Projection {
  readonly collection: Collection
  /** Names of the fields to show; null for all that the actor may read. */
  readonly fields: ReadonlySet<string> | null
  readonly expand: readonly Expansion[]
}

/** A relation to show as documents instead of keys. */
export interface Expansion {
  readonly relation: Relation
  readonly projection: Projection
}

/** The collection that an expanded relation shows documents of. */
export function expandedCollection(relation: Relation): Collection {
  return relation.kind === 'forward' ? relation.target : relation.source
}

/** Whether this is just the document. */
export function isWhole(projection: Projection): boolean {
  return projection.fields === null && projection.expand.length === 0
}
