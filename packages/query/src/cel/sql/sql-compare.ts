import type { DeferredSql } from '../../sql/deferred-sql'
import { balanced, constant, sql } from '../../sql/sql-fragment'
import { type Expression, type ExpressionOf, type OrderOperator, operandComparedWithNull } from '../check/expression'
import type { Predicate, SqlContext } from './sql-context'
import {
  canOperandFail,
  failureOf,
  type JsonOperand,
  nearestDouble,
  type Operand,
  type ScalarOperand,
  type SqlKind,
  strictly,
  unlessFailed,
} from './sql-operand'
import { isStatic } from './static-expression'

/** `==` and `!=`: two-valued on values that exist. Null if SQL cannot express it. */
export function equality(expression: ExpressionOf<'equals'>, context: SqlContext): Predicate | null {
  if (operandComparedWithNull(expression) === null && involvesNobody([expression.left, expression.right], context))
    return FAILURE
  const left = context.operand(expression.left, context)
  const right = left === null ? null : context.operand(expression.right, context)
  if (left === null || right === null) return null
  const equal = equalOperands(left, right)
  if (equal === null) return null
  const canFail = canOperandFail(left) || canOperandFail(right)
  return { sql: expression.negated ? sql`NOT (${equal})` : equal, canFail }
}

/** Whether nobody is known to take part in a comparison of these: then it fails, whatever the rows are. */
export function involvesNobody(operands: readonly Expression[], context: SqlContext): boolean {
  return operands.some((operand) => isStatic(operand, context) && context.nobodies.of(operand) === 'yes')
}

export const FAILURE: Predicate = { sql: constant('NULL'), canFail: true }

/** Whether two operands are equal; NULL where one fails. */
export function equalOperands(left: Operand, right: Operand): DeferredSql | null {
  if (left.form === 'null') return isNull(right)
  if (right.form === 'null') return isNull(left)
  if (left.form === 'json') return right.form === 'json' ? null : equalJson(left, right)
  if (right.form === 'json') return equalJson(right, left)
  return groupOf(left.kind) === groupOf(right.kind)
    ? equalScalars(left, right)
    : unlessFailed([left, right], constant('0'))
}

function isNull(operand: Operand): DeferredSql {
  if (operand.form === 'null') return constant('1')
  if (operand.form === 'json') return sql`(${operand.type} = 'null')`
  return operand.absent === 'null'
    ? unlessFailed([operand], sql`${operand.value} IS NULL`)
    : unlessFailed([operand], constant('0'))
}

/** Kinds of one group compare with each other by value. */
function groupOf(kind: SqlKind): string {
  return kind === 'int' || kind === 'double' ? 'number' : kind
}

function equalScalars(left: ScalarOperand, right: ScalarOperand): DeferredSql {
  const [a, b] = comparable(left, right)
  // Without nulls plain equality is right: it is NULL where one fails.
  if (left.absent !== 'null' && right.absent !== 'null') return sql`${a} = ${b}`
  return unlessFailed([left, right], sql`${a} IS ${b}`)
}

function comparable(left: ScalarOperand, right: ScalarOperand): readonly [DeferredSql, DeferredSql] {
  return left.kind === right.kind ? [left.value, right.value] : [nearestDouble(left), nearestDouble(right)]
}

function equalJson(json: JsonOperand, other: ScalarOperand): DeferredSql {
  const equal = equalToPresent(json, other)
  if (other.absent === 'never') return equal
  const withNull =
    other.absent === 'null' ? sql`CASE WHEN ${other.value} IS NULL THEN ${json.type} = 'null' ELSE ${equal} END` : equal
  return unlessFailed([other], withNull)
}

/** NULL where the json value fails, as its type is then. */
function equalToPresent({ type, value }: JsonOperand, other: ScalarOperand): DeferredSql {
  switch (groupOf(other.kind)) {
    case 'string':
      return sql`(${type} = 'text' AND ${value} = ${other.value})`
    case 'number':
      return sql`(${type} IN ('integer', 'real') AND CAST(${value} AS REAL) = ${nearestDouble(other)})`
    case 'bool':
      return sql`(${type} = CASE WHEN ${other.value} THEN 'true' ELSE 'false' END)`
    default:
      return sql`CASE WHEN ${type} IS NOT NULL THEN 0 END`
  }
}

/** `<` and its like: NULL for null and for values without an order. Null if SQL cannot express it. */
export function ordering(expression: ExpressionOf<'order'>, context: SqlContext): Predicate | null {
  if (involvesNobody([expression.left, expression.right], context)) return FAILURE
  const left = strictly(context.operand(expression.left, context))
  const right = left === null ? null : strictly(context.operand(expression.right, context))
  if (left === null || right === null || left.form === 'null' || right.form === 'null') return null
  if (left.form === 'json' && right.form === 'json') return null
  const operator = constant(expression.operator)
  const canFail = !(isAlwaysThere(left) && isAlwaysThere(right))
  if (left.form === 'json') return { sql: orderJson(left, right as ScalarOperand, expression.operator), canFail }
  if (right.form === 'json') return { sql: orderJson(right, left, MIRRORED[expression.operator]), canFail }
  if (groupOf(left.kind) !== groupOf(right.kind)) return { sql: constant('NULL'), canFail: true }
  const [a, b] = comparable(left, right)
  return { sql: sql`${a} ${operator} ${b}`, canFail }
}

function isAlwaysThere(operand: Operand): boolean {
  return operand.form === 'scalar' && operand.absent === 'never'
}

const MIRRORED: Readonly<Record<OrderOperator, OrderOperator>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

function orderJson({ type, value }: JsonOperand, other: ScalarOperand, operator: OrderOperator): DeferredSql {
  const group = groupOf(other.kind)
  const types = JSON_TYPES[group]
  if (types === undefined) return constant('NULL')
  const [a, b] = group === 'number' ? [sql`CAST(${value} AS REAL)`, nearestDouble(other)] : [value, other.value]
  return sql`CASE WHEN ${type} IN (${constant(types)}) THEN ${a} ${constant(operator)} ${b} END`
}

/** The types that json_type has for what compares with a kind. Its truth values are extracted as 1 and 0, as columns hold them. */
const JSON_TYPES: Readonly<Record<string, string>> = {
  string: "'text'",
  number: "'integer', 'real'",
  bool: "'true', 'false'",
}

/** Whether the operand equals one of the others; NULL where any of them fails. Null if SQL cannot express it. */
export function equalToAny(item: Operand, others: readonly Operand[]): DeferredSql | null {
  const equalities = others.map((other) => equalOperands(item, other))
  if (equalities.some((equal) => equal === null)) return null
  const failures = others.map((other) => (other.form === 'scalar' ? failureOf(other) : null)).filter((f) => f !== null)
  if (others.some((other) => other.form === 'json')) return null
  const any = balanced(
    equalities.filter((equal) => equal !== null).map((equal) => sql`(${equal})`),
    'OR',
  )
  return failures.length === 0 ? any : sql`CASE WHEN NOT ${balanced(failures, 'OR')} THEN ${any} END`
}
