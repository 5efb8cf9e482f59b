import type { SqlValue } from '@koyalite/contracts'
import type { ReadAccess } from '../access/read-access'
import type { DeferredSql } from '../sql/deferred-sql'
import { columnOf, constant, identifier, join, sql } from '../sql/sql-fragment'
import { LIST_ROOT, matchingConditions, orderTerms, source } from './compile-list'
import { cursorValues, encodeCursor, exactForm, type OrderTerm } from './cursor'
import type { ListQuery } from './list-query'

/** Documents from one cursor of a map to the next. */
export const POSITION_STEP = 1000

/** What a scrollbar needs to jump into a list: cursors in the order of the list, `POSITION_STEP` documents apart. */
export interface CompiledPositions {
  /** One row, one column: how many documents match. */
  readonly total: DeferredSql
  /** A row for each `POSITION_STEP`th document: its sort keys, then their exact forms. */
  readonly marks: DeferredSql
  /** The cursors of the pages behind these documents. */
  cursors(rows: readonly (readonly SqlValue[])[]): readonly string[]
}

/** A list's map of positions. `query` is one of a list from its beginning; how many documents that shows does not matter. */
export function compilePositions(query: ListQuery, access: ReadAccess): CompiledPositions {
  const conditions = matchingConditions(query, access)
  const terms = orderTerms(query, access)
  const { length } = terms
  return {
    total: sql`SELECT count(*) ${source(query, conditions)}`,
    marks: walksKeys(query, terms, conditions)
      ? keyHops(query, terms[0] as OrderTerm)
      : numbered(query, terms, conditions),
    cursors: (rows) =>
      rows.map((row) => {
        const values = cursorValues(row.slice(0, length), row.slice(length, 2 * length))
        return encodeCursor(query.fingerprint, values ?? [])
      }),
  }
}

/** Whether the order is that of the key alone and no document is left out: then steps are counted in the index, a tenth of the work. */
function walksKeys(
  { collection }: ListQuery,
  terms: readonly OrderTerm[],
  conditions: readonly DeferredSql[],
): boolean {
  const { untyped, primaryKey } = collection
  return (
    !untyped && !primaryKey.collated && conditions.length === 0 && terms.length === 1 && terms[0]?.nullable === false
  )
}

function keyHops({ collection }: ListQuery, term: OrderTerm): DeferredSql {
  const step = constant(String(POSITION_STEP - 1))
  const order = constant(term.descending ? ' DESC' : '')
  const after = constant(term.descending ? '<' : '>')
  const from = sql`SELECT ${term.value} FROM ${identifier(collection.table)} AS ${identifier(LIST_ROOT)}`
  const end = sql`ORDER BY ${term.value}${order} LIMIT 1 OFFSET ${step}`
  const key = columnOf('_koyalite_hops', 'key')
  return sql`WITH RECURSIVE "_koyalite_hops"("key") AS (SELECT (${from} ${end}) UNION ALL SELECT (${from} WHERE ${term.value} ${after} ${key} ${end}) FROM "_koyalite_hops" WHERE ${key} IS NOT NULL) SELECT ${key}, ${exactForm(key)} FROM "_koyalite_hops" WHERE ${key} IS NOT NULL`
}

function numbered(query: ListQuery, terms: readonly OrderTerm[], conditions: readonly DeferredSql[]): DeferredSql {
  const named = terms.map(({ value }, index) => sql`${value} AS ${identifier(`s${index}`)}`)
  // The plus keeps SQLite from walking an index of the first key: to look each row up there takes longer than to sort all of them.
  const plus = constant(terms.length > 1 ? '+' : '')
  const order = terms.map(
    ({ value, descending }, index) =>
      sql`${index === 0 ? plus : constant('')}${value}${constant(descending ? ' DESC' : '')}`,
  )
  const keys = terms.map((_, index) => columnOf('_koyalite_numbered', `s${index}`))
  const number = columnOf('_koyalite_numbered', 'n')
  return sql`SELECT ${join([...keys, ...keys.map(exactForm)], ', ')} FROM (SELECT ${join(named, ', ')}, row_number() OVER (ORDER BY ${join(order, ', ')}) AS "n" ${source(query, conditions)}) AS "_koyalite_numbered" WHERE ${number} % ${constant(String(POSITION_STEP))} = 0 ORDER BY ${number}`
}
