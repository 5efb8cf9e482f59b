import type { SqlValue } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { compileCondition } from '../filter/condition-sql'
import { pathValue } from '../filter/path-value'
import type { DeferredSql } from '../sql/deferred-sql'
import { rowConditions } from '../sql/readable-sql'
import { bind, bindUnseen, columnOf, conjunction, constant, identifier, join, sql } from '../sql/sql-fragment'
import { afterCursor, cursorValues, encodeCursor, exactForm, type OrderTerm } from './cursor'
import { documentText, mostExpanded, withinBudget, withinDocuments } from './expand-budget'
import { LIMITS } from './limits'
import type { ListQuery } from './list-query'
import type { SortKey } from './parse-sort'
import type { Projection } from './projection'
import { projectedJson, type SqlScope } from './projection-sql'
import { partsOfTagged, taggedDocument } from './tagged-document'

/** The statements of a list, and what becomes of their rows. */
export interface CompiledList {
  /** A row per document: its JSON text, then its sort keys. One row more than the page has if there is a next one. */
  readonly page: DeferredSql
  /**
   * Returns the same rows faster than `page` if SQLite need not sort them, slower if it must, which only its plan shows. Null if it is never faster.
   */
  readonly walk: DeferredSql | null
  /** The rows of `page`, with the exact forms of their sort keys behind these: for a cursor that `page` does not tell. */
  readonly exactPage: DeferredSql
  /** One row, one column: how many documents match in all. Null where that was not asked for. */
  readonly total: DeferredSql | null
  /**
   * The documents' JSON texts, and the cursor of the next page. Null where the rows do not tell the cursor: those of `exactPage` do. Throws INVALID_REQUEST if
   * `expand` asks for too many documents.
   */
  assemble(rows: readonly (readonly SqlValue[])[]): ListPage | null
}

export interface ListPage {
  readonly docs: readonly string[]
  /** The whole documents, of which their ETags are made; null where those were not asked for. */
  readonly wholes: readonly string[] | null
  readonly nextCursor: string | null
}

/** The alias of the collection that is listed. */
export const LIST_ROOT = 'd0'
const COUNTED = 'd1'

/** The SQL of a list. Its text depends on the shape of the query only: which fields, operators and directions, not which values. */
export function compileList(schema: Schema, query: ListQuery, access: ReadAccess): CompiledList {
  const scope = { schema, access }
  const matching = matchingConditions(query, access)
  const terms = orderTerms(query, access)
  const conditions = query.after === null ? matching : [...matching, afterCursor(terms, query.after)]
  const rows = { terms, conditions }
  // Of the three, one is made: most requests need no more.
  const page = once(() => {
    const isPlain = conditions.length === 0 && terms.length === 1 && query.projection.expand.length === 0
    return isPlain ? onePass(scope, query, rows) : twoPasses(scope, query, rows)
  })
  const exactPage = once(() => twoPasses(scope, query, { ...rows, exact: true }))
  const walk = once(() => (isWalkable(query) ? onePass(scope, query, rows) : null))
  return {
    get page() {
      return page()
    },
    get exactPage() {
      return exactPage()
    },
    get walk() {
      return walk()
    },
    total: query.count ? sql`SELECT count(*) ${source(query, matching)}` : null,
    assemble: (found) => assemble(query, found),
  }
}

/** A compiled list is cached: its texts are created once, and found by identity in the caches of statements and plans. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Which documents a query is about, whatever it makes of them. */
export type MatchingQuery = Pick<ListQuery, 'collection' | 'condition'>

/** What a row at `LIST_ROOT` must fulfil to match a query. */
export function matchingConditions(query: MatchingQuery, access: ReadAccess): readonly DeferredSql[] {
  const rows = rowConditions(query.collection, access, LIST_ROOT)
  const isOpen = query.condition.kind === 'all' && query.condition.of.length === 0
  return isOpen ? rows : [...rows, compileCondition(query.condition, LIST_ROOT, access)]
}

/** The sort keys of the documents of a page. Finding them is the part of a list whose cost depends on the number of documents. */
export function compilePageKeys(query: ListQuery, access: ReadAccess): DeferredSql {
  return pageKeys(query, { terms: orderTerms(query, access), conditions: matchingConditions(query, access) })
}

/** The same conditions as one predicate over the row at any alias, for statements of services. */
export function compileMatching(query: MatchingQuery, access: ReadAccess, alias: string): DeferredSql {
  return conjunction([
    ...rowConditions(query.collection, access, alias),
    compileCondition(query.condition, alias, access),
  ])
}

/** The sort keys of a row at `d0`. */
export function orderTerms(query: ListQuery, access: ReadAccess): readonly OrderTerm[] {
  return query.sort.map((key) => orderTerm(key, access))
}

interface SelectedRows {
  readonly terms: readonly OrderTerm[]
  readonly conditions: readonly DeferredSql[]
  readonly exact?: true
}

/** Whether documents may be made before it is known that they are in the page: not those that are skipped, nor those of many ties. */
function isWalkable({ sort, offset, limit, projection }: ListQuery): boolean {
  const hasFewValues = ({ path: { field } }: SortKey) => field.type === 'bool' || field.validation.enum !== undefined
  return offset === 0 && !sort.some(hasFewValues) && !exceedsBudget(projection, limit)
}

