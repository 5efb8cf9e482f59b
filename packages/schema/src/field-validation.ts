import type { Report, YamlEntry } from '@koyalite/yaml'
import { isCalendarDate } from './calendar-date'
import { FORMATS, VALIDATION_KEYS, type ValidationKey } from './file/field-keys'
import { keysOf } from './file/file-key'
import { isEmail, isStorableText, isUrl, isUuid } from './formats'
import type { FieldType, FieldValidation } from './model'
import { compilePattern, patternProblem } from './pattern'
import { describe, type Options, readChoice, readList, readNumber, readOptions, readText, showValue } from './shape'

export const VALIDATION_SYNONYMS: Readonly<Record<string, string>> = {
  minimum: 'min',
  maximum: 'max',
  regex: 'pattern',
  regexp: 'pattern',
  values: 'enum',
  oneof: 'enum',
  length: 'maxLength',
}

const TEXTS: readonly FieldType[] = ['string', 'text']
const NUMBERS: readonly FieldType[] = ['int', 'float']
const RANGED: readonly FieldType[] = [...NUMBERS, 'date']
const APPLIES_TO: Readonly<Record<ValidationKey, readonly FieldType[]>> = {
  minLength: TEXTS,
  maxLength: TEXTS,
  min: RANGED,
  max: RANGED,
  format: TEXTS,
  pattern: TEXTS,
  enum: [...TEXTS, ...NUMBERS],
}

/** The validation of a field, from its own keys and from `validate`; both may be used, but must not disagree. */
export function readValidation(options: Options, type: FieldType, report: Report): FieldValidation {
  const given = collect(options, report)
  for (const [key, entry] of given) {
    const types = APPLIES_TO[key]
    if (types.includes(type)) continue
    report(entry.keyPosition, `'${key}' does not apply to ${type} fields (only to ${types.join(', ')})`)
    given.delete(key)
  }
  const minLength = readLength(given.get('minLength'), report)
  const maxLength = readLength(given.get('maxLength'), report)
  const min = readBound(given.get('min'), type, report)
  const max = readBound(given.get('max'), type, report)
  const format = readChoice(given.get('format'), keysOf(FORMATS), report)
  const pattern = readPattern(given.get('pattern'), report)
  const values = readEnum(given.get('enum'), type, report)
  ordered(given.get('minLength'), minLength, given.get('maxLength'), maxLength, report)
  ordered(given.get('min'), min, given.get('max'), max, report)
  return {
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(format !== undefined && { format }),
    ...(pattern !== undefined && { pattern }),
    ...(values !== undefined && { enum: values }),
  }
}

/** The range of a number field. */
export function numberRange({ min, max }: FieldValidation): { readonly min?: number; readonly max?: number } {
  return { ...(typeof min === 'number' && { min }), ...(typeof max === 'number' && { max }) }
}

/** What is wrong with a value that has the right type, in words, or undefined. Lengths are in Unicode code points. */
export function validationProblem(value: string | number, validation: FieldValidation): string | undefined {
  if (validation.enum && !validation.enum.includes(value))
    return `is not one of ${validation.enum.map(showValue).join(', ')}`
  const { min, max } = validation
  if (typeof value === 'number') {
    if (typeof min === 'number' && value < min) return `is less than ${min}`
    if (typeof max === 'number' && value > max) return `is more than ${max}`
    return undefined
  }
  if (typeof min === 'string' && value < min) return `is before ${min}`
  if (typeof max === 'string' && value > max) return `is after ${max}`
  const length = [...value].length
  if (!isStorableText(value)) return 'contains characters that cannot be stored'
  if (validation.minLength !== undefined && length < validation.minLength)
    return `is shorter than ${validation.minLength}`
  if (validation.maxLength !== undefined && length > validation.maxLength)
    return `is longer than ${validation.maxLength}`
  if (validation.format && !FORMAT_TESTS[validation.format](value)) return `is not of the format ${validation.format}`
  if (validation.pattern !== undefined && !compilePattern(validation.pattern).test(value))
    return 'does not match the pattern'
  return undefined
}

