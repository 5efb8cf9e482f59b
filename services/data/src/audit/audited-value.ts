import type { JsonValue } from '@koyalite/schema'
import type { LoggedValue } from '../store/logged-document'

/** Characters of one value. The audit log says what was done; it is not a second copy of large documents. */
const MAX_LENGTH = 4000

/** A field's value as the audit log stores it: the size of a blob, the beginning of a long value. */
export function auditedValue(value: LoggedValue): JsonValue {
  if ('bytes' in value) return `${value.bytes.length / 2} bytes`
  const { json } = value
  const text = typeof json === 'string' ? json : JSON.stringify(json)
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : json
}
