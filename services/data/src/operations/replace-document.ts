import type { SqlValue } from '@koyalite/contracts'
import type { Field } from '@koyalite/schema'
import { type Caller, type DataContext, modelNamed, notFound, requireVisible } from '../data-context'
import { checkInput, defaultValue, documentObject, withoutKey } from '../document-input'
import { requireMatch } from '../etag'
import { insertDocument, selectDocument, storedValues, type Target, updateDocument } from '../store/write-document'
import type { WriteStep } from './write-step'

/**
 * Creates a document under a key of the caller's choice, or replaces the one that is there. Fields that are not given get their
 * defaults; those that the caller may not write or read keep their values.
 * Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT, PRECONDITION_FAILED.
 */
export function replaceDocument(
  context: DataContext,
  caller: Caller,
  input: { readonly collection: string; readonly id: string; readonly data: unknown; readonly ifMatch: string | null },
): WriteStep {
  const model = modelNamed(context, input.collection)
  const { collection } = model
  const key = model.parseKey(input.id)
  const { access } = caller
  const mayCreate = access.allows(collection, 'create')
  const mayUpdate = access.allows(collection, 'update')
  if (!mayCreate) requireVisible(caller, collection, 'update', input.id)
  const target: Target = { context, caller, model }
  // The values are checked only where the write may happen: a refusal must not tell what a valid document looks like.
  const values =
    mayCreate || mayUpdate
      ? checkInput(model, caller, 'create', withoutKey(model, documentObject(input.data), key))
      : null
  return (tx) => {
    const current = storedValues(tx, target, key, keptFields(target))
    if (input.ifMatch !== null) requireMatch(input.ifMatch, current && selectDocument(tx, target, key))
    if (!current) {
      if (model.keyIsServers && caller.actor.kind !== 'system') throw notFound(collection, input.id)
      if (!mayCreate || !values) throw access.refusal(collection, 'create')
      return { status: 201, document: insertDocument(tx, target, new Map([...values, [collection.primaryKey, key]])) }
    }
    requireVisible(caller, collection, 'update', input.id)
    if (!mayUpdate || !values) throw access.refusal(collection, 'update')
    return { status: 200, document: updateDocument(tx, target, key, wholeDocument(target, values, current)) }
  }
}

/** Fields whose stored values a replacement does not touch. */
function keptFields({ model, caller }: Target): readonly Field[] {
  return model.fields.filter(
    (field) =>
      field.internal ||
      !caller.access.mayWrite(model.collection, field) ||
      caller.access.field(model.collection, field).kind === 'none',
  )
}

function wholeDocument(
  { model, caller }: Target,
  values: ReadonlyMap<Field, SqlValue>,
  kept: ReadonlyMap<Field, SqlValue>,
): ReadonlyMap<Field, SqlValue> {
  const whole = new Map<Field, SqlValue>()
  for (const field of model.fields) {
    if (field.primary || (kept.has(field) && !values.has(field))) continue
    whole.set(field, values.get(field) ?? (values.has(field) ? null : defaultValue(field, caller.time)))
  }
  return whole
}
