import { AppError, type ErrorDetail, type Tx, type UserFields } from '@koyalite/contracts'
import type { AuthContext, RequestContext } from '../../auth-context'
import type { Claims } from '../../oauth/provider-definition'
import { registeredUser } from '../accounts/new-account'

/** A first sign-in cannot make the user yet: these fields are missing, or what the provider says does not fit them. */
export class ProfileIncompleteError extends Error {
  override readonly name = 'ProfileIncompleteError'
  readonly details: readonly ErrorDetail[]

  constructor(details: readonly ErrorDetail[]) {
    super('the profile is not complete')
    this.details = details
  }
}

/** Longer values are not taken over: a field of `users` is not a place for them. Characters of JSON. */
const MAX_VALUE = 10_000

/** Fields of `users`, by the claims that they are made of (`auth.oauth.<provider>.profile`). */
export function mappedFields(mapping: Readonly<Record<string, string>>, claims: Claims): UserFields {
  const known = Object.entries(mapping).flatMap(([field, claim]): [string, unknown][] => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
    const isUsable = value !== undefined && value !== null && value !== '' && JSON.stringify(value).length <= MAX_VALUE
    return isUsable ? [[field, value]] : []
  })
  return Object.fromEntries(known)
}

export interface NewProfile {
  readonly provider: string
  /** By the provider's claims: no rights are asked, since the settings say so. */
  readonly mapped: UserFields
  /** What its owner has given besides; null: they were not asked yet. */
  readonly given: UserFields | null
  readonly email: string
  readonly verified: boolean
}

/**
 * Makes the user of a first sign-in. A claim that does not fit its field is left out. Throws ProfileIncompleteError
 * for what its owner can give, if they were not asked yet; else VALIDATION_ERROR, CONFLICT.
 */
export function createProfile(context: AuthContext, tx: Tx, request: RequestContext, profile: NewProfile): string {
  const { provider, given, email, verified } = profile
  const create = (mapped: UserFields): string => {
    const server = { ...without(mapped, Object.keys(given ?? {})), email, verified }
    const user = { method: `oauth:${provider}`, promoted: null, fields: given ?? {}, server, request }
    // What hooks have written for an attempt that fails is undone with it.
    return tx.attempt(() => registeredUser(context, user)(tx))
  }
  try {
    return create(profile.mapped)
  } catch (error) {
    const details = detailsOf(error)
    const unfit = details.map(rootOf).filter((field) => Object.hasOwn(profile.mapped, field))
    if (unfit.length === 0) throw incomplete(error, given)
    try {
      return create(without(profile.mapped, unfit))
    } catch (second) {
      throw incomplete(second, given)
    }
  }
}

/** What the owner of a new account can mend themself, unless they have tried to. */
function incomplete(error: unknown, given: UserFields | null): unknown {
  const details = detailsOf(error)
  const isTheirs = details.length > 0 && details.every((one) => !['', 'email'].includes(rootOf(one)))
  return given === null && isTheirs ? new ProfileIncompleteError(details) : error
}

function detailsOf(error: unknown): readonly ErrorDetail[] {
  return error instanceof AppError && ['VALIDATION_ERROR', 'CONFLICT'].includes(error.code) ? error.details : []
}

/** `metadata.color` is about the field `metadata`. */
function rootOf({ field }: ErrorDetail): string {
  return field.split('.')[0] ?? ''
}

function without(fields: UserFields, names: readonly string[]): UserFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}
