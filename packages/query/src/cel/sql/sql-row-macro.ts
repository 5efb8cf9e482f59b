import type { DeferredSql } from '../../sql/deferred-sql'
import { balanced, constant, identifier, sql } from '../../sql/sql-fragment'
import type { Expression, ExpressionOf, RowMacro, Rows } from '../check/expression'
import { equalOperands } from './sql-compare'
import { newAlias, type Predicate, type SqlContext } from './sql-context'
import { canOperandFail, type Operand, type ScalarOperand, scalar } from './sql-operand'

/** The rows of a collection inside of a subquery. */
interface Source {
  readonly from: DeferredSql
  /** Conditions of the filters, none of which can fail where `failure` is null. */
  readonly filters: readonly DeferredSql[]
  /** True for a row on which a filter fails. */
  readonly failure: DeferredSql | null
  readonly context: SqlContext
}

function openRows(rows: Rows, variable: number | null, context: SqlContext): Source {
  const alias = newAlias(context)
  const elements = new Map(context.elements)
  for (const filter of rows.filters) elements.set(filter.variable, alias)
  if (variable !== null) elements.set(variable, alias)
  const inner: SqlContext = { ...context, elements }
  const predicates = rows.filters.map((filter) => context.predicate(filter.predicate, inner))
  const filters = predicates.map((one) => sql`(${one.sql})`)
  // A filter only sees what passed the ones before it.
  const failures = predicates.flatMap(({ canFail }, index) =>
    canFail ? [balanced([...filters.slice(0, index), sql`${filters[index] ?? constant('1')} IS NULL`], 'AND')] : [],
  )
  return {
    from: sql`FROM ${identifier(rows.collection.table)} AS ${identifier(alias)}`,
    filters,
    failure: failures.length === 0 ? null : balanced(failures, 'OR'),
    context: inner,
  }
}

/** `members.exists(m, …)` and the others. */
export function rowMacro(expression: ExpressionOf<'rowMacro'>, context: SqlContext): Predicate {
  const source = openRows(expression.rows, expression.variable, context)
  const predicate = source.context.predicate(expression.predicate, source.context)
  const failing = predicate.canFail ? failingRows(expression.predicate, source.context) : null
  const quantified = quantify(expression.macro, predicate.sql, {
    exists: (condition) =>
      sql`EXISTS (SELECT 1 ${source.from} WHERE ${balanced([...source.filters, condition], 'AND')})`,
    two: (condition) =>
      sql`(SELECT count(*) FROM (SELECT 1 ${source.from} WHERE ${balanced([...source.filters, condition], 'AND')} LIMIT 2))`,
    failing,
  })
  const unlessFailing =
    source.failure === null
      ? quantified
      : sql`CASE WHEN NOT EXISTS (SELECT 1 ${source.from} WHERE ${source.failure}) THEN ${quantified} END`
  return { sql: unlessFailing, canFail: predicate.canFail || source.failure !== null }
}

interface Elements {
  readonly exists: (condition: DeferredSql) => DeferredSql
  /** The number of elements that fulfil a condition, at most two. */
  readonly two: (condition: DeferredSql) => DeferredSql
  /** True for an element on which the predicate fails; null where it cannot. */
  readonly failing: DeferredSql | null
}

/** Without failures a plain EXISTS; with them a second look for one, where the first has not decided. */
export function quantify(macro: RowMacro, predicate: DeferredSql, { exists, two, failing }: Elements): DeferredSql {
  const holds = sql`(${predicate})`
  switch (macro) {
    case 'exists':
      if (failing === null) return exists(holds)
      return sql`CASE WHEN ${exists(holds)} THEN 1 WHEN NOT ${exists(failing)} THEN 0 END`
    case 'all': {
      const counterexample = exists(sql`NOT ${holds}`)
      if (failing === null) return sql`NOT ${counterexample}`
      return sql`CASE WHEN ${counterexample} THEN 0 WHEN NOT ${exists(failing)} THEN 1 END`
    }
    case 'exists_one': {
      const one = sql`${two(holds)} = 1`
      return failing === null ? one : sql`CASE WHEN NOT ${exists(failing)} THEN ${one} END`
    }
  }
}

/**
 * A condition that is true for the rows on which a predicate fails. Operands of && that cannot fail stand alone in it, so that
 * looking for a failure uses the same index as looking for a match.
 */
export function failingRows(predicate: Expression, context: SqlContext): DeferredSql {
  if (predicate.kind !== 'logic' || predicate.operator !== '&&') {
    return sql`(${context.predicate(predicate, context).sql}) IS NULL`
  }
  const operands = predicate.operands.map((operand) => context.predicate(operand, context))
  const safe = operands.filter(({ canFail }) => !canFail).map((one) => sql`(${one.sql})`)
  const risky = operands.filter(({ canFail }) => canFail).map((one) => sql`(${one.sql})`)
  return balanced([...safe, sql`${balanced(risky, 'AND')} IS NULL`], 'AND')
}

/** `size(members)` */
export function rowCount({ rows }: ExpressionOf<'rowCount'>, context: SqlContext): ScalarOperand {
  const { from, filters, failure } = openRows(rows, null, context)
  const count = sql`(SELECT count(*) ${from} WHERE ${balanced(filters, 'AND')})`
  if (failure === null) return scalar('int', count, { absent: 'never' })
  return scalar('int', sql`CASE WHEN NOT EXISTS (SELECT 1 ${from} WHERE ${failure}) THEN ${count} END`, {
    absent: 'failure',
  })
}

/** `item in members.map(m, m.user)`, where nothing in it can fail. */
export function rowMember(item: Operand, expression: ExpressionOf<'rowMap'>, context: SqlContext): Predicate | null {
  const source = openRows(expression.rows, expression.variable, context)
  const element = source.context.operand(expression.transform, source.context)
  if (element === null || source.failure !== null || canOperandFail(item) || canOperandFail(element)) return null
  const equal = equalOperands(item, element)
  if (equal === null) return null
  return {
    sql: sql`EXISTS (SELECT 1 ${source.from} WHERE ${balanced([...source.filters, sql`(${equal})`], 'AND')})`,
    canFail: false,
  }
}

/** `members.map(m, m.user)` as a JSON array of what `encode` makes of each element; NULL where an element fails. */
export function rowArray(
  expression: ExpressionOf<'rowMap'>,
  context: SqlContext,
  encode: (operand: Operand) => { readonly value: DeferredSql; readonly failure: DeferredSql | null },
): DeferredSql | null {
  const source = openRows(expression.rows, expression.variable, context)
  const element = source.context.operand(expression.transform, source.context)
  if (element === null) return null
  const { value, failure } = encode(element)
  const where = balanced(source.filters, 'AND')
  const array = sql`(SELECT json_group_array(json_array(${value})) ${source.from} WHERE ${where})`
  const failures = [
    ...(source.failure === null ? [] : [source.failure]),
    ...(failure === null ? [] : [balanced([...source.filters, failure], 'AND')]),
  ]
  if (failures.length === 0) return array
  return sql`CASE WHEN NOT EXISTS (SELECT 1 ${source.from} WHERE ${balanced(failures, 'OR')}) THEN ${array} END`
}
