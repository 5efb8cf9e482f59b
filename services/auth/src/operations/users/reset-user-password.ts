import type { UserFacts } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { setPassword } from '../../store/accounts'
import { clearLoginFailures } from '../../store/login-failures'
import { deleteSignInTokens } from '../../store/one-time-tokens'
import { sendLink } from '../accounts/mail-link'
import { mailLocale } from '../accounts/mail-locale'
import { isPlaceholder } from '../accounts/placeholder-email'
import { endSessionsOf } from '../sessions/end-sessions'
import { userAccount } from '../sign-in/login-lock'
import { requireKnownUser, targetOf } from './manage-users'

export const resetUserPasswordInput = z.strictObject({ password: z.string().optional() })
export type ResetUserPasswordInput = z.output<typeof resetUserPasswordInput>

/**
 * A new password for a user: the one given, which ends all their sessions, or a mail with a link under which they
 * choose it. Throws NOT_FOUND, VALIDATION_ERROR.
 */
export async function resetUserPassword(
  context: AuthContext,
  request: RequestContext,
  id: string,
  { password }: ResetUserPasswordInput,
): Promise<void> {
  if (password !== undefined) requireGoodPassword(context.settings.auth.password, password)
  const user = requireKnownUser(context, context.database, id)
  if (password === undefined) await mailLink(context, request, user)
  else await givePassword(context, request, user, password)
}

async function mailLink(context: AuthContext, request: RequestContext, user: UserFacts): Promise<void> {
  await context.database.write((tx) => {
    sendLink(context, tx, user, 'reset_password')
    audit(context, tx, request, { event: 'user.password_reset_sent', target: targetOf(user) })
  })
}

async function givePassword(
  context: AuthContext,
  request: RequestContext,
  { id }: UserFacts,
  password: string,
): Promise<void> {
  const stored = await context.runtime.hasher.hash(password)
  await context.database.write((tx) => {
    const user = requireKnownUser(context, tx, id)
    setPassword(tx, id, stored, request.time)
    deleteSignInTokens(tx, id)
    clearLoginFailures(tx, userAccount(user.email))
    audit(context, tx, request, { event: 'user.password_reset', target: targetOf(user) })
    if (!isPlaceholder(user.email))
      context.mail.queue(tx, { template: 'password_changed', to: user.email, locale: mailLocale(user) })
    endSessionsOf(context, tx, { kind: 'user', id })
  })
}
