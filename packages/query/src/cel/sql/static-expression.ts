import { type SqlValue, spendWork } from '@koyalite/contracts'
import type { DeferredSql } from '../../sql/deferred-sql'
import { bind } from '../../sql/sql-fragment'
import { childrenOf, type Expression, type ExpressionOf, operandComparedWithNull } from '../check/expression'
import { toMilliseconds } from '../functions/cel-time'
import { FUNCTIONS } from '../functions/function-table'
import type { Frame } from '../memory/cel-environment'
import {
  CelDate,
  CelTimestamp,
  type CelValue,
  FAILED,
  isList,
  kindOf,
  MAX_INT,
  mapGet,
  mapKeys,
  numberOf,
  type Result,
} from '../memory/cel-value'
import { holdsNobody } from '../memory/nobody'
import { compileRun } from '../memory/run-expression'
import type { SqlContext } from './sql-context'
import type { Nobodies } from './sql-nobody'
import { type JsonOperand, type Operand, type SqlKind, scalar } from './sql-operand'

/** Whether an expression can be computed before the statement runs: it does not depend on a row. Such a part becomes parameters. */
export function isStatic(expression: Expression, context: Pick<SqlContext, 'aliases'>): boolean {
  return isStaticWithin(expression, context, new Set())
}

function isStaticWithin(
  expression: Expression,
  context: Pick<SqlContext, 'aliases'>,
  own: ReadonlySet<number>,
): boolean {
  switch (expression.kind) {
    case 'present':
    case 'rowMacro':
    case 'rowCount':
    case 'rowMap':
    case 'input':
      return false
    case 'field':
      return expression.row.kind === 'root' && context.aliases[expression.row.name] === undefined
    case 'variable':
      return own.has(expression.variable)
  }
  const inner = expression.kind === 'macro' ? new Set([...own, ...expression.variables]) : own
  return childrenOf(expression).every((child) => isStaticWithin(child, context, inner))
}

/** Whether computing a static expression may fail. Exact for what rules mostly say about callers. */
export function mayFail(expression: Expression, nobodies: Nobodies): boolean {
  switch (expression.kind) {
    case 'const':
    case 'auth':
    case 'request':
    case 'field':
      return false
    case 'can':
      return expression.permission.kind !== 'const'
    case 'equals': {
      const sides = [expression.left, expression.right]
      if (operandComparedWithNull(expression) === null && sides.some((side) => nobodies.of(side) !== 'no')) return true
      return sides.some((side) => mayFail(side, nobodies))
    }
    case 'call':
      return !isKnownToSucceed(expression)
    case 'logic':
      return expression.operands.some((operand) => mayBeNoBool(operand, nobodies))
    case 'not':
      return mayBeNoBool(expression.operand, nobodies)
    default:
      return true
  }
}

/** Of the day of the request, and of a date or timestamp that is written out: comparing a column with it keeps its index. */
function isKnownToSucceed({ name, args: [argument] }: ExpressionOf<'call'>): boolean {
  if (name === 'today') return true
  if ((name !== 'date' && name !== 'timestamp') || argument?.kind !== 'const') return false
  return FUNCTIONS[name].evaluate([argument.value]) !== FAILED
}

function mayBeNoBool(expression: Expression, nobodies: Nobodies): boolean {
  const { type } = expression
  return type.kind !== 'bool' || type.nullable || expression.kind === 'field' || mayFail(expression, nobodies)
}

/** A parameter computed from a static expression. */
export function staticParam(expression: Expression, encode: (result: Result) => SqlValue): DeferredSql {
  if (expression.kind === 'const') return bind(encode(expression.value))
  const run = compileRun(expression)
  return bind(Object.assign((frame: Frame) => encode(run(frame)), { range: expression.range }))
}

/** The operand of a static expression; null for kinds that SQL cannot express, and where it is not known to hold no nobody. */
export function staticOperand(expression: Expression, { nobodies }: Pick<SqlContext, 'nobodies'>): Operand | null {
  if (nobodies.of(expression) !== 'no') return null
  const { type } = expression
  switch (type.kind) {
    case 'null':
      return mayFail(expression, nobodies) ? null : { form: 'null' }
    case 'json':
      return makesMaps(expression) ? null : staticJson(expression)
    case 'int':
    case 'string':
    case 'bytes':
    case 'bool':
    case 'timestamp':
    case 'date':
      break
    case 'double':
      // SQLite has no NaN: only what is known to be a number takes part.
      if (expression.kind !== 'field' && !(expression.kind === 'const' && !Number.isNaN(expression.value))) return null
      break
    default:
      return null
  }
  const kind: SqlKind = type.kind
  const value = staticParam(expression, toSqlValue)
  // A document that is not validated yet may lack what its schema demands.
  if (expression.kind === 'field') return scalar(kind, value, { absent: 'null', simple: true })
  if (!type.nullable)
    return scalar(kind, value, { absent: mayFail(expression, nobodies) ? 'failure' : 'never', simple: true })
  const fails = mayFail(expression, nobodies) ? staticParam(expression, (result) => (result === FAILED ? 1 : 0)) : null
  return scalar(kind, value, { absent: 'null', fails, simple: true })
}

