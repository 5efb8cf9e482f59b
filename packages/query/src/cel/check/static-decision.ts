import { withWorkBudget } from '@koyalite/contracts'
import type { CelFacts, Frame } from '../memory/cel-environment'
import { compileRun, type Run } from '../memory/run-expression'
import type { CheckedCel } from './check-cel'
import { childrenOf, type Expression } from './expression'

/** What is known about a condition before any document is read. */
export type StaticDecision = 'always' | 'never' | 'depends'

/**
 * Compiles a condition to its value for a caller, whatever the document: `auth.role == 'admin' && doc.x == 1` is never true for
 * a caller who is not an admin. Errors count as not true.
 */
export function compileStaticDecision({ root }: CheckedCel): (facts: CelFacts) => StaticDecision {
  const decide = compileStatic(root)
  return ({ auth, request }) => {
    const environment = { auth, request, documents: {}, follow: () => null, rows: () => [] }
    const possible = withWorkBudget(() => decide({ environment, slots: [] }))
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

function compileStatic(expression: Expression): Decide {
  if (!looksAtRows(expression)) return exactly(compileRun(expression))
  switch (expression.kind) {
    case 'not': {
      const decide = compileStatic(expression.operand)
      return (frame) => negated(decide(frame))
    }
    case 'logic': {
      const operands = expression.operands.map(compileStatic)
      if (expression.operator === '&&')
        return (frame) => operands.reduce((left, decide) => both(left, decide(frame)), TRUE)
      return (frame) => negated(operands.reduce((left, decide) => both(left, negated(decide(frame))), TRUE))
    }
    case 'conditional': {
      const test = compileStatic(expression.condition)
      const whenTrue = compileStatic(expression.whenTrue)
      const whenFalse = compileStatic(expression.whenFalse)
      return (frame) => {
        const tested = test(frame)
        return (tested & ERROR) | (tested & TRUE ? whenTrue(frame) : 0) | (tested & FALSE ? whenFalse(frame) : 0)
      }
    }
    default:
      return () => ALL
  }
}

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
