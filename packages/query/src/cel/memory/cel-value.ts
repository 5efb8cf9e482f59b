import { spendWork } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import { compareText } from '../../filter/compare-text'

/** An unsigned 64-bit integer; ints are bigint, doubles number. */
export class CelUint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** A point in time, in nanoseconds since 1970. */
export class CelTimestamp {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** A day of the calendar from 0001-01-01 to 9999-12-31, in its stored form: such texts sort as the days do. */
export class CelDate {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A span of time, in nanoseconds. */
export class CelDuration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** The result of `type(x)`. */
export class CelTypeValue {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A map made by an expression. JSON objects stay what they are and are read by the same functions below. */
export class CelMap {
  readonly entries: ReadonlyMap<string, readonly [CelValue, CelValue]>
  constructor(entries: ReadonlyMap<string, readonly [CelValue, CelValue]>) {
    this.entries = entries
  }
}

/** An identity of the caller that is null: see `nobody.ts`, which has the only one. */
export class CelNobody {
  readonly kind = 'nobody'
}

/** A value of an expression. JSON is a subset: its numbers are doubles. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTimestamp
  | CelDate
  | CelDuration
  | CelTypeValue
  | CelMap
  | CelNobody
  | readonly CelValue[]
  | { readonly [key: string]: JsonValue }

/** The third truth value. A value and not an exception: `||` and `&&` absorb it, and it is frequent. */
export const FAILED: unique symbol = Symbol('failed')
export type Failed = typeof FAILED
export type Result = CelValue | Failed

export const MIN_INT = -(2n ** 63n)
export const MAX_INT = 2n ** 63n - 1n
export const MAX_UINT = 2n ** 64n - 1n

export type CelKind =
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'date'
  | 'duration'
  | 'type'
  | 'list'
  | 'map'

/** The kind of a value at run time. */
export function kindOf(value: CelValue): CelKind {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
  }
  if (value === null || value instanceof CelNobody) return 'null'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof CelUint) return 'uint'
  if (value instanceof CelTimestamp) return 'timestamp'
  if (value instanceof CelDate) return 'date'
  if (value instanceof CelDuration) return 'duration'
  if (value instanceof CelTypeValue) return 'type'
  return 'map'
}

export function isList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value)
}

/** The value of an int, uint or double; null for anything else. */
export function numberOf(value: CelValue): bigint | number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return value instanceof CelUint ? value.value : null
}

/** CEL's `==`: never fails; values of different kinds differ, numbers of different kinds compare by value. */
export function equalValues(a: CelValue, b: CelValue): boolean {
  spendWork(typeof a === 'string' ? 1 + a.length / 64 : 2)
  if (a === b) return !Number.isNaN(a)
  const left = numberOf(a)
  const right = numberOf(b)
  if (left !== null && right !== null) return compareNumbers(left, right) === 0
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return false
  switch (kind) {
    case 'list':
      return equalLists(a as readonly CelValue[], b as readonly CelValue[])
    case 'bytes':
      return compareBytes(a as Uint8Array, b as Uint8Array) === 0
    case 'timestamp':
    case 'duration':
      return (a as CelTimestamp).nanos === (b as CelTimestamp).nanos
    case 'date':
      return (a as CelDate).text === (b as CelDate).text
    case 'type':
      return (a as CelTypeValue).name === (b as CelTypeValue).name
    default:
      return equalMaps(a, b)
  }
}

function equalLists(a: readonly CelValue[], b: readonly CelValue[]): boolean {
  return a.length === b.length && a.every((item, index) => equalValues(item, b[index] ?? null))
}

function equalMaps(a: CelValue, b: CelValue): boolean {
  if (mapSize(a) !== mapSize(b)) return false
  for (const key of mapKeys(a)) {
    const other = mapGet(b, key)
    if (other === undefined || !equalValues(mapGet(a, key) ?? null, other)) return false
  }
  return true
}

/** Negative, zero, positive; undefined where the two have no order, as a NaN has none with anything. */
export function compareValues(a: CelValue, b: CelValue): number | undefined {
  const left = numberOf(a)
  const right = numberOf(b)
  if (left !== null && right !== null) {
    const order = compareNumbers(left, right)
    return Number.isNaN(order) ? undefined : order
  }
  if (typeof a === 'string' && typeof b === 'string') {
    spendWork(Math.min(a.length, b.length) / 4)
    return compareText(a, b)
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b)
  if (
    (a instanceof CelTimestamp && b instanceof CelTimestamp) ||
    (a instanceof CelDuration && b instanceof CelDuration)
  ) {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
  }
  if (a instanceof CelDate && b instanceof CelDate) return a.text < b.text ? -1 : a.text > b.text ? 1 : 0
  return undefined
}

/** Next to a double an int is the double nearest to it, as in CEL. */
function compareNumbers(left: bigint | number, right: bigint | number): number {
  if (typeof left !== typeof right) return compareNumbers(Number(left), Number(right))
  return left < right ? -1 : left > right ? 1 : left <= right ? 0 : Number.NaN
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  spendWork(length / 4)
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** The entry of a map; undefined without one. Number keys are found by their value, whatever their kind. */
export function mapGet(map: CelValue, key: CelValue): CelValue | undefined {
  if (map instanceof CelMap) {
    const id = mapKeyId(key)
    return id === undefined ? undefined : map.entries.get(id)?.[1]
  }
  if (typeof key !== 'string') return undefined
  const object = map as { readonly [key: string]: JsonValue }
  return Object.hasOwn(object, key) ? object[key] : undefined
}

export function mapKeys(map: CelValue): readonly CelValue[] {
  const keys = map instanceof CelMap ? Array.from(map.entries.values(), ([key]) => key) : Object.keys(map as object)
  spendWork(4 * keys.length)
  return keys
}

export function mapSize(map: CelValue): number {
  return map instanceof CelMap ? map.entries.size : mapKeys(map).length
}

/** What makes two keys of a map the same one; undefined for what cannot be a key. */
export function mapKeyId(key: CelValue): string | undefined {
  if (typeof key === 'string') {
    spendWork(key.length / 16)
    return `s${key}`
  }
  if (typeof key === 'boolean') return `b${key}`
  const number = numberOf(key)
  if (number === null) return undefined
  return typeof number === 'number' && Number.isInteger(number) ? `n${BigInt(number)}` : `n${number}`
}
