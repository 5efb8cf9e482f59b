import { type ErrorDetail, MAX_DETAILS } from '@koyalite/contracts'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isCalendarDate } from './calendar-date'
import { describeViolation } from './describe-violation'
import { documentJsonSchema } from './document-json-schema'
import { addEqualityKeywords } from './equality-keywords'
import { DOCUMENT_FORMATS } from './formats'
import type { Collection, JsonValue } from './model'
import { compilePattern } from './pattern'

/** `create`: a whole new document. `replace`: one whose key comes from elsewhere. `update`: some fields of one. */
export type ValidationMode = 'create' | 'replace' | 'update'

export interface DocumentValidator {
  /**
   * What is wrong with the values, one detail per violated rule; empty where nothing is. Of many values, the first thing only: each may be wrong in
   * several ways, and all errors are made before the first can be looked at.
   */
  violations(mode: ValidationMode, values: Readonly<Record<string, JsonValue>>): readonly ErrorDetail[]
}

/** Checks values against the JSON Schema of a collection. The checks are compiled at first use: most are never needed. */
export function createDocumentValidator(collection: Collection): DocumentValidator {
  const compiled = new Map<string, ValidateFunction>()
  const validate = (mode: ValidationMode, allErrors: boolean): ValidateFunction => {
    const name = `${mode} ${allErrors}`
    let check = compiled.get(name)
    if (!check) {
      check = createAjv(allErrors).compile(documentJsonSchema(collection, mode, { internal: true }))
      compiled.set(name, check)
    }
    return check
  }
  return {
    violations(mode, values) {
      const check = validate(mode, countValues(values) <= MAX_VALUES)
      return check(values) ? [] : toDetails(check.errors ?? [])
    },
  }
}

/** Of documents with more values than these, only the first error is looked for. */
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

function createAjv(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors,
    strict: false,
    // What a field brings was checked with schema.yaml; compiling the schema of schemas for it takes longer than all the rest.
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

function toDetails(errors: readonly ErrorObject[]): ErrorDetail[] {
  const details: ErrorDetail[] = []
  const seen = new Set<string>()
  for (const error of errors) {
    if (details.length > MAX_DETAILS) break
    // That a value could also have been null does not help a caller who sent another one.
    if (error.keyword === 'type' && error.params.type === 'null') continue
    const detail = describeViolation(error)
    const name = detail === null ? '' : `${detail.code} ${detail.field}`
    if (detail === null || seen.has(name)) continue
    seen.add(name)
    details.push(detail)
  }
  return details
}
