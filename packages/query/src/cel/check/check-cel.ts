import { numberFidelity } from '@koyalite/contracts'
import { CelError } from '../syntax/cel-error'
import { type ParsedCel, parseCel, type Syntax } from '../syntax/parse-cel'
import type { CelScope } from './cel-scope'
import { aType, mayBe, valueType } from './cel-type'
import { resolveIndex, resolveName, resolveSelect } from './check-access'
import { resolveCall } from './check-call'
import type { CheckContext, Resolved } from './check-context'
import { checkConditional, checkList, checkMap } from './check-literal'
import { checkBinary, checkLogic, checkNegate, checkNot } from './check-operator'
import type { Expression } from './expression'

/** An expression whose names and types are right in its scope. */
export interface CheckedCel {
  readonly source: string
  readonly scope: CelScope
  readonly root: Expression
}

/**
 * Resolves the names of an expression and checks its types against the schema.
 * @throws CelError with the place in the source: unknown names (with the nearest right one), wrong types, values outside an enum.
 */
export function checkCel(parsed: ParsedCel, scope: CelScope): CheckedCel {
  const context: CheckContext = {
    scope,
    source: parsed.source,
    variables: new Map(),
    counter: { variables: 0 },
    resolutions: new Map(),
    resolve,
    check,
  }
  return { source: parsed.source, scope, root: check(parsed.root, context) }
}

/**
 * Parses and checks an expression that decides something: its type must be bool.
 * @throws CelError as `parseCel` and `checkCel` do.
 */
export function checkCondition(source: string, scope: CelScope): CheckedCel {
  const parsed = parseCel(source)
  const checked = checkCel(parsed, scope)
  if (!mayBe(checked.root.type, 'bool')) {
    throw new CelError(`the expression must be a bool, this is ${aType(checked.root.type)}`, checked.root.range)
  }
  return checked
}

/** Once for each node: some nodes ask again what their first part is, and each level of nesting would double the work. */
function resolve(syntax: Syntax, context: CheckContext): Resolved {
  const known = context.resolutions.get(syntax)
  if (known !== undefined) return known
  const resolved = resolveNode(syntax, context)
  context.resolutions.set(syntax, resolved)
  return resolved
}

function resolveNode(syntax: Syntax, context: CheckContext): Resolved {
  switch (syntax.kind) {
    case 'name':
      return resolveName(syntax, context)
    case 'select':
      return resolveSelect(syntax, context)
    case 'index':
      return resolveIndex(syntax, context)
    case 'call':
      return resolveCall(syntax, context)
    default:
      return { is: 'value', expression: checkValue(syntax, context) }
  }
}

function checkValue(
  syntax: Exclude<Syntax, { kind: 'name' | 'select' | 'index' | 'call' }>,
  context: CheckContext,
): Expression {
  const range = { start: syntax.start, end: syntax.end }
  switch (syntax.kind) {
    case 'literal':
      if (context.scope.exactNumbers && typeof syntax.value === 'number') requireExact(syntax, context)
      return { kind: 'const', value: syntax.value, type: valueType(syntax.value), range }
    case 'list':
      return checkList(syntax, context)
    case 'map':
      return checkMap(syntax, context)
    case 'not':
      return checkNot(syntax, context)
    case 'negate':
      return checkNegate(syntax, context)
    case 'logic':
      return checkLogic(syntax, context)
    case 'conditional':
      return checkConditional(syntax, context)
    case 'binary':
      return checkBinary(syntax, context)
  }
}

function requireExact({ start, end }: Syntax, { source }: CheckContext): void {
  const number = source.slice(start, end).replace(/^-\s*/, '')
  if (numberFidelity(number) === 'inexact')
    throw new CelError(`${number} cannot be represented as a double`, { start, end })
}

/** The expression as a value: rows, collections, `auth` and `request` themselves are not values. */
function check(syntax: Syntax, context: CheckContext): Expression {
  const resolved = resolve(syntax, context)
  const range = { start: syntax.start, end: syntax.end }
  switch (resolved.is) {
    case 'value':
      return resolved.expression
    case 'row':
      throw new CelError(
        `this is a document of ${resolved.row.collection.name}: name one of its fields${keyHint(resolved)}`,
        range,
      )
    case 'rows':
      throw new CelError(
        `${resolved.rows.collection.name} is a collection: use exists, all, exists_one, filter, map or size on it`,
        range,
      )
    case 'auth':
    case 'request':
      throw new CelError(
        `name a part of ${resolved.is}, like ${resolved.is}.${resolved.is === 'auth' ? 'id' : 'time'}`,
        range,
      )
  }
}

function keyHint(resolved: Extract<Resolved, { is: 'row' }>): string {
  return resolved.row.kind === 'follow' ? `, or its key ${resolved.row.field.name}` : ''
}
