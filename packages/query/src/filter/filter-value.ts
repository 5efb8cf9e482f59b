import { inexactNumbers, numberFidelity } from '@koyalite/contracts'
import { didYouMean, type Field, isCalendarDate, type JsonValue, parseTimestamp } from '@koyalite/schema'
import { aType } from './field-path'

/** A value that a filter compares with, or what is wrong with it. */
export type FilterValue = { readonly value: JsonValue } | { readonly problem: string }

/** The text of a filter, read as a value of the field's type. For json fields: as JSON, else as text. */
export function valueFromText(field: Field, text: string): FilterValue {
  if (text.includes('\0')) return { problem: 'must not contain U+0000' }
  switch (field.type) {
    case 'int':
      return /^-?\d+$/.test(text) ? checked(field, Number(text)) : mistyped(field)
    case 'float':
      if (!NUMBER.test(text)) return mistyped(field)
      return Number.isFinite(Number(text)) && numberFidelity(text) === 'inexact'
        ? { problem: INEXACT }
        : checked(field, Number(text))
    case 'bool':
      return text === 'true' ? { value: true } : text === 'false' ? { value: false } : mistyped(field)
    case 'timestamp':
      // A plus sign that was not encoded arrives as a space.
      return checked(field, text.replace(/^(\S+T\S+) (\d\d:?\d\d)$/, '$1+$2'))
    case 'json':
      return jsonOrText(text)
    case 'uuid':
    case 'string':
    case 'text':
    case 'date':
    case 'blob':
      return checked(field, text)
  }
}

/** A JSON value checked against the field's type, and normalised as the field's values are. */
export function checked(field: Field, value: JsonValue): FilterValue {
  switch (field.type) {
    case 'int':
      return Number.isSafeInteger(value) ? { value } : mistyped(field)
    case 'float':
      return Number.isFinite(value) ? { value } : mistyped(field)
    case 'bool':
      return typeof value === 'boolean' ? { value } : mistyped(field)
    case 'json':
      return { value }
    case 'blob':
      return { problem: 'is a blob, which can only be compared with null' }
  }
  if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\0')) return mistyped(field)
  switch (field.type) {
    case 'uuid':
      return UUID.test(value) ? { value: value.toLowerCase() } : mistyped(field)
    case 'timestamp': {
      const timestamp = parseTimestamp(value)
      return timestamp === null ? mistyped(field) : { value: timestamp }
    }
    case 'date':
      return isCalendarDate(value) ? { value } : mistyped(field)
    case 'string':
    case 'text':
      return { value }
  }
}

/** What is wrong with a value that is none of the field's enum, or null. */
export function enumProblem(field: Field, value: JsonValue): string | null {
  const allowed = field.validation.enum
  if (!allowed || allowed.some((candidate) => candidate === value)) return null
  const names = allowed.map(String)
  const list = names.length <= 12 ? `: it is one of ${names.join(', ')}` : ''
  return `is never '${String(value)}'${didYouMean(String(value), names)}${list}`
}

/** A JSON number. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

const FORMS: Partial<Record<Field['type'], string>> = {
  int: 'a whole number from -9007199254740991 to 9007199254740991',
  float: 'a finite number',
  bool: 'true or false',
  uuid: 'a uuid like 01890a5d-ac96-774b-bcce-b302099a8057',
  timestamp: 'a date and time like 2024-05-17T09:30:00Z',
  date: 'a date like 2024-05-17',
}

function mistyped(field: Field): FilterValue {
  return { problem: `is ${aType(field)}: compare it with ${FORMS[field.type] ?? 'text'}` }
}

/** What would find other documents than those that were asked for. */
const INEXACT = 'cannot be compared with that number: it cannot be represented exactly'

function jsonOrText(text: string): FilterValue {
  try {
    const value = JSON.parse(text) as JsonValue
    const isExact = inexactNumbers(text, ({ fidelity }) => fidelity === 'nearest').length === 0
    return isExact ? { value } : { problem: `${INEXACT}; write it in quotes to compare it as a string` }
  } catch {
    return { value: text }
  }
}
