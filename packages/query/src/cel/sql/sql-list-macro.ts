import type { DeferredSql } from '../../sql/deferred-sql'
import { balanced, identifier, sql } from '../../sql/sql-fragment'
import type { ExpressionOf } from '../check/expression'
import { newAlias, type Predicate, type SqlContext } from './sql-context'
import { jsonElement } from './sql-operand'
import { failingRows, quantify } from './sql-row-macro'

/** `doc.tags.exists(t, …)` and the others over json. Null if SQL cannot express it. */
export function listMacro(expression: ExpressionOf<'macro'>, context: SqlContext): Predicate | null {
  const { macro, predicate, variables: names } = expression
  const [variable] = names
  if (macro === 'map' || macro === 'filter' || macro === 'transformMap' || predicate === null) return null
  if (variable === undefined || names.length > 1) return null
  const container = context.operand(expression.container, context)
  if (container?.form !== 'json') return null
  const alias = newAlias(context)
  const variables = new Map(context.variables).set(variable, jsonElement(alias))
  const inner: SqlContext = { ...context, variables }
  const holds = context.predicate(predicate, inner)
  const from = sql`FROM ${container.each} AS ${identifier(alias)} WHERE`
  const quantified = quantify(macro, holds.sql, {
    exists: (condition: DeferredSql) => sql`EXISTS (SELECT 1 ${from} ${condition})`,
    two: (condition: DeferredSql) => sql`(SELECT count(*) FROM (SELECT 1 ${from} ${condition} LIMIT 2))`,
    failing: holds.canFail ? balanced([failingRows(predicate, inner)], 'AND') : null,
  })
  return { sql: sql`CASE WHEN ${container.type} IN ('array', 'object') THEN ${quantified} END`, canFail: true }
}
