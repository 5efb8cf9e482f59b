import { type Caller, type DataContext, modelNamed } from '../data-context'
import { checkInput, documentObject } from '../document-input'
import { insertDocument } from '../store/write-document'
import type { WriteStep } from './write-step'

/** Creates a document. Throws COLLECTION_NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT. */
export function createDocument(context: DataContext, caller: Caller, name: string, data: unknown): WriteStep {
  const model = modelNamed(context, name)
  if (!caller.access.allows(model.collection, 'create')) throw caller.access.refusal(model.collection, 'create')
  const values = checkInput(model, caller, 'create', documentObject(data))
  return (tx) => ({ status: 201, document: insertDocument(tx, { context, caller, model }, values) })
}
