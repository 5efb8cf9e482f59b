import type { JsonValue } from '@koyalite/schema'

/** Whether two JSON values are the same, types included (`true` is not `1`); the order of keys does not matter. */
export function jsonEqual(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isArray(a) || isArray(b)) {
    return (
      isArray(a) && isArray(b) && a.length === b.length && a.every((item, index) => jsonEqual(item, b[index] ?? null))
    )
  }
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key] ?? null, b[key] ?? null))
  )
}

/**
 * Whether values equal this one, asked of many. Its keys are counted once: one with many keys would be looked through again for each of many small objects.
 */
export function jsonMatcher(wanted: JsonValue): (value: JsonValue) => boolean {
  if (typeof wanted !== 'object' || wanted === null || isArray(wanted)) return (value) => jsonEqual(value, wanted)
  const size = Object.keys(wanted).length
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    !isArray(value) &&
    Object.keys(value).length === size &&
    jsonEqual(value, wanted)
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
