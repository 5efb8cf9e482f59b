import type { Sql, SqlValue } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import { bind, identifier, join, sql } from './sql-fragment'

/** Inserts a document. Columns without a value get the table's default. */
export function compileInsert(collection: Collection, values: ReadonlyMap<Field, SqlValue>): Sql {
  const table = identifier(collection.table)
  if (values.size === 0) return sql`INSERT INTO ${table} DEFAULT VALUES`
  const columns = [...values.keys()].map((field) => identifier(field.column))
  const given = [...values.values()].map(bind)
  return sql`INSERT INTO ${table} (${join(columns, ', ')}) VALUES (${join(given, ', ')})`
}

/** Gives some fields of the document with `key` new values. */
export function compileUpdate(collection: Collection, key: SqlValue, values: ReadonlyMap<Field, SqlValue>): Sql {
  if (values.size === 0) throw new RangeError('an update needs at least one value')
  const assignments = [...values].map(([field, value]) => sql`${identifier(field.column)} = ${bind(value)}`)
  return sql`UPDATE ${identifier(collection.table)} SET ${join(assignments, ', ')} WHERE ${keyIs(collection, key)}`
}

/** Deletes the document with `key`. */
export function compileDelete(collection: Collection, key: SqlValue): Sql {
  return sql`DELETE FROM ${identifier(collection.table)} WHERE ${keyIs(collection, key)}`
}

function keyIs(collection: Collection, key: SqlValue): Sql {
  return sql`${identifier(collection.primaryKey.column)} = ${bind(key)}`
}
