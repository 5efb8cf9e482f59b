import type { Reads, Sql, SqlValue } from '@koyalite/contracts'
import { bound, documentJson, READ_ALL } from '@koyalite/query'
import { bind, columnOf, identifier, sql } from '@koyalite/query/sql'
import type { Collection, JsonValue } from '@koyalite/schema'

/** The alias of the row that a statement here is about. */
export const ROW = 'd0'

export type Truth = true | false | 'error'

/** The stored document with a key, as a row for FROM. */
export function storedRow(collection: Collection, key: SqlValue): Sql {
  return sql`${tableOf(collection)} WHERE ${keyOf(collection)} = ${bind(key)}`
}

/** How a predicate over the row at `ROW` comes out for one document; undefined if there is none. */
export function truthOf(reads: Reads, row: Sql, predicate: Sql): Truth | undefined {
  const found = reads.get(sql`SELECT (${predicate}) FROM ${row}`)
  if (!found) return undefined
  return found[0] === null ? 'error' : found[0] === 1
}

/** A document with all that ever leaves the server; undefined if there is none. */
export function documentAt(
  reads: Reads,
  collection: Collection,
  row: Sql,
): Readonly<Record<string, JsonValue>> | undefined {
  const document = bound(documentJson(collection, READ_ALL, ROW))
  const found = reads.get(sql`SELECT ${document} FROM ${row}`)
  return found && JSON.parse(String(found[0]))
}

function tableOf(collection: Collection): Sql {
  return sql`${identifier(collection.table)} AS ${identifier(ROW)}`
}

function keyOf(collection: Collection): Sql {
  return columnOf(ROW, collection.primaryKey.column)
}
