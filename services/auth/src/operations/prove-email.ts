import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../auth-context'
import { emailInput, parseInput, secretInput } from '../parse-input'
import { sendAskedLink, takeLink } from './mail-link'
import { staleLink } from './password-reset'
import { markVerified } from './prove-address'

export const verifyEmailInput = z.strictObject({ token: secretInput })
export const resendInput = z.strictObject({ email: emailInput.optional() })

/** Proves an address under the link of the registration. Throws INVALID_REQUEST where the link is not good. */
export async function verifyEmail(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const { token } = parseInput(verifyEmailInput, input)
  const { value: userId } = await context.database.write((tx) => {
    const user = takeLink(context, tx, 'verify_email', token)
    if (!user) throw staleLink()
    if (!user.verified) markVerified(context, tx, user.id, visit)
    const actor = { kind: 'user', id: user.id, name: user.email } as const
    audit(context, tx, visit, { event: 'auth.email_verified', actor })
    return user.id
  })
  context.runtime.verified.forget({ kind: 'user', id: userId })
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
  context.mail.wake()
}
