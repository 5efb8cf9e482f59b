import { isGuard } from '@koyalite/query'
import {
  type Caller,
  type DataContext,
  isHidden,
  modelNamed,
  notFound,
  requireVisible,
  verifyNotThere,
} from '../data-context'
import { requireMatch } from '../etag'
import { examineDocument, type Target, deleteDocument as writeDelete } from '../store/write-document'
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
  const target: Target = { context, caller, model, input: null }
  const verdict = caller.access.verdict(collection, 'delete', null)
  requireVisible(caller, collection, 'delete', input.id)
  const mayHideIt = caller.access.read.rows(collection).kind !== 'all'
  return (tx) => {
    if (verdict !== 'always' || input.ifMatch !== null || mayHideIt) {
      const examined = examineDocument(tx, target, key, isGuard(verdict) ? [verdict] : [])
      if (!examined || isHidden(caller, collection, 'delete', examined.document)) throw notFound(collection, input.id)
      if (verdict !== 'always' && examined.holds[0] !== true) throw caller.access.refusal(collection, 'delete')
      requireMatch(input.ifMatch, examined.document)
    }
    if (!writeDelete(tx, target, key)) {
      verifyNotThere(tx, collection, key)
      throw notFound(collection, input.id)
    }
    return { status: 204, document: null }
  }
}