/** The document in the row at `d0`, as `documentText` reads it; with `etags`, `partsOfTagged` behind it. */
export function shownDocument(scope: SqlScope, query: Pick<ListQuery, 'etags' | 'projection'>): DeferredSql {
  return taggedDocument(query, projectedJson(scope, query.projection, LIST_ROOT), {
    access: scope.access,
    alias: LIST_ROOT,
  })
}

/** Documents are made while walking an index in order. */
function onePass(scope: SqlScope, query: ListQuery, rows: SelectedRows): DeferredSql {
  const document = shownDocument(scope, query)
  const keys = join(values(rows.terms), ', ')
  return sql`SELECT ${document}, ${keys} ${source(query, rows.conditions)} ${order(rows.terms, 2)} ${window(query)}`
}

/**
 * First the keys of the page, then its documents. If SQLite has to sort, it makes all columns of every row that is the best so far:
 * with documents in them, a sort of 100,000 rows took up to six times as long. Where an index provides the order this would cost a quarter.
 * The documents come in the page's order without sorting again: it is the outer loop, and is read as it was written.
 */
function twoPasses(scope: SqlScope, query: ListQuery, rows: SelectedRows): DeferredSql {
  const { collection, projection } = query
  const page = pageKeys(query, rows)
  const keys = rows.terms.map((_, index) => columnOf('_koyalite_page', `s${index}`))
  const key = keys.at(-1) as DeferredSql
  const columns = rows.exact ? [...keys, ...keys.map(exactForm)] : [...keys]
  const table = identifier(collection.table)
  const keyOf = (alias: string): DeferredSql => columnOf(alias, collection.primaryKey.column)
  const from = sql`(SELECT ${key} AS "key" FROM "_koyalite_page" LIMIT ${bindUnseen(query.limit)}) AS "shown" CROSS JOIN ${table} AS ${identifier(COUNTED)} ON ${keyOf(COUNTED)} = "shown"."key"`
  const counted = { from, alias: COUNTED, collection }
  let document = shownDocument(scope, query)
  if (countsDocuments(query)) {
    const within = withinDocuments(scope, document, counted, { expand: projection.expand, most: query.limit })
    document = within.document
    columns.push(within.total)
  } else if (exceedsBudget(projection, query.limit)) {
    document = withinBudget(scope, document, counted, projection.expand)
  }
  return sql`WITH "_koyalite_page" AS MATERIALIZED (${page}) SELECT ${document}, ${join(columns, ', ')} FROM "_koyalite_page" CROSS JOIN ${table} AS ${identifier(LIST_ROOT)} ON ${keyOf(LIST_ROOT)} = ${key}`
}

/** Whether the rows say, in their last column, how many documents the list has with what it expands. */
export function countsDocuments({ isAll, projection }: Pick<ListQuery, 'isAll' | 'projection'>): boolean {
  return isAll && projection.expand.length > 0
}

function pageKeys(query: ListQuery, { terms, conditions }: SelectedRows): DeferredSql {
  const named = terms.map((term, index) => sql`${term.value} AS ${identifier(`s${index}`)}`)
  return sql`SELECT ${join(named, ', ')} ${source(query, conditions)} ${order(terms, 1)} ${window(query)}`
}

function exceedsBudget({ expand }: Projection, limit: number): boolean {
  return mostExpanded(expand, limit) > LIMITS.expandDocuments
}

function orderTerm(key: SortKey, access: ReadAccess): OrderTerm {
  const { path, descending } = key
  const rule = access.field(path.collection, path.field)
  const nullable = path.references.length > 0 || path.json.length > 0 || path.field.nullable || rule.kind !== 'all'
  return { value: pathValue(path, access, LIST_ROOT), descending, nullable }
}

function values(terms: readonly OrderTerm[]): DeferredSql[] {
  return terms.map((term) => term.value)
}

/** The rows at `d0` that fulfil the conditions. */
export function source({ collection }: Pick<ListQuery, 'collection'>, conditions: readonly DeferredSql[]): DeferredSql {
  const from = sql`FROM ${identifier(collection.table)} AS ${identifier(LIST_ROOT)}`
  return conditions.length === 0 ? from : sql`${from} WHERE ${conjunction(conditions)}`
}

/** By position, the first term's being `first`. Nulls come first ascending and last descending, as SQLite has them. */
function order(terms: readonly OrderTerm[], first: number): DeferredSql {
  const parts = terms.map((term, index) => `${first + index}${term.descending ? ' DESC' : ''}`)
  return constant(`ORDER BY ${parts.join(', ')}`)
}

/** One row more than the page has shows whether there is another page. */
function window(query: ListQuery): DeferredSql {
  const limit = sql`LIMIT ${bindUnseen(query.limit + 1)}`
  return query.offset === 0 ? limit : sql`${limit} OFFSET ${bind(query.offset)}`
}

function assemble(query: ListQuery, rows: readonly (readonly SqlValue[])[]): ListPage | null {
  const shown = rows.slice(0, query.limit)
  const texts = shown.map((row) => documentText(row[0]))
  const parts = query.etags ? texts.map(partsOfTagged) : null
  const docs = parts?.map((part) => part.shown) ?? texts
  const wholes = parts?.map((part) => part.whole) ?? null
  const last = rows.length > query.limit ? shown.at(-1)?.slice(1) : undefined
  if (!last) return { docs, wholes, nextCursor: null }
  const { length } = query.sort
  const values = cursorValues(last.slice(0, length), last.length > length ? last.slice(length) : null)
  return values && { docs, wholes, nextCursor: encodeCursor(query.fingerprint, values) }
}
