import { AppError } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { clearLoginFailures } from '../../store/login-failures'
import { deleteTotp } from '../../store/totp'
import { secondFactorAccount } from '../sign-in/login-lock'
import { requireKnownUser, targetOf } from './manage-users'

/**
 * For a user who has lost their app and their recovery codes: the second factor is no longer required. Throws
 * NOT_FOUND.
 */
export async function removeUserMfa(context: AuthContext, request: RequestContext, id: string): Promise<void> {
  const user = requireKnownUser(context, context.database, id)
  await context.database.write((tx) => {
    if (!deleteTotp(tx, user.id)) throw new AppError('NOT_FOUND', `The user '${id}' has no second factor.`)
    clearLoginFailures(tx, secondFactorAccount(user.id))
    audit(context, tx, request, { event: 'user.mfa_removed', target: targetOf(user) })
  })
}
