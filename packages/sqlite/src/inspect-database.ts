import { brokenReferences } from './broken-references'
import { type ColumnValues, columnValues } from './column-values'
import { connect } from './connection'
import type { Connection, Row } from './driver'
import { quoteName } from './quote-name'

/** What a database file consists of, as SQLite describes it. */
export interface DatabaseInfo {
  readonly tables: readonly TableInfo[]
  readonly views: readonly string[]
  readonly triggers: readonly { readonly name: string; readonly table: string }[]
  /** What is wrong with the file itself; empty where nothing is. */
  readonly damage: readonly string[]
}

export interface TableInfo {
  readonly name: string
  /** `virtual`: kept by a module (full text, …); `shadow`: a table that belongs to such a one. */
  readonly kind: 'table' | 'virtual' | 'shadow'
  readonly autoincrement: boolean
  readonly withoutRowid: boolean
  readonly rows: number
  /** Rows that refer to nothing. */
  readonly brokenReferences: number
  readonly columns: readonly ColumnInfo[]
  readonly references: readonly ReferenceInfo[]
  readonly indexes: readonly IndexInfo[]
}

export interface ColumnInfo {
  readonly name: string
  /** The type as it was declared; empty where none was. */
  readonly declared: string
  readonly notNull: boolean
  /** SQL of the default. */
  readonly default: string | null
  /** Place in the primary key, from 1; 0 outside of it. */
  readonly key: number
  readonly generated: boolean
  readonly values: ColumnValues
}

export interface ReferenceInfo {
  readonly columns: readonly string[]
  readonly table: string
  /** Null: the primary key. */
  readonly to: readonly (string | null)[]
  readonly onDelete: string
  readonly onUpdate: string
}

export interface IndexInfo {
  readonly name: string
  readonly unique: boolean
  /** Made by CREATE INDEX, a UNIQUE constraint, or the primary key. */
  readonly origin: 'index' | 'unique' | 'primary_key'
  readonly partial: boolean
  /** Null: an expression. */
  readonly columns: readonly { readonly name: string | null; readonly descending: boolean }[]
}

/** Looks into a database file that nobody else uses. Reads every row once. Throws the driver's error if it is none. */
export function inspectDatabase(path: string): DatabaseInfo {
  const connection = connect({ path, mode: 'read' })
  try {
    const all = (text: string, ...params: string[]): Row[] => connection.prepare(text).raw(true).all(params)
    const damage = all('PRAGMA quick_check(5)').map(([line]) => String(line))
    if (damage.join() !== 'ok') return { tables: [], views: [], triggers: [], damage }
    const broken = brokenReferences(connection)
    const list = all(
      `SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    const names = (type: string) => list.filter((row) => row[1] === type).map(([name]) => String(name))
    const tables = list
      .filter(([, type]) => type !== 'view')
      .map(([name, type, withoutRowid]): TableInfo => {
        const table = String(name)
        const kind = type === 'virtual' || type === 'shadow' ? type : 'table'
        const columns = kind === 'table' ? columnsOf(connection, table) : []
        const [row] = kind === 'table' ? all(`SELECT count(*) FROM ${quoteName(table)}`) : []
        const [sql] = all('SELECT sql FROM sqlite_schema WHERE type = ? AND name = ?', 'table', table)
        return {
          ...{ name: table, kind, withoutRowid: withoutRowid === 1, columns },
          autoincrement: /\bAUTOINCREMENT\b/i.test(String(sql?.[0] ?? '')),
          rows: Number(row?.[0] ?? 0),
          brokenReferences: broken.get(table)?.count ?? 0,
          references: referencesOf(all, table),
          indexes: indexesOf(all, table),
        }
      })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const triggers = all(`SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`)
    return {
      ...{ tables, views: names('view').sort(), damage: [] },
      triggers: triggers.map(([name, table]) => ({ name: String(name), table: String(table) })),
    }
  } finally {
    connection.close()
  }
}

type All = (text: string, ...params: string[]) => Row[]

function columnsOf(connection: Connection, table: string): readonly ColumnInfo[] {
  const rows = connection
    .prepare('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid')
    .raw(true)
    .all([table])
  const values = columnValues(
    connection,
    table,
    rows.map(([name]) => String(name)),
  )
  return rows.flatMap(([name, declared, notNull, fallback, key, hidden], i): ColumnInfo[] => {
    const known = values[i]
    if (!known) return []
    return [
      {
        ...{ name: String(name), declared: String(declared), notNull: notNull === 1 },
        default: fallback === null ? null : String(fallback),
        ...{ key: Number(key), generated: hidden !== 0, values: known },
      },
    ]
  })
}

function referencesOf(all: All, table: string): readonly ReferenceInfo[] {
  const rows = all(
    'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    table,
  )
  return [...Map.groupBy(rows, ([id]) => id).values()].flatMap((parts): ReferenceInfo[] => {
    const [first] = parts
    if (!first) return []
    return [
      {
        columns: parts.map((part) => String(part[2])),
        table: String(first[1]),
        to: parts.map((part) => (part[3] === null ? null : String(part[3]))),
        onUpdate: String(first[4]),
        onDelete: String(first[5]),
      },
    ]
  })
}

function indexesOf(all: All, table: string): readonly IndexInfo[] {
  return all('SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY seq', table).map(
    ([name, unique, origin, partial]): IndexInfo => ({
      ...{ name: String(name), unique: unique === 1, partial: partial === 1 },
      origin: origin === 'c' ? 'index' : origin === 'u' ? 'unique' : 'primary_key',
      columns: all('SELECT name, "desc" FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno', String(name)).map(
        ([column, descending]) => ({ name: column === null ? null : String(column), descending: descending === 1 }),
      ),
    }),
  )
}
