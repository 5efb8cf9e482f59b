import { withWorkBudget } from '@koyalite/contracts'
import type { CelFacts, Frame } from '../memory/cel-environment'
import { compileRun, type Run } from '../memory/run-expression'
import type { CheckedCel } from './check-cel'
import { childrenOf, type Expression, type ExpressionOf } from './expression'
import { isKnown, knownTruth } from './open-facts'

/** What is known about a condition before any document is read. */
export type StaticDecision = 'always' | 'never' | 'depends'

/**
 * Compiles a condition to its value for a caller, whatever the document: `auth.role == 'admin' && doc.x == 1` is never true for
 * a caller who is not an admin. Errors count as not true.
 */
export function compileStaticDecision({ root }: CheckedCel): (facts: CelFacts) => StaticDecision {
  const decide = compileStatic(root, null)
  return (facts) => {
    const { auth, request, open } = facts
    const environment = { auth, request, documents: {}, follow: () => null, rows: () => [] }
    // Of a class of callers something else is known than of one caller: such decisions are made for people who ask, not for requests.
    const decideThese = open === undefined ? decide : compileStatic(root, facts)
    const possible = withWorkBudget(() => decideThese({ environment, slots: [] }))
    if (possible === TRUE) return 'always'
    return (possible & TRUE) === 0 ? 'never' : 'depends'
  }
}

/** Whether a static decision may change from one request of a caller to the next: whether it looks at the request. */
export function isStaticByRequest({ root }: CheckedCel): boolean {
  return decidesByRequest(root)
}

function decidesByRequest(expression: Expression): boolean {
  if (!looksAtRows(expression)) return mentionsRequest(expression)
  switch (expression.kind) {
    case 'not':
    case 'logic':
    case 'conditional':
      return childrenOf(expression).some(decidesByRequest)
    default:
      return false
  }
}

function mentionsRequest(expression: Expression): boolean {
  return expression.kind === 'request' || childrenOf(expression).some(mentionsRequest)
}

/** A set of truth values, as bits. */
type Truths = number
const TRUE = 1
const FALSE = 2
const ERROR = 4
const ALL = TRUE | FALSE | ERROR

type Decide = (frame: Frame) => Truths

/** @param ofClass what is known of a class of callers; null: everything is known of one */
function compileStatic(expression: Expression, ofClass: CelFacts | null): Decide {
  if (isDecided(expression, ofClass)) return exactly(compileRun(expression))
  const truth = ofClass && knownTruth(expression, ofClass)
  if (truth) return () => TRUTHS[truth]
  switch (expression.kind) {
    case 'not': {
      const decide = compileStatic(expression.operand, ofClass)
      return (frame) => negated(decide(frame))
    }
    case 'logic': {
      const operands = expression.operands.map((operand) => compileStatic(operand, ofClass))
      if (expression.operator === '&&')
        return (frame) => operands.reduce((left, decide) => both(left, decide(frame)), TRUE)
      return (frame) => negated(operands.reduce((left, decide) => both(left, negated(decide(frame))), TRUE))
    }
    case 'conditional': {
      const test = compileStatic(expression.condition, ofClass)
      const whenTrue = compileStatic(expression.whenTrue, ofClass)
      const whenFalse = compileStatic(expression.whenFalse, ofClass)
      return (frame) => {
        const tested = test(frame)
        return (tested & ERROR) | (tested & TRUE ? whenTrue(frame) : 0) | (tested & FALSE ? whenFalse(frame) : 0)
      }
    }
    case 'rowMacro':
      return ofClass === null ? () => ALL : compileSearch(expression, ofClass)
    default:
      return () => ALL
  }
}

/** Rows are searched in vain for one that cannot be: `members.exists(m, m.user_id == auth.id)` for callers without an id. */
function compileSearch(expression: ExpressionOf<'rowMacro'>, ofClass: CelFacts): Decide {
  if (expression.macro === 'all') return () => ALL
  const wanted = [...expression.rows.filters.map(({ predicate }) => predicate), expression.predicate]
  const decides = wanted.map((predicate) => compileStatic(predicate, ofClass))
  return (frame) => (decides.every((decide) => decide(frame) & TRUE) ? ALL : FALSE | ERROR)
}

function isDecided(expression: Expression, ofClass: CelFacts | null): boolean {
  return !looksAtRows(expression) && (ofClass === null || isKnown(expression, ofClass))
}

const TRUTHS = { true: TRUE, false: FALSE, error: ERROR } as const

function exactly(run: Run): Decide {
  return (frame) => {
    const value = run(frame)
    return value === true ? TRUE : value === false ? FALSE : ERROR
  }
}

function negated(truths: Truths): Truths {
  return (truths & ERROR) | (truths & TRUE ? FALSE : 0) | (truths & FALSE ? TRUE : 0)
}

/** What `a && b` may be: false where one may be, true where both may be, an error where one may be and the other need not be false. */
function both(a: Truths, b: Truths): Truths {
  const isTrue = a & b & TRUE
  const isFalse = (a | b) & FALSE
  const isError = (a & ERROR && b & ~FALSE) || (b & ERROR && a & ~FALSE) ? ERROR : 0
  return isTrue | isFalse | isError
}

function looksAtRows(expression: Expression): boolean {
  switch (expression.kind) {
    case 'field':
    case 'present':
    case 'rowMacro':
    case 'rowCount':
    case 'rowMap':
      return true
    default:
      return childrenOf(expression).some(looksAtRows)
  }
}
