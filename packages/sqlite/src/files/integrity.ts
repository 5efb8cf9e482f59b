import { quoteName } from '@koyalite/contracts'
import { isDamage } from '../driver/damage'
import type { Connection } from '../driver/driver'

/**
 * What is wrong with the structure of a database, by reading every page: damaged pages are named by the table or index that they are of
 * (`page 56 of table notes: …`). Empty where nothing is wrong.
 * @param tables only these, with their indexes; default: the whole file
 */
export function integrityOf(connection: Connection, tables?: readonly string[]): readonly string[] {
  // It would make the check itself fail at the first damaged page, without a word of which.
  connection.pragma('cell_size_check = OFF')
  try {
    const checks = tables?.map((table) => `PRAGMA integrity_check(${quoteName(table)})`) ?? ['PRAGMA integrity_check']
    return readable(
      connection,
      checks.flatMap((sql) => reportOf(connection, sql)),
    )
  } finally {
    connection.pragma('cell_size_check = ON')
  }
}

/** The check itself may fail at what it has just reported. */
function reportOf(connection: Connection, sql: string): readonly string[] {
  const report: string[] = []
  try {
    for (const [line] of connection.prepare(sql).raw(true).iterate([])) report.push(String(line))
  } catch (error) {
    if (!isDamage(error)) throw error
    if (report.length === 0) report.push(error.message)
  }
  return report
}

/** The lines of SQLite's report, with names instead of numbers of trees. */
function readable(connection: Connection, report: readonly string[]): readonly string[] {
  const lines = report
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== 'ok' && line !== '' && !line.startsWith('***'))
  if (lines.length === 0) return lines
  const names = namesOfTrees(connection)
  return lines.map((line) => {
    const [, tree = '', page = '', rest = ''] = /^Tree (\d+) page (\d+)(?: cell \d+)?:? ?(.*)$/.exec(line) ?? []
    return tree === '' ? line : `page ${page} of ${names.get(Number(tree)) ?? `tree ${tree}`}: ${rest}`
  })
}

function namesOfTrees(connection: Connection): ReadonlyMap<number, string> {
  try {
    const rows = rowsOf(connection, 'SELECT rootpage, type, name, tbl_name FROM sqlite_schema WHERE rootpage > 0')
    return new Map(
      rows.map(([root, type, name, table]) => [
        Number(root),
        type === 'index' ? `index ${name} of table ${table}` : `table ${name}`,
      ]),
    )
  } catch {
    // The damage is in the schema itself: then numbers have to do.
    return new Map()
  }
}

function rowsOf(connection: Connection, sql: string): unknown[][] {
  return connection.prepare(sql).raw(true).all([])
}
