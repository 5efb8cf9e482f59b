import type { CollectionInfo, FieldInfo } from '../../fields/field'

/** The field at the end of a path; undefined: it is within json, where there are no fields; null: there is none (any more). */
export function fieldAt(
  path: string,
  collection: CollectionInfo,
  collections: readonly CollectionInfo[],
): FieldInfo | undefined | null {
  const [first = '', ...rest] = path.split('.')
  const field =
    collection.fields.find(({ name }) => name === first) ??
    collection.fields.find(({ name, references }) => references !== null && name === `${first}_id`)
  if (field === undefined || field.internal) return null
  if (rest.length === 0) return field.name === first ? field : null
  if (field.type === 'json') return undefined
  const target = collections.find(({ name }) => name === field.references?.collection)
  return target === undefined ? null : fieldAt(rest.join('.'), target, collections)
}
