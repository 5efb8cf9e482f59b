import { AppError, inexactMessage, inexactNumbers } from '@koyalite/contracts'
import { comparisonBudget } from './comparison-budget'
import type { Condition } from './condition'
import type { ResolvePath } from './field-path'
import { parseJsonFilter } from './json-filter'
import { parseFilter } from './parse-filter'
import { shortened } from './shortened'

/**
 * The conditions that the values of the parameter `filter` state, all of which must hold: each is `field:operator:value`, or a filter
 * in JSON where it begins with `{`. Throws INVALID_FILTER where one makes no sense.
 */
export function parseFilters(resolve: ResolvePath, texts: readonly string[]): readonly Condition[] {
  const budget = comparisonBudget()
  return texts.map((text) => {
    if (text.startsWith('{')) return parseJsonFilter(resolve, jsonOf(text), budget)
    budget.spend()
    return parseFilter(resolve, text)
  })
}

function jsonOf(text: string): unknown {
  let filter: unknown
  try {
    filter = JSON.parse(text)
  } catch (cause) {
    throw invalid(`A filter that begins with { is JSON, but '${shortened(text)}' is not valid JSON.`, cause)
  }
  const [number] = inexactNumbers(text, ({ fidelity }) => fidelity === 'nearest')
  if (number === undefined) return filter
  throw invalid(`${inexactMessage(['filter', ...number.path].join('.'), number.token)}.`)
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('INVALID_FILTER', message, { cause })
}
