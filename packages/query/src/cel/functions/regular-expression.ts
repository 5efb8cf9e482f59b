import { spendWork, WORK_BUDGET, withWorkBudget } from '@koyalite/contracts'
import { compilePattern, type Pattern, patternSize } from '@koyalite/schema'
import { FAILED, type Failed } from '../memory/cel-value'

/** Largest program of a pattern. Each character of a text may have to be held against all of it. */
const MAX_SIZE = 5_000
/** Units of work for an instruction that is made; for one that a character is held against, at worst. */
const COMPILED = 200
const COMPARED = 1 / 4
/** What is less may as well be spent without a look at the clock. */
const SMALL = WORK_BUDGET / 20
const UNITS_PER_MS = 100_000

const compiled = new Map<string, Pattern | null>()

/**
 * Whether a pattern occurs anywhere in a text, in time linear in the text. Fails for a pattern that RE2 does not know, and for one that counted
 * repetitions make too large.
 */
export function matchesPattern(text: string, pattern: string): boolean | Failed {
  return withWorkBudget(() => {
    const expression = cachedPattern(pattern)
    return expression === null ? FAILED : test(expression, text)
  })
}

/** How much of the worst case a text comes to shows only when it is run: the library cannot be interrupted, so the worst case itself is bounded. */
function test(pattern: Pattern, text: string): boolean {
  const worst = text.length * pattern.size * COMPARED
  if (worst <= SMALL) {
    spendWork(20 + text.length / 4)
    return pattern.test(text)
  }
  if (worst > WORK_BUDGET) spendWork(worst)
  const started = performance.now()
  const found = pattern.test(text)
  spendWork(text.length / 4 + Math.min(worst, (performance.now() - started) * UNITS_PER_MS))
  return found
}

function cachedPattern(pattern: string): Pattern | null {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  // Patterns come from expressions and documents: the cache must not grow with them.
  if (compiled.size >= 500) compiled.clear()
  const expression = compileBounded(pattern)
  compiled.set(pattern, expression)
  return expression
}

function compileBounded(pattern: string): Pattern | null {
  const size = patternSize(pattern)
  if (size > MAX_SIZE) return null
  spendWork(1_000 + size * COMPILED)
  try {
    return compilePattern(pattern)
  } catch {
    return null
  }
}
