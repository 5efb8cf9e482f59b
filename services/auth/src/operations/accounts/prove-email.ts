import { parseInput } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { emailInput, secretInput } from '../../parse-input'
import { findAccount } from '../../store/accounts'
import { invalidate } from '../sessions/end-sessions'
import { confirmPassword } from '../sign-in/confirm-password'
import { isInPerson } from '../sign-in/require-actor'
import { peekLink, sendAskedLink, takeLink } from './mail-link'
import { staleLink } from './password-reset'
import { markVerified } from './prove-address'
import { revokeUnproved } from './revoke-credentials'

export const verifyEmailInput = z.strictObject({
  token: secretInput,
  /** Of the account, from who is not signed in to it; ignored where it has none. */
  password: z.string().optional(),
})
export const resendInput = z.strictObject({ email: emailInput.optional() })

/**
 * Proves an address under the link of the registration. Whoever opens it need not be who set up the account: unless they are signed in to it or
 * send its password, only the password of the registration is kept, which the mail speaks of. A wrong password proves nothing, and leaves the link good.
 * SPEC.md, section P. Throws INVALID_REQUEST where the link is not good, UNAUTHENTICATED where the password is wrong, RATE_LIMITED.
 */
export async function verifyEmail(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const { token, password } = parseInput(verifyEmailInput, input)
  const shown = password === undefined ? null : await shownPassword(context, visit, token, password)
  await context.database.write((tx) => {
    const user = takeLink(context, tx, 'verify_email', token)
    if (!user) throw staleLink()
    const isTheirs = isInPerson(visit.actor, user.id) || (shown !== null && shown === findAccount(tx, user.id).password)
    if (!user.verified && !isTheirs) revokeUnproved(context, tx, user.id, visit.time)
    if (!user.verified) markVerified(context, tx, user.id, visit)
    const actor = { kind: 'user', id: user.id, name: user.email } as const
    audit(context, tx, visit, { event: 'auth.email_verified', actor })
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
}

/** The hash of an account's password that was sent with its link; null where there is none to ask for. */
async function shownPassword(
  context: AuthContext,
  visit: Visit,
  token: string,
  password: string,
): Promise<string | null> {
  const user = peekLink(context, 'verify_email', token)
  if (!user) throw staleLink()
  if (isInPerson(visit.actor, user.id) || findAccount(context.database, user.id).password === null) return null
  return confirmPassword(context, visit, user, password)
}

/** Sends the link again: to whoever is signed in, or to an address. Whether there is anything to prove shows in nothing. */
export async function resendVerification(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const { email } = parseInput(resendInput, input)
  const own = visit.actor.kind === 'user' ? visit.actor : null
  const account = email ?? own?.email
  const rate = context.settings.auth.rate_limit.mail
  charge(context, visit, { name: 'mail', rate, ...(account == null ? {} : { account }) })
  await context.database.write((tx) => {
    const user = email === undefined ? own && context.users.byId(tx, own.id) : context.users.byEmail(tx, email)
    audit(context, tx, visit, { event: 'auth.email_verification_requested' })
    sendAskedLink(context, tx, user?.verified === false ? user : null, 'verify_email')
  })
}
