import { type Planner, type PlanStep, quoteName, type Reads, type Row, type SqlValue } from '@koyalite/contracts'
import { connect, type SqlFunction } from '../driver/connection'

/**
 * Plans statements over copies of tables that have no rows: SQLite's planner goes by the tables' shape, and by statistics where somebody has run ANALYZE. What
 * it takes is about a millisecond per table and plan, however large the tables are. Throws the driver's error where a table cannot be made here (its shape
 * uses what only another program has).
 * @param tables what the statements are about; names that are no table are left out
 */
export function withPlanner<T>(
  reads: Reads,
  { tables, functions }: { readonly tables: readonly string[]; readonly functions: readonly SqlFunction[] },
  use: (planner: Planner) => T,
): T {
  const names = JSON.stringify(tables)
  const statementsOf = (type: 'table' | 'index') =>
    reads
      .all({
        text: `SELECT sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?))`,
        params: [type, names],
      })
      .map(([text]) => String(text))
  const connection = connect({ path: ':memory:', mode: 'write', functions })
  try {
    for (const text of statementsOf('table')) connection.exec(text)
    const statistics = statisticsOf(reads, names)
    return use({
      indexes: statementsOf('index'),
      plan({ text, params }, indexes) {
        connection.exec('BEGIN')
        try {
          for (const index of indexes) connection.exec(index)
          if (statistics.length > 0) {
            connection.exec('ANALYZE sqlite_schema')
            const insert = connection.prepare('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)')
            for (const row of statistics) insert.run(row)
            connection.exec('ANALYZE sqlite_schema')
          }
          return stepsOf(connection.prepare(`EXPLAIN QUERY PLAN ${text}`).raw(true).all(params))
        } finally {
          connection.exec('ROLLBACK')
        }
      },
    })
  } finally {
    connection.close()
  }
}

/** What ANALYZE has found; without it, nothing. */
function statisticsOf(reads: Reads, tables: string): readonly Row[] {
  const exists = { text: "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'", params: [] }
  if (reads.get(exists) === undefined) return []
  const text = `SELECT tbl, idx, stat FROM ${quoteName('sqlite_stat1')} WHERE tbl IN (SELECT value FROM json_each(?))`
  return reads.all({ text, params: [tables] })
}

export function stepsOf(rows: readonly Row[]): readonly PlanStep[] {
  const depths = new Map<SqlValue, number>()
  return rows.map(([id = 0, parent = 0, , detail]) => {
    const depth = (depths.get(parent) ?? -1) + 1
    depths.set(id, depth)
    return { detail: String(detail), depth }
  })
}
