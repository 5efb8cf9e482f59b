import type { DeferredSql } from '../../sql/deferred-sql'
import { bind, constant, join, sql } from '../../sql/sql-fragment'
import { childrenOf, type Expression, withChildren } from '../check/expression'
import { CelError } from '../syntax/cel-error'
import { textAt } from '../syntax/parse-cel'
import { encodeValue } from './encoded-value'
import { type ResidualInput, type ResidualUse, writeProgram } from './residual'
import type { SqlContext } from './sql-context'
import { type Operand, type ScalarOperand, strictly } from './sql-operand'
import { rowArray } from './sql-row-macro'
import { isStatic, staticParam } from './static-expression'

/** An expression that SQL cannot express, as a call of our own function. Its value is NULL where it fails. */
export function residualSql(expression: Expression, context: SqlContext, use: ResidualUse): DeferredSql {
  context.residual.add(textAt(expression.range, context.source))
  const builder: Builder = { context, first: firstFreeNumber(expression), inputs: [], values: [], known: new Map() }
  const { inputs, first } = builder
  const text = writeProgram({ expression: cut(expression, builder, new Set()), use, inputs, first })
  return sql`koyalite_cel(${bind(text)}, ${inputArray(builder.values)})`
}

/** A function takes at most 1000 arguments. */
const MAX_VALUES = 500

/** The values as a JSON array; many of them as an array of arrays, which `runResidual` takes apart. No value is an array itself. */
function inputArray(values: readonly DeferredSql[]): DeferredSql {
  if (values.length <= MAX_VALUES) return sql`json_array(${join(values, ', ')})`
  const arrays: DeferredSql[] = []
  for (let start = 0; start < values.length; start += MAX_VALUES) {
    arrays.push(sql`json_array(${join(values.slice(start, start + MAX_VALUES), ', ')})`)
  }
  return sql`json_array(${join(arrays, ', ')})`
}

interface Builder {
  readonly context: SqlContext
  readonly first: number
  readonly inputs: ResidualInput[]
  readonly values: DeferredSql[]
  /** Inputs without parameters, by what they are. */
  readonly known: Map<string, number>
}

/** Inputs are numbered behind the variables of the expression. */
function firstFreeNumber(expression: Expression): number {
  const own =
    expression.kind === 'macro' ? expression.variables : expression.kind === 'variable' ? [expression.variable] : []
  return Math.max(0, ...own.map((number) => number + 1), ...childrenOf(expression).map(firstFreeNumber))
}

/** The expression with inputs in the place of everything that only SQL can compute. `own` are the variables bound in the residual predicate. */
function cut(expression: Expression, builder: Builder, own: ReadonlySet<number>): Expression {
  if (expression.kind === 'const') return expression
  const { context } = builder
  if (isStatic(expression, context)) {
    const value = staticParam(expression, (result) => JSON.stringify(encodeValue(result)))
    return input(expression, builder, { value, failure: null, kind: 'encoded', absent: 'failure' })
  }
  switch (expression.kind) {
    case 'variable':
      return own.has(expression.variable) ? expression : operandInput(expression, builder)
    case 'rowMap':
      refuseOwn(expression, context, own)
      return rowMapInput(expression, builder)
    case 'field':
    case 'present':
    case 'rowMacro':
    case 'rowCount':
      refuseOwn(expression, context, own)
      return operandInput(expression, builder)
    case 'key':
      return startsAtField(expression.base) ? operandInput(expression, builder) : cutChildren(expression, builder, own)
    case 'macro':
      return cutChildren(expression, builder, new Set([...own, ...expression.variables]))
    default:
      return cutChildren(expression, builder, own)
  }
}

function cutChildren(expression: Expression, builder: Builder, own: ReadonlySet<number>): Expression {
  return withChildren(
    expression,
    childrenOf(expression).map((child) => cut(child, builder, own)),
  )
}

function startsAtField(base: Expression): boolean {
  return base.kind === 'field' || (base.kind === 'key' && startsAtField(base.base))
}

