import type { Collection } from '@koyalite/schema'

/** Collections so that each comes after those it refers to; where they refer to one another in a circle, in the given order. */
export function inReferenceOrder(collections: readonly Collection[]): readonly Collection[] {
  const byName = new Map(collections.map((collection) => [collection.name, collection]))
  const ordered = new Set<Collection>()
  const visiting = new Set<Collection>()
  const visit = (collection: Collection): void => {
    if (ordered.has(collection) || visiting.has(collection)) return
    visiting.add(collection)
    for (const field of collection.fields.values()) {
      const target = byName.get(field.references?.collection ?? '')
      if (target !== undefined) visit(target)
    }
    ordered.add(collection)
  }
  for (const collection of collections) visit(collection)
  return [...ordered]
}
