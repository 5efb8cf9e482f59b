import type { JsonValue } from '@koyalite/schema'
import type { LoggedValue } from '../store/logged-document'

/** Characters of one value. The log tells what was done; it is no second copy of large documents. */
const MAX_LENGTH = 4000

/** A field's value as the audit log keeps it: of blobs their size, of long values their beginning. */
export function keptValue(value: LoggedValue): JsonValue {
  if ('bytes' in value) return `${value.bytes.length / 2} bytes`
  const { json } = value
  const text = typeof json === 'string' ? json : JSON.stringify(json)
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : json
}
