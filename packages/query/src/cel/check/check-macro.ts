import { CelError } from '../syntax/cel-error'
import { type Range, rangeOf, type Syntax } from '../syntax/parse-cel'
import { aType, BOOL_TYPE, type CelType, DYN_TYPE, mayBe, scalarType } from './cel-type'
import { valueTypeOf } from './check-access'
import { type CheckContext, type Resolved, withVariable } from './check-context'
import type { Expression, ListMacro, Rows } from './expression'

type CallSyntax = Extract<Syntax, { kind: 'call' }>

const MACROS = {
  exists: 'exists',
  all: 'all',
  exists_one: 'exists_one',
  existsOne: 'exists_one',
  map: 'map',
  filter: 'filter',
  transformList: 'map',
  transformMap: 'transformMap',
} as const satisfies Record<string, ListMacro>

/** Those of two variables, over positions or keys and values; `exists`, `all` and `exists_one` have both forms. */
const TWO_VARIABLES: ReadonlySet<string> = new Set(['transformList', 'transformMap'])

export const MACRO_NAMES = Object.keys(MACROS)

export function isMacroName(name: string): name is keyof typeof MACROS {
  return Object.hasOwn(MACROS, name)
}

/** `list.exists(x, …)` and the others, over a list, or the keys of a map. */
export function checkListMacro(
  syntax: CallSyntax,
  name: keyof typeof MACROS,
  container: Expression,
  context: CheckContext,
): Expression {
  const macro = MACROS[name]
  if (!mayBe(container.type, 'list') && !mayBe(container.type, 'map')) {
    throw new CelError(
      `${name} is called on a list, a map or a collection, this is ${aType(container.type)}`,
      container.range,
    )
  }
  const types = hasTwoVariables(syntax, macro)
    ? [positionType(container.type), valueTypeOf(container.type)]
    : [elementType(container.type)]
  const variables = types.map(() => context.counter.variables++)
  const elements = types.map((type, index): Resolved => {
    const variable = variables[index] ?? 0
    return { is: 'value', expression: { kind: 'variable', variable, type, range: container.range } }
  })
  const { predicate, transform } = checkParts(syntax, macro, elements, context)
  const range = rangeOf(syntax)
  const type = resultType(macro, types[0] ?? DYN_TYPE, transform)
  return { kind: 'macro', macro, container, variables, predicate, transform, type, range }
}

function hasTwoVariables({ name, args }: CallSyntax, macro: ListMacro): boolean {
  if (TWO_VARIABLES.has(name)) return true
  return macro !== 'map' && macro !== 'filter' && args.length === 3
}

function resultType(macro: ListMacro, element: CelType, transform: Expression | null): CelType {
  switch (macro) {
    case 'filter':
      return { kind: 'list', element }
    case 'map':
      return { kind: 'list', element: transform?.type ?? DYN_TYPE }
    case 'transformMap':
      return { kind: 'map', value: transform?.type ?? DYN_TYPE }
    default:
      return BOOL_TYPE
  }
}

/** What an element is found by: its position in a list, its key in a map. */
function positionType(container: CelType): CelType {
  return container.kind === 'list' ? scalarType('int') : DYN_TYPE
}

function elementType(container: CelType): CelType {
  return container.kind === 'map' ? DYN_TYPE : valueTypeOf(container)
}

/** `members.exists(m, …)` and the others, over a collection. */
export function resolveRowMacro(syntax: CallSyntax, rows: Rows, context: CheckContext): Resolved {
  const range = rangeOf(syntax)
  if (syntax.name === 'size' && syntax.args.length === 0) {
    return { is: 'value', expression: { kind: 'rowCount', rows, type: scalarType('int'), range } }
  }
  const macro = isMacroName(syntax.name) ? MACROS[syntax.name] : null
  if (macro === null || macro === 'transformMap' || TWO_VARIABLES.has(syntax.name)) {
    throw new CelError(
      `a collection has no function '${syntax.name}': use exists, all, exists_one, filter, map or size`,
      range,
    )
  }
  const variable = context.counter.variables++
  const element: Resolved = { is: 'row', row: { kind: 'element', variable, collection: rows.collection } }
  const { predicate, transform } = checkParts(syntax, macro, [element], context)
  if (macro === 'map') return { is: 'value', expression: mapRows(rows, variable, predicate, transform, range) }
  if (predicate === null) throw wrongForm(syntax)
  if (macro === 'filter') {
    return { is: 'rows', rows: { ...rows, filters: [...rows.filters, { variable, predicate }] } }
  }
  return {
    is: 'value',
    expression: {
      kind: 'rowMacro',
      macro,
      rows,
      variable,
      predicate,
      type: BOOL_TYPE,
      range,
    },
  }
}

function mapRows(
  rows: Rows,
  variable: number,
  predicate: Expression | null,
  transform: Expression | null,
  range: Range,
): Expression {
  if (transform === null) throw new CelError('map takes a variable and an expression', range)
  const filters = predicate === null ? rows.filters : [...rows.filters, { variable, predicate }]
  const type: CelType = { kind: 'list', element: transform.type }
  return { kind: 'rowMap', rows: { ...rows, filters }, variable, transform, type, range }
}

interface MacroParts {
  readonly predicate: Expression | null
  readonly transform: Expression | null
}

/** The arguments behind the variables: a predicate; for `map` a transformation, with or without a predicate before it. */
function checkParts(
  syntax: CallSyntax,
  macro: ListMacro,
  elements: readonly Resolved[],
  context: CheckContext,
): MacroParts {
  const transforms = macro === 'map' || macro === 'transformMap'
  const rest = syntax.args.slice(elements.length)
  if (rest.length !== 1 && !(transforms && rest.length === 2)) throw wrongForm(syntax)
  const inner = elements.reduce((outer, element, index) => {
    const name = syntax.args[index]
    if (name?.kind !== 'name') throw noVariable(name ?? syntax)
    return withVariable(outer, name.name, element)
  }, context)
  const expressions = rest.map((argument) => context.check(argument, inner))
  const [first = null, second = null] = expressions
  const predicate = transforms && second === null ? null : first
  if (predicate !== null && !mayBe(predicate.type, 'bool')) {
    throw new CelError(`${syntax.name} needs a bool, this is ${aType(predicate.type)}`, predicate.range)
  }
  return { predicate, transform: transforms ? (second ?? first) : null }
}

function noVariable(range: Range): CelError {
  return new CelError('a macro takes a variable and an expression, like exists(x, x == 1)', range)
}

function wrongForm(syntax: CallSyntax): CelError {
  return new CelError(`${syntax.name} takes a variable and an expression, like ${syntax.name}(x, x == 1)`, syntax)
}
