import { decideUpdate, type Guard, isGuard, type UpdateRules } from '@koyalite/query'
import type { Field } from '@koyalite/schema'
import type { Check, Examined, Target } from './store/write-document'

/** The fields of which it takes the document to tell whether the caller may write them. */
export function fieldChecks({ caller, model, input }: Target, fields: Iterable<Field>): readonly Check[] {
  const { access } = caller
  const { collection } = model
  const checks: Check[] = []
  for (const field of fields) {
    const verdict = access.writeField(collection, field, input)
    if (isGuard(verdict)) checks.push({ guard: verdict, refuse: () => access.fieldRefusal(collection, field) })
  }
  return checks
}

/** What an update must pass before and after, for one caller. */
export interface UpdateChecks {
  /** No document could be updated. */
  readonly impossible: boolean
  /** What to ask about the stored document. */
  readonly before: readonly Guard[]
  /** All guards of `before` must hold. (Where there are several ways to be allowed, some need not.) */
  readonly needsAll: boolean
  /** Throws where the stored document does not let the update pass; else what to ask about the resulting one. */
  after(examined: Examined | null): { readonly checks: readonly Check[]; readonly needsOld: boolean }
}

/** @param rules those of the collection, unless the operation has its own */
export function updateChecks(
  target: Target,
  fields: Iterable<Field>,
  rules: UpdateRules = target.caller.access.update(target.model.collection, target.input),
): UpdateChecks {
  const refuse = () => target.caller.access.refusal(target.model.collection, 'update')
  const decision = decideUpdate(rules)
  const ofFields = fieldChecks(target, fields)
  const before = [...decision.before, ...ofFields.map((check) => check.guard)]
  return {
    impossible: decision.impossible,
    before,
    needsAll: decision.needsAll,
    after(examined) {
      const held = (guard: Guard): boolean => examined?.holds[before.indexOf(guard)] ?? false
      const { verdict, needsOld } = decision.after(held)
      if (verdict === 'never') throw refuse()
      for (const check of ofFields) if (!held(check.guard)) throw check.refuse()
      return { checks: [...(isGuard(verdict) ? [{ guard: verdict, refuse }] : []), ...ofFields], needsOld }
    },
  }
}
