import type { ErrorDetail, SqlValue } from '@koyalite/contracts'
import type { Field, JsonValue } from '@koyalite/schema'
import type { Tx } from '@koyalite/sqlite'
import { type Caller, type DataContext, modelNamed, notFound, requireVisible } from '../data-context'
import { checkInput, documentObject, type JsonObject, withoutKey } from '../document-input'
import { validationError } from '../document-validator'
import { requireMatch } from '../etag'
import { applyOperator, isProblem, type PatchOperator, patchOperator } from '../patch-operators'
import { selectDocument, storedValues, type Target, updateDocument as writeUpdate } from '../store/write-document'
import type { WriteStep } from './write-step'

/**
 * Changes the given fields of a document; a value may be an operator on the present one.
 * Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT, PRECONDITION_FAILED.
 */
export function updateDocument(
  context: DataContext,
  caller: Caller,
  input: { readonly collection: string; readonly id: string; readonly data: unknown; readonly ifMatch: string | null },
): WriteStep {
  const model = modelNamed(context, input.collection)
  const { collection } = model
  const key = model.parseKey(input.id)
  requireVisible(caller, collection, 'update', input.id)
  const target: Target = { context, caller, model }
  if (!caller.access.allows(collection, 'update')) {
    return (tx) => {
      if (selectDocument(tx, target, key) === null) throw notFound(collection, input.id)
      throw caller.access.refusal(collection, 'update')
    }
  }
  const { plain, operators } = splitOperators(target, withoutKey(model, documentObject(input.data), key))
  const values = checkInput(model, caller, 'update', plain)
  return (tx) => {
    if (input.ifMatch !== null) {
      const current = selectDocument(tx, target, key)
      if (current === null) throw notFound(collection, input.id)
      requireMatch(input.ifMatch, current)
    }
    const computed =
      operators.size === 0 ? values : new Map([...values, ...applied(tx, target, key, input.id, operators)])
    return { status: 200, document: writeUpdate(tx, target, key, computed) }
  }
}

interface SplitPatch {
  readonly plain: JsonObject
  readonly operators: ReadonlyMap<Field, PatchOperator>
}

function splitOperators({ model, caller }: Target, patch: JsonObject): SplitPatch {
  const plain: Record<string, JsonValue> = Object.create(null)
  const operators = new Map<Field, PatchOperator>()
  const problems: ErrorDetail[] = []
  for (const name in patch) {
    const value = patch[name] as JsonValue
    const field = model.collection.fields.get(name)
    const writable = field && caller.access.mayWrite(model.collection, field)
    const operator = writable ? patchOperator(field, value) : null
    if (operator === null || !field) plain[name] = value
    else if (isProblem(operator)) problems.push(operator)
    else operators.set(field, operator)
  }
  if (problems.length > 0) throw validationError(problems)
  return { plain, operators }
}

/** The operators' results, checked like values that were sent. */
function applied(
  tx: Tx,
  target: Target,
  key: SqlValue,
  id: string,
  operators: ReadonlyMap<Field, PatchOperator>,
): ReadonlyMap<Field, SqlValue> {
  const current = storedValues(tx, target, key, [...operators.keys()])
  if (!current) throw notFound(target.model.collection, id)
  const results: Record<string, JsonValue> = Object.create(null)
  const problems: ErrorDetail[] = []
  for (const [field, operator] of operators) {
    const stored = current.get(field) ?? null
    const result = applyOperator(
      field,
      operator,
      field.type === 'json' && stored !== null ? JSON.parse(stored as string) : (stored as number | null),
    )
    if (isProblem(result)) problems.push(result)
    else results[field.name] = result.value
  }
  if (problems.length > 0) throw validationError(problems)
  return checkInput(target.model, target.caller, 'update', results)
}
