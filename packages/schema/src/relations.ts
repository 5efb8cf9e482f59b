import type { Collection, Field, Schema } from './model'

/** One step that `expand` can take from a collection: along a reference, or back along one. */
export type Relation =
  | { readonly kind: 'forward'; readonly name: string; readonly field: Field; readonly target: Collection; readonly targetField: Field }
  | { readonly kind: 'reverse'; readonly name: string; readonly source: Collection; readonly sourceField: Field; readonly field: Field }
