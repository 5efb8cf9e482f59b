import { spendWork, withWorkBudget } from '@koyalite/contracts'
import type { CheckedCel } from '../check/check-cel'
import { countNodes } from '../check/expression'
import type { CelEnvironment, Frame } from '../memory/cel-environment'
import type { Result } from '../memory/cel-value'
import { compileRun } from '../memory/run-expression'

/** How a condition came out. An error denies wherever a decision depends on it. */
export type Truth = true | false | 'error'

/** Compiles a condition to a function over documents in memory. Same results as its SQL, case by case. */
export function compileToPredicate(checked: CheckedCel): (environment: CelEnvironment) => Truth {
  const evaluate = compileToFunction(checked)
  return (environment) => {
    const result = evaluate(environment)
    return typeof result === 'boolean' ? result : 'error'
  }
}

/**
 * Compiles an expression of any type to a function over documents in memory.
 * The function throws WorkExhaustedError where the value takes too much work.
 */
export function compileToFunction(checked: CheckedCel): (environment: CelEnvironment) => Result {
  const run = compileRun(checked.root)
  const nodes = countNodes(checked.root)
  return (environment) => {
    const frame: Frame = { environment, slots: [] }
    return withWorkBudget(() => {
      spendWork(nodes)
      return run(frame)
    })
  }
}
