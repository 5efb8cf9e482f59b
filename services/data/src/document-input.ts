import { AppError, type ErrorDetail, MAX_DETAILS, type SqlValue } from '@koyalite/contracts'
import { toStored } from '@koyalite/query'
import { type Field, isStorableText, isUsers, type JsonValue, normalizeEmail } from '@koyalite/schema'
import type { ValidationMode } from '@koyalite/schema/document-validator'
import type { Caller } from './caller'
import type { CollectionModel } from './collection-model'
import type { DataContext } from './data-context'
import { ownTypeViolations } from './own-types'
import { validationError } from './validation-error'

export type JsonObject = Readonly<Record<string, JsonValue>>

/** Values by field, in the form in which they are stored. */
export type StoredValues = ReadonlyMap<Field, SqlValue>

/** Whose input it is, and for which collection. */
export interface InputTarget {
  readonly model: CollectionModel
  readonly caller: Caller
  readonly context: Pick<DataContext, 'validators'>
  /** All that was sent, for rules that look at it: what is checked may be a part of it, or made of it. */
  readonly input: JsonValue
}

/** The object that a body must be; throws VALIDATION_ERROR. */
export function documentObject(value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new AppError('VALIDATION_ERROR', 'A document must be a JSON object.', {
    details: [{ field: '', code: 'type', message: 'A document must be a JSON object.' }],
  })
}

/**
 * Checks what a caller sent for a document: unwritable fields, then the JSON Schema. Returns the values as they are
 * stored. Throws VALIDATION_ERROR with all violations at once.
 * @param options `server`: values that the server adds, which are validated without checking anybody's rights;
 * `found`: violations that are known already; `texts`: those that values of json fields are stored as, where they exist
 */
export function checkInput(
  target: InputTarget,
  mode: ValidationMode,
  input: JsonObject,
  { server = NOTHING, found = [], texts = NO_TEXTS, mayLack }: InputOptions = {},
): StoredValues {
  const { model } = target
  const { known, more } = withFewUnknown(model, input)
  const values = normalize(model, server === NOTHING ? known : { ...known, ...server })
  const refused = unwritable(target, known)
  const names = new Set(refused.map((detail) => detail.field))
  const missing: Field[] = []
  const violations: ErrorDetail[] = []
  const jsonTexts = textsOf(model, values, texts)
  for (const detail of [...model.validator.violations(mode, values), ...unstorable(jsonTexts, values)]) {
    const field = detail.code === 'required' ? model.collection.fields.get(detail.field) : undefined
    if (field) missing.push(field)
    else if (!names.has(detail.field)) violations.push(detail)
  }
  violations.push(...ownTypeViolations(target, values, [...refused, ...violations]))
  // A replaced document keeps values that are not given. In a new one, NOT NULL constraints show what is missing.
  const needed = mode === 'replace' ? missing.filter((field) => !mayKeep(target, field)) : missing
  const others = [...found, ...refused, ...violations]
  const lacking = mayLack !== undefined && others.length === 0 ? needed.filter((field) => !mayLack(field)) : needed
  const wrong = [...inOrderOf(target.input, others), ...missingValues(target, lacking)]
  if (wrong.length > 0) throw validationError(wrong, more)
  const stored = new Map<Field, SqlValue>()
  for (const name in values) {
    const field = model.collection.fields.get(name)
    if (field) stored.set(field, jsonTexts.get(field) ?? toStored(field, values[name] as JsonValue))
  }
  return stored
}

interface InputOptions {
  readonly server?: JsonObject
  readonly found?: readonly ErrorDetail[]
  readonly texts?: ReadonlyMap<Field, string>
  /** Fields that a new document need not have a value of yet, where nothing else is wrong with it. */
  readonly mayLack?: ((field: Field) => boolean) | undefined
}

const NOTHING: JsonObject = {}
const NO_TEXTS: ReadonlyMap<Field, string> = new Map()

/**
 * Fields for which a new document has no value. One that does not exist for the caller is not named: they cannot
 * create the document.
 */
export function missingValues(target: InputTarget, fields: readonly Field[]): readonly ErrorDetail[] {
  const { model, caller, input } = target
  const isGivable = (field: Field) => caller.access.writeField(model.collection, field, input) !== 'never'
  const named = fields.filter((field) => isGivable(field) || !isUnknown(target, field))
  const details = named.map((field) => ({ field: field.name, code: 'required', message: requiredMessage(field) }))
  if (named.length === fields.length) return details
  return [...details, { field: '', code: 'required', message: 'a required value can only be set by the server' }]
}

function requiredMessage({ name, default: fallback }: Field): string {
  if (fallback?.kind !== 'auth.id') return `${name} is required`
  return `${name} is required: it defaults to the id of the signed-in user, and the caller is not one`
}

/** Whether a replaced document may keep its value of a field that is not given. */
export function mayKeep({ model, caller: { access }, input }: InputTarget, field: Field): boolean {
  return (
    field.internal ||
    access.writeField(model.collection, field, input) !== 'always' ||
    access.read.field(model.collection, field).kind !== 'all'
  )
}

