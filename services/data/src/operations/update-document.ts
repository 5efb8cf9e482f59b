import type { ErrorDetail, SqlValue, Tx } from '@koyalite/contracts'
import type { Field, JsonValue } from '@koyalite/schema'
import {
  type Caller,
  type DataContext,
  isHidden,
  modelNamed,
  notFound,
  requireVisible,
  verifyNotThere,
} from '../data-context'
import { checkInput, documentObject, type JsonObject, withoutKey } from '../document-input'
import { requireMatch } from '../etag'
import { applyOperator, isProblem, type PatchOperator, patchOperator } from '../patch-operators'
import {
  canUpdateDirectly,
  examineDocument,
  storedValues,
  type Target,
  updateDocumentIf,
  updateDocument as writeUpdate,
} from '../store/write-document'
import { validationError } from '../validation-error'
import { updateChecks } from '../write-checks'
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
  const target: Target = { context, caller, model, input: input.data as JsonValue }
  const prepared = prepare(target, input.data, key)
  const { change, checks } = prepared
  const unseen = change === null ? [] : unseenOperands(target, change.operators)
  const direct = input.ifMatch === null ? directUpdate(target, key, prepared) : null
  return (tx) => {
    const document = direct && updateDocumentIf(tx, target, direct)
    if (document !== null) return { status: 200, document }
    const mustLook =
      checks.impossible || checks.before.length > 0 || input.ifMatch !== null || mayHide(target) || unseen.length > 0
    const examined = mustLook ? examineDocument(tx, target, key, checks.before) : null
    if (mustLook && (!examined || isHidden(caller, collection, 'update', examined.document))) {
      throw notFound(collection, input.id)
    }
    if (checks.impossible || !change) throw caller.access.refusal(collection, 'update')
    const after = checks.after(examined ?? null)
    requireMatch(input.ifMatch, examined?.document ?? null)
    const { operators } = change
    requireSeen(unseen, operators, examined?.document ?? null)
    const values =
      operators.size === 0
        ? change.values
        : new Map([...change.values, ...applied(tx, target, key, input.id, operators)])
    return { status: 200, document: writeUpdate(tx, target, { key, values, ...after }) }
  }
}

/** Where all that is asked of the stored document can stand in the statement itself; what that does not change is looked at as any other. */
function directUpdate(target: Target, key: SqlValue, { change, checks }: ReturnType<typeof prepare>) {
  const { model, caller } = target
  if (change === null || checks.impossible || !checks.needsAll || change.operators.size > 0) return null
  if (checks.before.length === 0 && caller.access.read.rows(model.collection).kind === 'all') return null
  const after = checks.after({ document: null, holds: checks.before.map(() => true) })
  const direct = { key, values: change.values, checks: after.checks, before: checks.before }
  return after.needsOld || !canUpdateDirectly(target, direct) ? null : direct
}

/** Nothing is checked, and nothing told, of what a caller sent who may update no document. */
function prepare(target: Target, data: unknown, key: SqlValue) {
  const before = updateChecks(target, [])
  if (before.impossible) return { change: null, checks: before }
  const { plain, operators, found } = splitOperators(target, withoutKey(target.model, documentObject(data), key))
  const values = checkInput(target, 'update', plain, { found })
  return { change: { values, operators }, checks: updateChecks(target, [...values.keys(), ...operators.keys()]) }
}

function mayHide({ caller, model }: Target): boolean {
  return caller.access.read.rows(model.collection).kind !== 'all'
}

/** The fields that operators are to change and that the caller may not read, or not in every document. */
function unseenOperands({ model, caller }: Target, operators: ReadonlyMap<Field, PatchOperator>): readonly Field[] {
  const { collection } = model
  // Those to whom rules do not apply may write what they may not read.
  if (caller.access.bypasses(collection, 'update')) return []
  return [...operators.keys()].filter((field) => caller.access.read.field(collection, field).kind !== 'all')
}

/** Whether an operator works depends on the value that is there: trying some would tell it. */
function requireSeen(
  unseen: readonly Field[],
  operators: ReadonlyMap<Field, PatchOperator>,
  document: string | null,
): void {
  if (unseen.length === 0) return
  const seen = document === null ? {} : (JSON.parse(document) as object)
  const problems = unseen
    .filter(({ name }) => !Object.hasOwn(seen, name))
    .map((field) => ({
      field: field.name,
      code: 'operator',
      message: `${field.name} cannot be changed by ${operators.get(field)?.kind}: you may not read it`,
    }))
  if (problems.length > 0) throw validationError(problems)
}

interface SplitPatch {
  readonly plain: JsonObject
  readonly operators: ReadonlyMap<Field, PatchOperator>
  /** What is wrong with operators. */
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

/** The operators' results, checked like values that were sent. */
function applied(
  tx: Tx,
  target: Target,
  key: SqlValue,
  id: string,
  operators: ReadonlyMap<Field, PatchOperator>,
): ReadonlyMap<Field, SqlValue> {
  const current = storedValues(tx, target, key, [...operators.keys()])
  if (!current) {
    verifyNotThere(tx, target.model.collection, key)
    throw notFound(target.model.collection, id)
  }
  const results: Record<string, JsonValue> = Object.create(null)
  const texts = new Map<Field, string>()
  const problems: ErrorDetail[] = []
  for (const [field, operator] of operators) {
    const result = applyOperator(field, operator, current.get(field) ?? null)
    if (isProblem(result)) problems.push(result)
    else {
      results[field.name] = result.value
      if (result.text !== undefined) texts.set(field, result.text)
    }
  }
  if (problems.length > 0) throw validationError(problems)
  return new Map([...checkInput(target, 'update', results), ...texts])
}
