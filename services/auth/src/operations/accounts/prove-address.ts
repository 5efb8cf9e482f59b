import type { Tx, UserFacts } from '@koyalite/contracts'
import type { AuthContext, RequestContext } from '../../auth-context'
import { revokeCredentials } from './revoke-credentials'

/**
 * Somebody has shown that the address of a user is theirs, by a way that needs no other credential of that user. If
 * nobody had proved it before, the account may have been created by somebody else: what they set up to sign in with
 * is taken away. SPEC.md, section P.
 */
export function proveAddress(context: AuthContext, tx: Tx, user: UserFacts, request: RequestContext): void {
  if (user.verified) return
  revokeCredentials(context, tx, user.id, request.time)
  markVerified(context, tx, user.id, request)
}

export function markVerified(context: AuthContext, tx: Tx, userId: string, request: RequestContext): void {
  context.users.update(userId, { fields: {}, by: 'own', server: { verified: true }, request })(tx)
}