/** The database cannot be asked once the row's values are in JavaScript. */
function refuseOwn(expression: Expression, context: SqlContext, own: ReadonlySet<number>): void {
  if (own.size === 0 || !mentions(expression, own)) return
  const text = textAt(expression.range, context.source)
  throw new CelError(
    `'${text}' cannot depend on an element of a list here: use exists, all or exists_one on a json field`,
    expression.range,
  )
}

function mentions(expression: Expression, variables: ReadonlySet<number>): boolean {
  if (expression.kind === 'variable') return variables.has(expression.variable)
  return childrenOf(expression).some((child) => mentions(child, variables))
}

function operandInput(expression: Expression, builder: Builder): Expression {
  const operand = builder.context.operand(expression, builder.context)
  if (operand === null) throw new Error(`no SQL for the input of a residual predicate: ${expression.kind}`)
  const { value, failure, kind, absent } = encodeOperand(operand)
  return input(expression, builder, { value, failure, kind, absent })
}

function rowMapInput(expression: Extract<Expression, { kind: 'rowMap' }>, builder: Builder): Expression {
  let element: ResidualInput | undefined
  const value = rowArray(expression, builder.context, (operand) => {
    const encoded = encodeOperand(operand)
    element = { kind: encoded.kind, absent: encoded.absent, flagged: false }
    const failure = encoded.failure ?? (encoded.absent === 'failure' ? sql`(${encoded.value} IS NULL)` : null)
    return { value: encoded.value, failure }
  })
  if (value === null || element === undefined) {
    throw new CelError(
      'a map over a collection must return a field or an expression that SQL can compute',
      expression.range,
    )
  }
  return input(expression, builder, {
    value: sql`(${value} || '')`,
    failure: null,
    kind: 'list',
    absent: 'failure',
    element,
  })
}

interface EncodedOperand {
  readonly value: DeferredSql
  readonly failure: DeferredSql | null
  readonly kind: ResidualInput['kind']
  readonly absent: ResidualInput['absent']
}

function encodeOperand(stored: Operand): EncodedOperand {
  const operand = strictly(stored)
  if (operand.form === 'null') return { value: constant('NULL'), failure: null, kind: 'bool', absent: 'null' }
  // Joined to nothing it is text to json_array, and not JSON to embed, which it is on some ways and not on others.
  if (operand.form === 'json')
    return { value: sql`(${operand.text} || '')`, failure: null, kind: 'json', absent: 'failure' }
  return {
    value: encodeScalar(operand),
    failure: operand.fails,
    kind: operand.kind,
    absent: operand.absent === 'null' ? 'null' : 'failure',
  }
}

function encodeScalar({ kind, value }: ScalarOperand): DeferredSql {
  // JSON numbers are exact up to 2^53 only once JavaScript reads them.
  if (kind === 'int') return sql`CAST(${value} AS TEXT)`
  if (kind === 'bytes') return sql`CASE WHEN ${value} IS NOT NULL THEN hex(${value}) END`
  // Another program may have stored a blob, which json_array refuses.
  return sql`koyalite_shown(${value})`
}

interface NewInput extends EncodedOperand {
  readonly element?: ResidualInput
}

function input(
  expression: Expression,
  builder: Builder,
  { value, failure, kind, absent, element }: NewInput,
): Expression {
  const number = builder.first + builder.inputs.length
  // A field that is named many times is handed over once.
  const name =
    value.params.length + (failure?.params.length ?? 0) > 0 ? null : `${kind} ${absent} ${value.text} ${failure?.text}`
  const known = name === null ? undefined : builder.known.get(name)
  if (known !== undefined) return { kind: 'input', input: known, type: expression.type, range: expression.range }
  if (name !== null) builder.known.set(name, number)
  builder.inputs.push({ kind, absent, flagged: failure !== null, ...(element === undefined ? {} : { element }) })
  builder.values.push(value)
  if (failure !== null) builder.values.push(sql`(${failure})`)
  return { kind: 'input', input: number, type: expression.type, range: expression.range }
}
