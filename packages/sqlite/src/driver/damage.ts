import { quoteName, type SqlValue } from '@koyalite/contracts'
import type { Connection, Row } from './driver'
import { isSqliteFailure, type SqliteFailure, translateSqliteError } from './sqlite-error'

/** What says that the file is damaged, and not that a statement is wrong. */
export function isDamage(error: unknown): error is SqliteFailure {
  return isSqliteFailure(error) && /^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ|IOERR_CORRUPTFS)/.test(error.code)
}

const listeners = new Set<(error: SqliteFailure) => void>()

/** Calls `listener` for all damage that this process meets. Returns what ends that. */
export function onDamage(listener: (error: SqliteFailure) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * The public error for what a statement of the connection threw. Where the file is damaged, the connection's cache is dropped: SQLite checks a page when it
 * reads it from the file, and would take what is cached for sound, so that the next statement would find nothing there, or write to it.
 */
export function failureOf(connection: Connection, error: unknown): unknown {
  if (isDamage(error)) {
    dropCachedPages(connection)
    return damaged(error)
  }
  return translateSqliteError(error)
}

/** The public error for damage that was met by whichever connection or process. */
export function damaged(error: SqliteFailure): unknown {
  for (const listener of listeners) listener(error)
  return translateSqliteError(error)
}

export function dropCachedPages(connection: Connection): void {
  if (connection.open) connection.pragma('shrink_memory')
}

/** Rows on either side of a key that are compared: more than a page holds of most tables. */
const NEIGHBOURS = 300

export interface KeyLookup {
  readonly table: string
  readonly column: string
  readonly key: SqlValue
}

/**
 * Makes sure that a key that was not found is not there. A search goes by the order of keys, which nothing verifies when a page is read: in damaged pages,
 * and in an index that disagrees with its table, it misses what is stored. Looks at the keys beside it,
 * and at the beginning of the table. A key that is there after all, only not for the caller, takes as long: the time of a 404 must not tell them apart.
 * @throws AppError UNAVAILABLE
 */
export function verifyAbsent(
  all: (sql: { text: string; params: readonly SqlValue[] }) => Row[],
  lookup: KeyLookup,
): void {
  const [found] = all({ text: verifySql(lookup), params: Array<SqlValue>(PARAMS).fill(lookup.key) })
  if (found?.[0] !== 1) return
  throw damaged(
    Object.assign(new Error(`the keys of table ${lookup.table} are damaged: an index or a page is out of order`), {
      code: 'SQLITE_CORRUPT',
    }),
  )
}

const PARAMS = 6
const texts = new Map<string, string>()

function verifySql({ table, column }: KeyLookup): string {
  const name = `${quoteName(table)}.${quoteName(column)}`
  let text = texts.get(name)
  if (text === undefined) {
    const [t, c] = [quoteName(table), quoteName(column)]
    const beside = (side: string, order: string) =>
      `SELECT k, lag(k) OVER () AS before FROM (SELECT ${c} AS k FROM ${t} WHERE ${c} ${side} ? ORDER BY ${c} ${order} LIMIT ${NEIGHBOURS})`
    text =
      `SELECT (EXISTS (SELECT 1 FROM (${beside('>=', 'ASC')}) WHERE k < ? OR k <= before)` +
      ` OR EXISTS (SELECT 1 FROM (${beside('<', 'DESC')}) WHERE k >= ? OR k >= before)` +
      ` OR (SELECT total(k = ?) FROM (SELECT ${c} AS k FROM ${t} NOT INDEXED LIMIT ${NEIGHBOURS})) > 0)` +
      ` AND NOT EXISTS (SELECT 1 FROM ${t} WHERE ${c} = ?)`
    texts.set(name, text)
  }
  return text
}
