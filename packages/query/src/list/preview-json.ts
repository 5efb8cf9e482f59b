import type { Sql } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { columnOf, constant, literal, sql } from '../sql/sql-fragment'
import { fieldJson, type JsonEntry, jsonObject } from './document-json'

/** Characters of a text that a preview shows. */
const CHARACTERS = constant('256')
/** No text of that many characters has more bytes. */
const BYTES_OF_TEXT = constant('1024')
/** Bytes of a blob that a preview shows: 256 characters of base64. */
const BYTES = constant('192')
const SAFE_INTEGERS = constant('-9007199254740991 AND 9007199254740991')

/**
 * The document in the row at `alias` for a table of documents on a screen: long texts, json and blobs are cut by SQLite, and what JavaScript
 * would round comes as text. `_shown`, which no field can be named, says of each such field how to read it.
 * @param fields those to show; an expansion in the place of a field is among them
 */
export function previewJson(
  collection: Collection,
  fields: readonly (Field | JsonEntry)[],
  { access, alias }: { readonly access: ReadAccess; readonly alias: string },
) {
  const entries: JsonEntry[] = []
  const notes: JsonEntry[] = []
  for (const field of fields) {
    if ('value' in field) {
      entries.push(field)
      continue
    }
    const { name } = field
    const { kind, value, note } = previewOf(collection, field, alias)
    const rule = access.field(collection, field)
    const isNoted = sql`${kind} IS NOT NULL`
    if (rule.kind === 'where') {
      const present = rule.sql(alias)
      entries.push({ name, value, present })
      notes.push({ name, value: note, present: sql`(${present}) AND ${isNoted}` })
    } else {
      entries.push({ name, value })
      notes.push({ name, value: note, present: isNoted })
    }
  }
  return jsonObject([...entries, { name: '_shown', value: jsonObject(notes) }])
}

interface Preview {
  /** `'text'`, `'json'`, `'blob'` or `'int'` where the value is not shown as it is, else NULL. */
  readonly kind: Sql
  readonly value: Sql
  /** What `_shown` says: the kind; and the size of the whole value, where it is cut. */
  readonly note: Sql
}

function previewOf(collection: Collection, field: Field, alias: string): Preview {
  const column = columnOf(alias, field.column)
  const size = sql`octet_length(${column})`
  // Of a long value only its size is looked at, which is no matter of reading it.
  const isLongText = sql`(${size} > ${BYTES_OF_TEXT} OR length(CAST(${column} AS TEXT)) > ${CHARACTERS})`
  const kind = kindOf(field, column, { size, isLongText })
  const value = sql`CASE ${kind} WHEN 'int' THEN CAST(${column} AS TEXT) WHEN 'blob' THEN koyalite_base64(substr(CAST(${column} AS BLOB), 1, ${BYTES})) WHEN 'text' THEN substr(${column}, 1, ${CHARACTERS}) WHEN 'json' THEN substr(CAST(${column} AS TEXT), 1, ${CHARACTERS}) ELSE ${fieldJson(collection, field, alias)} END`
  const sized = (type: string) => sql`json_object('type', ${literal(type)}, 'bytes', ${size})`
  const note = sql`CASE ${kind} WHEN 'int' THEN json_object('type', 'int') WHEN 'blob' THEN ${sized('blob')} WHEN 'text' THEN ${sized('text')} ELSE CASE WHEN ${isLongText} THEN ${sized('json')} ELSE json_object('type', 'json') END END`
  return { kind, value, note }
}

function kindOf(
  field: Field,
  column: Sql,
  { size, isLongText }: { readonly size: Sql; readonly isLongText: Sql },
): Sql {
  const isLongBlob = sql`${size} > ${BYTES}`
  if (field.type === 'blob') return sql`CASE WHEN ${isLongBlob} THEN 'blob' END`
  const ofInteger = sql`CASE WHEN ${column} NOT BETWEEN ${SAFE_INTEGERS} THEN 'int' END`
  // Text first: it is what most columns hold.
  const isInexact = field.type === 'json' ? sql` WHEN koyalite_inexact(${column}) THEN 'json'` : constant('')
  const ofText = sql`CASE WHEN ${isLongText} THEN ${constant(field.type === 'json' ? "'json'" : "'text'")}${isInexact} END`
  const ofBlob = sql`CASE WHEN ${isLongBlob} THEN 'blob'${isInexact} END`
  return sql`CASE typeof(${column}) WHEN 'text' THEN ${ofText} WHEN 'integer' THEN ${ofInteger} WHEN 'blob' THEN ${ofBlob} END`
}
