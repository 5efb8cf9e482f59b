import { type Collection, type Field, isUsers, normalizeEmail } from '@koyalite/schema'
import type { CollectionRow } from '../import/collection-rows'
import { callProject, type Project } from '../project'

/** Keys of one look-up: they stand in its address. */
const LOOK_UP = 100

export interface ExistingRow {
  readonly row: CollectionRow
  readonly key: string | number
}

export interface SortedRows {
  readonly existing: readonly ExistingRow[]
  readonly missing: readonly CollectionRow[]
  /** How many have neither a key nor a unique value, so that nobody can tell. */
  readonly unknown: number
}

/** Tells which rows are in the collection already. */
export async function findExisting(
  project: Project,
  collection: Collection,
  rows: readonly CollectionRow[],
): Promise<SortedRows> {
  const groups = new Map<Field, CollectionRow[]>()
  let unknown = 0
  for (const row of rows) {
    const field = identifyingFields(collection).find(({ name }) => isKeyValue(row.document[name]))
    if (field === undefined) unknown++
    else groups.set(field, [...(groups.get(field) ?? []), row])
  }
  const keys = new Map<CollectionRow, string | number>()
  for (const [field, group] of groups) {
    for (let at = 0; at < group.length; at += LOOK_UP) {
      const part = group.slice(at, at + LOOK_UP)
      const found = await lookUp(project, collection, field, part)
      for (const row of part) {
        const key = found.get(stored(collection, field, row.document[field.name]))
        if (key !== undefined) keys.set(row, key)
      }
    }
  }
  const known = [...groups.values()].flat().sort((a, b) => a.line - b.line)
  return {
    existing: known.flatMap((row) => {
      const key = keys.get(row)
      return key === undefined ? [] : [{ row, key }]
    }),
    missing: known.filter((row) => !keys.has(row)),
    unknown,
  }
}

/** The key first, then unique fields in the schema's order. */
function identifyingFields(collection: Collection): readonly Field[] {
  const unique = [...collection.fields.values()].filter((field) => field.unique && !field.primary && !field.internal)
  return [
    collection.primaryKey,
    ...unique.filter(({ type }) => type === 'string' || type === 'text' || type === 'uuid' || type === 'int'),
  ]
}

async function lookUp(
  project: Project,
  collection: Collection,
  field: Field,
  rows: readonly CollectionRow[],
): Promise<ReadonlyMap<string, string | number>> {
  const key = collection.primaryKey.name
  const values = rows.map((row) => filterValue(stored(collection, field, row.document[field.name])))
  const parameters = new URLSearchParams({
    filter: `${field.name}:in:${values.join(',')}`,
    fields: field.name === key ? key : `${key},${field.name}`,
    limit: String(LOOK_UP),
  })
  const page = (await callProject(project, `/api/collections/${collection.name}?${parameters}`)) as {
    docs: readonly Record<string, string | number>[]
  }
  return new Map(page.docs.map((doc) => [String(doc[field.name]), doc[key] as string | number]))
}

/** A value as the database has it: uuids in lower case, the e-mail addresses of users too and trimmed. */
function stored(collection: Collection, field: Field, value: unknown): string {
  const text = String(value)
  if (field.type === 'uuid') return text.toLowerCase()
  return isUsers(collection) && field.name === 'email' ? normalizeEmail(text) : text
}

/** One value of an `in` filter. */
function filterValue(text: string): string {
  return text === 'null' ? '\\null' : text.replace(/[\\,]/g, '\\$&')
}

function isKeyValue(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}
