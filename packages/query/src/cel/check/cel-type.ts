import type { Field } from '@koyalite/schema'
import type { CelKind, CelValue } from '../memory/cel-value'
import { isList, kindOf, mapGet, mapKeys } from '../memory/cel-value'

export type ScalarKind =
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'bool'
  | 'timestamp'
  | 'date'
  | 'duration'
  | 'type'

/**
 * The static type of an expression. `json` is what a json field may hold: null, bool, double, string, lists and maps of json.
 * `dyn` may be anything, ints and timestamps included.
 */
export type CelType =
  | { readonly kind: ScalarKind; readonly nullable: boolean }
  | { readonly kind: 'null' | 'json' | 'dyn' }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly value: CelType }

export const JSON_TYPE: CelType = { kind: 'json' }
export const DYN_TYPE: CelType = { kind: 'dyn' }
export const NULL_TYPE: CelType = { kind: 'null' }
export const BOOL_TYPE: CelType = { kind: 'bool', nullable: false }

export function scalarType(kind: ScalarKind, nullable = false): CelType {
  return { kind, nullable }
}

const FIELD_KINDS = {
  uuid: 'string',
  string: 'string',
  text: 'string',
  int: 'int',
  float: 'double',
  bool: 'bool',
  timestamp: 'timestamp',
  date: 'date',
  blob: 'bytes',
} as const satisfies Record<Exclude<Field['type'], 'json'>, ScalarKind>

/** The type of a field of a row. */
export function fieldType(field: Field): CelType {
  return field.type === 'json' ? JSON_TYPE : scalarType(FIELD_KINDS[field.type], field.nullable && !field.primary)
}

/** The type of a value known in advance. */
export function valueType(value: CelValue): CelType {
  const kind = kindOf(value)
  switch (kind) {
    case 'null':
      return NULL_TYPE
    case 'list':
      return { kind: 'list', element: joinTypes((isList(value) ? value : []).map(valueType)) }
    case 'map':
      return { kind: 'map', value: joinTypes(mapKeys(value).map((key) => valueType(mapGet(value, key) ?? null))) }
    default:
      return scalarType(kind)
  }
}

/** The type that holds every one of `types`. */
export function joinTypes(types: readonly CelType[]): CelType {
  return types.reduce((joined, type) => joinTwo(joined, type), types[0] ?? DYN_TYPE)
}

function joinTwo(a: CelType, b: CelType): CelType {
  if (a.kind === 'null' && isScalar(b)) return scalarType(b.kind, true)
  if (b.kind === 'null' && isScalar(a)) return scalarType(a.kind, true)
  if (a.kind === b.kind) {
    if (isScalar(a) && isScalar(b)) return scalarType(a.kind, a.nullable || b.nullable)
    if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', element: joinTwo(a.element, b.element) }
    if (a.kind === 'map' && b.kind === 'map') return { kind: 'map', value: joinTwo(a.value, b.value) }
    return a
  }
  return isJsonKind(a) && isJsonKind(b) ? JSON_TYPE : DYN_TYPE
}

export function isScalar(type: CelType): type is { readonly kind: ScalarKind; readonly nullable: boolean } {
  return type.kind !== 'null' && !isOpen(type) && type.kind !== 'list' && type.kind !== 'map'
}

/** Whether only running the expression tells the kind of the value. */
export function isOpen(type: CelType): boolean {
  return type.kind === 'json' || type.kind === 'dyn'
}

export function isNullable(type: CelType): boolean {
  return isScalar(type) ? type.nullable : type.kind === 'null' || isOpen(type)
}

/** Whether every value of the type is one that JSON has. */
function isJsonKind(type: CelType): boolean {
  switch (type.kind) {
    case 'json':
    case 'null':
    case 'bool':
    case 'double':
    case 'string':
      return true
    case 'list':
      return isJsonKind(type.element)
    case 'map':
      return isJsonKind(type.value)
    default:
      return false
  }
}

const JSON_KINDS: ReadonlySet<CelKind> = new Set(['null', 'bool', 'double', 'string', 'list', 'map'])

/** Whether a value of the type may be of a kind when the expression runs. */
export function mayBe(type: CelType, kind: CelKind): boolean {
  if (type.kind === 'dyn') return true
  if (type.kind === 'json') return JSON_KINDS.has(kind)
  return type.kind === kind || (kind === 'null' && isNullable(type))
}

/** How a type is called in error messages. */
export function describeType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${describeType(type.element)})`
    case 'map':
      return `map(${describeType(type.value)})`
    default:
      return type.kind
  }
}

/** `a string`, `an int` */
export function aType(type: CelType): string {
  const name = describeType(type)
  return `${name === 'int' ? 'an' : 'a'} ${name}`
}