/** In the order of the input: the order must not reveal which unknown fields exist but are hidden from the caller. */
function inOrderOf(sent: JsonValue, details: readonly ErrorDetail[]): readonly ErrorDetail[] {
  if (details.length < 2) return details
  const topOf = ({ field }: ErrorDetail): string => field.split('.', 1)[0] ?? ''
  const named = new Set(details.map(topOf))
  const order = new Map<string, number>()
  for (const name of Object.keys(sent ?? {})) if (named.has(name)) order.set(name, order.size)
  const place = (detail: ErrorDetail): number => order.get(topOf(detail)) ?? order.size
  return details.toSorted((one, other) => place(one) - place(other))
}

/**
 * The input without most of its unknown fields, where there are many, so that they cost nothing. `more`: how many were
 * left out.
 */
function withFewUnknown(
  { collection }: CollectionModel,
  input: JsonObject,
): { readonly known: JsonObject; readonly more: number } {
  const names = Object.keys(input)
  if (names.length <= collection.fields.size + MAX_DETAILS) return { known: input, more: 0 }
  const known: Record<string, JsonValue> = Object.create(null)
  let unknown = 0
  for (const name of names) {
    if (collection.fields.has(name) || ++unknown <= MAX_DETAILS) known[name] = input[name] as JsonValue
  }
  return { known, more: Math.max(0, unknown - MAX_DETAILS) }
}

/** Whether a field that the caller may not write does not exist for them at all. */
export function isUnknown({ model, caller }: InputTarget, field: Field): boolean {
  return field.internal || caller.access.read.field(model.collection, field).kind === 'none'
}

/** The value of a field for which a document has none. */
export function defaultValue(
  field: Field,
  { actor, now, newUuid = Bun.randomUUIDv7 }: Pick<Caller, 'actor' | 'now' | 'newUuid'>,
): SqlValue {
  switch (field.default?.kind) {
    case undefined:
      return null
    case 'literal':
      return toStored(field, field.default.value)
    case 'now':
      return now
    case 'today':
      return now.slice(0, 10)
    case 'auth.id':
      return actor.kind === 'user' ? actor.id : null
    case 'auto':
      return field.type === 'uuid' ? newUuid() : null
  }
}

function normalize(model: CollectionModel, input: JsonObject): JsonObject {
  if (!isUsers(model.collection) || typeof input.email !== 'string') return input
  return Object.assign(Object.create(null), input, { email: normalizeEmail(input.email) })
}

function unwritable(target: InputTarget, values: JsonObject): ErrorDetail[] {
  const { model, caller, input } = target
  const details: ErrorDetail[] = []
  for (const name in values) {
    const field = model.collection.fields.get(name)
    if (!field || caller.access.writeField(model.collection, field, input) !== 'never') continue
    details.push(
      isUnknown(target, field)
        ? { field: name, code: 'unknown', message: `${name} is not a field of this collection` }
        : { field: name, code: 'read_only', message: `${name} is set by the server and cannot be written` },
    )
  }
  return details
}

/** What values of json fields are stored as. */
function textsOf(
  model: CollectionModel,
  values: JsonObject,
  known: ReadonlyMap<Field, string>,
): ReadonlyMap<Field, string> {
  if (model.jsonFields.length === 0) return NO_TEXTS
  const texts = new Map<Field, string>()
  for (const field of model.jsonFields) {
    const value = values[field.name]
    if (value === undefined || value === null) continue
    texts.set(field, known.get(field) ?? JSON.stringify(value))
  }
  return texts
}

/** What stands in a JSON text for U+0000 and lone surrogates; also for an escaped backslash before the same letters. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/i

/** Text inside of json fields that SQLite or other programs could not return unchanged. */
function unstorable(texts: ReadonlyMap<Field, string>, values: JsonObject): ErrorDetail[] {
  const details: ErrorDetail[] = []
  for (const [field, text] of texts) {
    if (!SUSPICIOUS.test(text) || isStorable(values[field.name] as JsonValue)) continue
    const message = `${field.name} must not contain U+0000 or a lone surrogate`
    details.push({ field: field.name, code: 'format', message })
  }
  return details
}

function isStorable(value: JsonValue): boolean {
  if (typeof value === 'string') return isStorableText(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isStorable)
  const object = value as JsonObject
  return Object.keys(object).every((key) => isStorableText(key) && isStorable(object[key] as JsonValue))
}

/** A body without its key, which may be in the body if it is the same. Throws VALIDATION_ERROR. */
export function withoutKey(model: CollectionModel, input: JsonObject, key: SqlValue): JsonObject {
  const { name, type } = model.collection.primaryKey
  if (!Object.hasOwn(input, name)) return input
  const given = input[name]
  const same = type === 'uuid' && typeof given === 'string' ? given.toLowerCase() === key : given === key
  if (!same) {
    const message = `${name} is the primary key and cannot be changed`
    throw validationError([{ field: name, code: 'immutable', message }])
  }
  const { [name]: _key, ...rest } = input
  return rest
}
