import type { SqlFunction } from '../../sql/sql-functions'
import { matchesPattern } from '../functions/regular-expression'
import { runResidual } from './residual'

/** The functions that compiled expressions call. They depend on their arguments alone. */
export const CEL_SQL_FUNCTIONS: readonly SqlFunction[] = [
  {
    name: 'koyalite_matches',
    arity: 2,
    fn: (text, pattern) => {
      if (typeof text !== 'string' || typeof pattern !== 'string') return null
      const found = matchesPattern(text, pattern)
      return found === true ? 1 : found === false ? 0 : null
    },
  },
  {
    name: 'koyalite_cel',
    arity: 2,
    fn: (program, inputs) => runResidual(String(program), String(inputs)),
  },
]
