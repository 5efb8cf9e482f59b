import type { SqlValue } from '@koyalite/contracts'
import type { Collection, Field, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { compileList, countsDocuments, matchingConditions, orderTerms, shownDocument } from '../list/compile-list'
import { mostExpanded } from '../list/expand-budget'
import type { ListQuery } from '../list/list-query'
import type { DeferredSql } from '../sql/deferred-sql'
import { bind, bindUnseen, columnOf, conjunction, constant, identifier, join, literal, sql } from '../sql/sql-fragment'

/**
 * The statements that keep a list up to date. Like all statements with an access in them they wait for the caller: see `Access.bind`. Where
 * the text of `page` is the same, that of the others is, too.
 */
export interface LiveStatements {
  /**
   * The window in its order, and one row more where there are more documents: a document's JSON text and its sort keys, of which the last
   * is the primary key. With `count` in the query a first row says how many match in all, with nulls in its other columns, both of the same
   * state; and the rows behind it are in no order.
   */
  readonly page: DeferredSql
  /**
   * Not null where a last column of `page` says how many documents the list has, those included that are expanded: how many one of its
   * documents can be with what it expands.
   */
  readonly mostShown: number | null
  readonly membership: Membership
  /** Only the sort keys: of the documents at the beginning of the list, as if those with these keys were not there. */
  without(keys: readonly (string | number)[]): DeferredSql
}

/**
 * Which of some documents are in which of some lists, that differ in their parameters only: one statement for all of them. It has two
 * parameters, JSON arrays both: `listParams` of each list, and the documents. A row is a document as in `page`, and the
 * JSON array of the lists that have it, by their index; a document may be there several times, and is not where no list has it.
 */
export interface Membership {
  /**
   * Of documents as they are, given by their keys; or as they were before a change, given by its number and then
   * their keys: made of the row and of what the change log says of all changes since, both of the same state. One that
   * was inserted since was not there.
   */
  text(of: 'now' | 'before'): string
  /** What is different from list to list: these parameters wait for the caller. */
  readonly params: DeferredSql
  /** A document is the same in all lists that have it. */
  readonly isShared: boolean
}

const ROOT = 'd0'
const LISTS = '_koyalite_lists'

export function compileLive(schema: Schema, query: ListQuery, access: ReadAccess): LiveStatements {
  const { page, total } = compileList(schema, query, access)
  const terms = orderTerms(query, access)
  const mostShown = countsDocuments(query) ? 1 + mostExpanded(query.projection.expand, 1) : null
  return {
    page: total === null ? page : counted(total, page, terms.length + (mostShown === null ? 0 : 1)),
    mostShown,
    membership: membership(schema, query, access),
    without(keys) {
      const { collection } = query
      const table = sql`${identifier(collection.table)} AS ${identifier(ROOT)}`
      const key = columnOf(ROOT, collection.primaryKey.column)
      const values = join(
        terms.map(({ value }) => value),
        ', ',
      )
      const listed = sql`SELECT "value" FROM json_each(${bind(JSON.stringify(keys))})`
      const conditions = conjunction([sql`${key} NOT IN (${listed})`, ...matchingConditions(query, access)])
      const order = terms.map(({ descending }, index) => `${index + 1}${descending ? ' DESC' : ''}`).join(', ')
      return sql`SELECT ${values} FROM ${table} WHERE ${conditions} ORDER BY ${constant(order)} LIMIT ${bindUnseen(query.limit)}`
    },
  }
}

/**
 * A list's parameters for `Membership`, as JSON that SQL reads as the same values. Null for those that JSON has no exact form for: such a
 * list has to be read.
 */
export function listParams(params: readonly SqlValue[]): string | null {
  const texts: string[] = []
  for (const value of params) {
    const text = jsonText(value)
    if (text === null) return null
    texts.push(text)
  }
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(',')}]`
}

function jsonText(value: SqlValue): string | null {
  if (value === null) return 'null'
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') ? JSON.stringify(value) : null
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'number') return null
  const text = String(value)
  // Numbers are bound as doubles, and are doubles here. Of so few digits SQLite makes the same one.
  return /^-?\d{1,9}$/.test(text) ? `${text}.0` : /^-?\d{1,9}\.\d{1,6}$/.test(text) ? text : null
}

function membership(schema: Schema, query: ListQuery, access: ReadAccess): Membership {
  const { collection } = query
  const document = shownDocument({ schema, access }, query)
  const shown = join([document, ...orderTerms(query, access).map(({ value }) => value)], ', ')
  const conditions = conjunction(matchingConditions(query, access))
  const params = [...shown.params, ...conditions.params]
  const isShared = shown.params.length === 0
  const given = constant('?')
  const lists = sql`json_each(${given}) AS ${identifier(LISTS)}`
  const inLists = perList(conditions, { from: shown.params.length, of: params.length })
  const select = (rows: DeferredSql, extra: readonly DeferredSql[]): string => {
    if (isShared) {
      // It is made once.
      const which = sql`(SELECT json_group_array(${columnOf(LISTS, 'key')}) FROM ${lists} WHERE ${inLists})`
      return sql`SELECT ${shown}, ${which} FROM ${rows} AS ${identifier(ROOT)} WHERE ${conjunction(extra)}`.text
    }
    const own = perList(shown, { from: 0, of: params.length })
    const which = sql`'[' || ${columnOf(LISTS, 'key')} || ']'`
    const from = sql`${lists} CROSS JOIN ${rows} AS ${identifier(ROOT)}`
    return sql`SELECT ${own}, ${which} FROM ${from} WHERE ${conjunction([...extra, inLists])}`.text
  }
  const key = columnOf(ROOT, collection.primaryKey.column)
  const texts: { now?: string; before?: string } = {}
  return {
    params: { text: '', params },
    isShared,
    text(of) {
      texts[of] ??=
        of === 'before'
          ? select(sql`(${rowsBefore(collection, given)})`, [])
          : select(identifier(collection.table), [sql`${key} IN (SELECT "value" FROM json_each(${given}))`])
      return texts[of]
    },
  }
}

/** A fragment whose parameters come out of the list at hand: the first of them is its `from`-th one. */
function perList({ text }: DeferredSql, { from, of }: { readonly from: number; readonly of: number }): DeferredSql {
  let index = from
  const value = () => (of === 1 ? `"${LISTS}"."value"` : `("${LISTS}"."value" ->> ${index++})`)
  // Quoted text stays what it is.
  return constant(text.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (match) => (match === '?' ? value() : match)))
}

/** The parts of a compound come one after the other. */
function counted(total: DeferredSql, page: DeferredSql, keys: number): DeferredSql {
  const nulls = constant(', NULL'.repeat(keys))
  return sql`SELECT (${total})${nulls} UNION ALL SELECT * FROM (${page})`
}

/**
 * Rows of a collection before some change. The log keeps of an update the columns that it changed: what a column was
 * is what the first change that has it says, and where none has, what it is. Each change is looked through once,
 * however many columns there are.
 * @param given JSON: the number of the change, then the keys
 */
function rowsBefore(collection: Collection, given: DeferredSql): DeferredSql {
  const { table, primaryKey, fields } = collection
  const columns = [...fields.values()]
  const keys = sql`SELECT "k"."value" FROM "given", json_each("given"."value") AS "k" WHERE "k"."key" > 0`
  const range = sql`"c"."seq" >= (SELECT "value" ->> 0 FROM "given") AND "c"."collection" = ${literal(collection.name)} AND "c"."doc_id" IN (${keys})`
  // Of an insert, or where nothing differs, there is one row without a column.
  const ofColumns = sql`SELECT "c"."doc_id", "c"."op", min("c"."seq") AS "seq", "e"."key" AS "column" FROM "_koyalite_changes" AS "c" LEFT JOIN json_each("c"."old") AS "e" WHERE ${range} GROUP BY "c"."doc_id", "e"."key"`
  const firsts = sql`json_group_object("column", "seq") FILTER (WHERE "column" IS NOT NULL)`
  const changed = sql`SELECT "doc_id", "op", min("seq"), ${firsts} AS "firsts" FROM (${ofColumns}) GROUP BY "doc_id"`
  const parts = columns.flatMap((field, index) => [
    sql`${columnOf('now', field.column)} AS ${identifier(`n${index}`)}`,
    sql`${firstOld(field)} AS ${identifier(`o${index}`)}`,
  ])
  const then = sql`SELECT ${join(parts, ', ')} FROM (${changed}) AS "changed" LEFT JOIN ${identifier(table)} AS "now" ON ${columnOf('now', primaryKey.column)} = "changed"."doc_id" WHERE "changed"."op" <> 'insert'`
  const values = columns.map((field, index) => {
    const [now, old] = [identifier(`n${index}`), identifier(`o${index}`)]
    return sql`CASE WHEN ${old} IS NULL THEN ${now} ELSE ${storedValue(field, old)} END AS ${identifier(field.column)}`
  })
  return sql`WITH "given" AS (SELECT ${given} AS "value") SELECT ${join(values, ', ')} FROM (${then})`
}

/** JSON text; NULL where no change has the column. */
function firstOld({ column }: Field): DeferredSql {
  const path = literal(`$.${JSON.stringify(column)}`)
  return sql`(SELECT "old" -> ${path} FROM "_koyalite_changes" WHERE "seq" = ("changed"."firsts" ->> ${path}))`
}

/** @param json what the change log has of a column, as JSON text */
function storedValue({ type }: Field, json: DeferredSql): DeferredSql {
  const value = sql`${json} ->> '$'`
  switch (type) {
    case 'json':
      return sql`nullif(${json}, 'null')`
    case 'blob':
      return sql`unhex(${value})`
    default:
      return value
  }
}
