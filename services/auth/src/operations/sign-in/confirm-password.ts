import { AppError } from '@koyalite/contracts'
import type { UserActor } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { findAccount, setPassword } from '../../store/accounts'
import { clearLoginFailures } from '../../store/login-failures'
import { countLoginFailure, requireUnlocked, userAccount } from './login-lock'

/**
 * Asks for the password of an account before something that neither a stolen session nor a mailed link must do alone.
 * Wrong ones count like those of a sign-in. Returns the hash of it that is stored now. Throws UNAUTHENTICATED,
 * RATE_LIMITED, FORBIDDEN where they have none.
 */
export async function confirmPassword(
  context: AuthContext,
  request: RequestContext,
  actor: Pick<UserActor, 'id' | 'email'>,
  password: string,
): Promise<string> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login, account: actor.email })
  const account = userAccount(actor.email)
  requireUnlocked(context, account, request.time)
  const stored = findAccount(context.database, actor.id).password
  if (stored === null) {
    throw new AppError('FORBIDDEN', 'You have no password yet. POST /api/auth/password/forgot sends a link to set one.')
  }
  const { matches, replacement } = await context.runtime.hasher.verify(password, stored)
  const { value: confirmed } = await context.database.write((tx) => {
    if (!matches) {
      countLoginFailure(tx, account, request.time)
      audit(context, tx, request, { event: 'auth.password_confirmation', outcome: 'failure' })
      return stored
    }
    clearLoginFailures(tx, account)
    // It may have been changed while it was verified.
    if (replacement === null || findAccount(tx, actor.id).password !== stored) return stored
    setPassword(tx, actor.id, replacement, request.time)
    return replacement
  })
  if (!matches) throw new AppError('UNAUTHENTICATED', 'The password is wrong.')
  return confirmed
}
