import { compilePattern, type Pattern, patternProblem } from '@koyalite/schema'
import { FAILED, type Failed } from './cel-value'

const compiled = new Map<string, Pattern | null>()

/** Whether a pattern occurs anywhere in a text, in time linear in the text. Fails for a pattern that RE2 does not know. */
export function matchesPattern(text: string, pattern: string): boolean | Failed {
  const expression = cachedPattern(pattern)
  return expression === null ? FAILED : expression.test(text)
}

function cachedPattern(pattern: string): Pattern | null {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  // Patterns come from expressions and documents: the cache must not grow with them.
  if (compiled.size >= 500) compiled.clear()
  const expression = patternProblem(pattern) === undefined ? compilePattern(pattern) : null
  compiled.set(pattern, expression)
  return expression
}
