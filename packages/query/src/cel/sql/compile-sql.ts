import type { Sql, SqlValue } from '@koyalite/contracts'
import type { ReadAccess } from '../../access/read-access'
import { bindCaller, type DeferredSql, isBound } from '../../sql/deferred-sql'
import { balanced, sql } from '../../sql/sql-fragment'
import type { CheckedCel } from '../check/check-cel'
import { type Expression, type Visitor, visit } from '../check/expression'
import type { CelDocument, CelFacts, Frame } from '../memory/cel-environment'
import { CelError } from '../syntax/cel-error'
import { arithmeticOperand } from './sql-arithmetic'
import { callOperand } from './sql-call'
import { equality, ordering } from './sql-compare'
import { conditionalOperand, conditionalPredicate } from './sql-conditional'
import type { Predicate, SqlContext } from './sql-context'
import { listMacro } from './sql-list-macro'
import { membership } from './sql-member'
import type { Nobodies } from './sql-nobody'
import { type Operand, scalar, strictly } from './sql-operand'
import { residualSql } from './sql-residual'
import { fieldOperand, presence } from './sql-row'
import { rowCount, rowMacro } from './sql-row-macro'
import { isStatic, mayFail, staticOperand, staticParam } from './static-expression'

/** Where the rows of an expression are in the statement. */
export interface SqlBinding {
  /** The table alias per row of the scope (`doc`, `old`); one that is not here is given as a document when parameters are bound. */
  readonly aliases: Readonly<Record<string, string>>
  /** Which identities are nobody for the callers that the statement is for: see `findNobodies`. */
  readonly nobodies: Nobodies
  /** In `where`: what the caller may read of fields and, through references, of rows. Absent in rules, which read everything. */
  readonly access?: ReadAccess
  /** See SqlContext. */
  readonly listsInMemory?: boolean
}

/** What parameters are computed from. `documents` holds the rows that have no alias. */
export interface SqlFacts extends CelFacts {
  readonly documents?: Readonly<Record<string, CelDocument>>
}

/** An expression as SQL. Its text is the same for all callers with the same nobody values, so a statement with it can be cached. */
export interface CompiledSql {
  readonly text: string
  bind(facts: SqlFacts): readonly SqlValue[]
  sql(facts: SqlFacts): Sql
  /** With parameters that still wait for a caller: see `bindDeferred`. It may become a part of a larger statement meanwhile. */
  readonly deferred: DeferredSql
  /** Parts of the source that SQL calls JavaScript for, row by row. */
  readonly residual: readonly string[]
}

/**
 * Compiles a condition to a three-valued predicate: true, false, and NULL for an error.
 * @throws CelError for an expression that is too big as SQL, or asks the database from inside of a list.
 */
export function compileToSql(checked: CheckedCel, binding: SqlBinding): CompiledSql {
  const context = newContext(checked, binding)
  return compiled(predicate(checked.root, context).sql, context)
}

/** Fills in the parameters that wait for a caller, wherever in a statement they have got to. */
export function bindDeferred(sql: DeferredSql, facts: SqlFacts): Sql {
  return isBound(sql) ? sql : bindCaller(sql, frameOf(facts))
}

/** Compiles an expression to its value: NULL for null and for a failure. Null if SQL cannot express its type. */
export function compileValueToSql(checked: CheckedCel, binding: SqlBinding): CompiledSql | null {
  const context = newContext(checked, binding)
  const value = operand(checked.root, context)
  if (value === null || value.form === 'null') return null
  return compiled(value.form === 'json' ? value.text : value.value, context)
}

function compiled(sql: DeferredSql, context: SqlContext): CompiledSql {
  const bindAll = (facts: SqlFacts): Sql => bindCaller(sql, frameOf(facts))
  return {
    text: sql.text,
    bind: (facts) => bindAll(facts).params,
    sql: bindAll,
    // The parameters pass through whatever is made of the text, untouched, until bindDeferred finds them again.
    deferred: sql,
    residual: [...context.residual],
  }
}

function frameOf({ auth, request, documents = {} }: SqlFacts): Frame {
  return {
    environment: { auth, request, documents, follow: () => null, rows: () => [] },
    slots: [],
  }
}

function newContext(checked: CheckedCel, { aliases, access, nobodies, listsInMemory = false }: SqlBinding): SqlContext {
  return {
    source: checked.source,
    aliases,
    access: access ?? null,
    elements: new Map(),
    variables: new Map(),
    listsInMemory,
    nobodies,
    // Two expressions over the same row may stand inside of each other; a name made of the row's is free there.
    names: { count: 0, prefix: `c_${Object.values(aliases).join('_')}` },
    joins: { count: 0 },
    residual: new Set(),
    predicate,
    operand,
  }
}

/** Longest accepted SQL: some forms repeat their operands. */
const MAX_TEXT = 200_000

function predicate(expression: Expression, context: SqlContext): Predicate {
  const result = isStatic(expression, context)
    ? staticPredicate(expression, context)
    : visit(PREDICATES, expression, context)
  refuseLong(result.sql, expression)
  return result
}

function operand(expression: Expression, context: SqlContext): Operand | null {
  const result = isStatic(expression, context)
    ? staticOperand(expression, context)
    : visit(OPERANDS, expression, context)
  if (result !== null && result.form !== 'null')
    refuseLong(result.form === 'json' ? result.text : result.value, expression)
  return result
}

