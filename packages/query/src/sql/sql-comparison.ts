import type { DeferredSql } from '../cel/sql/deferred-sql'
import { bind, constant, sql } from './sql-fragment'

export const OPERATORS = {
  eq: constant('='),
  gt: constant('>'),
  gte: constant('>='),
  lt: constant('<'),
  lte: constant('<='),
} as const

/** The values as rows, bound as one parameter: the text of the statement does not depend on how many there are. */
export function valueList(values: readonly (string | number)[]): DeferredSql {
  return sql`SELECT "value" FROM json_each(${bind(JSON.stringify(values))})`
}
