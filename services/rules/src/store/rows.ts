import { quoteName, type Reads, type Sql, type SqlValue } from '@koyalite/contracts'
import { bound, documentJson, READ_ALL } from '@koyalite/query'
import type { Collection, JsonValue } from '@koyalite/schema'

/** The alias of the row that a statement here is about. */
export const ROW = 'd0'

export type Truth = true | false | 'error'

/** The stored document with a key, as a row for FROM. */
export function storedRow(collection: Collection, key: SqlValue): Sql {
  return { text: `${tableOf(collection)} WHERE ${keyOf(collection)} = ?`, params: [key] }
}

/** How a predicate over the row at `ROW` comes out for one document; undefined where there is none. */
export function truthOf(reads: Reads, row: Sql, predicate: Sql): Truth | undefined {
  const text = `SELECT (${predicate.text}) FROM ${row.text}`
  const found = reads.get({ text, params: [...predicate.params, ...row.params] })
  if (!found) return undefined
  return found[0] === null ? 'error' : found[0] === 1
}

/** A document with all that ever leaves the server; undefined where there is none. */
export function documentAt(
  reads: Reads,
  collection: Collection,
  row: Sql,
): Readonly<Record<string, JsonValue>> | undefined {
  const document = bound(documentJson(collection, READ_ALL, ROW))
  const text = `SELECT ${document.text} FROM ${row.text}`
  const found = reads.get({ text, params: [...document.params, ...row.params] })
  return found && JSON.parse(String(found[0]))
}

/** The keys of the first page of documents that fulfil a condition, as a list reads them. */
export function pageOf(collection: Collection, condition: Sql | null): Sql {
  const where = condition ? ` WHERE ${condition.text}` : ''
  const text = `SELECT ${keyOf(collection)} FROM ${tableOf(collection)}${where} ORDER BY ${keyOf(collection)} LIMIT 50`
  return { text, params: condition?.params ?? [] }
}

/** What SQLite would do, a line per step, indented as deep as it is nested. */
export function queryPlan(reads: Reads, { text, params }: Sql): readonly string[] {
  const depths = new Map<SqlValue, number>()
  return reads.all({ text: `EXPLAIN QUERY PLAN ${text}`, params }).map(([id = 0, parent = 0, , detail]) => {
    const depth = (depths.get(parent) ?? -1) + 1
    depths.set(id, depth)
    return `${'  '.repeat(depth)}${detail}`
  })
}

function tableOf(collection: Collection): string {
  return `${quoteName(collection.table)} AS ${ROW}`
}

function keyOf(collection: Collection): string {
  return `${ROW}.${quoteName(collection.primaryKey.column)}`
}
