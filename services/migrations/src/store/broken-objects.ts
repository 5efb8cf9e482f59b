import { quoteName, type Tx } from '@koyalite/contracts'
import { reasonOf } from './run-steps'

/** The views that cannot be read, and the tables whose triggers cannot run, with what SQLite says. It looks at neither where it makes them. */
export function brokenObjects(tx: Tx): ReadonlyMap<string, string> {
  const names = (text: string) => tx.all({ text, params: [] }).map(([name]) => String(name))
  const views = names(`SELECT "name" FROM sqlite_schema WHERE "type" = 'view'`)
  const tables = names(
    `SELECT DISTINCT "tbl_name" FROM sqlite_schema WHERE "type" = 'trigger' AND "name" NOT LIKE '\\_koyalite\\_%' ESCAPE '\\'`,
  )
  const compiled = [
    ...views.map((view) => ({ name: `the view ${view}`, texts: [`SELECT * FROM ${quoteName(view)} LIMIT 0`] })),
    ...tables.map((table) => ({ name: `a trigger of ${table}`, texts: writesOf(tx, table) })),
  ]
  return new Map(
    compiled.flatMap(({ name, texts }) => {
      const reason = texts.map((text) => refusal(tx, text)).find((text) => text !== undefined)
      return reason === undefined ? [] : [[name, reason] as const]
    }),
  )
}

/** Statements that change nothing, and are compiled with every trigger of a table or view. Not EXPLAIN: run again after a change of tables, it reads freed memory. */
function writesOf(tx: Tx, table: string): readonly string[] {
  const text = 'SELECT "name" FROM pragma_table_xinfo(?) WHERE "hidden" = 0'
  const columns = tx.all({ text, params: [table] }).map(([name]) => quoteName(String(name)))
  const name = quoteName(table)
  return [
    `INSERT INTO ${name} (${columns.join(', ')}) SELECT ${columns.map(() => 'NULL').join(', ')} WHERE 0`,
    `UPDATE ${name} SET ${columns.map((column) => `${column} = NULL`).join(', ')} WHERE 0`,
    `DELETE FROM ${name} WHERE 0`,
  ].filter((_, i) => hasTrigger(tx, table, ['INSERT', 'UPDATE', 'DELETE'][i] ?? ''))
}

/** A view takes only the writes that it has triggers for. */
function hasTrigger(tx: Tx, table: string, event: string): boolean {
  const text = `SELECT 1 FROM sqlite_schema WHERE "type" = 'trigger' AND "tbl_name" = ? AND "sql" LIKE ? LIMIT 1`
  return tx.get({ text, params: [table, `%${event}%`] }) !== undefined
}

function refusal(tx: Tx, text: string): string | undefined {
  try {
    tx.run({ text, params: [] })
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}
