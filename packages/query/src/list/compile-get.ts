import type { SqlValue } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import type { DeferredSql } from '../sql/deferred-sql'
import { rowConditions } from '../sql/readable-sql'
import { bind, columnOf, conjunction, identifier, sql } from '../sql/sql-fragment'
import { documentJson } from './document-json'
import { mostExpanded, withinBudget } from './expand-budget'
import { LIMITS } from './limits'
import type { GetQuery } from './list-query'
import { isWhole } from './projection'
import { projectedJson } from './projection-sql'

const ROOT = 'd0'
const COUNTED = 'd1'

/**
 * The statement that reads one document by its stored key: no row if there is none that the actor may read. A plain request returns
 * one column, the document's JSON text. One with `fields` or `expand` returns two: what was asked for (see `documentText`: NULL where
 * that is too much), and the whole document, of which the ETag is made.
 */
export function compileGet(
  schema: Schema,
  collection: Collection,
  key: SqlValue,
  query: GetQuery,
  access: ReadAccess,
): DeferredSql {
  if (isWhole(query.projection)) return plainGet(collection, access, key)
  const scope = { schema, access }
  const { expand } = query.projection
  const keyed = (alias: string): DeferredSql => sql`${columnOf(alias, collection.primaryKey.column)} = ${bind(key)}`
  const table = identifier(collection.table)
  let document = projectedJson(scope, query.projection, ROOT)
  if (mostExpanded(expand, 1) > LIMITS.expandDocuments) {
    const from = sql`(SELECT * FROM ${table} AS ${identifier(COUNTED)} WHERE ${keyed(COUNTED)}) AS ${identifier(COUNTED)}`
    document = withinBudget(scope, document, { from, alias: COUNTED, collection }, expand)
  }
  const conditions = conjunction([keyed(ROOT), ...rowConditions(collection, access, ROOT)])
  return sql`SELECT ${document}, ${documentJson(collection, access, ROOT)} FROM ${table} AS ${identifier(ROOT)} WHERE ${conditions}`
}

/** A plain get: everything but the key is the same for all requests with the same access. */
interface PlainGet {
  readonly text: string
  readonly before: DeferredSql['params']
  readonly after: DeferredSql['params']
}

const plainGets = new WeakMap<ReadAccess, WeakMap<Collection, PlainGet>>()

function plainGet(collection: Collection, access: ReadAccess, key: SqlValue): DeferredSql {
  let gets = plainGets.get(access)
  if (!gets) {
    gets = new WeakMap()
    plainGets.set(access, gets)
  }
  let get = gets.get(collection)
  if (!get) {
    get = createPlainGet(collection, access)
    gets.set(collection, get)
  }
  return { text: get.text, params: [...get.before, key, ...get.after] }
}

function createPlainGet(collection: Collection, access: ReadAccess): PlainGet {
  const document = documentJson(collection, access, ROOT)
  const rules = rowConditions(collection, access, ROOT)
  const key = columnOf(ROOT, collection.primaryKey.column)
  const conditions = conjunction([sql`${key} = ${bind(null)}`, ...rules])
  const { text } =
    sql`SELECT ${document} FROM ${identifier(collection.table)} AS ${identifier(ROOT)} WHERE ${conditions}`
  return { text, before: document.params, after: rules.flatMap((rule) => rule.params) }
}
