import type { Collection, Relation } from '@koyalite/schema'

/** Which parts of the documents of one collection a response has. */
export interface Projection {
  readonly collection: Collection
  /** Names of the fields to show; null for all that the actor may read. */
  readonly fields: ReadonlySet<string> | null
  readonly expand: readonly Expansion[]
  /** Long values are cut, and numbers that JavaScript would round are texts: see `previewJson`. */
  readonly isPreview?: true
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
  return projection.fields === null && projection.expand.length === 0 && !projection.isPreview
}

/** The same parts as previews, those of expanded documents too. */
export function previewed(projection: Projection): Projection {
  const expand = projection.expand.map((one) => ({ ...one, projection: previewed(one.projection) }))
  return { ...projection, expand, isPreview: true }
}
