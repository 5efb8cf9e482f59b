import { AppError } from '@koyalite/contracts'
import { didYouMean } from '@koyalite/schema'
import { shortened } from '../filter/shortened'

/**
 * The parameters of a request, by name. Throws INVALID_REQUEST for one that is not among `known`, and for one that is there twice
 * without being in `repeatable`.
 */
export function parseParameters<Name extends string>(
  params: URLSearchParams,
  known: readonly Name[],
  repeatable: readonly Name[] = [],
): ReadonlyMap<Name, readonly string[]> {
  const found = new Map<Name, string[]>()
  for (const [name, value] of params) {
    const right = known.find((candidate) => candidate === name)
    if (right === undefined) {
      throw new AppError(
        'INVALID_REQUEST',
        `Unknown parameter '${shortened(name)}'${didYouMean(name, known)}; supported are ${known.join(', ')}.`,
      )
    }
    const values = found.get(right)
    if (values === undefined) found.set(right, [value])
    else if (repeatable.includes(right)) values.push(value)
    else throw new AppError('INVALID_REQUEST', `The parameter '${name}' can be given only once.`)
  }
  return found
}

/** The value of a parameter that must not be empty where it is given; null where it is not. */
export function textParameter<Name extends string>(
  found: ReadonlyMap<Name, readonly string[]>,
  name: Name,
): string | null {
  const value = found.get(name)?.[0]
  if (value === undefined) return null
  if (value === '')
    throw new AppError('INVALID_REQUEST', `The parameter '${name}' is empty: remove it, or set a value.`)
  return value
}

/** False where the parameter is not given. */
export function flagParameter<Name extends string>(found: ReadonlyMap<Name, readonly string[]>, name: Name): boolean {
  const text = textParameter(found, name)
  if (text === null || text === 'false') return false
  if (text === 'true') return true
  throw new AppError('INVALID_REQUEST', `'${name}' must be true or false.`)
}

/** The whole number that a parameter is, between bounds, or `otherwise`. */
export function numberParameter<Name extends string>(
  found: ReadonlyMap<Name, readonly string[]>,
  name: Name,
  bounds: { readonly min: number; readonly max: number; readonly otherwise: number },
): number {
  const value = found.get(name)?.[0]
  if (value === undefined) return bounds.otherwise
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  if (number >= bounds.min && number <= bounds.max) return number
  throw new AppError('INVALID_REQUEST', `'${name}' must be a whole number from ${bounds.min} to ${bounds.max}.`)
}
