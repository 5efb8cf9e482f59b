import { AppError } from '@koyalite/contracts'
import type { Guard, Transition, UpdateRules, Verdict } from '@koyalite/query'
import { all, either } from '@koyalite/query'
import type { Field } from '@koyalite/schema'
import type { Check, Examined, Target } from './store/write-document'

/** The fields of which it takes the document to tell whether the caller may write them. */
export function fieldChecks(target: Target, fields: Iterable<Field>): readonly Check[] {
  const { access } = target.caller
  const { collection } = target.model
  const checks: Check[] = []
  for (const field of fields) {
    const verdict = access.writeField(collection, field, target.input)
    if (verdict === 'always' || verdict === 'never') continue
    checks.push({ guard: verdict, refuse: () => refuseField(target, field) })
  }
  return checks
}

function refuseField({ caller, model }: Target, field: Field): AppError {
  const readable = caller.access.read.field(model.collection, field).kind === 'all'
  const what = readable ? `'${field.name}'` : 'one of these fields'
  if (caller.actor.kind === 'anonymous') {
    return new AppError('UNAUTHENTICATED', `Sign in or send a service key to write ${what} of this document.`)
  }
  return new AppError('FORBIDDEN', `You may not write ${what} of this document.`)
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
  const { access } = target.caller
  const { collection } = target.model
  const { permits, restricts } = possible(rules)
  const ofFields = fieldChecks(target, fields)
  const transitions = [...permits, ...restricts]
  const before = [
    ...transitions.map((transition) => transition.before),
    ...ofFields.map((check) => check.guard),
  ].filter(isGuard)
  return {
    impossible: permits.length === 0 || restricts.some(({ before, after }) => before === 'never' || after === 'never'),
    before,
    needsAll: permits.length === 1,
    after(examined) {
      const holds = (verdict: Verdict): boolean =>
        isGuard(verdict) ? (examined?.holds[before.indexOf(verdict)] ?? false) : verdict === 'always'
      const held = permits.filter((permit) => holds(permit.before))
      if (held.length === 0 || !restricts.every((restrict) => holds(restrict.before))) {
        throw access.refusal(collection, 'update')
      }
      for (const check of ofFields) if (!holds(check.guard)) throw check.refuse()
      const verdict = all([either(held.map((permit) => permit.after)), ...restricts.map((restrict) => restrict.after)])
      if (verdict === 'never') throw access.refusal(collection, 'update')
      const ofRules: readonly Check[] = isGuard(verdict)
        ? [{ guard: verdict, refuse: () => access.refusal(collection, 'update') }]
        : []
      return { checks: [...ofRules, ...ofFields], needsOld: [...held, ...restricts].some((one) => one.needsOld) }
    },
  }
}

function possible({ permits, restricts }: UpdateRules): {
  permits: readonly Transition[]
  restricts: readonly Transition[]
} {
  return { permits: permits.filter(({ before, after }) => before !== 'never' && after !== 'never'), restricts }
}

export function isGuard(verdict: Verdict): verdict is Guard {
  return typeof verdict !== 'string'
}
