import { type ErrorDetail, MAX_DETAILS } from '@koyalite/contracts'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isCalendarDate } from './calendar-date'
import { describeViolation, describeWhole, type ViolationWords } from './describe-violation'
import type { JsonSchema } from './document-json-schema'
import { addEqualityKeywords } from './equality-keywords'
import { DOCUMENT_FORMATS } from './formats'
import type { JsonValue } from './model'
import { compilePattern } from './pattern'

export interface JsonValidator {
  /**
   * What is wrong with a value, one detail per violated rule; empty where nothing is. Of a value of many parts, the first thing only: each may be
   * wrong in several ways, and all errors are made before the first can be looked at.
   */
  violations(value: JsonValue): readonly ErrorDetail[]
}

export interface JsonValidatorOptions {
  readonly words: ViolationWords
  /** Properties that are missing get the `default` of their schema: the value is changed. */
  readonly fillsDefaults?: true
}

/** Checks values against a JSON Schema 2020-12. The check is compiled at first use: most are never needed. */
export function createJsonValidator(schema: () => JsonSchema, options: JsonValidatorOptions): JsonValidator {
  const compiled = new Map<boolean, ValidateFunction>()
  const validate = (allErrors: boolean): ValidateFunction => {
    let check = compiled.get(allErrors)
    if (!check) {
      check = createAjv(allErrors, options).compile(schema())
      compiled.set(allErrors, check)
    }
    return check
  }
  return {
    violations(value) {
      const check = validate(countValues(value) <= MAX_VALUES)
      return check(value) ? [] : toDetails(check.errors ?? [], options.words)
    },
  }
}

/** Of values with more parts than these, only the first error is looked for. */
const MAX_VALUES = 5_000

/** Objects, lists and scalars together; stops soon after `MAX_VALUES`. */
function countValues(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 1
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    count += countValues(inner)
    if (count > MAX_VALUES) break
  }
  return count
}

function createAjv(allErrors: boolean, { fillsDefaults }: JsonValidatorOptions): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors,
    strict: false,
    useDefaults: fillsDefaults ?? false,
    // Schemas were checked where they were read; compiling the schema of schemas for it takes longer than all the rest.
    meta: false,
    validateSchema: false,
    code: {
      // A fifth of what compiling takes, for code that JavaScript engines optimize themselves.
      optimize: false,
      // Patterns of a schema run on strangers' text: in linear time only.
      regExp: Object.assign((pattern: string) => linearPattern(pattern), { code: 'linearPattern' }),
    },
  })
  addFormats(ajv, { keywords: true })
  addEqualityKeywords(ajv)
  for (const [name, validate] of Object.entries(DOCUMENT_FORMATS))
    ajv.addFormat(name, { validate, compare: compareDates })
  return ajv
}

/** For `formatMinimum` and `formatMaximum`, which only dates have. Another text is neither before nor after a date. */
function compareDates(text: string, limit: string): number {
  if (!isCalendarDate(text)) return Number.NaN
  return text < limit ? -1 : text > limit ? 1 : 0
}

/** What Ajv calls instead of `new RegExp`. */
function linearPattern(pattern: string): { test(text: string): boolean; toString(): string } {
  const compiled = compilePattern(pattern)
  // Ajv keeps compiled patterns under their text.
  return { test: (text) => compiled.test(text), toString: () => pattern }
}

function toDetails(errors: readonly ErrorObject[], words: ViolationWords): ErrorDetail[] {
  const details: ErrorDetail[] = []
  const seen = new Set<string>()
  for (const error of errors) {
    if (details.length > MAX_DETAILS) break
    // That a value could also have been null does not help a caller who sent another one.
    if (error.keyword === 'type' && error.params.type === 'null') continue
    const detail = describeViolation(error, words)
    const name = detail === null ? '' : `${detail.code} ${detail.field}`
    if (detail === null || seen.has(name)) continue
    seen.add(name)
    details.push(detail)
  }
  // Every one of them was left out: of `oneOf` two parts match, or nothing but null is right.
  const last = errors.at(-1)
  return details.length === 0 && last !== undefined ? [describeWhole(last, words)] : details
}
