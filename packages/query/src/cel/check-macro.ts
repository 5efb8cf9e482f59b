import { CelError } from './cel-error'
import { aType, BOOL_TYPE, type CelType, DYN_TYPE, mayBe, scalarType } from './cel-type'
import { valueTypeOf } from './check-access'
import { type CheckContext, type Resolved, withVariable } from './check-context'
import type { Expression, ListMacro, RowMacro, Rows } from './expression'
import type { Range, Syntax } from './parse-cel'

type CallSyntax = Extract<Syntax, { kind: 'call' }>

const MACROS = {
  exists: 'exists',
  all: 'all',
  exists_one: 'exists_one',
  existsOne: 'exists_one',
  map: 'map',
  filter: 'filter',
} as const satisfies Record<string, ListMacro>

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
  const variable = context.counter.variables++
  const type = elementType(container.type)
  const resolved: Resolved = {
    is: 'value',
    expression: { kind: 'variable', variable, type, range: container.range },
  }
  const { predicate, transform } = checkParts(syntax, macro, resolved, context)
  const range = { start: syntax.start, end: syntax.end }
  const resultType: CelType =
    macro === 'filter'
      ? { kind: 'list', element: type }
      : macro === 'map'
        ? { kind: 'list', element: transform?.type ?? DYN_TYPE }
        : BOOL_TYPE
  return { kind: 'macro', macro, container, variable, predicate, transform, type: resultType, range }
}

function elementType(container: CelType): CelType {
  return container.kind === 'map' ? DYN_TYPE : valueTypeOf(container)
}

/** `members.exists(m, …)` and the others, over a collection. */
export function resolveRowMacro(syntax: CallSyntax, rows: Rows, context: CheckContext): Resolved {
  const range = { start: syntax.start, end: syntax.end }
  if (syntax.name === 'size' && syntax.args.length === 0) {
    return { is: 'value', expression: { kind: 'rowCount', rows, type: scalarType('int'), range } }
  }
  if (!isMacroName(syntax.name)) {
    throw new CelError(
      `a collection has no function '${syntax.name}': use exists, all, exists_one, filter, map or size`,
      range,
    )
  }
  const macro = MACROS[syntax.name]
  const variable = context.counter.variables++
  const element: Resolved = { is: 'row', row: { kind: 'element', variable, collection: rows.collection } }
  const { predicate, transform } = checkParts(syntax, macro, element, context)
  if (macro === 'map') return { is: 'value', expression: mapRows(rows, variable, predicate, transform, range) }
  if (predicate === null) throw wrongForm(syntax)
  if (macro === 'filter') {
    return { is: 'rows', rows: { ...rows, filters: [...rows.filters, { variable, predicate }] } }
  }
  return {
    is: 'value',
    expression: {
      kind: 'rowMacro',
      macro: macro satisfies RowMacro,
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

/** The arguments behind the variable: a predicate; for `map` a transformation, with or without a predicate before it. */
function checkParts(syntax: CallSyntax, macro: ListMacro, element: Resolved, context: CheckContext): MacroParts {
  const [name, ...rest] = syntax.args
  const counts = macro === 'map' ? [1, 2] : [1]
  if (name?.kind !== 'name' || !counts.includes(rest.length)) throw wrongForm(syntax)
  const inner = withVariable(context, name.name, element)
  const expressions = rest.map((argument) => context.check(argument, inner))
  const [first = null, second = null] = expressions
  const predicate = macro === 'map' && second === null ? null : first
  if (predicate !== null && !mayBe(predicate.type, 'bool')) {
    throw new CelError(`${syntax.name} needs a bool, this is ${aType(predicate.type)}`, predicate.range)
  }
  return { predicate, transform: macro === 'map' ? (second ?? first) : null }
}

function wrongForm(syntax: CallSyntax): CelError {
  return new CelError(`${syntax.name} takes a variable and an expression, like ${syntax.name}(x, x == 1)`, syntax)
}
