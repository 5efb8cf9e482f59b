import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { findAccount, setPassword } from '../../store/accounts'
import { clearLoginFailures } from '../../store/login-failures'
import { deleteAllOneTimeTokens, peekOneTimeToken } from '../../store/one-time-tokens'
import { hashSecret } from '../../tokens/secret'
import { emailInput, localeInput, secretInput } from '../inputs'
import { endSessionsOf, invalidate } from '../sessions/end-sessions'
import { userAccount } from '../sign-in/login-lock'
import { sendAskedLink, takeLink } from './mail-link'
import { mailLocale } from './mail-locale'
import { proveAddress } from './prove-address'

export const forgotInput = z.strictObject({ email: emailInput, locale: localeInput })
export type ForgotInput = z.output<typeof forgotInput>
export const resetInput = z.strictObject({ token: secretInput, password: z.string() })
export type ResetInput = z.output<typeof resetInput>

/**
 * Sends a link under which a new password can be chosen. The response does not show whether there is such a user.
 * Throws RATE_LIMITED.
 */
export async function forgotPassword(
  context: AuthContext,
  request: RequestContext,
  { email, locale }: ForgotInput,
): Promise<void> {
  charge(context, request, {
    name: 'password_reset',
    rate: context.settings.auth.rate_limit.password_reset,
    account: email,
  })
  await context.database.write((tx) => {
    const user = context.users.byEmail(tx, email)
    // A write either way, so that the response takes as long.
    audit(context, tx, request, {
      event: 'auth.password_reset_requested',
      ...(user ? { target: { kind: 'user', id: user.id, name: email } } : { outcome: 'failure' }),
    })
    sendAskedLink(context, tx, user, { kind: 'reset_password', locale })
  })
}

/**
 * Sets a new password under a link, once: all sessions end. Throws VALIDATION_ERROR, INVALID_REQUEST where the link is
 * not valid.
 */
export async function resetPassword(
  context: AuthContext,
  request: RequestContext,
  { token, password }: ResetInput,
): Promise<void> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login })
  requireGoodPassword(context.settings.auth.password, password)
  const hash = hashSecret(token)
  // Nobody makes the server hash passwords with invalid links.
  if (!peekOneTimeToken(context.database, 'reset_password', hash, request.time)) throw staleLink()
  const stored = await context.runtime.hasher.hash(password)
  await context.database.write((tx) => {
    const user = takeLink(context, tx, 'reset_password', token)
    if (!user || findAccount(tx, user.id).blockedAt !== null) throw staleLink()
    proveAddress(context, tx, user, request)
    setPassword(tx, user.id, stored, request.time)
    deleteAllOneTimeTokens(tx, user.id)
    clearLoginFailures(tx, userAccount(user.email))
    const actor = { kind: 'user', id: user.id, name: user.email } as const
    audit(context, tx, request, { event: 'auth.password_changed', actor, details: { by: 'reset' } })
    context.mail.queue(tx, { template: 'password_changed', to: user.email, locale: mailLocale(user) })
    endSessionsOf(context, tx, { kind: 'user', id: user.id })
    invalidate(context, tx, { kind: 'user', id: user.id })
  })
}

export function staleLink(): AppError {
  return new AppError('INVALID_REQUEST', 'The link is invalid or has expired. Request a new one.')
}
