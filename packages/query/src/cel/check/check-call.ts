import { didYouMean, patternProblem, signatureOf } from '@koyalite/schema'
import { FUNCTIONS, type FunctionName, isFunctionName } from '../functions/function-table'
import type { CelKind } from '../memory/cel-value'
import { CelError } from '../syntax/cel-error'
import { rangeOf, type Syntax } from '../syntax/parse-cel'
import { BOOL_TYPE, type CelType, describeType, joinTypes, mayBe, scalarType } from './cel-type'
import { checkHas, requestPart } from './check-access'
import type { CheckContext, Resolved } from './check-context'
import { checkListMacro, isMacroName, MACRO_NAMES, resolveRowMacro } from './check-macro'
import { expandDefinition } from './expand-definition'
import type { Expression } from './expression'

type CallSyntax = Extract<Syntax, { kind: 'call' }>

/** `f(x)`, `x.f(y)`: macros, `auth.can`, functions. */
export function resolveCall(syntax: CallSyntax, context: CheckContext): Resolved {
  const definition = context.scope.definitions?.get(syntax.name)
  if (definition !== undefined) return expandDefinition(syntax, definition, context)
  if (syntax.target === null) return { is: 'value', expression: checkGlobalCall(syntax, context) }
  if (isFreeName(syntax.target, 'cel', context) && syntax.name === 'bind') return bind(syntax, context)
  const library = libraryName(syntax, context)
  if (library !== null) {
    const call = { ...syntax, name: library, target: null }
    return { is: 'value', expression: checkFunction(call, checkArguments(syntax, context), context) }
  }
  const target = context.resolve(syntax.target, context)
  if (target.is === 'rows') return resolveRowMacro(syntax, target.rows, context)
  if (target.is === 'auth') return { is: 'value', expression: checkCan(syntax, context) }
  const receiver = context.check(syntax.target, context)
  // What may be anything may be `auth`.
  if (receiver.kind === 'input' && syntax.name === 'can') return target
  if (isMacroName(syntax.name))
    return { is: 'value', expression: checkListMacro(syntax, syntax.name, receiver, context) }
  return { is: 'value', expression: checkFunction(syntax, [receiver, ...checkArguments(syntax, context)], context) }
}

/** `math.greatest` and the like: the part before the dot is not a value, but part of the name. */
function libraryName({ target, name }: CallSyntax, context: CheckContext): FunctionName | null {
  const whole = target?.kind === 'name' ? `${target.name}.${name}` : ''
  return target !== null && isFunctionName(whole) && isFreeName(target, null, context) ? whole : null
}

/** Whether a syntax is a name that means nothing else here. */
function isFreeName(syntax: Syntax, wanted: string | null, { variables, parameters, scope }: CheckContext): boolean {
  if (syntax.kind !== 'name' || (wanted !== null && syntax.name !== wanted)) return false
  const { name } = syntax
  const isCollection = scope.collectionsAllowed && scope.schema.collections.has(name)
  return !variables.has(name) && !parameters.has(name) && !Object.hasOwn(scope.roots, name) && !isCollection
}

/** `cel.bind(x, value, expression)` is `[value].map(x, expression)[0]`: the value is computed once. */
function bind(syntax: CallSyntax, context: CheckContext): Resolved {
  const [name, value, expression] = syntax.args
  if (name?.kind !== 'name' || value === undefined || expression === undefined || syntax.args.length !== 3) {
    throw new CelError('cel.bind takes a variable, its value and an expression, like cel.bind(x, 1, x + x)', syntax)
  }
  const range = rangeOf(syntax)
  const target: Syntax = { kind: 'list', items: [value], ...rangeOf(value) }
  const base: Syntax = { kind: 'call', name: 'map', target, args: [name, expression], ...range }
  const index: Syntax = { kind: 'literal', value: 0n, ...range }
  return { is: 'value', expression: context.check({ kind: 'index', base, index, ...range }, context) }
}

function checkArguments(syntax: CallSyntax, context: CheckContext): readonly Expression[] {
  return syntax.args.map((argument) => context.check(argument, context))
}

function checkGlobalCall(syntax: CallSyntax, context: CheckContext): Expression {
  if (syntax.name === 'has') return checkHas(syntax, context)
  if (syntax.name === 'today') return checkToday(syntax, context)
  const [only] = syntax.args
  if (syntax.name === 'size' && only !== undefined && syntax.args.length === 1) {
    const argument = context.resolve(only, context)
    if (argument.is === 'rows') {
      return { kind: 'rowCount', rows: argument.rows, type: scalarType('int'), range: rangeOf(syntax) }
    }
  }
  if (!isFunctionName(syntax.name)) throw unknownFunction(syntax, context)
  return checkFunction(syntax, checkArguments(syntax, context), context)
}

