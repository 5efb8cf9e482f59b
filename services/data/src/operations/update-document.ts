import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import type { StoredValues } from '../document-input'
import type { WriteHooks } from '../hooks/hook-source'
import { updateDocument as changeHooked } from '../hooks/hooked-update'
import { hooksOf } from '../hooks/hooks-of'
import { preparation } from '../hooks/preparation'
import { withReady } from '../hooks/ready'
import { refusalOf } from '../refusal'
import {
  canChangeDirectly,
  changeDirectly,
  type DirectChange,
  updateDocument as updateStored,
} from '../store/update-document'
import { type UpdateChecks, updateChecks, updateDecision } from '../write-checks'
import { checkPatch, type Patch, patchedValues, preparedPatch, shownPatch } from './patch-values'
import type { Precondition } from './precondition'
import {
  type DocumentName,
  type DocumentTarget,
  examineVisible,
  requireVisible,
  targetDocument,
} from './target-document'
import { inParts, type WriteStep } from './write-outcome'

export interface DocumentUpdate extends DocumentName {
  readonly data: unknown
  readonly precondition?: Precondition | null
}

/**
 * Changes the given fields of a document; a value may be an operator on the current one. Most updates are one
 * statement that contains all checks. Where that is not possible, or has changed nothing, the document is examined
 * first. Throws NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR, CONFLICT, PRECONDITION_FAILED.
 */
export function updateDocument(context: DataContext, caller: Caller, input: DocumentUpdate): WriteStep {
  const target = targetDocument(context, caller, input)
  requireVisible(target, 'update')
  const decision = updateDecision(target)
  if (decision.impossible) return refuseUpdate(target)
  const patch = checkPatch(target)
  const checks = updateChecks(target, decision, patch.fields)
  const hooks = hooksOf(context, target.model.collection.name, ['update'])
  if (hooks !== null) return updateHooked(target, { hooks, patch, checks, precondition: input.precondition ?? null })
  const direct = input.precondition ? null : directChange(target, patch, checks)
  return inParts(function* (tx) {
    const document = direct && changeDirectly(tx, target, direct)
    if (document !== null) return { kind: 'updated', document }
    const current = examineVisible(tx, target, {
      operation: 'update',
      guards: checks.before,
      fields: [...patch.operators.keys()],
    })
    yield
    const after = checks.after(current)
    input.precondition?.check(current.document)
    // A direct change of a document that may be changed returned nothing: the values are what they were.
    const values = direct ? NO_VALUES : patchedValues(target, patch, current)
    yield
    return updateStored(tx, target, { key: target.key, values, ...after })
  })
}

interface HookedUpdate {
  readonly hooks: WriteHooks
  readonly patch: Patch
  readonly checks: UpdateChecks
  readonly precondition: Precondition | null
}

/** The same where hooks have a say: they see the stored document, so it is examined first. */
function updateHooked(target: DocumentTarget, { hooks, patch, checks, precondition }: HookedUpdate): WriteStep {
  const shown = () => shownPatch(target, patch)
  const prepared = preparation(target, hooks, { operations: ['update'], shown })
  const step = inParts(function* (tx) {
    const fields = [...patch.operators.keys()]
    const current = examineVisible(tx, target, { operation: 'update', guards: checks.before, fields })
    yield
    const after = checks.after(current)
    precondition?.check(current.document)
    const asSent = patchedValues(target, patch, current)
    const made = prepared.made('update')
    const values = made === null ? asSent : patchedValues(target, preparedPatch(target, patch, made), current)
    yield
    return changeHooked(tx, target, { hooks, key: target.key, values, asSent, after, named: patch.fields })
  })
  return withReady(step, prepared.ready)
}

/**
 * Where no document may be updated, the input is not validated. Callers who may not read the document get NOT_FOUND
 * all the same.
 */
function refuseUpdate(target: DocumentTarget): WriteStep {
  return (tx) => {
    examineVisible(tx, target, { operation: 'update', guards: [] })
    throw refusalOf(target, 'update')
  }
}

/** The update as one statement; null where the stored document must be examined first. */
function directChange(target: DocumentTarget, patch: Patch, checks: UpdateChecks): DirectChange | null {
  if (!checks.needsAll || patch.operators.size > 0) return null
  const after = checks.after({ holds: checks.before.map(() => true) })
  if (after.needsOld) return null
  const change = { key: target.key, values: patch.values, checks: after.checks, before: checks.before }
  return canChangeDirectly(target, change) ? change : null
}

const NO_VALUES: StoredValues = new Map()
