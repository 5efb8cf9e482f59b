import type { Sql, SqlValue } from '@koyalite/contracts'
import type { Collection, Field, Schema } from '@koyalite/schema'
import { compileList, matchingConditions, orderTerms } from '../compile-list'
import type { ListQuery } from '../list-query'
import { projectedJson } from '../projection-sql'
import type { ReadAccess } from '../read-access'
import { bind, bindUnseen, columnOf, conjunction, constant, identifier, join, literal, sql } from '../sql-fragment'

/**
 * The statements that keep a list up to date, made when they are asked for. Their rows are a document's JSON text and its sort keys, of
 * which the last is the primary key. Like all statements with an access in them they wait for the caller: see `Access.bind`. All but
 * `page` have LIVE_PARAMETER as one parameter, to be replaced after that.
 */
export interface LiveStatements {
  /**
   * The window in its order, and one row more where there are more documents. With `count` in the query a first row says
   * how many match in all, with nulls in its other columns, both of the same state; and the rows behind it are in no order.
   */
  page(): Sql
  /** The document with this key, if it matches. */
  one(): Sql
  /** The documents among those whose keys are in a JSON array, in no order. */
  among(): Sql
  /** The same for rows that are in a JSON array themselves, as the change log keeps them, in place of the table's. */
  stored(): Sql
  /** Only the sort keys: of the documents at the beginning of the list, as if those whose keys are in a JSON array were not there. */
  without(): Sql
}

/** Stands for the parameter of a statement until it is known. No value of a request or a schema is this one. */
export const LIVE_PARAMETER: SqlValue = '\u0000koyalite live parameter'

const ROOT = 'd0'

export function compileLive(schema: Schema, query: ListQuery, access: ReadAccess): LiveStatements {
  const { collection } = query
  const terms = orderTerms(query, access)
  const values = terms.map(({ value }) => value)
  const keys = join(values, ', ')
  const matching = matchingConditions(query, access)
  const key = columnOf(ROOT, collection.primaryKey.column)
  const given = bind(LIVE_PARAMETER)
  const table = sql`${identifier(collection.table)} AS ${identifier(ROOT)}`
  const listed = sql`SELECT "value" FROM json_each(${given})`
  const select = (from: Sql, conditions: readonly Sql[]): Sql => {
    const document = projectedJson({ schema, access }, query.projection, ROOT)
    return sql`SELECT ${document}, ${keys} FROM ${from} WHERE ${conjunction(conditions)}`
  }
  return {
    page() {
      const { page, total } = compileList(schema, query, access)
      return total === null ? page : counted(total, page, terms.length)
    },
    one: () => select(table, [sql`${key} = ${given}`, ...matching]),
    among: () => select(table, [sql`${key} IN (${listed})`, ...matching]),
    stored: () => select(sql`(${storedRows(collection, given)}) AS ${identifier(ROOT)}`, matching),
    without() {
      const order = terms.map(({ descending }, index) => `${index + 1}${descending ? ' DESC' : ''}`).join(', ')
      const conditions = conjunction([sql`${key} NOT IN (${listed})`, ...matching])
      return sql`SELECT ${keys} FROM ${table} WHERE ${conditions} ORDER BY ${constant(order)} LIMIT ${bindUnseen(query.limit)}`
    },
  }
}

/** The parts of a compound come one after the other. */
function counted(total: Sql, page: Sql, keys: number): Sql {
  const nulls = constant(', NULL'.repeat(keys))
  return sql`SELECT (${total})${nulls} UNION ALL SELECT * FROM (${page})`
}

/** The rows of a collection out of a JSON array of what the change log keeps of them. */
function storedRows(collection: Collection, rows: Sql): Sql {
  const columns = [...collection.fields.values()].map(
    (field) => sql`${storedColumn(field)} AS ${identifier(field.column)}`,
  )
  return sql`SELECT ${join(columns, ', ')} FROM json_each(${rows}) AS "rows"`
}

function storedColumn(field: Field): Sql {
  const path = literal(`$.${JSON.stringify(field.column)}`)
  const value = sql`"rows"."value" ->> ${path}`
  switch (field.type) {
    case 'json':
      return sql`nullif("rows"."value" -> ${path}, 'null')`
    case 'blob':
      return sql`unhex(${value})`
    default:
      return value
  }
}
