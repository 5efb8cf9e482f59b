import type { CollectionInfo, FieldInfo } from '../../fields/field'

/** The collection `users` with those fields only that somebody fills in: no key, nothing that the server sets. */
export function profileOf(users: CollectionInfo): CollectionInfo {
  return { ...users, fields: users.fields.filter(isFilledIn) }
}

function isFilledIn({ name, primary, internal, updates }: FieldInfo): boolean {
  return !primary && !internal && !updates && name !== 'created_at'
}

/** Asked for by itself when a user is made, or with a default. */
const ASKED = new Set(['email', 'role', 'verified', 'claims', 'metadata'])

/** What the schema wants of every user besides: without it nobody could be made. */
export function requiredFields(users: CollectionInfo | undefined): readonly FieldInfo[] {
  if (users === undefined) return []
  return profileOf(users).fields.filter(
    ({ name, nullable, default: preset }) => !ASKED.has(name) && !nullable && preset === null,
  )
}
