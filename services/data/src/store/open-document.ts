import { quoteName, type Reads, type SqlValue } from '@koyalite/contracts'
import { bound, documentJson, READ_ALL } from '@koyalite/query'
import type { Collection, JsonValue } from '@koyalite/schema'

/** A stored document as the API has it, with its internal fields: for code of the project. Null where there is none. */
export function openDocument(
  reads: Reads,
  collection: Collection,
  key: SqlValue,
): Readonly<Record<string, JsonValue>> | null {
  const open = withoutInternals(collection)
  const document = bound(documentJson(open, READ_ALL, ROW))
  const text = `SELECT ${document.text} FROM ${quoteName(open.table)} AS ${ROW} WHERE ${ROW}.${quoteName(open.primaryKey.column)} = ?`
  const row = reads.get({ text, params: [...document.params, key] })
  return row === undefined ? null : JSON.parse(row[0] as string)
}

const ROW = 'o0'

const opened = new WeakMap<Collection, Collection>()

/** The same collection, whose internal fields are shown. */
function withoutInternals(collection: Collection): Collection {
  let open = opened.get(collection)
  if (open === undefined) {
    const fields = [...collection.fields].map(([name, field]) => [name, { ...field, internal: false }] as const)
    open = { ...collection, fields: new Map(fields) }
    opened.set(collection, open)
  }
  return open
}
