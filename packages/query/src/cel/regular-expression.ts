import { RE2JS } from 're2js'
import { FAILED, type Failed } from './cel-value'

const compiled = new Map<string, RE2JS | null>()

/** Whether a pattern occurs anywhere in a text, in time linear in the text. Fails for a pattern that RE2 does not know. */
export function matchesPattern(text: string, pattern: string): boolean | Failed {
  const expression = compilePattern(pattern)
  return expression === null ? FAILED : expression.matcher(text).find()
}

/** Why a pattern cannot be used; null if it can. */
export function patternProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function compilePattern(pattern: string): RE2JS | null {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  // Patterns come from expressions and documents: the cache must not grow with them.
  if (compiled.size >= 500) compiled.clear()
  const expression = patternProblem(pattern) === null ? RE2JS.compile(pattern) : null
  compiled.set(pattern, expression)
  return expression
}
