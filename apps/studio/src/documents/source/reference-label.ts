import { isObject, type Json, type JsonObject } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'

/** How the label of a reference is asked for in the same request as the documents. */
export interface ReferenceLabel {
  /** The name that `expand` has for the reference: `author` for `author_id`. */
  readonly relation: string
  readonly key: string
  readonly label: string
}

/** Null: it is no reference, or its documents have no label. */
export function labelOf(
  field: FieldInfo,
  { fields }: CollectionInfo,
  collections: readonly CollectionInfo[],
): ReferenceLabel | null {
  const target = collections.find(({ name }) => name === field.references?.collection)
  if (field.references === null || target === undefined || target.label === null) return null
  const short = field.name.endsWith('_id') ? field.name.slice(0, -3) : field.name
  const isTaken = short !== field.name && fields.some(({ name }) => name === short)
  return { relation: short === '' || isTaken ? field.name : short, key: field.references.field, label: target.label }
}

/** The key that a reference of a document holds, and the label of what it refers to, where that was asked for. */
export function referenceIn(
  doc: JsonObject,
  field: FieldInfo,
  label: ReferenceLabel | null,
): { readonly key: Json | undefined; readonly label: Json | undefined } {
  const expanded = label === null ? undefined : doc[label.relation]
  if (label !== null && isObject(expanded))
    return {
      key: doc[field.name] === expanded ? expanded[label.key] : (doc[field.name] ?? expanded[label.key]),
      label: expanded[label.label],
    }
  return { key: doc[field.name], label: undefined }
}
