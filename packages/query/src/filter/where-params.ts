import { AppError, inexactMessage, inexactNumbers } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import { LIMITS } from '../list/limits'

/** What `$1`, `$2` … of a `where` stand for, from the JSON of the parameter `params`. Throws INVALID_FILTER. */
export function whereParams(text: string | null): readonly JsonValue[] | null {
  if (text === null) return null
  let params: unknown
  try {
    params = JSON.parse(text)
  } catch (cause) {
    throw invalid('it is not valid JSON', cause)
  }
  if (!Array.isArray(params)) throw invalid('it is not a list')
  const [number] = inexactNumbers(text, ({ fidelity }) => fidelity === 'nearest')
  if (number === undefined) return checkedParams(params)
  throw new AppError('INVALID_FILTER', `${inexactMessage(['params', ...number.path].join('.'), number.token)}.`)
}

/** Throws INVALID_FILTER for more values than an expression may have. */
export function checkedParams(params: readonly JsonValue[]): readonly JsonValue[] {
  if (params.length <= LIMITS.whereParams) return params
  throw new AppError('INVALID_FILTER', `'params' may have at most ${LIMITS.whereParams} values.`)
}

function invalid(problem: string, cause?: unknown): AppError {
  const message = `'params' is the JSON of the values of 'where', like ["Ann",5] for $1 and $2, but ${problem}.`
  return new AppError('INVALID_FILTER', message, { cause })
}
