import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import type { StoredValues } from '../document-input'
import {
  canChangeDirectly,
  changeDirectly,
  type DirectChange,
  updateDocument as updateStored,
} from '../store/update-document'
import { type UpdateChecks, updateChecks, updateDecision } from '../write-checks'
import { checkPatch, type Patch, patchedValues } from './patch-values'
import type { Precondition } from './precondition'
import {
  type DocumentName,
  type DocumentTarget,
  examineVisible,
  requireVisible,
  targetDocument,
} from './target-document'
import type { WriteStep } from './write-outcome'

export interface DocumentUpdate extends DocumentName {
  readonly data: unknown
  readonly precondition?: Precondition | null
}

/**
 * Changes the given fields of a document; a value may be an operator on the present one. Most updates are one statement, which has all checks in it. Where
 * that cannot be, or has changed nothing, the document is looked at first.
 * Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT, PRECONDITION_FAILED.
 */
export function updateDocument(context: DataContext, caller: Caller, input: DocumentUpdate): WriteStep {
  const target = targetDocument(context, caller, input)
  requireVisible(target, 'update')
  const decision = updateDecision(target)
  if (decision.impossible) return refuseUpdate(target)
  const patch = checkPatch(target)
  const checks = updateChecks(target, decision, patch.fields)
  const direct = input.precondition ? null : directChange(target, patch, checks)
  return (tx) => {
    const document = direct && changeDirectly(tx, target, direct)
    if (document !== null) return { kind: 'updated', document }
    const current = examineVisible(tx, target, {
      operation: 'update',
      guards: checks.before,
      fields: [...patch.operators.keys()],
    })
    const after = checks.after(current)
    input.precondition?.check(current.document)
    // A direct change that has changed nothing, though the document may be changed, had nothing to change.
    const values = direct ? NO_VALUES : patchedValues(target, patch, current)
    return updateStored(tx, target, { key: target.key, values, ...after })
  }
}

/** Nothing of the input is checked where no document may be updated. Which documents exist still shows to those who may read them. */
function refuseUpdate(target: DocumentTarget): WriteStep {
  return (tx) => {
    examineVisible(tx, target, { operation: 'update', guards: [] })
    throw target.caller.access.refusal(target.model.collection, 'update')
  }
}

/** The update as one statement; null where the stored document must be known first. */
function directChange(target: DocumentTarget, patch: Patch, checks: UpdateChecks): DirectChange | null {
  if (!checks.needsAll || patch.operators.size > 0) return null
  const after = checks.after({ holds: checks.before.map(() => true) })
  if (after.needsOld) return null
  const change = { key: target.key, values: patch.values, checks: after.checks, before: checks.before }
  return canChangeDirectly(target, change) ? change : null
}

const NO_VALUES: StoredValues = new Map()
