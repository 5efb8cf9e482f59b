import type { JsonValue } from './model'

/** A text that two JSON values share exactly if they are equal: the order of keys, and how a number is written, do not count. */
export function jsonIdentity(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(jsonIdentity).join(',')}]`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonIdentity(value[key] ?? null)}`).join(',')}}`
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
