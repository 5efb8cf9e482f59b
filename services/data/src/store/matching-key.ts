import { quoteName, type SqlValue } from '@koyalite/contracts'
import { compileMatching, type DeferredSql, type MatchingQuery, type ReadAccess } from '@koyalite/query'

const ROW = 'd0'

/** The key of any document that matches a query, for a caller. */
export function selectMatchingKey(query: MatchingQuery, access: ReadAccess): DeferredSql {
  const { table, primaryKey } = query.collection
  const { text, params } = compileMatching(query, access, ROW)
  const key = `${ROW}.${quoteName(primaryKey.column)}`
  return { text: `SELECT ${key} FROM ${quoteName(table)} AS ${ROW} WHERE ${text} LIMIT 1`, params }
}

/** One row if the document with this key matches a query, for a caller; else none. */
export function selectIfMatching(query: MatchingQuery, access: ReadAccess, value: SqlValue): DeferredSql {
  const { table, primaryKey } = query.collection
  const { text, params } = compileMatching(query, access, ROW)
  const key = `${ROW}.${quoteName(primaryKey.column)}`
  return {
    text: `SELECT 1 FROM ${quoteName(table)} AS ${ROW} WHERE ${key} = ? AND (${text})`,
    params: [value, ...params],
  }
}
