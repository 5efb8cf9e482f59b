import type { SqlValue } from '@koyalite/contracts'
import type { ReadAccess } from '../access/read-access'
import type { DeferredSql } from '../sql/deferred-sql'
import { jsonComparison } from '../sql/json-comparison'
import { equality } from '../sql/readable-sql'
import { OPERATORS } from '../sql/sql-comparison'
import { bind, conjunction, disjunction, sql, valueList } from '../sql/sql-fragment'
import { toStored } from '../sql/stored-value'
import { containsText, likeText } from '../sql/text-search'
import type { Comparison, Condition } from './condition'
import { atPath } from './field-path'
import { pathValue } from './path-value'

/**
 * A predicate over the row at `alias`. It may be NULL instead of false, which is the same everywhere here: WHERE takes neither, and
 * `not` is written as IS NOT TRUE.
 */
export function compileCondition(condition: Condition, alias: string, access: ReadAccess): DeferredSql {
  switch (condition.kind) {
    case 'all':
      return conjunction(condition.of.map((part) => compileCondition(part, alias, access)))
    case 'any':
      return disjunction(condition.of.map((part) => compileCondition(part, alias, access)))
    case 'not':
      return negation(condition.of, alias, access)
    case 'compare':
      return comparison(condition, alias, access)
    case 'cel':
      return sql`(${condition.sql(alias)})`
  }
}

function negation(condition: Condition, alias: string, access: ReadAccess): DeferredSql {
  // The same as the general form, but SQLite knows it: IS NOT NULL can use an index.
  if (condition.kind === 'compare' && condition.op === 'eq' && condition.value === null) {
    return sql`${pathValue(condition.path, access, alias)} IS NOT NULL`
  }
  return sql`(${compileCondition(condition, alias, access)}) IS NOT TRUE`
}

function comparison(condition: Comparison, alias: string, access: ReadAccess): DeferredSql {
  if (condition.op === 'eq' && condition.value === null) return sql`${pathValue(condition.path, access, alias)} IS NULL`
  if (condition.op === 'in' && condition.values.includes(null)) {
    const given = condition.values.filter((value) => value !== null)
    const isNull = sql`${pathValue(condition.path, access, alias)} IS NULL`
    if (given.length === 0) return isNull
    return disjunction([isNull, comparison({ ...condition, values: given }, alias, access)])
  }
  const { field } = condition.path
  return atPath(condition.path, access, alias, (column) =>
    field.type === 'json' ? jsonComparison(condition, column) : plainComparison(condition, column),
  )
}

function plainComparison(condition: Comparison, column: DeferredSql): DeferredSql {
  const { field } = condition.path
  switch (condition.op) {
    case 'eq':
      return equality(column, sql`= ${bind(toStored(field, condition.value))}`)
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return sql`${column} ${OPERATORS[condition.op]} ${bind(toStored(field, condition.value))}`
    case 'like':
      return likeText(column, condition.value)
    case 'contains':
      // LIKE would ignore case.
      return containsText(column, condition.text)
    case 'in':
      return equality(column, sql`IN (${valueList(condition.values.map((value) => scalar(toStored(field, value))))})`)
  }
}

function scalar(value: SqlValue): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError('a list of values to compare with holds text and numbers only')
}
