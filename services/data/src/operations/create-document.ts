import { isGuard } from '@koyalite/query'
import type { JsonValue } from '@koyalite/schema'
import { type Caller, type DataContext, modelNamed } from '../data-context'
import { checkInput, documentObject } from '../document-input'
import { type Check, insertDocument, type NewDocument, type Target } from '../store/write-document'
import { fieldChecks } from '../write-checks'
import type { WriteStep } from './write-step'

/** Creates a document. Throws COLLECTION_NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT. */
export function createDocument(context: DataContext, caller: Caller, name: string, data: unknown): WriteStep {
  const document = newDocument(context, caller, name, data)
  return (tx) => ({ status: 201, document: insertDocument(tx, document) })
}

/** The first half of `createDocument`: what can be checked without the database. */
export function newDocument(context: DataContext, caller: Caller, name: string, data: unknown): NewDocument {
  const model = modelNamed(context, name)
  const target: Target = { context, caller, model, input: data as JsonValue }
  const permission = createChecks(target)
  const values = checkInput(target, 'create', documentObject(data))
  return { target, values, checks: [...permission, ...fieldChecks(target, values.keys())] }
}

/** What a new document must pass. Throws where the caller may create none. */
export function createChecks({ caller, model, input }: Target): readonly Check[] {
  const refuse = () => caller.access.refusal(model.collection, 'create')
  const verdict = caller.access.verdict(model.collection, 'create', input)
  if (verdict === 'never') throw refuse()
  return isGuard(verdict) ? [{ guard: verdict, refuse }] : []
}
