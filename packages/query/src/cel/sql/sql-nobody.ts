import { isNullable, isScalar } from '../check/cel-type'
import { childrenOf, type Expression, operandComparedWithNull } from '../check/expression'
import type { CelFacts, Frame } from '../memory/cel-environment'
import { FAILED } from '../memory/cel-value'
import { holdsNobody } from '../memory/nobody'
import { compileRun, type Run } from '../memory/run-expression'
import type { SqlContext } from './sql-context'
import { isStatic } from './static-expression'

/**
 * Whether a part of an expression that does not depend on a row is nobody, or holds nobody, for the callers that a statement is made for. `maybe`: that
 * is known when parameters are bound.
 */
export type HoldsNobody = 'no' | 'yes' | 'maybe'

/**
 * The set of identities that are nobody, which a statement is made for: so a comparison with somebody is plain SQL that uses an index, and one
 * with nobody is a NULL. The key tells one set of an expression from another.
 */
export interface Nobodies {
  readonly key: string
  of(expression: Expression): HoldsNobody
}

/** Finds the set for a caller. */
export interface NobodyFinder {
  /** The set of a caller who is somebody in every way. */
  readonly none: Nobodies
  of(facts: CelFacts): Nobodies
  /** Whether the set may differ between requests of one caller. */
  readonly byRequest: boolean
}

/** @param aliases the rows of the statement: what looks at none of them is known, or bound, before it runs */
export function findNobodies(root: Expression, { aliases }: Pick<SqlContext, 'aliases'>): NobodyFinder {
  const candidates = new Map<string, Candidate>()
  const keys = new Map<Expression, string>()
  const collect = (expression: Expression): void => {
    if (mayHoldNobody(expression) && isStatic(expression, { aliases }) && !looksAtDocument(expression)) {
      const key = expression.kind === 'auth' ? `auth.${expression.part}` : String(keys.size)
      keys.set(expression, key)
      if (!candidates.has(key))
        candidates.set(key, { run: compileRun(expression), byRequest: looksAtRequest(expression) })
    }
    // That somebody asks whether an identity is null makes no other statement.
    const isAsked = expression.kind === 'equals' && operandComparedWithNull(expression)?.kind === 'auth'
    if (!isAsked) for (const child of childrenOf(expression)) collect(child)
  }
  collect(root)
  const sets = new Map<string, Nobodies>()
  const setOf = (holding: readonly string[]): Nobodies => {
    const key = holding.join()
    let set = sets.get(key)
    if (!set) {
      const held = new Set(holding)
      set = { key, of: (expression) => answer(expression, keys.get(expression), held) }
      sets.set(key, set)
    }
    return set
  }
  const all = [...candidates]
  const none = setOf([])
  return {
    none,
    of(facts) {
      if (all.length === 0) return none
      const frame = frameOf(facts)
      return setOf(all.filter(([, { run }]) => isHeld(run, frame)).map(([key]) => key))
    },
    byRequest: all.some(([, { byRequest }]) => byRequest),
  }
}

interface Candidate {
  readonly run: Run
  readonly byRequest: boolean
}

function answer(expression: Expression, key: string | undefined, held: ReadonlySet<string>): HoldsNobody {
  if (key !== undefined) return held.has(key) ? 'yes' : 'no'
  return mayHoldNobody(expression) ? 'maybe' : 'no'
}

function isHeld(run: Run, frame: Frame): boolean {
  const value = run(frame)
  return value !== FAILED && holdsNobody(value)
}

function frameOf({ auth, request }: CelFacts): Frame {
  return { environment: { auth, request, documents: {}, follow: () => null, rows: () => [] }, slots: [] }
}

/** Whether the value of an expression may be nobody, or hold nobody. Only identities of the caller bring nobody into one. */
function mayHoldNobody(expression: Expression): boolean {
  const { type } = expression
  return (!isScalar(type) || isNullable(type)) && mentionsIdentity(expression)
}

function mentionsIdentity(expression: Expression): boolean {
  if (expression.kind === 'auth') return expression.part !== 'verified' && expression.part !== 'permissions'
  return childrenOf(expression).some(mentionsIdentity)
}

/** A document that is given when parameters are bound. */
function looksAtDocument(expression: Expression): boolean {
  return expression.kind === 'field' || childrenOf(expression).some(looksAtDocument)
}

function looksAtRequest(expression: Expression): boolean {
  return expression.kind === 'request' || childrenOf(expression).some(looksAtRequest)
}
