import type { Expression, ExpressionOf, RowMacro, Rows } from '../check/expression'
import { balanced, type Part, part, quoted, raw } from './deferred-sql'
import { equalOperands } from './sql-compare'
import { newAlias, type Predicate, type SqlContext } from './sql-context'
import { canOperandFail, type Operand, type ScalarOperand, scalar } from './sql-operand'

/** The rows of a collection inside of a subquery. */
interface Source {
  readonly from: Part
  /** Conditions of the filters, none of which can fail where `failure` is null. */
  readonly filters: readonly Part[]
  /** True for a row on which a filter fails. */
  readonly failure: Part | null
  readonly context: SqlContext
}

function openRows(rows: Rows, variable: number | null, context: SqlContext): Source {
  const alias = newAlias(context)
  const elements = new Map(context.elements)
  for (const filter of rows.filters) elements.set(filter.variable, alias)
  if (variable !== null) elements.set(variable, alias)
  const inner: SqlContext = { ...context, elements }
  const predicates = rows.filters.map((filter) => context.predicate(filter.predicate, inner))
  const filters = predicates.map(({ sql }) => part`(${sql})`)
  // A filter only sees what passed the ones before it.
  const failures = predicates.flatMap(({ canFail }, index) =>
    canFail ? [balanced([...filters.slice(0, index), part`${filters[index] ?? raw('1')} IS NULL`], 'AND')] : [],
  )
  return {
    from: part`FROM ${quoted(rows.collection.table)} AS ${quoted(alias)}`,
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
      part`EXISTS (SELECT 1 ${source.from} WHERE ${balanced([...source.filters, condition], 'AND')})`,
    two: (condition) =>
      part`(SELECT count(*) FROM (SELECT 1 ${source.from} WHERE ${balanced([...source.filters, condition], 'AND')} LIMIT 2))`,
    failing,
  })
  const sql =
    source.failure === null
      ? quantified
      : part`CASE WHEN NOT EXISTS (SELECT 1 ${source.from} WHERE ${source.failure}) THEN ${quantified} END`
  return { sql, canFail: predicate.canFail || source.failure !== null }
}

interface Elements {
  readonly exists: (condition: Part) => Part
  /** The number of elements that fulfil a condition, at most two. */
  readonly two: (condition: Part) => Part
  /** True for an element on which the predicate fails; null where it cannot. */
  readonly failing: Part | null
}

/** Without failures a plain EXISTS; with them a second look for one, where the first has not decided. */
export function quantify(macro: RowMacro, predicate: Part, { exists, two, failing }: Elements): Part {
  const holds = part`(${predicate})`
  switch (macro) {
    case 'exists':
      if (failing === null) return exists(holds)
      return part`CASE WHEN ${exists(holds)} THEN 1 WHEN NOT ${exists(failing)} THEN 0 END`
    case 'all': {
      const counterexample = exists(part`NOT ${holds}`)
      if (failing === null) return part`NOT ${counterexample}`
      return part`CASE WHEN ${counterexample} THEN 0 WHEN NOT ${exists(failing)} THEN 1 END`
    }
    case 'exists_one': {
      const one = part`${two(holds)} = 1`
      return failing === null ? one : part`CASE WHEN NOT ${exists(failing)} THEN ${one} END`
    }
  }
}

/**
 * A condition that is true for the rows on which a predicate fails. Operands of && that cannot fail stand alone in it, so that
 * looking for a failure uses the same index as looking for a match.
 */
export function failingRows(predicate: Expression, context: SqlContext): Part {
  if (predicate.kind !== 'logic' || predicate.operator !== '&&') {
    return part`(${context.predicate(predicate, context).sql}) IS NULL`
  }
  const operands = predicate.operands.map((operand) => context.predicate(operand, context))
  const safe = operands.filter(({ canFail }) => !canFail).map(({ sql }) => part`(${sql})`)
  const risky = operands.filter(({ canFail }) => canFail).map(({ sql }) => part`(${sql})`)
  return balanced([...safe, part`${balanced(risky, 'AND')} IS NULL`], 'AND')
}

/** `size(members)` */
export function rowCount({ rows }: ExpressionOf<'rowCount'>, context: SqlContext): ScalarOperand {
  const { from, filters, failure } = openRows(rows, null, context)
  const count = part`(SELECT count(*) ${from} WHERE ${balanced(filters, 'AND')})`
  if (failure === null) return scalar('int', count, { absent: 'never' })
  return scalar('int', part`CASE WHEN NOT EXISTS (SELECT 1 ${from} WHERE ${failure}) THEN ${count} END`, {
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
    sql: part`EXISTS (SELECT 1 ${source.from} WHERE ${balanced([...source.filters, part`(${equal})`], 'AND')})`,
    canFail: false,
  }
}

/** `members.map(m, m.user)` as a JSON array of what `encode` makes of each element; NULL where an element fails. */
export function rowArray(
  expression: ExpressionOf<'rowMap'>,
  context: SqlContext,
  encode: (operand: Operand) => { readonly value: Part; readonly failure: Part | null },
): Part | null {
  const source = openRows(expression.rows, expression.variable, context)
  const element = source.context.operand(expression.transform, source.context)
  if (element === null) return null
  const { value, failure } = encode(element)
  const where = balanced(source.filters, 'AND')
  const array = part`(SELECT json_group_array(json_array(${value})) ${source.from} WHERE ${where})`
  const failures = [
    ...(source.failure === null ? [] : [source.failure]),
    ...(failure === null ? [] : [balanced([...source.filters, failure], 'AND')]),
  ]
  if (failures.length === 0) return array
  return part`CASE WHEN NOT EXISTS (SELECT 1 ${source.from} WHERE ${balanced(failures, 'OR')}) THEN ${array} END`
}
