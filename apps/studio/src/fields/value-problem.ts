import { isEmail, isStorableText, isUrl, isUuid } from '@koyalite/schema/formats'
import { ExactNumber, type Json } from './exact-json'
import type { FieldInfo } from './field'

/** Whether a text has a match of a field's pattern: RE2, as the server has it. */
export type PatternTest = (pattern: string, text: string) => boolean

/**
 * What the schema does not allow of a value that has the right type, in words, or null. The server says so too, and more: what is unique, what JSON Schema
 * asks, what rules allow.
 * @param matches until RE2 is loaded, patterns are left to the server
 */
export function valueProblem(field: FieldInfo, value: Json, matches?: PatternTest): string | null {
  if (typeof value === 'number' || value instanceof ExactNumber) return numberProblem(field, value)
  return typeof value === 'string' ? textProblem(field, value, matches) : null
}

function numberProblem({ min, max }: FieldInfo, value: number | ExactNumber): string | null {
  const number = value instanceof ExactNumber ? Number(value.digits) : value
  if (typeof min === 'number' && number < min) return `At least ${min}`
  if (typeof max === 'number' && number > max) return `At most ${max}`
  return null
}

function textProblem(field: FieldInfo, value: string, matches: PatternTest | undefined): string | null {
  const { type, min, max, min_length: least, max_length: most, format, pattern } = field
  if (type === 'date' && typeof min === 'string' && value < min) return `Not before ${min}`
  if (type === 'date' && typeof max === 'string' && value > max) return `Not after ${max}`
  if (type !== 'string' && type !== 'text') return null
  if (!isStorableText(value)) return 'It has characters that cannot be stored (U+0000, half of a pair)'
  const length = [...value].length
  if (least !== null && length < least) return `At least ${characters(least)}, not ${length}`
  if (most !== null && length > most) return `At most ${characters(most)}, not ${length.toLocaleString('en')}`
  if (format !== null && !FORMATS[format].test(value)) return FORMATS[format].message
  if (pattern !== null && matches !== undefined && !matches(pattern, value)) return `It has to match ${pattern}`
  return null
}

const FORMATS = {
  email: { test: isEmail, message: 'Not an email address' },
  url: { test: isUrl, message: 'Not an address that begins with http:// or https://' },
  uuid: { test: isUuid, message: 'Not a UUID' },
} as const

function characters(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'character' : 'characters'}`
}
