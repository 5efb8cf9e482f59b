import { AppError, type ErrorDetail, openObject, type Tx, type UserFields } from '@koyalite/contracts'
import { normalizeEmail } from '@koyalite/schema'
import type { z } from 'zod'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { passwordProblems } from '../../passwords/password-policy'
import { findAccount } from '../../store/accounts'
import { documentText } from '../inputs'
import { requireSignedIn, type SignIn, signInNewUser } from '../sign-in/sign-in-user'
import { sendVerification } from './mail-link'
import { openAccount, registeredUser } from './new-account'
import { requestProof } from './pending-registration'
import { isPlaceholder } from './placeholder-email'
import { requireOpenRegistration } from './require-open-registration'

/** Address, password, and fields of `users`. */
export const registerInput = openObject({ email: documentText, password: documentText }).meta({
  required: ['email', 'password'],
})
export type RegisterInput = z.output<typeof registerInput>

/** `verification_required`: nobody is signed in, and the account is made by the link that was sent. */
export type Registered = SignIn | { readonly kind: 'verification_required' }

/**
 * Makes a user with a password and signs them in; an anonymous user who calls it keeps their document and becomes a
 * full one. Where enumeration is hidden, that waits for the proof of the address. Throws FORBIDDEN where registration
 * is closed, VALIDATION_ERROR with everything that is wrong, CONFLICT for an address that is taken (after the same
 * work; not where enumeration is hidden), RATE_LIMITED, and what hooks throw.
 */
export async function register(
  context: AuthContext,
  request: RequestContext,
  { email, password, ...fields }: RegisterInput,
): Promise<Registered> {
  requireOpenRegistration(context)
  const { rate_limit, password: policy, enumeration } = context.settings.auth
  charge(context, request, { name: 'register', rate: rate_limit.register })
  const promoted = anonymousUser(context, request)
  const problems = [...passwordProblems(policy, password), ...addressProblems(email)]
  const write = prepare(context, request, { fields, email, promoted }, problems)
  const address = normalizeEmail(String(email))
  const isHidden = enumeration === 'hidden'
  if (isHidden) charge(context, request, { name: 'mail', rate: rate_limit.mail, account: address })
  const hash = await context.runtime.hasher.hash(password as string)
  if (isHidden) {
    const pending = { email: address, password: hash, fields, promoted }
    await context.database.write((tx) => requestProof(context, tx, request, pending))
    return { kind: 'verification_required' }
  }
  try {
    const { value } = await context.database.write((tx) => {
      const userId = write(tx)
      openAccount(context, tx, request, { userId, password: hash, promoted, keep: null })
      sendVerification(context, tx, userId)
      return signInNewUser(context, tx, { userId, method: 'password', request })
    })
    return requireSignedIn(value)
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFLICT') {
      await context.database.write((tx) =>
        audit(context, tx, request, { event: 'auth.registered', outcome: 'failure' }),
      )
    }
    throw error
  }
}

/** What the collection's own checks do not see. */
function addressProblems(email: unknown): readonly ErrorDetail[] {
  if (typeof email !== 'string' || !isPlaceholder(normalizeEmail(email))) return []
  return [{ field: 'email', code: 'format', message: 'email must be your own address' }]
}

interface Registration {
  readonly fields: UserFields
  readonly email: unknown
  /** Id of the anonymous user who becomes a full one. */
  readonly promoted: string | null
}

/** Checks the user's document and the password together. */
function prepare(
  context: AuthContext,
  request: RequestContext,
  { fields, email, promoted }: Registration,
  problems: readonly ErrorDetail[],
): (tx: Tx) => string {
  const server = email === undefined ? {} : { email }
  const details: ErrorDetail[] = []
  // An update does not ask for what it does not change.
  if (promoted !== null && email === undefined)
    details.push({ field: 'email', code: 'required', message: 'email is required' })
  let write: ((tx: Tx) => string) | undefined
  try {
    write = registeredUser(context, { method: 'password', promoted, fields, server, request })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'VALIDATION_ERROR') throw error
    details.push(...error.details)
  }
  details.push(...problems)
  if (write === undefined || details.length > 0) {
    const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
    throw new AppError('VALIDATION_ERROR', `${details[0]?.message ?? 'The registration is not valid'}${more}`, {
      details,
    })
  }
  return write
}

function anonymousUser(context: AuthContext, { actor }: RequestContext): string | null {
  if (actor.kind !== 'user' || actor.impersonator) return null
  return findAccount(context.database, actor.id).anonymous ? actor.id : null
}
