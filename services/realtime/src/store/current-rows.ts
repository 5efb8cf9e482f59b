import { bound, documentJson, READ_ALL } from '@koyalite/query'
import { columnOf, identifier, sql, valueList } from '@koyalite/query/sql'
import type { Collection, JsonValue } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

export type Document = Readonly<Record<string, JsonValue>>

/** The documents of a collection as they are now, by key, without internal fields; those that are not there are not in it. */
export function currentDocuments(
  database: Database,
  collection: Collection,
  keys: readonly (string | number)[],
): ReadonlyMap<string | number, Document> {
  const key = columnOf('d0', collection.primaryKey.column)
  const document = bound(documentJson(collection, READ_ALL, 'd0'))
  const table = identifier(collection.table)
  const rows = database.all(sql`SELECT ${key}, ${document} FROM ${table} AS "d0" WHERE ${key} IN (${valueList(keys)})`)
  return new Map(rows.map((row) => [row[0] as string | number, JSON.parse(row[1] as string) as Document]))
}
