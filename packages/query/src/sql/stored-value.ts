import type { SqlValue } from '@koyalite/contracts'
import { type Field, isCalendarDate, type JsonValue, parseTimestamp } from '@koyalite/schema'

/**
 * What is stored for a JSON value that was validated against its field: booleans as 0 and 1, json as text, blobs as bytes, uuids in
 * lower case, timestamps as `YYYY-MM-DDTHH:mm:ss.sssZ`. Throws TypeError for a value of the wrong type: validation is missing.
 */
export function toStored(field: Field, value: JsonValue): SqlValue {
  if (value === null) return null
  switch (field.type) {
    case 'json':
      return JSON.stringify(value)
    case 'bool':
      return typeof value === 'boolean' ? Number(value) : mistyped(field, value)
    case 'int':
    case 'float':
      // -0 has no place of its own in SQLite's integers; + 0 makes it 0.
      return typeof value === 'number' ? value + 0 : mistyped(field, value)
  }
  if (typeof value !== 'string') return mistyped(field, value)
  switch (field.type) {
    case 'uuid':
      return value.toLowerCase()
    case 'timestamp':
      return parseTimestamp(value) ?? mistyped(field, value)
    case 'date':
      return isCalendarDate(value) ? value : mistyped(field, value)
    case 'blob':
      return Uint8Array.fromBase64(value)
    case 'string':
    case 'text':
      return value
  }
}

function mistyped(field: Field, value: JsonValue): never {
  throw new TypeError(`${field.name} cannot hold ${JSON.stringify(value)}`)
}
