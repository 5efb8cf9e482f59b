import { z } from 'zod'
import { isUserInPerson } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { emailInput, localeInput, secretInput } from '../inputs'
import { invalidate } from '../sessions/end-sessions'
import { confirmPassword } from '../sign-in/confirm-password'
import { peekLink, sendAskedLink, takeLink } from './mail-link'
import { staleLink } from './password-reset'
import { completeRegistration } from './pending-registration'
import { markVerified } from './prove-address'
import { revokeUnproved } from './revoke-credentials'

export const verifyEmailInput = z.strictObject({
  token: secretInput,
  /** Of the account, from who is not signed in to it; ignored where it has none. */
  password: z.string().optional(),
})
export type VerifyEmailInput = z.output<typeof verifyEmailInput>
export const resendInput = z.strictObject({ email: emailInput.optional(), locale: localeInput })
export type ResendInput = z.output<typeof resendInput>

/**
 * Proves an address with the link of the registration; where enumeration is hidden, that also creates the account. The
 * person who opens it need not have set up the account: unless they are signed in to it or send its password, only the
 * password of the registration stays valid, which the mail mentions. A wrong password proves nothing, and leaves the link valid. SPEC.md, section P. Throws INVALID_REQUEST
 * where the link is not valid, UNAUTHENTICATED where the password is wrong, RATE_LIMITED.
 */
export async function verifyEmail(
  context: AuthContext,
  request: RequestContext,
  { token, password }: VerifyEmailInput,
): Promise<void> {
  if (await completeRegistration(context, request, token, password)) return
  const shown = password === undefined ? null : await shownPassword(context, request, token, password)
  await context.database.write((tx) => {
    const user = takeLink(context, tx, 'verify_email', token)
    if (!user) throw staleLink()
    const isTheirs =
      isUserInPerson(request.actor, user.id) || (shown !== null && shown === findAccount(tx, user.id).password)
    if (!user.verified && !isTheirs) revokeUnproved(context, tx, user.id, request.time)
    if (!user.verified) markVerified(context, tx, user.id, request)
    const actor = { kind: 'user', id: user.id, name: user.email } as const
    audit(context, tx, request, { event: 'auth.email_verified', actor })
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
}

/** The hash of an account's password that was sent with its link; null if there is none to ask for. */
async function shownPassword(
  context: AuthContext,
  request: RequestContext,
  token: string,
  password: string,
): Promise<string | null> {
  const user = peekLink(context, 'verify_email', token)
  if (!user) throw staleLink()
  if (isUserInPerson(request.actor, user.id) || findAccount(context.database, user.id).password === null) return null
  return confirmPassword(context, request, user, password)
}

/**
 * Sends the link again: to the signed-in caller, or to an address. The response does not show whether there is
 * anything to prove.
 */
export async function resendVerification(
  context: AuthContext,
  request: RequestContext,
  { email, locale }: ResendInput,
): Promise<void> {
  const own = request.actor.kind === 'user' ? request.actor : null
  const account = email ?? own?.email
  const rate = context.settings.auth.rate_limit.mail
  charge(context, request, { name: 'mail', rate, ...(account == null ? {} : { account }) })
  await context.database.write((tx) => {
    const user = email === undefined ? own && context.users.byId(tx, own.id) : context.users.byEmail(tx, email)
    audit(context, tx, request, { event: 'auth.email_verification_requested' })
    sendAskedLink(context, tx, user?.verified === false ? user : null, { kind: 'verify_email', locale })
  })
}
