import { AppError, type ErrorDetail, type SqlValue } from '@koyalite/contracts'
import { toStored } from '@koyalite/query'
import { type Field, isStorableText, isUsers, type JsonValue } from '@koyalite/schema'
import type { ValidationMode } from '@koyalite/schema/document-validator'
import type { CollectionModel } from './collection-model'
import type { Caller } from './data-context'
import { validationError } from './validation-error'

export type JsonObject = Readonly<Record<string, JsonValue>>

/** Values by field, in the form in which they are stored. */
export type StoredValues = ReadonlyMap<Field, SqlValue>

/** The object that a body must be; throws VALIDATION_ERROR. */
export function documentObject(value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new AppError('VALIDATION_ERROR', 'A document must be a JSON object.', {
    details: [{ field: '', code: 'type', message: 'A document must be a JSON object.' }],
  })
}

/**
 * Checks what a caller sent for a document: unwritable fields, then the JSON Schema.
 * Gives the values as they are stored. Throws VALIDATION_ERROR with everything that is wrong at once.
 * @param server values that the server adds: they are checked, but nobody's rights are asked
 */
export function checkInput(
  model: CollectionModel,
  caller: Caller,
  mode: ValidationMode,
  input: JsonObject,
  server: JsonObject = NOTHING,
): StoredValues {
  const values = normalize(model, server === NOTHING ? input : { ...input, ...server })
  const refused = unwritable(model, caller, input)
  const names = new Set(refused.map((detail) => detail.field))
  const violations = [...model.validator.violations(mode, values), ...unstorable(model, values)].filter(
    (detail) => !names.has(detail.field),
  )
  if (refused.length + violations.length > 0) throw validationError([...refused, ...violations])
  const stored = new Map<Field, SqlValue>()
  for (const name in values) {
    const field = model.collection.fields.get(name)
    if (field) stored.set(field, toStored(field, values[name] as JsonValue))
  }
  return stored
}

const NOTHING: JsonObject = {}

/** The value a field gets where a new document does not give one. */
export function defaultValue(field: Field, now: string): SqlValue {
  switch (field.default?.kind) {
    case undefined:
      return null
    case 'literal':
      return toStored(field, field.default.value)
    case 'now':
      return now
    case 'auto':
      return field.type === 'uuid' ? Bun.randomUUIDv7() : null
  }
}

function normalize(model: CollectionModel, input: JsonObject): JsonObject {
  if (!isUsers(model.collection) || typeof input.email !== 'string') return input
  return Object.assign(Object.create(null), input, { email: input.email.trim().toLowerCase() })
}

function unwritable(model: CollectionModel, caller: Caller, values: JsonObject): ErrorDetail[] {
  const details: ErrorDetail[] = []
  for (const name in values) {
    const field = model.collection.fields.get(name)
    if (!field || caller.access.writeField(model.collection, field, values) !== 'never') continue
    // A field that the caller may not even read does not exist for them.
    const hidden = field.internal || caller.access.read.field(model.collection, field).kind === 'none'
    details.push(
      hidden
        ? { field: name, code: 'unknown', message: `${name} is not a field of this collection` }
        : { field: name, code: 'read_only', message: `${name} is set by the server and cannot be written` },
    )
  }
  return details
}

/** Text inside of json fields that SQLite or other programs could not give back. */
function unstorable(model: CollectionModel, values: JsonObject): ErrorDetail[] {
  const details: ErrorDetail[] = []
  for (const field of model.jsonFields) {
    const value = values[field.name]
    if (value === undefined || isStorable(value)) continue
    const message = `${field.name} must not contain U+0000 or half a surrogate pair`
    details.push({ field: field.name, code: 'format', message })
  }
  return details
}

function isStorable(value: JsonValue): boolean {
  if (typeof value === 'string') return isStorableText(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isStorable)
  return Object.entries(value).every(([key, inner]) => isStorableText(key) && isStorable(inner))
}

/** A body without its key, which may be repeated in it but not changed. */
export function withoutKey(model: CollectionModel, input: JsonObject, key: SqlValue): JsonObject {
  const { name, type } = model.collection.primaryKey
  if (!Object.hasOwn(input, name)) return input
  const given = input[name]
  const same = type === 'uuid' && typeof given === 'string' ? given.toLowerCase() === key : given === key
  if (!same) {
    const message = `${name} is the key and cannot be changed`
    throw validationError([{ field: name, code: 'immutable', message }])
  }
  const { [name]: _key, ...rest } = input
  return rest
}
