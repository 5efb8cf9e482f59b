import { type Change, quoteName, type SqlValue, type Tx } from '@koyalite/contracts'
import { jsonOfColumn } from '@koyalite/query'
import type { Field, JsonValue } from '@koyalite/schema'
import type { CollectionModel } from '../collection-model'

/** A value as the change log has it; of a blob the hexadecimal digits. */
export type LoggedValue = { readonly json: JsonValue } | { readonly bytes: string }

/** A stored document by field, without internal fields. */
export type LoggedDocument = Readonly<Record<string, LoggedValue>>

export type LoggedChange = Pick<Change, 'collection' | 'op' | 'docId' | 'old'>

/** Changes of some collections after number `since`, oldest first. Triggers also log those made through `onDelete`. */
export function loggedChanges(tx: Tx, since: number, collections: ReadonlySet<string>): readonly LoggedChange[] {
  const rows = tx.all({
    text: `SELECT "collection", "op", "doc_id", "old" FROM "_koyalite_changes"
      WHERE "seq" > ? AND "collection" IN (SELECT "value" FROM json_each(?)) ORDER BY "seq"`,
    params: [since, JSON.stringify([...collections])],
  })
  // Only triggers write these columns, with these types.
  return rows.map(([collection, op, docId, old]) => ({ collection, op, docId, old }) as LoggedChange)
}

/**
 * The document before a change.
 * @param text `old` of the change: JSON by column
 * @param after the document after it, which tells what an update has left alone; null after a delete
 */
export function loggedDocument(model: CollectionModel, text: string, after: LoggedDocument | null): LoggedDocument {
  const old = JSON.parse(text) as Readonly<Record<string, JsonValue>>
  return byField(model, (field) => {
    const same = Object.hasOwn(old, field.column) ? undefined : after?.[field.name]
    if (same !== undefined) return same
    const value = old[field.column] ?? null
    return field.type === 'blob' && value !== null ? { bytes: String(value) } : { json: value }
  })
}

/** The current document; null if there is none. */
export function presentDocument(tx: Tx, model: CollectionModel, key: SqlValue): LoggedDocument | null {
  const { table, primaryKey } = model.collection
  const columns = shownFields(model)
    .map((field) => quoteName(field.column))
    .join(', ')
  const text = `SELECT ${columns} FROM ${quoteName(table)} WHERE ${quoteName(primaryKey.column)} = ?`
  const row = tx.get({ text, params: [key] })
  return row ? byField(model, (field, index) => loggedValue(field, row[index] ?? null)) : null
}

function byField(model: CollectionModel, read: (field: Field, index: number) => LoggedValue): LoggedDocument {
  return Object.fromEntries(shownFields(model).map((field, index) => [field.name, read(field, index)]))
}

function shownFields({ fields }: CollectionModel): readonly Field[] {
  return fields.filter(({ internal }) => !internal)
}

/** A stored value as the change log would have it. */
export function loggedValue(field: Field, value: SqlValue): LoggedValue {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex').toUpperCase() }
  if (field.type === 'bool') return { json: value === null ? null : value !== 0 }
  if (field.type === 'json' && typeof value === 'string') return { json: jsonOfColumn(value) }
  return { json: typeof value === 'bigint' ? String(value) : value }
}
