import { type Caller, type DataContext, modelNamed, notFound, requireVisible } from '../data-context'
import { requireMatch } from '../etag'
import { selectDocument, type Target, deleteDocument as writeDelete } from '../store/write-document'
import type { WriteStep } from './write-step'

/** Deletes a document. Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT, PRECONDITION_FAILED. */
export function deleteDocument(
  context: DataContext,
  caller: Caller,
  input: { readonly collection: string; readonly id: string; readonly ifMatch: string | null },
): WriteStep {
  const model = modelNamed(context, input.collection)
  const { collection } = model
  const key = model.parseKey(input.id)
  const target: Target = { context, caller, model }
  const mayDelete = caller.access.allows(collection, 'delete')
  requireVisible(caller, collection, 'delete', input.id)
  return (tx) => {
    if (!mayDelete || input.ifMatch !== null) {
      const current = selectDocument(tx, target, key)
      if (current === null) throw notFound(collection, input.id)
      if (!mayDelete) throw caller.access.refusal(collection, 'delete')
      requireMatch(input.ifMatch, current)
    }
    if (!writeDelete(tx, target, key)) throw notFound(collection, input.id)
    return { status: 204, document: null }
  }
}
