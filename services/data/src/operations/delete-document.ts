import { isGuard } from '@koyalite/query'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { deleteDocument as deleteHooked } from '../hooks/hooked-delete'
import { hooksOf } from '../hooks/hooks-of'
import { preparation } from '../hooks/preparation'
import { withReady } from '../hooks/ready'
import { notFound, verifyNotThere } from '../missing-document'
import { refusalOf } from '../refusal'

import type { Precondition } from './precondition'
import { type DocumentName, examineVisible, mayHide, requireVisible, targetDocument } from './target-document'
import type { WriteStep } from './write-outcome'

/** Deletes a document. Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT, PRECONDITION_FAILED. */
export function deleteDocument(
  context: DataContext,
  caller: Caller,
  input: DocumentName & { readonly precondition?: Precondition | null },
): WriteStep {
  const target = targetDocument(context, caller, { collection: input.collection, id: input.id })
  const { collection } = target.model
  const verdict = caller.access.verdict(collection, 'delete', null)
  requireVisible(target, 'delete')
  const precondition = input.precondition ?? null
  const mustLook = verdict !== 'always' || precondition !== null || mayHide(target)
  const hooks = hooksOf(context, collection.name, ['delete'])
  const prepared = hooks && preparation(target, hooks, { operations: ['delete'], shown: () => null })
  const step: WriteStep = (tx) => {
    if (mustLook) {
      const guards = isGuard(verdict) ? [verdict] : []
      const { document, holds } = examineVisible(tx, target, { operation: 'delete', guards })
      if (verdict !== 'always' && holds[0] !== true) throw refusalOf(target, 'delete')
      precondition?.check(document)
    }
    prepared?.made('delete')
    if (!deleteHooked(tx, target, target.key)) {
      verifyNotThere(tx, collection, target.key)
      throw notFound(collection, target.id)
    }
    return { kind: 'deleted', document: null }
  }
  return withReady(step, prepared?.ready)
}
