import type { JsonValue } from '@koyalite/schema'
import { CelMap, CelNobody, type CelValue, FAILED, type Failed, isList, type Result } from './cel-value'
import { spendOn } from './cel-work'

/**
 * An identity of the caller that is null. It is equal to the literal `null`; comparing it with anything else is an error, so that nobody
 * owns what nobody owns. It belongs to the value, wherever an expression carries it: through variables, ternaries, lists and maps.
 */
export const NOBODY = new CelNobody()

/** A text of the caller that may be missing. */
export function identityText(value: string | null): CelValue {
  return value ?? NOBODY
}

const known = new WeakMap<object, CelValue>()

/** Json of the caller, with every null in it replaced by nobody. The same object if there is none. */
export function identityJson(value: JsonValue): CelValue {
  if (value === null || typeof value !== 'object') return value ?? NOBODY
  let converted = known.get(value)
  if (converted === undefined) {
    converted = hasNull(value) ? convert(value) : value
    known.set(value, converted)
  }
  return converted
}

function hasNull(value: JsonValue): boolean {
  if (value === null || typeof value !== 'object') return value === null
  return Object.values(value).some(hasNull)
}

function convert(value: JsonValue): CelValue {
  if (value === null) return NOBODY
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(convert)
  return new CelMap(new Map(Object.entries(value).map(([key, entry]) => [`s${key}`, [key, convert(entry)]])))
}

/** Whether a value is nobody, or a list or map that holds nobody at any depth. */
export function holdsNobody(value: CelValue): boolean {
  if (value === null || typeof value !== 'object') return false
  if (value instanceof CelNobody) return true
  if (isList(value)) {
    spendOn(value.length, 'scanned')
    return value.some(holdsNobody)
  }
  // Maps of JSON have been looked through when they came in: see `identityJson`.
  if (!(value instanceof CelMap)) return false
  spendOn(value.entries.size, 'scanned')
  return [...value.entries.values()].some(([, entry]) => holdsNobody(entry))
}

/** The result of a comparison of two values: a failure if one of them contains nobody. */
export function unlessNobody(
  a: CelValue,
  b: CelValue,
  compare: (a: CelValue, b: CelValue) => boolean,
): boolean | Failed {
  return holdsNobody(a) || holdsNobody(b) ? FAILED : compare(a, b)
}

/** Whether a value is null, or nobody. */
export function isNullOrNobody(value: Result): boolean {
  return value === null || value instanceof CelNobody
}
