import type { Tx } from '@koyalite/contracts'
import type { StoredValues } from '../document-input'
import { openDocument } from '../store/open-document'
import { storedDocument } from '../store/stored-document'
import type { Target } from '../store/target'
import { type DocumentChange, type Updated, updateDocument as updateStored } from '../store/update-document'
import type { ChecksAfter } from '../write-checks'
import type { WriteHooks } from './hook-source'
import { returnedValues, shownValues, textsOf } from './hook-values'
import { requireSent } from './hooked-create'

export interface HookedChange extends Pick<DocumentChange, 'key' | 'values' | 'ownRow'> {
  readonly hooks: WriteHooks
  /** What was sent, before hooks have prepared it; without operators. */
  readonly asSent: StoredValues
  readonly after: ChecksAfter
  /** The fields that the caller names. */
  readonly named: DocumentChange['named']
}

/** Changes a document, and runs its hooks. */
export function updateDocument(tx: Tx, target: Target, change: HookedChange): Updated {
  const { hooks, key, values: given, asSent, after, named, ownRow } = change
  const { model } = target
  const ruledOld = after.needsOld ? storedDocument(tx, model, key) : undefined
  requireSent(tx, target, { values: asSent, key, checks: after.checks, sent: after.ofFields, old: ruledOld })
  const old = openDocument(tx, model.collection, key)
  const changed = (): StoredValues => {
    const data = shownValues(given)
    const texts = textsOf(data)
    const result = hooks.before(tx, target, 'update', { data, old: structuredClone(old) })
    return returnedValues(target, 'update', { given, texts, result })
  }
  const values = hooks.has('before', 'update') ? changed() : given
  const { ruled: checks, needsOld } = after
  const updated = updateStored(tx, target, {
    ...{ key, values, checks, needsOld, named: named ?? [...asSent.keys()] },
    ...(ownRow !== undefined && { ownRow }),
  })
  if (updated.kind === 'updated' && hooks.has('after', 'update')) {
    hooks.after(tx, target, 'update', { doc: openDocument(tx, model.collection, key), old })
  }
  return updated
}
