import { AppError } from '@koyalite/contracts'
import { parseInput } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { emailInput, secretInput } from '../../parse-input'
import { requireGoodPassword } from '../../passwords/password-policy'
import { findAccount, setPassword } from '../../store/accounts'
import { clearLoginFailures } from '../../store/login-failures'
import { deleteAllOneTimeTokens, peekOneTimeToken } from '../../store/one-time-tokens'
import { hashSecret } from '../../tokens/secret'
import { endSessionsOf, invalidate } from '../sessions/end-sessions'
import { userAccount } from '../sign-in/login-lock'
import { sendAskedLink, takeLink } from './mail-link'
import { proveAddress } from './prove-address'

export const forgotInput = z.strictObject({ email: emailInput })
export const resetInput = z.strictObject({ token: secretInput, password: z.string() })

/** Sends a link under which a new password can be chosen. Whether there is such a user shows in nothing. Throws RATE_LIMITED. */
export async function forgotPassword(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const { email } = parseInput(forgotInput, input)
  charge(context, visit, {
    name: 'password_reset',
    rate: context.settings.auth.rate_limit.password_reset,
    account: email,
  })
  await context.database.write((tx) => {
    const user = context.users.byEmail(tx, email)
    // A write either way: the answer takes as long.
    audit(context, tx, visit, {
      event: 'auth.password_reset_requested',
      ...(user ? { target: { kind: 'user', id: user.id, name: email } } : { outcome: 'failure' }),
    })
    sendAskedLink(context, tx, user, 'reset_password')
  })
}

/** Sets a new password under a link, once: all sessions end. Throws VALIDATION_ERROR, INVALID_REQUEST where the link is not good. */
export async function resetPassword(context: AuthContext, visit: Visit, input: unknown): Promise<void> {
  const { token, password } = parseInput(resetInput, input)
  charge(context, visit, { name: 'login', rate: context.settings.auth.rate_limit.login })
  requireGoodPassword(context.settings.auth.password, password)
  const hash = hashSecret(token)
  // Nobody makes the server hash passwords with links that are no good.
  if (!peekOneTimeToken(context.database, 'reset_password', hash, visit.time)) throw staleLink()
  const stored = await context.runtime.hasher.hash(password)
  await context.database.write((tx) => {
    const user = takeLink(context, tx, 'reset_password', token)
    if (!user || findAccount(tx, user.id).blockedAt !== null) throw staleLink()
    proveAddress(context, tx, user, visit)
    setPassword(tx, user.id, stored, visit.time)
    deleteAllOneTimeTokens(tx, user.id)
    clearLoginFailures(tx, userAccount(user.email))
    const actor = { kind: 'user', id: user.id, name: user.email } as const
    audit(context, tx, visit, { event: 'auth.password_changed', actor, details: { by: 'reset' } })
    context.mail.queue(tx, { template: 'password_changed', to: user.email })
    endSessionsOf(context, tx, { kind: 'user', id: user.id })
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
}

export function staleLink(): AppError {
  return new AppError('INVALID_REQUEST', 'The link is invalid or has expired. Request a new one.')
}
