import { identifier, sql, valueList } from '@koyalite/query/sql'
import type { Collection, Field } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

type Key = string | number

/** Of the documents with these keys, the keys of those that have one of the values `to` in `field`. */
export function referringKeys(
  database: Database,
  { table, primaryKey }: Collection,
  { keys, field, to }: { readonly keys: readonly Key[]; readonly field: Field; readonly to: readonly Key[] },
): readonly Key[] {
  const [key, referring] = [identifier(primaryKey.column), identifier(field.column)]
  const rows = database.all(
    sql`SELECT ${key} FROM ${identifier(table)} WHERE ${key} IN (${valueList(keys)}) AND ${referring} IN (${valueList(to)})`,
  )
  return rows.map((row) => row[0] as Key)
}
