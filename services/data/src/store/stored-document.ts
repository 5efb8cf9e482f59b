import { quoteName, type SqlValue, type Tx } from '@koyalite/contracts'
import { type CelDocument, jsonOfColumn } from '@koyalite/query'
import type { Field, JsonValue } from '@koyalite/schema'
import type { CollectionModel } from '../collection-model'

/** A stored document as rules see it, with all fields, internal ones too. */
export function storedDocument(tx: Tx, model: CollectionModel, key: SqlValue): CelDocument | undefined {
  const { table, primaryKey } = model.collection
  const columns = model.fields.map((field) => quoteName(field.column)).join(', ')
  const text = `SELECT ${columns} FROM ${quoteName(table)} WHERE ${quoteName(primaryKey.column)} = ?`
  const row = tx.get({ text, params: [key] })
  return (
    row && Object.fromEntries(model.fields.map((field, index) => [field.name, celValue(field, row[index] as SqlValue)]))
  )
}

function celValue(field: Field, value: SqlValue): JsonValue | bigint | Uint8Array {
  if (value === null) return null
  switch (field.type) {
    case 'bool':
      return value === 1 || value === 0 ? value === 1 : value
    case 'json':
      return jsonOfColumn(value)
    default:
      return value
  }
}
