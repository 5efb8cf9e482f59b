import { isGuard } from '@koyalite/query'
import type { JsonValue } from '@koyalite/schema'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { checkInput, documentObject } from '../document-input'
import { createDocument as createHooked, hookedCreation, lackedBy } from '../hooks/hooked-create'
import type { Preparation } from '../hooks/preparation'
import { withReady } from '../hooks/ready'
import { refusalOf } from '../refusal'
import type { NewDocument } from '../store/insert-documents'
import type { Check, Target } from '../store/target'
import { fieldChecks } from '../write-checks'
import type { WriteStep } from './write-outcome'

/** Creates a document. Throws COLLECTION_NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT. */
export function createDocument(
  context: DataContext,
  caller: Caller,
  { collection, data }: { readonly collection: string; readonly data: unknown },
): WriteStep {
  const document = newDocument(context, caller, { collection, data })
  const step: WriteStep = (tx) => ({ kind: 'created', document: createHooked(tx, document) })
  return withReady(step, document.hooked?.preparation.ready)
}

/** The first half of `createDocument`: what can be checked without the database. */
export function newDocument(
  context: DataContext,
  caller: Caller,
  { collection, data }: { readonly collection: string; readonly data: unknown },
): NewDocument {
  const target: Target = { context, caller, model: modelNamed(context, caller, collection), input: data as JsonValue }
  const permission = createChecks(target)
  const values = checkInput(target, 'create', documentObject(data), { mayLack: lackedBy(target) })
  return hookable({ target, values, checks: permission }, fieldChecks(target, 'create', values.keys()))
}

/**
 * A new document with the hooks of its collection, if there are any.
 * @param ofFields what the values that the caller gave must pass, as they were sent
 * @param prepared where something else prepares it
 */
export function hookable(
  { target, values, checks }: NewDocument,
  ofFields: readonly Check[],
  prepared?: Preparation,
): NewDocument {
  const hooked = hookedCreation(target, { values, sent: ofFields, prepared })
  return hooked === undefined
    ? { target, values, checks: [...checks, ...ofFields] }
    : { target, values, checks, hooked }
}

/** What a new document must pass. Throws where the caller may create none. */
export function createChecks(target: Target): readonly Check[] {
  const { caller, model, input } = target
  const refuse = () => refusalOf(target, 'create')
  const verdict = caller.access.verdict(model.collection, 'create', input)
  if (verdict === 'never') throw refuse()
  return isGuard(verdict) ? [{ guard: verdict, refuse }] : []
}
