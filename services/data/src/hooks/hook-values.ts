import { AppError, type HookValues, type SqlValue } from '@koyalite/contracts'
import { jsonOfColumn } from '@koyalite/query'
import type { Field, JsonValue } from '@koyalite/schema'
import { checkInput, defaultValue, isUnknown, type StoredValues } from '../document-input'
import type { Target } from '../store/target'

/** Values as hooks have them: objects of their own, which hooks may change. */
export function shownValues(values: StoredValues): Record<string, JsonValue> {
  const shown: Record<string, JsonValue> = {}
  for (const [field, value] of values) shown[field.name] = shownValue(field, value)
  return shown
}

function shownValue(field: Field, value: SqlValue): JsonValue {
  if (value === null) return null
  if (value instanceof Uint8Array) return value.toBase64()
  if (field.type === 'bool') return value === 1
  if (field.type === 'json') return jsonOfColumn(value)
  return typeof value === 'bigint' ? Number(value) : value
}

/** All values that a new document will have, defaults too. */
export function completeValues({ model, caller }: Target, values: StoredValues): StoredValues {
  return new Map(
    model.fields.map((field) => [field, values.has(field) ? (values.get(field) ?? null) : defaultValue(field, caller)]),
  )
}

/** What a hook returned, for values that it was given. */
export interface Returned {
  readonly given: StoredValues
  /** What it was given, as JSON texts by name: it may have changed the values themselves. */
  readonly texts: ReadonlyMap<string, string>
  readonly result: HookValues | null
}

/** Remembers what a hook is given. */
export function textsOf(shown: HookValues): ReadonlyMap<string, string> {
  return new Map(Object.keys(shown).map((name) => [name, JSON.stringify(shown[name])]))
}

/**
 * What the write goes on with. Values that the hook left as they are stay exactly what they were; others are validated,
 * without asking whether the caller may write them.
 */
export function returnedValues(
  target: Target,
  mode: 'create' | 'update',
  { given, texts, result }: Returned,
  { isWhole = false } = {},
): StoredValues {
  if (result === null) return given
  const { fields, primaryKey } = target.model.collection
  const values = new Map<Field, SqlValue>()
  const changed: Record<string, JsonValue> = Object.create(null)
  const whole: Record<string, JsonValue> = Object.create(null)
  for (const name of Object.keys(result)) {
    const value = jsonOf(name, result[name])
    if (value === undefined) continue
    whole[name] = value
    const field = fields.get(name)
    if (field !== undefined && given.has(field) && JSON.stringify(value) === texts.get(name))
      values.set(field, given.get(field) ?? null)
    else changed[name] = value
  }
  const keepsKey = mode === 'update' || target.id !== undefined || target.model.keyIsServers
  if (keepsKey && Object.hasOwn(changed, primaryKey.name))
    throw new Error(`a hook of '${target.model.collection.name}' has changed ${primaryKey.name}, which is the key`)
  const isMissing = target.model.fields.some((field) => isRequired(field) && (values.get(field) ?? null) === null)
  if (Object.keys(changed).length === 0 && !(isWhole && isMissing)) return values
  try {
    // Of a whole document, what is missing shows.
    const checked = isWhole
      ? checkInput(target, mode, {}, { server: whole })
      : checkInput(target, mode, {}, { server: changed, mayLack: () => true })
    return new Map([...checked, ...values])
  } catch (error) {
    throw explained(target, error)
  }
}

function isRequired({ nullable, default: fallback }: Field): boolean {
  return !nullable && fallback?.kind !== 'auto'
}

/** What is wrong with fields that the caller cannot see is a fault of the hook, and not theirs to read. */
function explained(target: Target, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'VALIDATION_ERROR') return error
  const { fields, name: collection } = target.model.collection
  const isTheirs = error.details.every(({ field: path, code }) => {
    // What is missing is named only where the caller may know of it.
    if (code === 'required') return true
    const field = fields.get(path.split('.', 1)[0] ?? '')
    return field !== undefined && !isUnknown(target, field)
  })
  if (isTheirs) return error
  const what = error.details.map(({ message }) => message).join('; ')
  return new Error(`a hook of '${collection}' has returned what cannot be stored: ${what}`, { cause: error })
}

/** Dates become texts, for example. */
function jsonOf(name: string, value: unknown): JsonValue | undefined {
  try {
    const text = JSON.stringify(value)
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue)
  } catch (cause) {
    throw new Error(`a hook has returned a value of '${name}' that is not JSON`, { cause })
  }
}
