import { AppError, type SqlValue } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import type { Tx } from '@koyalite/sqlite'
import type { CollectionModel } from '../collection-model'
import type { Caller, DataContext } from '../data-context'
import { defaultValue, type StoredValues } from '../document-input'
import { explainConstraint } from './constraint'
import { documentTexts, updateText } from './document-texts'

/** What the writes below need to know besides their values. */
export interface Target {
  readonly context: DataContext
  readonly caller: Caller
  readonly model: CollectionModel
}

/** Stores a new document; gives its JSON text as the caller may see it. Throws CONFLICT where a constraint refuses it. */
export function insertDocument(tx: Tx, target: Target, values: StoredValues): string {
  const texts = documentTexts(target.caller.access, target.model.collection)
  const params = texts.fields.map((field) => {
    const value = values.get(field)
    return value === undefined ? defaultValue(field, target.caller.time) : value
  })
  return constrained(tx, target, values, () => textOf(tx.get({ text: texts.insert, params })))
}

/** The document by key as the caller reads it, or null. */
export function selectDocument(tx: Tx, target: Target, key: SqlValue): string | null {
  const texts = documentTexts(target.caller.access, target.model.collection)
  const row = tx.get({ text: texts.select, params: [key] })
  return row ? textOf(row) : null
}

/** Gives some fields of a document new values; gives its JSON text. A change of nothing writes nothing, and leaves `onUpdate: now` fields alone. */
export function updateDocument(tx: Tx, target: Target, key: SqlValue, values: StoredValues): string {
  const texts = documentTexts(target.caller.access, target.model.collection)
  const touched = target.model.fields.filter((field) => field.onUpdateNow)
  const fields = [...values.keys()].filter((field) => !field.onUpdateNow)
  if (fields.length > 0) {
    const given = fields.map((field) => values.get(field) as SqlValue)
    const now = new Date(target.caller.time).toISOString()
    const params = [...given, ...touched.map(() => now), key, ...given]
    const row = constrained(tx, target, values, () => tx.get({ text: updateText(texts, fields, touched), params }))
    if (row) return textOf(row)
  }
  const unchanged = selectDocument(tx, target, key)
  if (unchanged === null)
    throw new AppError('NOT_FOUND', `There is no document '${String(key)}' in '${target.model.collection.name}'.`)
  return unchanged
}

/** Deletes a document; false where there is none. Throws CONFLICT where another document still refers to it. */
export function deleteDocument(tx: Tx, target: Target, key: SqlValue): boolean {
  const texts = documentTexts(target.caller.access, target.model.collection)
  return constrained(tx, target, null, () => tx.run({ text: texts.delete, params: [key] }).changes > 0, key)
}

/** The stored values of some fields, as SQLite has them. */
export function storedValues(
  tx: Tx,
  target: Target,
  key: SqlValue,
  fields: readonly Field[],
): ReadonlyMap<Field, SqlValue> | null {
  const texts = documentTexts(target.caller.access, target.model.collection)
  const columns = fields.map((field) => `"${field.column.replaceAll('"', '""')}"`)
  const text = `SELECT ${['1', ...columns].join(', ')} FROM ${texts.table} WHERE ${texts.key} = ?`
  const row = tx.get({ text, params: [key] })
  if (!row) return null
  return new Map(fields.map((field, index) => [field, row[index + 1] as SqlValue]))
}

function constrained<T>(tx: Tx, target: Target, values: StoredValues | null, write: () => T, key?: SqlValue): T {
  try {
    return write()
  } catch (error) {
    throw explainConstraint(tx, target, values, key, error)
  }
}

function textOf(row: readonly SqlValue[] | undefined): string {
  // A statement with RETURNING, or a row that was checked to be there.
  return (row as readonly SqlValue[])[0] as string
}
