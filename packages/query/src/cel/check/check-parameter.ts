import type { JsonValue } from '@koyalite/schema'
import { checked } from '../../filter/filter-value'
import { FUNCTIONS } from '../functions/function-table'
import { CelUint, FAILED } from '../memory/cel-value'
import { CelError } from '../syntax/cel-error'
import { type Range, rangeOf, type Syntax, textAt } from '../syntax/parse-cel'
import { MAX_DEPTH, MAX_NODES } from '../syntax/syntax-parser'
import { aType, type CelType, DYN_TYPE, joinTypes, valueType } from './cel-type'
import type { CheckContext } from './check-context'
import type { Expression } from './expression'

type ParameterSyntax = Extract<Syntax, { kind: 'parameter' }>

/** `$1` where nothing says of which type it is: as JSON has it, whole numbers as ints. */
export function checkParameter(syntax: ParameterSyntax, context: CheckContext): Expression {
  return parameterAs(syntax, null, context)
}

/** Whether the value is handed in, alone or in a list that is written out. */
export function holdsParameter(syntax: Syntax): boolean {
  return syntax.kind === 'parameter' || (syntax.kind === 'list' && syntax.items.some(holdsParameter))
}

/**
 * What a syntax with parameters stands for beside something.
 * @param other what it is compared with, or computed with; null to take numbers and texts as they are
 */
export function checkBeside(syntax: Syntax, other: Expression | null, context: CheckContext): Expression {
  if (syntax.kind === 'parameter') return parameterAs(syntax, other, context)
  if (syntax.kind !== 'list') return context.check(syntax, context)
  const items = syntax.items.map((item) => checkBeside(item, other, context))
  return { kind: 'list', items, type: listType(items), range: rangeOf(syntax) }
}

function parameterAs(syntax: ParameterSyntax, other: Expression | null, context: CheckContext): Expression {
  const name = textAt(syntax, context.source)
  const { params } = context.scope
  if (params === undefined) throw new CelError(`${name} can only be used in a 'where', with 'params'`, syntax)
  const value = params[syntax.number - 1]
  if (value === undefined) {
    const given = params.length === 1 ? '1 value' : `${params.length} values`
    throw new CelError(`there is no ${name}: 'params' has ${given}`, syntax)
  }
  context.size.parameters.add(syntax.number)
  context.size.nodes += partsOf(value, { name, range: syntax }, 1)
  if (context.size.nodes > MAX_NODES) {
    throw new CelError(`with its parameters, the expression has more than ${MAX_NODES} parts`, syntax)
  }
  return constantOf(value, { name, other, range: rangeOf(syntax) })
}

/** How many parts it would have if it were written out. */
function partsOf(value: JsonValue, place: { readonly name: string; readonly range: Range }, depth: number): number {
  if (typeof value === 'string' && (!value.isWellFormed() || value.includes('\0'))) {
    throw new CelError(`${place.name} is not a valid text`, place.range)
  }
  if (value === null || typeof value !== 'object') return 1
  if (depth > MAX_DEPTH) throw new CelError(`${place.name} is nested more than ${MAX_DEPTH} levels deep`, place.range)
  const inner = Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)]
  return inner.reduce<number>((sum, item) => sum + partsOf(item, place, depth + 1), 1)
}

interface Wanted {
  /** As messages call it. */
  readonly name: string
  readonly other: Expression | null
  readonly range: Range
}

function constantOf(value: JsonValue, wanted: Wanted): Expression {
  const { other, range } = wanted
  if (Array.isArray(value)) {
    const items = value.map((item) => constantOf(item, wanted))
    return { kind: 'list', items, type: listType(items), range }
  }
  const held =
    typeof value === 'string'
      ? textAs(value, other, wanted)
      : typeof value === 'number'
        ? numberAs(value, other?.type.kind)
        : value
  return { kind: 'const', value: held, type: valueType(held), range, isParameter: true }
}

function listType(items: readonly Expression[]): CelType {
  return { kind: 'list', element: items.length === 0 ? DYN_TYPE : joinTypes(items.map(({ type }) => type)) }
}

/** JSON has one type of numbers: one without a fraction is an int, unless it is compared with a double. */
function numberAs(value: number, kind: CelType['kind'] | undefined): bigint | number | CelUint {
  if (!Number.isSafeInteger(value) || kind === 'double' || kind === 'json') return value
  return kind === 'uint' && value >= 0 ? new CelUint(BigInt(value)) : BigInt(value)
}

/** A text that is compared with a time is one, and with the key of a document it is in the form of keys. */
function textAs(value: string, other: Expression | null, { name, range }: Wanted) {
  if (other === null) return value
  const { kind } = other.type
  if (kind === 'timestamp' || kind === 'date' || kind === 'duration') {
    const time = FUNCTIONS[kind].evaluate([value])
    if (time !== FAILED) return time
    throw new CelError(`${name} is compared with ${aType(other.type)}: send ${TIMES[kind]}`, range)
  }
  if (other.kind !== 'field' || other.field.type !== 'uuid') return value
  const key = checked(other.field, value)
  if ('value' in key) return String(key.value)
  throw new CelError(`${name}: ${other.field.name} ${key.problem}`, range)
}

const TIMES = {
  timestamp: 'a date and time like 2024-05-17T09:30:00Z',
  date: 'a date like 2024-05-17',
  duration: 'a duration like 1h30m',
} as const
