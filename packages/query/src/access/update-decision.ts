import type { CelFacts } from '../cel/memory/cel-environment'
import { all, conjunction, either, type Guard, isGuard, type Verdict } from './guard'
import type { Clause, OperationRules } from './schema-rules'

/** The ways in which an update may be allowed: one of `permits` and all of `restricts`, each before and after. */
export interface UpdateRules {
  readonly permits: readonly Transition[]
  readonly restricts: readonly Transition[]
}

/** `before` is about the stored document, `after` about the resulting one. */
export interface Transition {
  readonly before: Verdict
  readonly after: Verdict
  /** `after` looks at the document before the update. */
  readonly needsOld: boolean
}

/** For an update that no rule of the collection is about. */
export const UNRULED: UpdateRules = { permits: [{ before: 'always', after: 'always', needsOld: false }], restricts: [] }

/** The results of the rules of an update for a caller. */
export function judgeUpdate({ permits, restricts }: OperationRules, facts: CelFacts): UpdateRules {
  const transition = ({ using, check }: Clause): Transition => ({
    before: conjunction(using ? [using] : [], facts, 'stored'),
    after: conjunction(check ? [check] : [], facts, 'resulting'),
    needsOld: check?.dependencies.rows.has('old') ?? false,
  })
  return { permits: permits.map(transition), restricts: restricts.map(transition) }
}

/** An update is decided in two steps: first the stored document is evaluated, then the resulting one must pass. */
export interface UpdateDecision {
  /** No document could be updated. */
  readonly impossible: boolean
  /** What to ask of the stored document. */
  readonly before: readonly Guard[]
  /** All of `before` must hold. (Where there are several ways to be allowed, some need not.) */
  readonly needsAll: boolean
  /** What the resulting document must pass, once it is known what held: `never` where that was not enough. */
  after(held: (guard: Guard) => boolean): { readonly verdict: Verdict; readonly needsOld: boolean }
}

/** A permit is one transition: what held of it before must hold of the same one after. */
export function decideUpdate(rules: UpdateRules): UpdateDecision {
  let decision = decisions.get(rules)
  if (decision === undefined) {
    decision = decide(rules)
    decisions.set(rules, decision)
  }
  return decision
}

const decisions = new WeakMap<UpdateRules, UpdateDecision>()

function decide({ permits, restricts }: UpdateRules): UpdateDecision {
  const possible = permits.filter(({ before, after }) => before !== 'never' && after !== 'never')
  return {
    impossible: possible.length === 0 || restricts.some(({ before, after }) => before === 'never' || after === 'never'),
    before: [...possible, ...restricts].map(({ before }) => before).filter(isGuard),
    needsAll: possible.length === 1,
    after(held) {
      const holds = ({ before }: Transition): boolean => (isGuard(before) ? held(before) : before === 'always')
      const open = possible.filter(holds)
      if (!restricts.every(holds)) return { verdict: 'never', needsOld: false }
      return {
        verdict: all([either(open.map(({ after }) => after)), ...restricts.map(({ after }) => after)]),
        needsOld: [...open, ...restricts].some(({ needsOld }) => needsOld),
      }
    },
  }
}
