import { type Collection, type Field, type Relation, relationsOf, type Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'

/** A collection as one actor sees it. What is not in here does not exist for that actor: not in results, clauses or error texts. */
export interface CollectionView {
  readonly collection: Collection
  readonly fields: ReadonlyMap<string, Field>
  readonly relations: ReadonlyMap<string, Relation>
}

const cache = new WeakMap<ReadAccess, WeakMap<Collection, CollectionView>>()

export function viewOf(schema: Schema, collection: Collection, access: ReadAccess): CollectionView {
  let views = cache.get(access)
  if (!views) {
    views = new WeakMap()
    cache.set(access, views)
  }
  let view = views.get(collection)
  if (!view) {
    view = createView(schema, collection, access)
    views.set(collection, view)
  }
  return view
}

/** Whether a field exists for an actor, in some documents at least. */
export function isVisible(collection: Collection, field: Field, access: ReadAccess): boolean {
  return !field.internal && access.field(collection, field).kind !== 'none'
}

function createView(schema: Schema, collection: Collection, access: ReadAccess): CollectionView {
  const fields = new Map([...collection.fields].filter(([, field]) => isVisible(collection, field, access)))
  const relations = [...relationsOf(schema, collection)].filter(([, relation]) =>
    // A relation is as visible as the field that refers, on whichever side that is.
    relation.kind === 'forward'
      ? isVisible(collection, relation.field, access)
      : isVisible(relation.source, relation.sourceField, access),
  )
  return { collection, fields, relations: new Map(relations) }
}
