import { decideUpdate, type Guard, isGuard, type UpdateDecision, type UpdateRules } from '@koyalite/query'
import type { Field } from '@koyalite/schema'
import { fieldRefusalOf, refusalOf } from './refusal'
import type { Examined } from './store/examine-document'
import type { Check, Target } from './store/target'

/** The fields for which it depends on the document whether the caller may write them. */
export function fieldChecks(target: Target, operation: 'create' | 'update', fields: Iterable<Field>): readonly Check[] {
  const { caller, model, input } = target
  const checks: Check[] = []
  for (const field of fields) {
    const verdict = caller.access.writeField(model.collection, field, input)
    if (isGuard(verdict)) checks.push({ guard: verdict, refuse: () => fieldRefusalOf(target, operation, field) })
  }
  return checks
}

/** What the rules of the collection, or those given, say of an update by this caller. */
export function updateDecision(
  { caller, model, input }: Target,
  rules: UpdateRules = caller.access.update(model.collection, input),
): UpdateDecision {
  return decideUpdate(rules)
}

/** What an update must pass before and after, for one caller. */
export interface UpdateChecks {
  /** What to ask about the stored document. */
  readonly before: readonly Guard[]
  /** All guards of `before` must hold. (Where there are several ways to be allowed, some need not.) */
  readonly needsAll: boolean
  /** Throws where the stored document does not let the update pass; else returns what the resulting one must pass. */
  after(stored: Pick<Examined, 'holds'>): ChecksAfter
}

export interface ChecksAfter {
  /** All of them. */
  readonly checks: readonly Check[]
  /** Those of the collection's rules. */
  readonly ruled: readonly Check[]
  /** Those of the fields that the caller names. */
  readonly ofFields: readonly Check[]
  readonly needsOld: boolean
}

/** @param fields those that the update names */
export function updateChecks(target: Target, decision: UpdateDecision, fields: Iterable<Field>): UpdateChecks {
  const refuse = () => refusalOf(target, 'update')
  const ofFields = fieldChecks(target, 'update', fields)
  const before = [...decision.before, ...ofFields.map((check) => check.guard)]
  return {
    before,
    needsAll: decision.needsAll,
    after({ holds }) {
      const held = (guard: Guard): boolean => holds[before.indexOf(guard)] ?? false
      const { verdict, needsOld } = decision.after(held)
      if (verdict === 'never') throw refuse()
      for (const check of ofFields) if (!held(check.guard)) throw check.refuse()
      const ruled = isGuard(verdict) ? [{ guard: verdict, refuse }] : []
      return { checks: [...ruled, ...ofFields], ruled, ofFields, needsOld }
    },
  }
}
