import {
  type ForeignColumn,
  type ForeignDatabase,
  type ForeignIndex,
  type ForeignReference,
  type ForeignTable,
  quoteName,
} from '@koyalite/contracts'
import { connect } from '../driver/connection'
import type { Connection, Row } from '../driver/driver'
import { isSqliteFailure } from '../driver/sqlite-error'
import { brokenReferences } from './broken-references'
import { columnCollations } from './column-collations'
import { columnValues, NO_VALUES } from './column-values'

/** Looks into a database file that nobody else uses. Reads every row once. Throws the driver's error if it is none. */
export function inspectDatabase(path: string, key?: string): ForeignDatabase {
  const connection = connect({ path, mode: 'read', key })
  try {
    const all = (text: string, ...params: string[]): Row[] => connection.prepare(text).raw(true).all(params)
    const list = all(
      `SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    const damage = damages(
      all,
      list.filter(([, type]) => type === 'table').map(([name]) => String(name)),
    )
    if (damage.length > 0) return { tables: [], views: [], triggers: [], damage }
    const broken = brokenReferences(connection)
    const names = (type: string) => list.filter((row) => row[1] === type).map(([name]) => String(name))
    const tables = list
      .filter(([, type]) => type !== 'view')
      .map(([name, type, withoutRowid]): ForeignTable => {
        const table = String(name)
        const kind = type === 'virtual' || type === 'shadow' ? type : 'table'
        const count = `SELECT count(*) FROM ${quoteName(table)}`
        const unreadable = kind === 'table' ? (refusal(() => all(count)) ?? unknownCollation(all, table)) : null
        const columns = kind === 'table' ? columnsOf(connection, table, unreadable === null) : []
        const [row] = kind === 'table' && unreadable === null ? all(count) : []
        const [sql] = all('SELECT sql FROM sqlite_schema WHERE type = ? AND name = ?', 'table', table)
        const words = wordsOf(String(sql?.[0] ?? ''))
        return {
          ...{ name: table, kind, withoutRowid: withoutRowid === 1, columns, unreadable },
          unwritable:
            kind === 'table' ? refusal(() => writesOf(table, columns).map((text) => connection.prepare(text))) : null,
          autoincrement: words.test('AUTOINCREMENT'),
          clauses: CLAUSES.filter((clause) => words.test(clause)),
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

function columnsOf(connection: Connection, table: string, isReadable: boolean): readonly ForeignColumn[] {
  const rows = connection
    .prepare('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid')
    .raw(true)
    .all([table])
  const incomparable = new Map(
    rows.map(([name]) => {
      const column = quoteName(String(name))
      return [name, refusal(() => connection.prepare(`SELECT ${column} = ${column} FROM ${quoteName(table)}`))]
    }),
  )
  const comparable = isReadable ? rows.flatMap(([name]) => (incomparable.get(name) === null ? [String(name)] : [])) : []
  const values = columnValues(connection, table, comparable)
  const collations = columnCollations((text) => connection.prepare(text).raw(true).all([]), table, comparable)
  return rows.map(
    ([name, declared, notNull, fallback, key, hidden]): ForeignColumn => ({
      ...{ name: String(name), declared: String(declared), notNull: notNull === 1 },
      default: fallback === null ? null : String(fallback),
      ...{ key: Number(key), generated: hidden !== 0, incomparable: incomparable.get(name) ?? null },
      collation: collations.get(String(name)) ?? null,
      values: values[comparable.indexOf(String(name))] ?? NO_VALUES,
    }),
  )
}

const CLAUSES = ['CHECK', 'COLLATE', 'ON CONFLICT'] as const

/** The words of a statement that are neither quoted nor in comments. */
function wordsOf(sql: string): { test(words: string): boolean } {
  const bare = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
  return { test: (words) => new RegExp(`\\b${words.replace(' ', '\\s+')}\\b`, 'i').test(bare) }
}

/** What is wrong with the file. Tables whose program brings functions or collations that are not here cannot be looked through. */
function damages(all: All, tables: readonly string[]): readonly string[] {
  const check = (text: string) =>
    all(text)
      .map(([line]) => String(line))
      .filter((line) => line !== 'ok')
  if (refusal(() => all('PRAGMA quick_check(1)')) === null) return check('PRAGMA quick_check(5)')
  return tables.flatMap((table) => {
    const text = `PRAGMA quick_check(${quoteName(table)})`
    return refusal(() => all(text)) === null ? check(text).slice(0, 5) : []
  })
}

/** Any read of a table may go through any of its indexes. */
function unknownCollation(all: All, table: string): string | null {
  const used = all(
    'SELECT DISTINCT c.coll FROM pragma_index_list(?) AS i JOIN pragma_index_xinfo(i.name) AS c WHERE c.key = 1',
    table,
  )
  const refusals = used.map(([name]) => refusal(() => all(`SELECT 'a' = 'b' COLLATE ${quoteName(String(name))}`)))
  return refusals.find((text) => text !== null) ?? null
}

/** The statements that will change rows. */
function writesOf(table: string, columns: readonly ForeignColumn[]): readonly string[] {
  const names = columns.filter(({ generated }) => !generated).map(({ name }) => quoteName(name))
  const values = names.map(() => '?').join(', ')
  return [
    `INSERT INTO ${quoteName(table)} (${names.join(', ')}) VALUES (${values})`,
    `UPDATE ${quoteName(table)} SET ${names.map((name) => `${name} = ?`).join(', ')}`,
    `DELETE FROM ${quoteName(table)}`,
  ]
}

/** What SQLite says if something is missing that another program has: functions, collations, modules. Null where it does not. */
function refusal(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    if (isSqliteFailure(error) && error.code.startsWith('SQLITE_ERROR')) return error.message
    throw error
  }
}

function referencesOf(all: All, table: string): readonly ForeignReference[] {
  const rows = all(
    'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    table,
  )
  return [...Map.groupBy(rows, ([id]) => id).values()].flatMap((parts): ForeignReference[] => {
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

function indexesOf(all: All, table: string): readonly ForeignIndex[] {
  return all('SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY seq', table).map(
    ([name, unique, origin, partial]): ForeignIndex => ({
      ...{ name: String(name), unique: unique === 1, partial: partial === 1 },
      origin: origin === 'c' ? 'index' : origin === 'u' ? 'unique' : 'primary_key',
      columns: all('SELECT name, "desc" FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno', String(name)).map(
        ([column, descending]) => ({ name: column === null ? null : String(column), descending: descending === 1 }),
      ),
    }),
  )
}
