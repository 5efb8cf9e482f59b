import type { DeferredSql } from '../../sql/deferred-sql'
import { constant, sql } from '../../sql/sql-fragment'
import type { ExpressionOf } from '../check/expression'
import type { Predicate, SqlContext } from './sql-context'
import { failureOf, jsonAt, type Operand, type ScalarOperand, scalar, strictly } from './sql-operand'

/** A ternary between conditions. */
export function conditionalPredicate(expression: ExpressionOf<'conditional'>, context: SqlContext): Predicate {
  const test = context.predicate(expression.condition, context)
  const whenTrue = context.predicate(expression.whenTrue, context)
  const whenFalse = context.predicate(expression.whenFalse, context)
  return {
    sql: choose(test.sql, whenTrue.sql, whenFalse.sql),
    canFail: test.canFail || whenTrue.canFail || whenFalse.canFail,
  }
}

/** A ternary between values. Null if SQL cannot express one of them. */
export function conditionalOperand(expression: ExpressionOf<'conditional'>, context: SqlContext): Operand | null {
  const whenTrue = context.operand(expression.whenTrue, context)
  const whenFalse = context.operand(expression.whenFalse, context)
  if (whenTrue === null || whenFalse === null) return null
  const test = context.predicate(expression.condition, context)
  const chosen = chooseOperand(test, whenTrue, whenFalse)
  if (chosen?.form !== 'scalar' || !(hasStrict(whenTrue) || hasStrict(whenFalse))) return chosen
  const strict = chooseOperand(test, strictly(whenTrue), strictly(whenFalse))
  return strict?.form === 'scalar' ? { ...chosen, strict } : null
}

function hasStrict(operand: Operand): boolean {
  return operand.form === 'scalar' && operand.strict !== null
}

function chooseOperand(test: Predicate, whenTrue: Operand, whenFalse: Operand): Operand | null {
  if (whenTrue.form === 'json' && whenFalse.form === 'json') {
    return jsonAt(choose(test.sql, whenTrue.text, whenFalse.text), [])
  }
  const kind = kindOfBoth(whenTrue, whenFalse)
  if (kind === null || whenTrue.form === 'json' || whenFalse.form === 'json') return null
  const value = choose(test.sql, sqlValueOf(whenTrue), sqlValueOf(whenFalse))
  const mayBeNull = [whenTrue, whenFalse].some((side) => side.form === 'null' || side.absent === 'null')
  if (!mayBeNull) {
    const cannotFail =
      !test.canFail && [whenTrue, whenFalse].every((side) => side.form === 'scalar' && side.absent === 'never')
    return scalar(kind, value, { absent: cannotFail ? 'never' : 'failure' })
  }
  const fails = sql`CASE (${test.sql}) WHEN 1 THEN ${failsOf(whenTrue)} WHEN 0 THEN ${failsOf(whenFalse)} ELSE 1 END`
  return scalar(kind, value, { absent: 'null', fails })
}

/** The condition is a third value, NULL, where it fails: then neither branch is taken. */
function choose(test: DeferredSql, whenTrue: DeferredSql, whenFalse: DeferredSql): DeferredSql {
  return sql`CASE (${test}) WHEN 1 THEN ${whenTrue} WHEN 0 THEN ${whenFalse} END`
}

function kindOfBoth(a: Operand, b: Operand): ScalarOperand['kind'] | null {
  if (a.form === 'scalar' && b.form === 'scalar') return a.kind === b.kind ? a.kind : null
  if (a.form === 'scalar' && b.form === 'null') return a.kind
  return a.form === 'null' && b.form === 'scalar' ? b.kind : null
}

function sqlValueOf(operand: ScalarOperand | { readonly form: 'null' }): DeferredSql {
  return operand.form === 'null' ? constant('NULL') : operand.value
}

function failsOf(operand: ScalarOperand | { readonly form: 'null' }): DeferredSql {
  return (operand.form === 'null' ? null : failureOf(operand)) ?? constant('0')
}
