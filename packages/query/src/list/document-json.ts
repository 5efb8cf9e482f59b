import type { Sql } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import type { DeferredSql } from '../sql/deferred-sql'
import { columnOf, join, literal, sql } from '../sql/sql-fragment'
import { isVisible } from './collection-view'

/** One key of a JSON object that SQL builds. `present`, where given, decides for each row whether the key is there at all. */
export interface JsonEntry {
  readonly name: string
  readonly value: DeferredSql
  readonly present?: DeferredSql
}

const cache = new WeakMap<ReadAccess, Map<Collection, { readonly alias: string; readonly document: DeferredSql }[]>>()

/**
 * An expression that is the JSON of the document in the row at `alias`, as the actor may read it: its fields in the order of the
 * schema, without internal and unreadable ones. Whether the row itself may be read is not its business.
 */
export function documentJson(collection: Collection, access: ReadAccess, alias: string): DeferredSql {
  let collections = cache.get(access)
  if (!collections) {
    collections = new Map()
    cache.set(access, collections)
  }
  let known = collections.get(collection)
  if (!known) {
    known = []
    collections.set(collection, known)
  }
  let entry = known.find((candidate) => candidate.alias === alias)
  if (!entry) {
    const fields = [...collection.fields.values()].filter((field) => isVisible(collection, field, access))
    entry = { alias, document: jsonObject(fields.map((field) => fieldEntry(collection, field, access, alias))) }
    known.push(entry)
  }
  return entry.document
}

/** A field as a key of its document. */
export function fieldEntry(collection: Collection, field: Field, access: ReadAccess, alias: string): JsonEntry {
  const value = fieldJson(collection, field, alias)
  const rule = access.field(collection, field)
  return rule.kind === 'where' ? { name: field.name, value, present: rule.sql(alias) } : { name: field.name, value }
}

/** A JSON object with these keys, in this order. */
export function jsonObject(entries: readonly JsonEntry[]): DeferredSql {
  const chunks: DeferredSql[] = []
  for (let start = 0; start < entries.length || start === 0; start += MAX_KEYS) {
    const keys = entries.slice(start, start + MAX_KEYS)
    chunks.push(
      sql`json_object(${join(
        keys.map((entry) => sql`${literal(entry.name)}, ${entry.value}`),
        ', ',
      )})`,
    )
  }
  const object = chunks.length === 1 ? (chunks[0] as DeferredSql) : concatenated(chunks)
  const conditional = entries.filter((entry) => entry.present)
  if (conditional.length === 0) return object
  const removals = conditional.map((entry) => {
    const path = literal(`$."${entry.name}"`)
    // `$._` is the path of nothing: no field's name begins with an underscore. (A NULL path would remove everything.)
    return sql`CASE WHEN ${entry.present as DeferredSql} THEN '$._' ELSE ${path} END`
  })
  let remaining = object
  for (let start = 0; start < removals.length; start += MAX_PATHS)
    remaining = sql`json_remove(${remaining}, ${join(removals.slice(start, start + MAX_PATHS), ', ')})`
  return remaining
}

/** Functions take at most 1000 arguments. */
const MAX_KEYS = 400
const MAX_PATHS = 800

/** Objects written one after the other as one: `{"a":1}`, `{"b":2}` → `{"a":1,"b":2}`. */
function concatenated(objects: readonly DeferredSql[]): DeferredSql {
  const inner = objects.map((object) => sql`substr(${object}, 2, length(${object}) - 2)`)
  return sql`json('{' || ${join(inner, " || ',' || ")} || '}')`
}

/** What another program stored in a column is shown too, as the JSON value that is nearest to it: see SPEC.md. */
export function fieldJson(collection: Pick<Collection, 'untyped'>, field: Field, alias: string): Sql {
  const column = columnOf(alias, field.column)
  const any = collection.untyped
    ? sql`CASE WHEN ${isBlob(column)} THEN koyalite_base64(${column}) ELSE ${column} END`
    : column
  switch (field.type) {
    case 'bool':
      return sql`CASE ${column} WHEN 1 THEN json('true') WHEN 0 THEN json('false') ELSE ${any} END`
    case 'json':
      return sql`CASE json_valid(${column}) WHEN 0 THEN koyalite_shown(${column}) ELSE json(${column}) END`
    case 'blob':
      return sql`koyalite_base64(${column})`
    case 'uuid':
    case 'string':
    case 'text':
    case 'int':
    case 'float':
    case 'timestamp':
    case 'date':
      return any
  }
}

/** A comparison is a third of the price of typeof(). Blobs come after everything else, and nothing is less than the empty one. */
function isBlob(column: Sql): Sql {
  return sql`${column} >= x''`
}
