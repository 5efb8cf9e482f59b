import { AppError } from '@koyalite/contracts'
import type { AuthContext, Visit } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { identitiesOf } from '../../store/identities'
import { passkeysOf } from '../../store/passkeys'
import { lastProofOf } from '../../store/session-proofs'
import { findTotp } from '../../store/totp'
import { isPlaceholder } from '../accounts/placeholder-email'
import { type OperatorActor, requireUserInPerson, type UserActor } from './require-actor'

/**
 * A user in person who has shown a short while ago that it is them: what signs them in is not for a session that was stolen. Throws
 * UNAUTHENTICATED, FORBIDDEN; where another proof would help, its detail is `reauthentication_required`.
 */
export function requireFresh(context: AuthContext, visit: Visit): UserActor {
  const actor = requireUserInPerson(visit.actor)
  if (canProve(context, actor)) requireFreshSession(context, visit, actor)
  return actor
}

/** The same of an operator, who signs in again for it. */
export function requireFreshPerson(context: AuthContext, visit: Visit): UserActor | OperatorActor {
  if (visit.actor.kind !== 'operator') return requireFresh(context, visit)
  requireFreshSession(context, visit, visit.actor)
  return visit.actor
}

function requireFreshSession(context: AuthContext, visit: Visit, actor: UserActor | OperatorActor): void {
  const provedAt = lastProofOf(context.database, actor.sessionId) ?? 0
  if (visit.time < freshUntil(context, provedAt)) return
  const message =
    actor.kind === 'operator'
      ? 'Sign in again, then repeat the request.'
      : 'Sign in again, or confirm your identity with POST /api/auth/reauthenticate, then repeat the request.'
  throw new AppError('FORBIDDEN', message, {
    details: [{ field: 'session', code: 'reauthentication_required', message }],
  })
}

/** Until when a proof counts. Milliseconds since 1970. */
export function freshUntil(context: AuthContext, provedAt: number): number {
  return provedAt + context.settings.auth.sessions.fresh
}

/** Anonymous users have nothing but their session: whoever has it could not be told from them. */
function canProve({ database }: AuthContext, { id, email }: UserActor): boolean {
  return (
    !isPlaceholder(email) ||
    findAccount(database, id).password !== null ||
    findTotp(database, id)?.active === true ||
    passkeysOf(database, id).length > 0 ||
    identitiesOf(database, id).length > 0
  )
}
