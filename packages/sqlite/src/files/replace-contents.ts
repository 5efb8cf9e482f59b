import type { Connection } from '../driver/driver'
import type { TableContents } from './idle-file'

/** Gives tables other rows, all or none. Triggers do not run: what they keep up in other tables is replaced too, or is of the file. */
export function replaceContents(connection: Connection, contents: readonly TableContents[]): void {
  if (contents.length === 0) return
  const known = contents.filter(({ table }) => columnsOf(connection, table).length > 0)
  connection.exec('BEGIN; PRAGMA defer_foreign_keys = ON')
  try {
    const triggers = triggersOf(
      connection,
      known.map(({ table }) => table),
    )
    for (const { name } of triggers) connection.exec(`DROP TRIGGER "${name}"`)
    for (const { table, where } of known.toReversed()) {
      connection.prepare(`DELETE FROM "${table}"${where === undefined ? '' : ` WHERE ${where}`}`).run([])
    }
    for (const one of known) insertRows(connection, one)
    for (const { sql } of triggers) connection.exec(sql)
    connection.exec('COMMIT')
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}

function columnsOf(connection: Connection, table: string): readonly unknown[] {
  return connection.prepare('SELECT name FROM pragma_table_info(?)').raw(true).all([table]).flat()
}

function triggersOf(connection: Connection, tables: readonly string[]) {
  return connection
    .prepare("SELECT name, sql, tbl_name FROM sqlite_schema WHERE type = 'trigger'")
    .raw(true)
    .all([])
    .filter(([, , table]) => tables.includes(String(table)))
    .map(([name, sql]) => ({ name: String(name), sql: String(sql) }))
}

function insertRows(connection: Connection, { table, rows }: TableContents): void {
  const known = columnsOf(connection, table)
  const columns = Object.keys(rows[0] ?? {}).filter((name) => known.includes(name))
  if (columns.length === 0) return
  const names = columns.map((name) => `"${name}"`).join(', ')
  const places = columns.map(() => '?').join(', ')
  const insert = connection.prepare(`INSERT INTO "${table}" (${names}) VALUES (${places})`)
  for (const row of rows) insert.run(columns.map((name) => row[name] ?? null))
}