/** A value as SQL represents it: values without a representation, and failures, are NULL. */
export function toSqlValue(result: Result): SqlValue {
  if (result === FAILED || result === null) return null
  if (typeof result === 'boolean') return result ? 1 : 0
  if (typeof result === 'bigint' || typeof result === 'string') return result
  if (typeof result === 'number') return Number.isNaN(result) ? null : result
  if (result instanceof Uint8Array) return result
  if (result instanceof CelDate) return result.text
  return result instanceof CelTimestamp ? timestampText(result) : null
}

/**
 * The stored form of a timestamp. One between two milliseconds becomes a text that sorts between theirs, so that comparing it
 * with stored ones is the same as comparing the times.
 */
function timestampText(timestamp: CelTimestamp): string {
  const { ms, exact } = toMilliseconds(timestamp)
  const text = new Date(ms).toISOString()
  return exact ? text : `${text.slice(0, -1)}~`
}

function staticJson(expression: Expression): JsonOperand {
  const text = staticParam(expression, (result) => (result === FAILED ? null : jsonText(result)))
  return {
    form: 'json',
    type: staticParam(expression, (result) => (result === FAILED ? null : jsonType(result))),
    value: staticParam(expression, toSqlValue),
    text,
    each: { text: `json_each(${text.text})`, params: text.params },
    // A step from a static value is static itself and never asked of this.
    child: () => {
      throw new Error('a step from a static value is computed with it')
    },
  }
}

/** Whether its value may be a map that an expression made, which is no JSON. */
function makesMaps(expression: Expression): boolean {
  if (expression.kind === 'map' || (expression.kind === 'macro' && expression.macro === 'transformMap')) return true
  return childrenOf(expression).some(makesMaps)
}

function jsonText(value: CelValue): string {
  spendOnText(value)
  return JSON.stringify(value)
}

/** A list that holds another one twice, which does the same, is short in memory and without end as a text. */
function spendOnText(value: CelValue): void {
  spendWork(typeof value === 'string' ? 4 + value.length / 4 : 4)
  if (value === null || typeof value !== 'object') return
  if (isList(value)) for (const item of value) spendOnText(item)
  else if (kindOf(value) === 'map') for (const key of mapKeys(value)) spendOnText(mapGet(value, key) ?? null)
}

/** The name that SQLite's json_type has for a value. */
function jsonType(value: CelValue): string {
  const kind = kindOf(value)
  switch (kind) {
    case 'bool':
      return String(value)
    case 'double':
      return 'real'
    case 'string':
      return 'text'
    case 'list':
      return 'array'
    case 'map':
      return 'object'
    default:
      return kind
  }
}

/**
 * What `item in container` compares with: the elements of a list, the keys of a map; null where there is neither, or nobody among the
 * elements.
 */
export function membersOf(container: Result): readonly CelValue[] | null {
  if (container === FAILED) return null
  if (isList(container)) return holdsNobody(container) ? null : container
  return kindOf(container) === 'map' ? mapKeys(container) : null
}

/** The members that a value of the kind can equal, in SQL's form. */
export function membersOfKind(members: readonly CelValue[], kind: SqlKind): readonly SqlValue[] {
  return members.filter((member) => isOfKind(member, kind)).map((member) => toSqlValue(numberOfKind(member, kind)))
}

/**
 * A number as it compares with those of the kind: next to doubles the nearest double, next to ints the int of the same value. A uint beyond
 * the ints equals no value of a row; as a double it still does not.
 */
function numberOfKind(value: CelValue, kind: SqlKind): CelValue {
  const number = numberOf(value)
  if (typeof number !== 'bigint') return value
  return kind === 'double' || number > MAX_INT ? Number(number) : number
}

function isOfKind(value: CelValue, kind: SqlKind): boolean {
  if (kind === 'int' || kind === 'double') {
    const number = numberOf(value)
    return number !== null && !Number.isNaN(number)
  }
  return kindOf(value) === kind
}
