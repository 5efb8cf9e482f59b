import { quoteName, type Tx } from '@koyalite/contracts'
import { loggedTable, type Schema } from '@koyalite/schema'
import { changeTriggers } from '@koyalite/sqlite'

/**
 * Puts the triggers of the change log on every table that has none, or has outgrown them: SQLite takes triggers away with a rebuilt table, and adapts them to
 * a renamed column except for the names in the log. The others stay as they are.
 */
export function putLogTriggers(tx: Tx, schema: Schema): void {
  const wanted = new Map(
    [...schema.collections.values()].flatMap((collection) =>
      changeTriggers(loggedTable(collection)).map(({ name, sql }) => [name, sql] as const),
    ),
  )
  const there = tx.all({ text: `SELECT "name", "sql" FROM sqlite_schema WHERE "type" = 'trigger'`, params: [] })
  for (const [name, sql] of there) {
    if (!OWN.test(String(name))) continue
    if (wanted.get(String(name)) === sql) wanted.delete(String(name))
    else tx.exec(`DROP TRIGGER ${quoteName(String(name))}`)
  }
  for (const sql of wanted.values()) tx.exec(sql)
}

const OWN = /^_koyalite_(?:insert|update|rename|delete)_/
