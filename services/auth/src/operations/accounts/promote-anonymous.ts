import { AppError, type Tx, type UserFacts } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findAccount, promoteAccount } from '../../store/accounts'
import { endSessionsOf } from '../sessions/end-sessions'
import { sendVerification } from './mail-link'
import { isPlaceholder } from './placeholder-email'
import { afterRegister, beforeRegister } from './register-hooks'

/**
 * Makes a full user of an anonymous one who has a way to sign in now; they keep their id and documents. Sessions that
 * others may have got at while they were the only credential end, except for the present one.
 */
export function promoteAnonymous(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  { userId, present, method }: { readonly userId: string; readonly present: string | null; readonly method: string },
): void {
  if (!findAccount(tx, userId).anonymous) return
  const registering = { method, request, promoted: userId, fields: {}, server: {} }
  const { server } = beforeRegister(context, tx, registering)
  if (Object.keys(server).length > 0) context.users.update(userId, { fields: {}, by: 'own', server, request })(tx)
  promoteAccount(tx, userId)
  audit(context, tx, request, { event: 'auth.promoted', target: { kind: 'user', id: userId } })
  endSessionsOf(context, tx, { kind: 'user', id: userId, keep: present })
  afterRegister(context, tx, { userId, method, request })
}

/** Sets the address of a user who has none. Throws CONFLICT where another user has it. */
export function giveAddress(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  user: UserFacts,
  address: { readonly email: string; readonly verified: boolean },
): void {
  if (!isPlaceholder(user.email)) return
  if (context.users.byEmail(tx, address.email)) {
    const message = 'An account with this email address exists. Sign out, then sign in to that account.'
    throw new AppError('CONFLICT', message, { details: [{ field: 'email', code: 'unique', message }] })
  }
  context.users.update(user.id, { fields: {}, by: 'own', server: address, request })(tx)
  sendVerification(context, tx, user.id)
}