const FORMAT_TESTS = { email: isEmail, url: isUrl, uuid: isUuid } as const

function collect(options: Options, report: Report): Map<ValidationKey, YamlEntry> {
  const nested = options.get('validate')
  const inner = nested
    ? readOptions(
        nested.value,
        { what: "'validate'", keys: keysOf(VALIDATION_KEYS), synonyms: VALIDATION_SYNONYMS },
        report,
      )
    : undefined
  const given = new Map<ValidationKey, YamlEntry>()
  for (const key of keysOf(VALIDATION_KEYS)) {
    const outside = options.get(key)
    const inside = inner?.get(key)
    const entry = outside ?? inside
    if (!entry) continue
    if (outside && inside && !sameValue(outside, inside)) {
      report(
        inside.keyPosition,
        `'${key}' is set to different values on the field (line ${outside.keyPosition.line}) and under 'validate'`,
      )
    }
    given.set(key, entry)
  }
  return given
}

function sameValue(a: YamlEntry, b: YamlEntry): boolean {
  const plain = (entry: YamlEntry) =>
    JSON.stringify(entry.value, (key, value: unknown) => (/osition$/.test(key) || key === 'source' ? undefined : value))
  return plain(a) === plain(b)
}

function readLength(entry: YamlEntry | undefined, report: Report): number | undefined {
  const length = readNumber(entry, 'whole', report)
  if (length === undefined || length >= 0) return length
  if (entry) report(entry.value.position, `'${entry.key}' must not be negative`)
  return undefined
}

/** The least or greatest value of a number or a date. */
function readBound(entry: YamlEntry | undefined, type: FieldType, report: Report): number | string | undefined {
  if (type !== 'date') return readNumber(entry, type === 'int' ? 'whole' : 'any', report)
  if (!entry) return undefined
  const { value: node } = entry
  const day = node.kind === 'scalar' ? node.value : null
  if (typeof day === 'string' && isCalendarDate(day)) return day
  report(node.position, `'${entry.key}' must be a date (for example 2026-01-31), not ${describe(node)}`)
  return undefined
}

function readPattern(entry: YamlEntry | undefined, report: Report): string | undefined {
  const pattern = readText(entry, report)
  if (pattern === undefined || !entry) return undefined
  const problem = patternProblem(pattern)
  if (problem === undefined) return pattern
  report(entry.value.position, `pattern ${describe(entry.value)} cannot be used: ${problem}`)
  return undefined
}

function readEnum(entry: YamlEntry | undefined, type: FieldType, report: Report): FieldValidation['enum'] {
  const items = readList(entry, report)
  if (!items || !entry) return undefined
  if (items.length === 0) report(entry.value.position, "'enum' must have at least one value")
  const seen = new Set<string | number>()
  for (const item of items) {
    const value = item.kind === 'scalar' ? item.value : null
    const isRight = TEXTS.includes(type)
      ? typeof value === 'string'
      : typeof value === 'number' && (type === 'int' ? Number.isSafeInteger(value) : Number.isFinite(value))
    if (!isRight || (typeof value !== 'string' && typeof value !== 'number')) {
      const advice = TEXTS.includes(type) && item.kind === 'scalar' ? ` (write it in quotes: "${item.source}")` : ''
      report(item.position, `the values of 'enum' must be of type ${type}, not ${describe(item)}${advice}`)
    } else if (seen.has(value)) report(item.position, `${describe(item)} is listed twice in 'enum'`)
    else if (typeof value === 'string' && !isStorableText(value)) {
      report(item.position, `${describe(item)} contains characters that cannot be stored`)
    } else seen.add(value)
  }
  return [...seen]
}

function ordered(
  low: YamlEntry | undefined,
  lowest: number | string | undefined,
  high: YamlEntry | undefined,
  highest: number | string | undefined,
  report: Report,
): void {
  if (!low || !high || lowest === undefined || highest === undefined || lowest <= highest) return
  report(high.value.position, `${low.key} ${lowest} is more than ${high.key} ${highest}: no value could be valid`)
}
