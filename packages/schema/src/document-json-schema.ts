import { numberRange } from './field-validation'
import { JSON_SCHEMA_FORMAT } from './formats'
import type { Collection, Field, JsonValue } from './model'
import { isUsers } from './users'

/** A JSON Schema 2020-12. */
export type JsonSchema = { readonly [key: string]: JsonValue }

/**
 * `create`: a new document as a client may send it. `update`: a shallow merge. `replace`: a whole document, its key from elsewhere.
 * `read`: a document in a response.
 */
export type DocumentMode = 'create' | 'update' | 'replace' | 'read'

export interface DocumentSchemaOptions {
  /** For server code: internal fields are accepted and given, and the key of a user may be chosen. */
  readonly internal?: boolean
}

/**
 * The JSON Schema of a collection's documents.
 *
 * - Strings all have a `format`, one of DOCUMENT_FORMATS; `pattern`s are RE2 (see compilePattern); lengths count code points. The range of a
 *   date is `formatMinimum` and `formatMaximum`, which Ajv has, and which other programs ignore.
 * - In `create` a field is required if it is neither nullable nor has a default. Clients may choose the key, except of a user.
 * - In `update` and `replace` the key may be repeated: that it is the document's own is for the caller to check.
 * - In `read` every field is required and may still be absent for an actor who may not read it: callers that tell so drop `required`.
 * - Nullable fields have `null` among their types, so a validator must allow union types.
 */
export function documentJsonSchema(
  collection: Collection,
  mode: DocumentMode,
  options: DocumentSchemaOptions = {},
): JsonSchema {
  const fields = [...collection.fields.values()].filter((field) => isVisible(collection, field, mode, options))
  const properties = Object.fromEntries(fields.map((field) => [field.name, fieldJsonSchema(collection, field, mode)]))
  const required = fields.filter((field) => isRequired(field, mode)).map((field) => field.name)
  return {
    type: 'object',
    ...(collection.description !== undefined && { description: collection.description }),
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

function isVisible(
  collection: Collection,
  field: Field,
  mode: DocumentMode,
  { internal }: DocumentSchemaOptions,
): boolean {
  if (internal) return true
  if (field.internal) return false
  return !(field.primary && mode === 'create' && isUsers(collection))
}

function isRequired(field: Field, mode: DocumentMode): boolean {
  switch (mode) {
    case 'read':
      return true
    case 'update':
      return false
    case 'create':
      return !field.nullable && field.default === undefined
    case 'replace':
      return !field.primary && !field.nullable && field.default === undefined
  }
}

/** The JSON Schema of one field's values in documents. */
function fieldJsonSchema(collection: Collection, field: Field, mode: DocumentMode): JsonSchema {
  const schema = field.type === 'json' ? jsonFieldSchema(collection, field, mode) : scalarSchema(field, mode)
  const hasDefault = (mode === 'create' || mode === 'replace') && field.default?.kind === 'literal'
  return {
    ...schema,
    ...(field.description !== undefined && { description: field.description }),
    ...(hasDefault && field.default?.kind === 'literal' && { default: field.default.value }),
  }
}

function scalarSchema(field: Field, mode: DocumentMode): JsonSchema {
  const { minLength, maxLength, pattern, enum: values } = field.validation
  const base = {
    ...typeSchema(field),
    ...(field.primary && (mode === 'create' || mode === 'replace') && newKeySchema(field)),
  }
  return {
    ...base,
    ...(field.nullable && { type: [String(base.type), 'null'] }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(pattern !== undefined && { pattern }),
    ...(values && { enum: field.nullable ? [...values, null] : [...values] }),
  }
}

/** Counting continues from the largest key: this leaves as many as are below it. */
const MAX_CHOSEN_KEY = 2 ** 52

/** What a key must be besides, for the document to be found under it, and for the next one to get one too. */
function newKeySchema({ type, validation, default: given }: Field): JsonSchema {
  if (type === 'int' && given !== undefined)
    return { maximum: Math.min(numberRange(validation).max ?? MAX_CHOSEN_KEY, MAX_CHOSEN_KEY) }
  return (type === 'string' || type === 'text') && validation.format === undefined ? { format: 'key' } : {}
}

function typeSchema({ type, validation }: Field): JsonSchema {
  const range = numberRange(validation)
  switch (type) {
    case 'uuid':
      return { type: 'string', format: 'uuid' }
    case 'string':
    case 'text':
      return { type: 'string', format: validation.format ? JSON_SCHEMA_FORMAT[validation.format] : 'text' }
    case 'int':
      return {
        type: 'integer',
        minimum: range.min ?? Number.MIN_SAFE_INTEGER,
        maximum: range.max ?? Number.MAX_SAFE_INTEGER,
      }
    case 'float':
      return {
        type: 'number',
        ...(range.min !== undefined && { minimum: range.min }),
        ...(range.max !== undefined && { maximum: range.max }),
      }
    case 'bool':
      return { type: 'boolean' }
    case 'timestamp':
      return { type: 'string', format: 'date-time' }
    case 'date':
      return {
        type: 'string',
        format: 'date',
        ...(validation.min !== undefined && { formatMinimum: validation.min }),
        ...(validation.max !== undefined && { formatMaximum: validation.max }),
      }
    case 'blob':
      return { type: 'string', format: 'byte', contentEncoding: 'base64' }
    case 'json':
      return {}
  }
}

/**
 * The author's schema of a json field, with the field's own say on null (JSON null is SQL NULL). One with references inside gets an
 * identity of its own, so that they still lead into it.
 */
function jsonFieldSchema(collection: Collection, field: Field, mode: DocumentMode): JsonSchema {
  const own = isObject(field.jsonSchema) ? field.jsonSchema : {}
  const schema = hasReference(own) ? identified(own, `koyalite:${collection.name}/${field.name}/${mode}`) : own
  const isEmpty = Object.keys(schema).length === 0
  if (field.nullable) return isEmpty ? schema : { anyOf: [schema, { type: 'null' }] }
  if (typeof own.type === 'string' && own.type !== 'null') return schema
  return isEmpty ? { type: NOT_NULL } : { allOf: [schema], type: NOT_NULL }
}

/**
 * A schema whose references start from itself. A reference at its root would, beside an identity, be a reference to the whole schema
 * that it stands in: it moves one level in.
 */
function identified(own: { readonly [key: string]: JsonValue }, id: string): { readonly [key: string]: JsonValue } {
  if (own.$ref === undefined) return { $id: id, ...own }
  const { $defs, definitions, ...rest } = own
  return {
    $id: id,
    allOf: [rest],
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  }
}

const NOT_NULL = ['string', 'number', 'boolean', 'object', 'array']

function hasReference(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(hasReference)
  if (!isObject(value)) return false
  return Object.hasOwn(value, '$ref') || Object.values(value).some(hasReference)
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
