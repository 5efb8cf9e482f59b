import type { DeferredSql } from '../../sql/deferred-sql'
import { constant, sql } from '../../sql/sql-fragment'
import type { Expression, ExpressionOf } from '../check/expression'
import type { SqlContext } from './sql-context'
import { type Operand, type ScalarOperand, scalar, strictly } from './sql-operand'

/** Arithmetic that SQL does in the same way: of ints, of finite doubles, and joining strings. Null for everything else. */
export function arithmeticOperand(expression: ExpressionOf<'arithmetic'>, context: SqlContext): Operand | null {
  const { operator } = expression
  const left = scalarOf(expression.left, context)
  const right = scalarOf(expression.right, context)
  if (left === null || right === null || left.kind !== right.kind) return null
  const absent = left.absent === 'never' && right.absent === 'never' ? 'never' : 'failure'
  if (left.kind === 'string' && operator === '+') {
    if (++context.joins.count > MAX_JOINS) return null
    return scalar('string', sql`(${left.value} || ${right.value})`, { absent })
  }
  const result = sql`${left.value} ${constant(operator)} ${right.value}`
  if (left.kind === 'int') {
    // SQLite has a rest for the smallest int and -1, which no int has a quotient for.
    if (operator === '%' && !isSafeDivisor(expression.right)) return null
    return scalar('int', wholeOrNull(result), { absent: 'failure' })
  }
  if (left.kind !== 'double' || operator === '/' || operator === '%') return null
  if (!isFiniteDouble(expression.left) || !isFiniteDouble(expression.right)) return null
  return scalar('double', sql`(${result})`, { absent })
}

/** Joins of texts that SQLite makes in one expression: each copies what those before it have made, and nothing counts how much that is. */
const MAX_JOINS = 12

function scalarOf(expression: Expression, context: SqlContext): ScalarOperand | null {
  const operand = strictly(context.operand(expression, context))
  return operand?.form === 'scalar' ? operand : null
}

/** SQLite continues with a double where ints overflow. The inner query computes once what is looked at twice. */
function wholeOrNull(value: DeferredSql): DeferredSql {
  return sql`(SELECT CASE typeof("v") WHEN 'integer' THEN "v" END FROM (SELECT ${value} AS "v"))`
}

function isSafeDivisor(divisor: Expression): boolean {
  return divisor.kind === 'const' && divisor.value !== -1n
}

/** Sums and products of two finite doubles may be infinite, but never "not a number", which SQLite does not have. */
function isFiniteDouble(expression: Expression): boolean {
  if (expression.kind === 'const') return typeof expression.value === 'number' && Number.isFinite(expression.value)
  return expression.kind === 'field'
}
