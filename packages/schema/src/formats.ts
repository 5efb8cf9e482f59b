import { isCalendarDate } from './calendar-date'
import { parseTimestamp } from './timestamp'

/** Text that SQLite, JSON and every client can hold: no U+0000, no lone surrogates. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

/** A key that can stand in an address: neither nothing nor a step to elsewhere. */
function isKey(text: string): boolean {
  return isStorableText(text) && !/^\.{0,2}$/.test(text)
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}

/** An address as the HTML standard has it, with a dot in its domain and none at the ends of, or doubled in, its local part. */
export function isEmail(text: string): boolean {
  if (text.length > 254) return false
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  const labels = text.slice(at + 1).split('.')
  return (
    local.length <= 64 &&
    /^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local) &&
    labels.length > 1 &&
    labels.every((label) => /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(label))
  )
}

/** An absolute http or https address. Other schemes are refused: `javascript:` in a link is an attack. */
export function isUrl(text: string): boolean {
  return text.length <= 4096 && /^https?:\/\/[^\s\p{Cc}\\]+$/iu.test(text) && isStorableText(text) && URL.canParse(text)
}

/** Standard base64 with padding. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

/**
 * The values of `format` in the JSON Schemas that documentJsonSchema makes, and what they mean. Every string of a document has
 * exactly one; `text` is any storable text, `key` one that can be the key of a new document.
 */
export const DOCUMENT_FORMATS = {
  text: isStorableText,
  key: isKey,
  email: isEmail,
  uri: isUrl,
  uuid: isUuid,
  'date-time': (text: string) => parseTimestamp(text) !== null,
  date: isCalendarDate,
  byte: isBase64,
} as const satisfies Readonly<Record<string, (text: string) => boolean>>

/** The name that a `format` of schema.yaml has in JSON Schema. */
export const JSON_SCHEMA_FORMAT = { email: 'email', url: 'uri', uuid: 'uuid' } as const
