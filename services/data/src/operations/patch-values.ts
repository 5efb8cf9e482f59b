import type { ErrorDetail, HookValues, SqlValue } from '@koyalite/contracts'
import type { Field, JsonValue } from '@koyalite/schema'
import { checkInput, documentObject, type JsonObject, type StoredValues, withoutKey } from '../document-input'
import { returnedValues, shownValues, textsOf } from '../hooks/hook-values'
import { applyOperator, isProblem, type PatchOperator, patchOperator } from '../patch-operators'
import type { Examined } from '../store/examine-document'
import type { Target } from '../store/target'
import { validationError } from '../validation-error'
import type { DocumentTarget } from './target-document'

/** The body of a PATCH. */
export interface Patch {
  /** New values, as they are stored. */
  readonly values: StoredValues
  /** Changes that depend on the current value. */
  readonly operators: ReadonlyMap<Field, PatchOperator>
  /** All fields that it names. */
  readonly fields: readonly Field[]
}

/** Throws VALIDATION_ERROR with all violations at once. */
export function checkPatch(target: DocumentTarget): Patch {
  const { plain, operators, found } = splitOperators(
    target,
    withoutKey(target.model, documentObject(target.input), target.key),
  )
  const values = checkInput(target, 'update', plain, { found })
  return { values, operators, fields: [...values.keys(), ...operators.keys()] }
}

/**
 * The values to store, once the current document is known. Results of operators are validated like values that were
 * sent; throws VALIDATION_ERROR.
 */
export function patchedValues(target: Target, { values, operators }: Patch, current: Examined): StoredValues {
  if (operators.size === 0) return values
  requireReadable(target, operators, current.document)
  const results: Record<string, JsonValue> = Object.create(null)
  const texts = new Map<Field, string>()
  const problems: ErrorDetail[] = []
  for (const [field, operator] of operators) {
    const result = applyOperator(field, operator, current.stored.get(field) ?? null)
    if (isProblem(result)) problems.push(result)
    else {
      results[field.name] = result.value
      if (result.text !== undefined) texts.set(field, result.text)
    }
  }
  if (problems.length > 0) throw validationError(problems)
  return new Map<Field, SqlValue>([...values, ...checkInput(target, 'update', results, { texts })])
}

/** A patch as hooks that prepare it are given it: operators as they were sent. */
export function shownPatch({ input }: Target, { values, operators }: Patch): HookValues {
  const sent = input as JsonObject
  const raw = [...operators.keys()].map(({ name }) => [name, structuredClone(sent[name] ?? null)] as const)
  return { ...shownValues(values), ...Object.fromEntries(raw) }
}

/** What hooks made of a patch. Operators that they left as they are stay operators; all else is values. */
export function preparedPatch(target: Target, patch: Patch, made: HookValues): Patch {
  const texts = textsOf(shownPatch(target, patch))
  const isLeft = ({ name }: Field) => Object.hasOwn(made, name) && JSON.stringify(made[name]) === texts.get(name)
  const operators = new Map([...patch.operators].filter(([field]) => isLeft(field)))
  const left = new Set([...operators.keys()].map(({ name }) => name))
  const result = Object.fromEntries(Object.entries(made).filter(([name]) => !left.has(name)))
  const values = returnedValues(target, 'update', { given: patch.values, texts, result })
  return { values, operators, fields: [...values.keys(), ...operators.keys()] }
}

/**
 * Whether an operator works depends on the current value: trying several would reveal a value that the caller may not
 * read.
 */
function requireReadable(
  { model, caller }: Target,
  operators: ReadonlyMap<Field, PatchOperator>,
  document: string | null,
): void {
  const { collection } = model
  if (caller.access.bypasses(collection, 'update')) return
  const ruled = [...operators.keys()].filter((field) => caller.access.read.field(collection, field).kind !== 'all')
  if (ruled.length === 0) return
  const seen = document === null ? {} : (JSON.parse(document) as object)
  const problems = ruled
    .filter(({ name }) => !Object.hasOwn(seen, name))
    .map((field) => ({
      field: field.name,
      code: 'operator',
      message: `${field.name} cannot be changed by ${operators.get(field)?.kind}, because you are not allowed to read it`,
    }))
  if (problems.length > 0) throw validationError(problems)
}

interface SplitPatch {
  readonly plain: JsonObject
  readonly operators: ReadonlyMap<Field, PatchOperator>
  /** Violations in operators. */
  readonly found: readonly ErrorDetail[]
}

function splitOperators({ model, caller, input }: Target, patch: JsonObject): SplitPatch {
  const plain: Record<string, JsonValue> = Object.create(null)
  const operators = new Map<Field, PatchOperator>()
  const found: ErrorDetail[] = []
  for (const name in patch) {
    const value = patch[name] as JsonValue
    const field = model.collection.fields.get(name)
    const writable = field && caller.access.writeField(model.collection, field, input) !== 'never'
    const operator = writable ? patchOperator(field, value) : null
    if (operator === null || !field) plain[name] = value
    else if (isProblem(operator)) found.push(operator)
    else operators.set(field, operator)
  }
  return { plain, operators, found }
}
