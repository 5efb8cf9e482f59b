import type { Tx, UserFacts } from '@koyalite/contracts'
import type { AuthContext, Visit } from '../../auth-context'
import { revokeCredentials } from './revoke-credentials'

/**
 * Somebody has shown that the address of a user is theirs, by a way that needs no other credential of that user. If nobody had shown it
 * before, whoever made the account may have been somebody else: what they set up to sign in with is taken away. SPEC.md, section P.
 */
export function proveAddress(context: AuthContext, tx: Tx, user: UserFacts, visit: Visit): void {
  if (user.verified) return
  revokeCredentials(context, tx, user.id, visit.time)
  markVerified(context, tx, user.id, visit)
}

export function markVerified(context: AuthContext, tx: Tx, userId: string, visit: Visit): void {
  context.users.update(userId, { fields: {}, by: 'own', server: { verified: true }, visit })(tx)
}
