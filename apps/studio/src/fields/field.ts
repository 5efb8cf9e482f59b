import type { ListCollectionsResponse } from '@koyalite/client/admin'

/** A collection as the studio knows it: what schema.yaml says, with everything that it leaves out. */
export type CollectionInfo = ListCollectionsResponse['collections'][number]

export type FieldInfo = CollectionInfo['fields'][number]

/** Whether a text of no characters is a value of the field, so that it is something else than null. */
export function holdsText({ type, enum: choices }: FieldInfo): boolean {
  return (type === 'string' || type === 'text') && choices === null
}

/** Fields whose values are too long for one line: they are edited in the panel. */
export function isLong({ type }: FieldInfo): boolean {
  return type === 'text' || type === 'json' || type === 'blob'
}

/** Whether a new document has to be given it. */
export function isRequired({ nullable, default: preset }: FieldInfo): boolean {
  return !nullable && preset === null
}

/** Why nobody can write the field here, or null. A new document may be given its key. */
export function lockOf(field: FieldInfo, { isNew }: { readonly isNew: boolean }): string | null {
  if (field.internal) return 'It never leaves the server.'
  if (field.primary && !isNew) return 'The key of a document does not change.'
  return null
}
