import { AppError } from '@koyalite/contracts'
import { LIMITS } from '../list/limits'

/** Counts the comparisons of one list, in however many filters they are. */
export interface ComparisonBudget {
  /** Throws INVALID_FILTER where there are too many. */
  spend(): void
}

export function comparisonBudget(): ComparisonBudget {
  let spent = 0
  return {
    spend() {
      if (++spent <= LIMITS.filters) return
      throw new AppError('INVALID_FILTER', `A list is filtered by at most ${LIMITS.filters} comparisons.`)
    },
  }
}
