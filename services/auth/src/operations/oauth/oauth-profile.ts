import { AppError, type ErrorDetail, openObject } from '@koyalite/contracts'
import type { z } from 'zod'
import { type AuthContext, charge, type RequestContext } from '../../auth-context'
import { consumeOneTimeToken, insertOneTimeToken, peekOneTimeToken } from '../../store/one-time-tokens'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { secretInput } from '../inputs'
import { invalidate } from '../sessions/end-sessions'
import { requireSignedIn, type SignIn, signInNewUser } from '../sign-in/sign-in-user'
import { type FlowBinding, type FlowProof, isSameClient, verifierInput } from './flow-binding'
import { type ProfileOf, userOfProfile } from './link-identity'

/** Time to fill in a form. */
export const PROFILE_TTL = 15 * 60_000

interface PendingProfile extends ProfileOf, FlowBinding {
  readonly cookies: boolean
}

/**
 * Keeps what a provider has said of somebody until they have given the rest: the error that asks them for it, with a
 * ticket.
 */
export async function issueProfileTicket(
  context: AuthContext,
  request: RequestContext,
  { provider, profile, flow }: ProfileOf & { readonly flow: FlowBinding & { readonly cookies: boolean } },
  details: readonly ErrorDetail[],
): Promise<AppError> {
  const ticket = randomSecret()
  const { browser, challenge, cookies } = flow
  const data: PendingProfile = { provider, profile, browser, challenge, cookies }
  const expiresAt = request.time + PROFILE_TTL
  await context.database.write((tx) =>
    insertOneTimeToken(tx, { hash: hashSecret(ticket), purpose: 'oauth_profile', subject: null, data, expiresAt }),
  )
  const names = [...new Set(details.map(({ field }) => field))].join(', ')
  return new AppError(
    'PROFILE_INCOMPLETE',
    `Your account needs more fields: ${names}. Send the ticket with these fields to POST /api/auth/oauth/complete within 15 minutes.`,
    { details, ticket },
  )
}

/** The ticket, and fields of `users`: those are checked where they are stored. */
export const completeProfileInput = openObject({ ticket: secretInput, code_verifier: verifierInput.optional() })
export type CompleteProfileInput = z.output<typeof completeProfileInput>

export interface CompletedProfile {
  readonly signIn: SignIn
  /** Whether the flow was to end with cookies. */
  readonly cookies: boolean
}

/**
 * Makes the account that a first sign-in could not, and signs in. A ticket is good once, for the client that began;
 * fields that are wrong do not use it up. Throws UNAUTHENTICATED, VALIDATION_ERROR, CONFLICT, FORBIDDEN, RATE_LIMITED.
 */
export async function completeProfile(
  context: AuthContext,
  request: RequestContext,
  { ticket, code_verifier: verifier, ...given }: CompleteProfileInput,
  { browserSecret }: Pick<FlowProof, 'browserSecret'>,
): Promise<CompletedProfile> {
  if (Object.hasOwn(given, 'email')) {
    const message = 'email is set by the provider'
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'email', code: 'read_only', message }] })
  }
  charge(context, request, { name: 'oauth_complete', rate: context.settings.auth.rate_limit.login })
  const hash = hashSecret(ticket)
  const pending = peekOneTimeToken(context.database, 'oauth_profile', hash, request.time)?.data as
    | PendingProfile
    | undefined
  if (pending === undefined) throw staleTicket()
  if (!isSameClient(pending, { browserSecret, verifier })) {
    // The client that sends it has it.
    await context.database.write((tx) => consumeOneTimeToken(tx, 'oauth_profile', hash, request.time))
    throw staleTicket()
  }
  const { provider, profile, cookies } = pending
  const { value: first } = await context.database.write((tx) => {
    if (!consumeOneTimeToken(tx, 'oauth_profile', hash, request.time)) throw staleTicket()
    const userId = userOfProfile(context, tx, request, { provider, profile, given })
    invalidate(context, tx, { kind: 'user', id: userId })
    return signInNewUser(context, tx, { userId, method: `oauth:${provider}`, request })
  })
  return { signIn: requireSignedIn(first), cookies }
}

function staleTicket(): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    'The ticket has expired, or the sign-in was started elsewhere. Sign in with the provider again.',
  )
}
