import { signatureOf } from '@koyalite/schema'
import { CelError } from '../syntax/cel-error'
import { rangeOf, type Syntax } from '../syntax/parse-cel'
import { MAX_DEPTH } from '../syntax/syntax-parser'
import { type Argument, type CheckContext, NO_NAMES, type Resolved } from './check-context'
import type { ParsedDefinition } from './definitions'

type CallSyntax = Extract<Syntax, { kind: 'call' }>

/**
 * `is_member(doc.room)`: the body of the definition as a whole expression. Its names are those of the schema and its parameters; the variables
 * of the place where it is called are not in reach, and those that it binds itself are not in reach of its arguments.
 */
export function expandDefinition(
  syntax: CallSyntax,
  { definition, root }: ParsedDefinition,
  context: CheckContext,
): Resolved {
  const { name, parameters } = definition
  if (syntax.target !== null) {
    throw new CelError(`a definition is called by its name alone: ${signatureOf(definition)}`, syntax)
  }
  if (syntax.args.length !== parameters.length) {
    const count = parameters.length === 1 ? '1 argument' : `${parameters.length} arguments`
    throw new CelError(`${signatureOf(definition)} takes ${count}, not ${syntax.args.length}`, syntax)
  }
  if (context.expanding.includes(name)) {
    const circle = [...context.expanding.slice(context.expanding.indexOf(name)), name]
    throw new CelError(`recursive definitions are not allowed (${circle.join(' → ')})`, syntax)
  }
  if (context.expanding.length >= MAX_DEPTH) {
    throw new CelError(`definitions may call one another at most ${MAX_DEPTH} levels deep`, syntax)
  }
  context.size.definitions.add(definition)
  const args = syntax.args.map((argument): Argument => {
    // Here too, so that an argument that the body does not name is not left unchecked.
    context.resolve(argument, context)
    return { syntax: argument, context, uses: { count: 0 } }
  })
  const body: CheckContext = {
    ...context,
    variables: NO_NAMES,
    parameters: new Map(parameters.map((parameter, index) => [parameter, args[index] as Argument])),
    expanding: [...context.expanding, name],
    resolutions: new Map(),
  }
  try {
    if (root instanceof CelError) throw root
    const resolved = context.resolve(root, body)
    if (resolved.is !== 'value') return resolved
    return { ...resolved, expression: { ...resolved.expression, range: rangeOf(syntax), expansionOf: definition } }
  } catch (error) {
    throw error instanceof CelError ? error.calledAt(rangeOf(syntax)) : error
  }
}

/** What a parameter stands for. Each time that it is named, its argument is a part of its own, with variables of its own. */
export function resolveArgument({ syntax, context, uses }: Argument): Resolved {
  const isFirst = uses.count++ === 0
  return context.resolve(syntax, isFirst ? context : { ...context, resolutions: new Map() })
}

/** Behind the parameter of a definition, what is written where it is called: for what depends on how something is written. */
export function behindParameter(
  syntax: Syntax,
  context: CheckContext,
): { readonly syntax: Syntax; readonly context: CheckContext } {
  if (syntax.kind !== 'name' || context.variables.has(syntax.name)) return { syntax, context }
  const argument = context.parameters.get(syntax.name)
  if (argument === undefined) return { syntax, context }
  return behindParameter(argument.syntax, { ...argument.context, resolutions: new Map() })
}
