import type { Sql, SqlValue } from '@koyalite/contracts'
import type { SqlConsole } from '@koyalite/sqlite'

/** What begins at a page of the file: a table, or an index of one. */
export interface StoredTree {
  readonly table: string
  /** Null: it is the table itself. */
  readonly index: string | null
  /** Columns in the order in which they are stored; null for a rowid, or an expression. */
  readonly columns: readonly (string | null)[]
}

const TREES = `SELECT rootpage, type, name, tbl_name FROM main.sqlite_schema WHERE rootpage > 0`
// A virtual column is computed, and not stored.
const COLUMNS = `SELECT name FROM pragma_table_xinfo(?, 'main') WHERE hidden NOT IN (1, 2) ORDER BY cid`
const INDEX_COLUMNS = `SELECT name FROM pragma_index_xinfo(?, 'main') ORDER BY seqno`
const WITHOUT_ROWID = `SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'`
const KEY_INDEX = `SELECT name FROM pragma_index_list(?, 'main') WHERE origin = 'pk'`

/** The schema of the database itself, whose tree begins at the first page. */
export const SCHEMA_TABLE = 'sqlite_schema'

/** All trees of the file, by their root pages. */
export function storedTrees(reads: Pick<SqlConsole, 'all'>): ReadonlyMap<number, StoredTree> {
  const trees = new Map<number, StoredTree>([[1, { table: SCHEMA_TABLE, index: null, columns: [] }]])
  for (const [root, type, name, table] of reads.all({ text: TREES, params: [] })) {
    const isIndex = type === 'index'
    const columns = isIndex ? namesOf(reads, INDEX_COLUMNS, [name as string]) : columnsOf(reads, String(name))
    trees.set(Number(root), { table: String(table), index: isIndex ? String(name) : null, columns })
  }
  return trees
}

/** A table without rowids is stored as the index of its key is. */
function columnsOf(reads: Pick<SqlConsole, 'all'>, table: string): readonly (string | null)[] {
  const [[isWithoutRowid] = []] = reads.all({ text: WITHOUT_ROWID, params: [table] })
  const [[key] = []] = isWithoutRowid === 1 ? reads.all({ text: KEY_INDEX, params: [table] }) : []
  if (key === undefined) return namesOf(reads, COLUMNS, [table])
  return namesOf(reads, INDEX_COLUMNS, [String(key)])
}

function namesOf(reads: Pick<SqlConsole, 'all'>, text: string, params: Sql['params']): readonly (string | null)[] {
  return reads.all({ text, params }).map(([name]: readonly SqlValue[]) => (name === null ? null : String(name)))
}

/** Table-valued functions that statements may use. Their virtual tables have the same address in every program of a connection. */
export const TABLE_FUNCTIONS: readonly Sql['text'][] = [
  `SELECT 1 FROM json_each('[]')`,
  `SELECT 1 FROM json_tree('[]')`,
  ...['table_info', 'table_xinfo', 'index_list', 'index_info', 'index_xinfo', 'foreign_key_list'].map(
    (name) => `SELECT 1 FROM pragma_${name}('x')`,
  ),
]

/** The PRAGMAs that describe a table or index, as a statement that reads the same. Null for every other one. */
export function describingSelect(statement: string): string | null {
  const [, name, quoted, plain] =
    /^PRAGMA\s+(table_info|table_xinfo|index_list|index_info|index_xinfo|foreign_key_list)\s*\(\s*(?:["']([^"']+)["']|(\w+))\s*\)$/i.exec(
      statement.trim(),
    ) ?? []
  const subject = quoted ?? plain
  return name === undefined || subject === undefined ? null : `SELECT * FROM pragma_${name.toLowerCase()}('${subject}')`
}
