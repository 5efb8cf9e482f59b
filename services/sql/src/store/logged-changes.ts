import { EVENT_ENTRIES, quoteName, type SqlChanges, type SqlValue } from '@koyalite/contracts'
import type { Collection } from '@koyalite/schema'
import type { SqlConsole } from '@koyalite/sqlite'

/** By collection, what was logged after a number; `cascaded` is left to the caller. */
export function countChanges(console: SqlConsole, after: number): readonly Omit<SqlChanges, 'cascaded'>[] {
  const text = `SELECT collection, sum(op = 'insert'), sum(op = 'update'), sum(op = 'delete')
    FROM _koyalite_changes WHERE seq > ? AND collection <> ? GROUP BY collection ORDER BY collection`
  return console.all({ text, params: [after, EVENT_ENTRIES] }).map(([collection, inserted, updated, deleted]) => ({
    collection: String(collection),
    inserted: Number(inserted),
    updated: Number(updated),
    deleted: Number(deleted),
  }))
}

export interface LoggedRow {
  readonly key: SqlValue
  /** The columns that were changed; null: the row is new. */
  readonly changed: readonly string[] | null
}

/** Rows of a collection that are new or changed since a number. The same row may come several times. */
export function changedRows(console: SqlConsole, collection: string, after: number): readonly LoggedRow[] {
  const text = `SELECT doc_id, op, old FROM _koyalite_changes WHERE seq > ? AND collection = ? AND op <> 'delete'`
  return console.all({ text, params: [after, collection] }).map(([key, op, old]) => ({
    key: key as SqlValue,
    changed: op === 'insert' ? null : Object.keys(JSON.parse(String(old)) as object),
  }))
}

/** The values of a row as they are stored, in the order of the fields; undefined where it is gone again. */
export function storedRow(console: SqlConsole, collection: Collection, key: SqlValue): readonly SqlValue[] | undefined {
  const columns = [...collection.fields.values()].map(({ column }) => quoteName(column)).join(', ')
  const text = `SELECT ${columns} FROM main.${quoteName(collection.table)} WHERE ${quoteName(collection.primaryKey.column)} = ?`
  return console.all({ text, params: [key] })[0]
}
