import type { ErrorDetail } from '@koyalite/contracts'
import { documentJsonSchema } from './document-json-schema'
import { createJsonValidator, type JsonValidator } from './json-validator'
import type { Collection, JsonValue } from './model'

/** `create`: a whole new document. `replace`: one whose key comes from elsewhere. `update`: some fields of one. */
export type ValidationMode = 'create' | 'replace' | 'update'

export interface DocumentValidator {
  /** What is wrong with the values, as of JsonValidator. */
  violations(mode: ValidationMode, values: Readonly<Record<string, JsonValue>>): readonly ErrorDetail[]
}

const WORDS = { whole: 'the document', unknown: 'is not a field of this collection' }

/** Checks values against the JSON Schema of a collection. */
export function createDocumentValidator(collection: Collection): DocumentValidator {
  const validatorOf = (mode: ValidationMode) =>
    createJsonValidator(() => documentJsonSchema(collection, mode, { internal: true }), { words: WORDS })
  const validators: Readonly<Record<ValidationMode, JsonValidator>> = {
    create: validatorOf('create'),
    replace: validatorOf('replace'),
    update: validatorOf('update'),
  }
  return { violations: (mode, values) => validators[mode].violations(values) }
}
