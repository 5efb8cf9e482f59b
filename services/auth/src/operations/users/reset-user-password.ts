import { requireAdmin } from '@koyalite/access'
import type { UserFacts } from '@koyalite/contracts'
import { parseInput } from '@koyalite/kernel'
import { z } from 'zod'
import { USERS_AREA } from '../../admin-areas'
import { type AuthContext, audit, type Visit } from '../../auth-context'
import { requireGoodPassword } from '../../passwords/password-policy'
import { setPassword } from '../../store/accounts'
import { clearLoginFailures } from '../../store/login-failures'
import { deleteSignInTokens } from '../../store/one-time-tokens'
import { sendLink } from '../accounts/mail-link'
import { isPlaceholder } from '../accounts/placeholder-email'
import { endSessionsOf } from '../sessions/end-sessions'
import { userAccount } from '../sign-in/login-lock'
import { requireKnownUser, targetOf } from './manage-users'

export const resetUserPasswordInput = z.strictObject({ password: z.string().optional() })

/**
 * A new password for a user: the one given, which ends all their sessions, or a mail with a link under which they choose it.
 * Throws NOT_FOUND, VALIDATION_ERROR.
 */
export async function resetUserPassword(context: AuthContext, visit: Visit, id: string, input: unknown): Promise<void> {
  requireAdmin(visit.actor, USERS_AREA, 'write')
  const { password } = parseInput(resetUserPasswordInput, input)
  if (password !== undefined) requireGoodPassword(context.settings.auth.password, password)
  const user = requireKnownUser(context, context.database, id)
  if (password === undefined) await mailLink(context, visit, user)
  else await givePassword(context, visit, user, password)
}

async function mailLink(context: AuthContext, visit: Visit, user: UserFacts): Promise<void> {
  await context.database.write((tx) => {
    sendLink(context, tx, user, 'reset_password')
    audit(context, tx, visit, { event: 'user.password_reset_sent', target: targetOf(user) })
  })
}

async function givePassword(context: AuthContext, visit: Visit, { id }: UserFacts, password: string): Promise<void> {
  const stored = await context.runtime.hasher.hash(password)
  await context.database.write((tx) => {
    const user = requireKnownUser(context, tx, id)
    setPassword(tx, id, stored, visit.time)
    deleteSignInTokens(tx, id)
    clearLoginFailures(tx, userAccount(user.email))
    audit(context, tx, visit, { event: 'user.password_reset', target: targetOf(user) })
    if (!isPlaceholder(user.email)) context.mail.queue(tx, { template: 'password_changed', to: user.email })
    endSessionsOf(context, tx, { kind: 'user', id })
  })
}
