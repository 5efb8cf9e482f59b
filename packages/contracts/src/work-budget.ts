import { AppError } from './errors'

/**
 * What one request may spend on evaluating expressions before the event loop is given back, in units of about 10 ns: 20 ms. Work and not time, so
 * that the same request has the same outcome on every machine; steps alone would not do, since one step can make a text of a million characters.
 */
export const WORK_BUDGET = 2_000_000

/** Thrown in the middle of an evaluation. It is not an error of the expression: `||` does not absorb it. */
export class WorkExhaustedError extends AppError {
  constructor() {
    super(
      'QUERY_TIMEOUT',
      'This expression is too expensive to evaluate: use shorter strings and lists, and nest fewer macros.',
    )
  }
}

interface Budget {
  left: number
}

let current: Budget | null = null

/**
 * Runs something synchronous with a budget of its own; inside of another budget it spends that one.
 * @throws WorkExhaustedError as soon as it is spent
 */
export function withWorkBudget<T>(run: () => T, units: number = WORK_BUDGET): T {
  if (current !== null) return run()
  current = { left: units }
  try {
    return run()
  } finally {
    current = null
  }
}

/** Runs something that is killed from outside when it takes too long: in a process of its own. */
export function withoutWorkBudget<T>(run: () => T): T {
  const outer = current
  current = { left: Number.POSITIVE_INFINITY }
  try {
    return run()
  } finally {
    current = outer
  }
}

/** To be called before the work is done. Outside of any budget nothing is counted. */
export function spendWork(units: number): void {
  if (current === null) return
  current.left -= units
  if (current.left < 0) throw new WorkExhaustedError()
}

/** What a run has spent: for tests, which compare the work of inputs of different sizes. */
export function measureWork(run: () => unknown): number {
  const outer = current
  const budget: Budget = { left: Number.MAX_SAFE_INTEGER }
  current = budget
  try {
    run()
  } finally {
    current = outer
  }
  return Number.MAX_SAFE_INTEGER - budget.left
}
