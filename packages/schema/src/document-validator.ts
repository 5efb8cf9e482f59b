import type { ErrorDetail } from '@koyalite/contracts'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describeViolation } from './describe-violation'
import { documentJsonSchema } from './document-json-schema'
import { addEqualityKeywords } from './equality-keywords'
import { DOCUMENT_FORMATS } from './formats'
import type { Collection, JsonValue } from './model'
import { compilePattern } from './pattern'

/** `create`: a whole new document. `replace`: one whose key comes from elsewhere. `update`: some fields of one. */
export type ValidationMode = 'create' | 'replace' | 'update'

export interface DocumentValidator {
  /** Everything that is wrong with the values, one detail per violated rule; empty where nothing is. */
  violations(mode: ValidationMode, values: Readonly<Record<string, JsonValue>>): readonly ErrorDetail[]
}

/** Checks values against the JSON Schema of a collection. The checks are compiled at first use: most are never needed. */
export function createDocumentValidator(collection: Collection): DocumentValidator {
  const compiled = new Map<ValidationMode, ValidateFunction>()
  const validate = (mode: ValidationMode): ValidateFunction => {
    let check = compiled.get(mode)
    if (!check) {
      check = createAjv().compile(documentJsonSchema(collection, mode, { internal: true }))
      compiled.set(mode, check)
    }
    return check
  }
  return {
    violations(mode, values) {
      const check = validate(mode)
      return check(values) ? [] : toDetails(check.errors ?? [])
    },
  }
}

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    // What a field brings was checked with schema.yaml; compiling the schema of schemas for it takes longer than all the rest.
    meta: false,
    validateSchema: false,
    // Patterns of a schema run on strangers' text: in linear time only.
    code: { regExp: Object.assign((pattern: string) => linearPattern(pattern), { code: 'linearPattern' }) },
  })
  addFormats(ajv)
  addEqualityKeywords(ajv)
  for (const [name, test] of Object.entries(DOCUMENT_FORMATS)) ajv.addFormat(name, test)
  return ajv
}

/** What Ajv calls instead of `new RegExp`. */
function linearPattern(pattern: string): { test(text: string): boolean; toString(): string } {
  const compiled = compilePattern(pattern)
  // Ajv keeps compiled patterns under their text.
  return { test: (text) => compiled.test(text), toString: () => pattern }
}

function toDetails(errors: readonly ErrorObject[]): ErrorDetail[] {
  const details: ErrorDetail[] = []
  for (const error of errors) {
    // That a value could also have been null is no help to whoever sent another one.
    if (error.keyword === 'type' && error.params.type === 'null') continue
    const detail = describeViolation(error)
    if (detail && !details.some((seen) => seen.field === detail.field && seen.code === detail.code))
      details.push(detail)
  }
  return details
}