/** `today()` is the day of `request.time`: whatever depends on the time of the request depends on it. */
function checkToday(syntax: CallSyntax, context: CheckContext): Expression {
  const range = rangeOf(syntax)
  if (syntax.args.length > 0)
    throw new CelError('today() takes no argument: it is the day of request.time in UTC', range)
  const { request } = context.scope.roots
  if (request?.kind !== 'request') throw new CelError('today() cannot be used here: there is no request', range)
  return checkFunction(syntax, [requestPart(request.parts, 'time', { whole: range, name: range })], context)
}

function checkCan(syntax: CallSyntax, context: CheckContext): Expression {
  if (syntax.name !== 'can') throw new CelError(`auth has no function '${syntax.name}', only can('permission')`, syntax)
  const [permission, ...rest] = checkArguments(syntax, context)
  if (permission === undefined || rest.length > 0 || !mayBe(permission.type, 'string')) {
    throw new CelError("auth.can takes one string, like auth.can('posts:delete')", syntax)
  }
  const range = rangeOf(syntax)
  const type: CelType = { kind: 'list', element: scalarType('string') }
  const granted: Expression = { kind: 'auth', part: 'permissions', type, range }
  return { kind: 'can', permission, granted, type: BOOL_TYPE, range }
}

function checkFunction(syntax: CallSyntax, args: readonly Expression[], context: CheckContext): Expression {
  const { name } = syntax
  if (!isFunctionName(name)) throw unknownFunction(syntax, context)
  const { call, overloads } = FUNCTIONS[name]
  if (call !== 'either' && (call === 'method') !== (syntax.target !== null)) {
    const form = call === 'method' ? `x.${name}(…)` : name === 'today' ? 'today()' : `${name}(x)`
    throw new CelError(`${name} must be called as ${form}`, rangeOf(syntax))
  }
  const fitting = overloads.filter(({ params }) => accepts(params, args))
  if (fitting.length === 0) throw wrongArguments(syntax, args)
  checkPattern(name, args)
  const type = resultOf(name, args) ?? joinTypes(fitting.map((overload) => overload.result))
  return { kind: 'call', name, args, type, range: rangeOf(syntax) }
}

function accepts(params: readonly (CelKind | 'any')[], args: readonly Expression[]): boolean {
  return (
    params.length === args.length &&
    params.every((kind, index) => {
      const argument = args[index]
      return argument !== undefined && (kind === 'any' || mayBe(argument.type, kind))
    })
  )
}

/** `dyn(x)` hides the type of x from the checker, but not that a json value can only be json. */
function resultOf(name: FunctionName, args: readonly Expression[]): CelType | undefined {
  return name === 'dyn' && args[0]?.type.kind === 'json' ? args[0].type : undefined
}

/** A pattern that is known is compiled at once: a mistake in it is a mistake in the expression. */
function checkPattern(name: FunctionName, args: readonly Expression[]): void {
  const pattern = args[1]
  if (name !== 'matches' || pattern?.kind !== 'const' || typeof pattern.value !== 'string') return
  const problem = patternProblem(pattern.value)
  if (problem !== undefined) throw new CelError(`not a valid RE2 pattern: ${problem}`, pattern.range)
}

function unknownFunction(syntax: CallSyntax, { scope: { definitions } }: CheckContext): CelError {
  const { name } = syntax
  if (isMacroName(name)) return new CelError(`${name} is called on a list or a collection`, syntax)
  const known = [...(definitions?.keys() ?? []), ...Object.keys(FUNCTIONS), ...MACRO_NAMES, 'has', 'can'].filter(
    // `hasRole` is no `has`.
    (one) => !(name.startsWith(one) && name.length > one.length + 2),
  )
  const advice = didYouMean(name, known) || (definitions === undefined ? '' : definitionAdvice(syntax))
  return new CelError(`unknown function '${name}'${advice}`, syntax)
}

/** `isOwner(doc)` → how to define it. */
function definitionAdvice({ name, target, args }: CallSyntax): string {
  if (target !== null) return ''
  const parameters: string[] = []
  for (const argument of args) {
    const word = argument.kind === 'name' || argument.kind === 'select' ? argument.name : ''
    const fits = /^(?!(?:auth|request)$)[A-Za-z]\w*$/.test(word) && !parameters.includes(word)
    parameters.push(fits ? word : `p${parameters.length + 1}`)
  }
  return `: define it at the top of schema.yaml, like definitions: { "${signatureOf({ name, parameters })}": "…" }`
}

function wrongArguments(syntax: CallSyntax, args: readonly Expression[]): CelError {
  const types = args.map((argument) => describeType(argument.type))
  const form =
    syntax.target === null
      ? `${syntax.name}(${types.join(', ')})`
      : `${types[0]}.${syntax.name}(${types.slice(1).join(', ')})`
  const hint = types.includes('json') ? ': convert a JSON number with int(…), a JSON string with timestamp(…)' : ''
  return new CelError(`${form} is not supported${hint}`, rangeOf(syntax))
}
