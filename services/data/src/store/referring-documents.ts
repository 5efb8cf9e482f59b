import { quoteName, type SqlValue, type Tx } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'

/** A field that refers to documents of a collection, which go with those that they refer to. */
export interface CascadingField {
  readonly source: Collection
  readonly field: Field
  /** The field whose value it has. */
  readonly referred: Field
}

/** The keys of documents that go with a document, by one field. */
export function referringKeys(
  tx: Tx,
  { source, field, referred }: CascadingField,
  { target, key, limit }: { readonly target: Collection; readonly key: SqlValue; readonly limit: number },
): readonly SqlValue[] {
  const value = referred.primary
    ? '?'
    : `(SELECT ${quoteName(referred.column)} FROM ${quoteName(target.table)} WHERE ${quoteName(target.primaryKey.column)} = ?)`
  const text = `SELECT ${quoteName(source.primaryKey.column)} FROM ${quoteName(source.table)} WHERE ${quoteName(field.column)} = ${value} ORDER BY 1 LIMIT +?`
  return tx.all({ text, params: [key, limit] }).map(([found]) => found as SqlValue)
}