function refuseLong({ text }: DeferredSql, { range }: Expression): void {
  if (text.length > MAX_TEXT) throw new CelError('the expression is too complex', range)
}

function staticPredicate(expression: Expression, { nobodies }: SqlContext): Predicate {
  const sql = staticParam(expression, (result) => (result === true ? 1 : result === false ? 0 : null))
  const isBool = expression.type.kind === 'bool' && !expression.type.nullable && expression.kind !== 'field'
  return { sql, canFail: !isBool || mayFail(expression, nobodies) }
}

/** Runs as JavaScript what SQL cannot express. */
function residual(expression: Expression, context: SqlContext): Predicate {
  return { sql: residualSql(expression, context, 'condition'), canFail: true }
}

/** A condition that is a value: a bool field, a json value that is a bool. */
function valuePredicate(expression: Expression, context: SqlContext): Predicate {
  const value = strictly(operand(expression, context))
  if (value === null) return residual(expression, context)
  if (value.form === 'json') {
    return { sql: sql`CASE ${value.type} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`, canFail: true }
  }
  if (value.form === 'null' || value.kind !== 'bool') return { sql: sql`NULL`, canFail: true }
  return { sql: value.value, canFail: value.absent !== 'never' }
}

const PREDICATES: Visitor<SqlContext, Predicate> = {
  const: staticPredicate,
  auth: staticPredicate,
  request: staticPredicate,
  can: residual,
  field: valuePredicate,
  variable: valuePredicate,
  key: valuePredicate,
  index: valuePredicate,
  call: valuePredicate,
  input: residual,
  list: residual,
  map: residual,
  negate: residual,
  arithmetic: residual,
  rowCount: residual,
  rowMap: residual,
  present: presence,
  hasKey: (expression, context) => {
    const base = operand(expression.base, context)
    if (base?.form !== 'json') return residual(expression, context)
    const { type } = base.child(expression.key)
    return { sql: sql`CASE WHEN ${base.type} = 'object' THEN ${type} IS NOT NULL END`, canFail: true }
  },
  not: (expression, context) => {
    const inner = predicate(expression.operand, context)
    return { sql: sql`NOT (${inner.sql})`, canFail: inner.canFail }
  },
  logic: ({ operator, operands }, context) => {
    const inner = operands.map((one) => predicate(one, context))
    return {
      sql: balanced(
        inner.map((one) => sql`(${one.sql})`),
        operator === '&&' ? 'AND' : 'OR',
      ),
      canFail: inner.some(({ canFail }) => canFail),
    }
  },
  conditional: conditionalPredicate,
  equals: (expression, context) => equality(expression, context) ?? residual(expression, context),
  order: (expression, context) => ordering(expression, context) ?? residual(expression, context),
  member: (expression, context) => membership(expression, context) ?? residual(expression, context),
  macro: (expression, context) =>
    (context.listsInMemory ? null : listMacro(expression, context)) ?? residual(expression, context),
  rowMacro,
}

/** A condition as a value. */
function conditionOperand(expression: Expression, context: SqlContext): Operand {
  const condition = predicate(expression, context)
  return scalar('bool', sql`(${condition.sql})`, { absent: condition.canFail ? 'failure' : 'never' })
}

/** Values of these kinds come back from JavaScript as they are; others stay there, with what they are compared to. */
function residualOperand(expression: Expression, context: SqlContext): Operand | null {
  const { type } = expression
  if ((type.kind !== 'int' && type.kind !== 'string' && type.kind !== 'bool') || type.nullable) return null
  return scalar(type.kind, residualSql(expression, context, 'value'), { absent: 'failure' })
}

function none(): null {
  return null
}

const OPERANDS: Visitor<SqlContext, Operand | null> = {
  const: staticOperand,
  auth: staticOperand,
  request: staticOperand,
  input: none,
  list: none,
  map: none,
  rowMap: none,
  can: conditionOperand,
  present: conditionOperand,
  hasKey: conditionOperand,
  not: conditionOperand,
  logic: conditionOperand,
  equals: conditionOperand,
  order: conditionOperand,
  member: conditionOperand,
  rowMacro: conditionOperand,
  macro: (expression, context) => (expression.type.kind === 'bool' ? conditionOperand(expression, context) : null),
  field: fieldOperand,
  variable: ({ variable }, { variables }) => variables.get(variable) ?? null,
  key: ({ base, key }, context) => {
    const container = operand(base, context)
    return container?.form === 'json' ? container.child(key) : null
  },
  index: ({ base, index }, context) => {
    if (index.kind !== 'const' || typeof index.value !== 'bigint' || index.value < 0n || index.value > 1_000_000n)
      return null
    const container = operand(base, context)
    return container?.form === 'json' ? container.child(Number(index.value)) : null
  },
  negate: residualOperand,
  conditional: (expression, context) => conditionalOperand(expression, context) ?? residualOperand(expression, context),
  arithmetic: (expression, context) => arithmeticOperand(expression, context) ?? residualOperand(expression, context),
  call: (expression, context) => callOperand(expression, context) ?? residualOperand(expression, context),
  rowCount,
}
