import { compileMatching, type DeferredSql, type MatchingQuery, READ_ALL, type ReadAccess } from '@koyalite/query'
import { columnOf, constant, identifier, sql } from '@koyalite/query/sql'
import type { Collection } from '@koyalite/schema'
import { ROW } from './rows'

/** How many documents match, whoever asks, and how many of them the caller may read. */
export function countVisible(query: MatchingQuery, access: ReadAccess): DeferredSql {
  const { collection } = query
  return sql`SELECT count(*), coalesce(sum((${readable(collection, access)}) IS TRUE), 0) FROM ${rowsOf(collection)} WHERE ${compileMatching(query, READ_ALL, ROW)}`
}

/** The keys of the first documents that match and that the caller may not read. */
export function hiddenKeys(query: MatchingQuery, access: ReadAccess, limit: number): DeferredSql {
  const { collection } = query
  const key = columnOf(ROW, collection.primaryKey.column)
  return sql`SELECT ${key} FROM ${rowsOf(collection)} WHERE ${compileMatching(query, READ_ALL, ROW)} AND (${readable(collection, access)}) IS NOT TRUE ORDER BY ${key} LIMIT ${constant(String(limit))}`
}

function readable(collection: Collection, access: ReadAccess): DeferredSql {
  const rows = access.rows(collection)
  if (rows.kind === 'where') return rows.sql(ROW)
  return constant(rows.kind === 'all' ? '1' : '0')
}

function rowsOf({ table }: Collection): DeferredSql {
  return constant(`${identifier(table).text} AS ${identifier(ROW).text}`)
}
