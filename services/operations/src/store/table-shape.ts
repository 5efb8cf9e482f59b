import type { Database } from '@koyalite/sqlite'

type Source = Pick<Database, 'all'>

/** A table in comparable lines; `detail` is what counts only in tables that were made by KoyaLite. */
export interface TableShape {
  /** Of a table that enforces its columns' types: KoyaLite's own do, adopted ones mostly do not. */
  readonly strict: boolean
  readonly lines: ReadonlyMap<string, string>
}

/** Null: there is no such table. */
export function tableShape(source: Source, table: string): TableShape | null {
  const [found] = source.all({
    text: `SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = ?`,
    params: [table],
  })
  if (found === undefined) return null
  const lines = new Map<string, string>()
  const columns = source.all({
    text: `SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1`,
    params: [table],
  })
  for (const [name, type, notNull, key] of columns) {
    lines.set(`column ${name}`, `${type}${notNull === 1 ? ' NOT NULL' : ''}${Number(key) > 0 ? ' PRIMARY KEY' : ''}`)
  }
  const references = source.all({
    text: `SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(?)`,
    params: [table],
  })
  for (const [from, to, column, onDelete] of references)
    lines.set(`reference ${from} → ${to}.${column}`, String(onDelete))
  const indexes = source.all({
    text: `SELECT i.name, i."unique", (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_xinfo(i.name) WHERE key = 1 ORDER BY seqno))
      FROM pragma_index_list(?) AS i WHERE i.partial = 0`,
    params: [table],
  })
  for (const [, unique, names] of indexes)
    if (names !== null) lines.set(`${unique === 1 ? 'unique index' : 'index'} on (${names})`, '')
  return { strict: found[0] === 1, lines }
}

/** Time for reading every page of a database of hundreds of gigabytes. */
const TIMEOUT_MS = 6 * 3_600_000

/** `comments.post_id → posts: 3 rows`. */
export async function brokenReferences(database: Pick<Database, 'query'>): Promise<readonly string[]> {
  const { rows } = await database.query(
    {
      text: `SELECT c."table", f."from", c.parent, count(*) FROM pragma_foreign_key_check AS c
        JOIN pragma_foreign_key_list(c."table") AS f ON f.id = c.fkid GROUP BY 1, 2, 3`,
      params: [],
    },
    { timeoutMs: TIMEOUT_MS, where: 'process' },
  )
  return rows.map(([table, column, parent, count]) => `${table}.${column} → ${parent} (${count} rows)`)
}

/** The text of each trigger. */
export function storedTriggers(source: Source): ReadonlyMap<string, string> {
  const rows = source.all({ text: `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`, params: [] })
  return new Map(rows.map(([name, sql]) => [String(name), String(sql)]))
}
