import { quoteName } from '@koyalite/contracts'
import { bound, documentJson, READ_ALL } from '@koyalite/query'
import type { Collection, JsonValue } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

export type Document = Readonly<Record<string, JsonValue>>

/** The documents of a collection as they are now, by key, without internal fields; those that are not there are not in it. */
export function currentDocuments(
  database: Database,
  collection: Collection,
  keys: readonly (string | number)[],
): ReadonlyMap<string | number, Document> {
  const key = quoteName(collection.primaryKey.column)
  const table = quoteName(collection.table)
  const { text, params } = bound(documentJson(collection, READ_ALL, 'd0'))
  const rows = database.all({
    text: `SELECT "d0".${key}, ${text} FROM ${table} AS "d0" WHERE "d0".${key} IN (SELECT "value" FROM json_each(?))`,
    params: [...params, JSON.stringify(keys)],
  })
  return new Map(rows.map((row) => [row[0] as string | number, JSON.parse(row[1] as string) as Document]))
}
