import type { CollectionInfo } from '../../fields/field'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Fields in which people look for somebody. */
const NAMES = /(^|_)(name|phone|mobile|tel|handle|nickname|username)($|_)/

/** The fields of `users` that the box searches besides the id: the address, and what a person or a telephone is called. */
export function searchedFields(users: CollectionInfo | undefined): readonly string[] {
  const names = (users?.fields ?? [])
    .filter(({ name, type, internal }) => (type === 'string' || type === 'text') && !internal && NAMES.test(name))
    .map(({ name }) => name)
  return ['email', ...names]
}

/** What is searched for in the one box: an id, or a part of the address, a name or a number. */
export function userConditions(text: string, fields: readonly string[]): { readonly filter?: readonly string[] } {
  const asked = text.trim()
  if (asked === '') return {}
  if (ID.test(asked)) return { filter: [JSON.stringify({ id: asked.toLowerCase() })] }
  const like = { $like: `%${asked}%` }
  const conditions = fields.map((field) => ({ [field]: like }))
  return { filter: [JSON.stringify(conditions.length === 1 ? conditions[0] : { $or: conditions })] }
}
