import { numberFidelity } from '@koyalite/contracts'
import type { Definition } from '@koyalite/schema'
import { CelError } from '../syntax/cel-error'
import { type ParsedCel, parseCel, rangeOf, type Syntax, textAt } from '../syntax/parse-cel'
import { MAX_DEPTH, MAX_NODES } from '../syntax/syntax-parser'
import type { CelScope } from './cel-scope'
import { aType, mayBe, valueType } from './cel-type'
import { anything, resolveIndex, resolveName, resolveSelect } from './check-access'
import { resolveCall } from './check-call'
import { type CheckContext, NO_NAMES, type Resolved } from './check-context'
import { checkConditional, checkList, checkMap } from './check-literal'
import { checkBinary, checkLogic, checkNegate, checkNot } from './check-operator'
import { checkParameter } from './check-parameter'
import type { ParsedDefinition } from './definitions'
import { depthOf, type Expression } from './expression'

/** An expression whose names and types are right in its scope. */
export interface CheckedCel {
  readonly source: string
  readonly scope: CelScope
  readonly root: Expression
  /** The definitions of which it has parts. */
  readonly definitions: readonly Definition[]
}

/**
 * Resolves the names of an expression and checks its types against the schema.
 * @throws CelError with the place in the source: unknown names (with the nearest right one), wrong types, values outside an enum.
 */
export function checkCel(parsed: ParsedCel, scope: CelScope): CheckedCel {
  const context = newContext(parsed, scope)
  const root = check(parsed.root, context)
  const { definitions } = context.size
  requireAllNamed(parsed, context)
  if (definitions.size > 0 && depthOf(root) > MAX_DEPTH) {
    throw new CelError(`with its definitions, the expression is nested more than ${MAX_DEPTH} levels deep`, root.range)
  }
  return { source: parsed.source, scope, root, definitions: [...definitions] }
}

/** A value that is nowhere named is a mistake: most often its name is in quotes. */
function requireAllNamed({ source, root }: ParsedCel, { scope: { params = [] }, size }: CheckContext): void {
  const surplus = params.findIndex((_, index) => !size.parameters.has(index + 1))
  if (surplus === -1) return
  const name = `$${surplus + 1}`
  const advice = new RegExp(`\\${name}(?!\\d)`).test(source)
    ? ': inside of quotes it is text, write it without them'
    : ''
  throw new CelError(`'params' has a value for ${name}, which the expression does not name${advice}`, root)
}

/**
 * Checks the syntax and the names of a definition by itself, whatever its arguments, and the documents that it is about, may be.
 * @throws CelError
 */
export function checkDefinition({ definition, root }: ParsedDefinition, scope: CelScope): void {
  if (root instanceof CelError) throw root
  const { body, parameters } = definition
  const context = newContext({ source: body.source, root }, scope)
  const variables = new Map(parameters.map((parameter) => [parameter, anything(root)]))
  context.resolve(root, { ...context, variables, expanding: [definition.name] })
}

/**
 * What a part of an expression stands for, where macros around it bind `variables`.
 * @throws CelError
 */
export function resolvePart(parsed: ParsedCel, scope: CelScope, variables: ReadonlyMap<string, Resolved>): Resolved {
  const context = newContext(parsed, scope)
  return context.resolve(parsed.root, { ...context, variables })
}

function newContext({ source, root }: ParsedCel, scope: CelScope): CheckContext {
  return {
    scope,
    source,
    variables: NO_NAMES,
    parameters: NO_NAMES,
    expanding: [],
    counter: { variables: 0 },
    size: { nodes: 0, root: rangeOf(root), definitions: new Set(), parameters: new Set() },
    resolutions: new Map(),
    resolve,
    check,
  }
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
  countNode(context)
  const resolved = resolveNode(syntax, context)
  context.resolutions.set(syntax, resolved)
  return resolved
}

/** The parser limits what is written; here, what definitions expand it to. */
function countNode({ size, scope: { expanded } }: CheckContext): void {
  size.nodes++
  if (size.definitions.size === 0) return
  if (size.nodes > MAX_NODES) {
    throw new CelError(`with its definitions, the expression has more than ${MAX_NODES} parts`, size.root)
  }
  if (expanded !== undefined && ++expanded.nodes > MAX_EXPANDED) {
    throw new CelError(`with their definitions, all rules together have more than ${MAX_EXPANDED} parts`, size.root)
  }
}

/** Most nodes of all expressions of a schema that call definitions: a second or two of work, with their SQL. */
const MAX_EXPANDED = 300_000

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
  const range = rangeOf(syntax)
  switch (syntax.kind) {
    case 'literal':
      if (context.scope.exactNumbers && typeof syntax.value === 'number') requireExact(syntax, context)
      return { kind: 'const', value: syntax.value, type: valueType(syntax.value), range }
    case 'parameter':
      return checkParameter(syntax, context)
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

function requireExact(syntax: Syntax, { source }: CheckContext): void {
  const number = textAt(syntax, source).replace(/^-\s*/, '')
  if (numberFidelity(number) === 'inexact') throw new CelError(`${number} cannot be represented as a double`, syntax)
}

/** The expression as a value: rows, collections, `auth` and `request` themselves are not values. */
function check(syntax: Syntax, context: CheckContext): Expression {
  const resolved = resolve(syntax, context)
  const range = rangeOf(syntax)
  switch (resolved.is) {
    case 'value':
      return resolved.expression
    case 'row':
      throw new CelError(
        isArgument(syntax, context)
          ? `'${syntax.name}' is a document of ${resolved.row.collection.name} in this call: pass one of its fields`
          : `this is a document of ${resolved.row.collection.name}: name one of its fields${keyHint(resolved)}`,
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

function isArgument(syntax: Syntax, { variables, parameters }: CheckContext): syntax is NameSyntax {
  return syntax.kind === 'name' && !variables.has(syntax.name) && parameters.has(syntax.name)
}

type NameSyntax = Extract<Syntax, { kind: 'name' }>

function keyHint(resolved: Extract<Resolved, { is: 'row' }>): string {
  return resolved.row.kind === 'follow' ? `, or its key ${resolved.row.field.name}` : ''
}
