import { quoteName } from '@koyalite/contracts'
import type { Collection, Field } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

type Key = string | number

/** Of the documents with these keys, the keys of those that have one of the values `to` in `field`. */
export function referringKeys(
  database: Database,
  { table, primaryKey }: Collection,
  { keys, field, to }: { readonly keys: readonly Key[]; readonly field: Field; readonly to: readonly Key[] },
): readonly Key[] {
  const key = quoteName(primaryKey.column)
  const given = 'IN (SELECT "value" FROM json_each(?))'
  const rows = database.all({
    text: `SELECT ${key} FROM ${quoteName(table)} WHERE ${key} ${given} AND ${quoteName(field.column)} ${given}`,
    params: [JSON.stringify(keys), JSON.stringify(to)],
  })
  return rows.map((row) => row[0] as Key)
}
