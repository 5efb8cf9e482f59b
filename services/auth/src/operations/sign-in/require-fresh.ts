import { AppError } from '@koyalite/contracts'
import type { Person, UserInPerson } from '../../actors'
import type { AuthContext, RequestContext } from '../../auth-context'
import { findAccount } from '../../store/accounts'
import { identitiesOf } from '../../store/identities'
import { passkeysOf } from '../../store/passkeys'
import { lastProofOf } from '../../store/session-proofs'
import { findTotp } from '../../store/totp'
import { isPlaceholder } from '../accounts/placeholder-email'

/**
 * What signs somebody in is changed only by who has shown a short while ago that it is them: the session may be
 * stolen. Throws FORBIDDEN with the detail `reauthentication_required`.
 */
export function requireFresh(context: AuthContext, { actor, time }: RequestContext<Person>): void {
  if (actor.kind === 'user' && !canProve(context, actor)) return
  const provedAt = lastProofOf(context.database, actor.sessionId) ?? 0
  if (time < freshUntil(context, provedAt)) return
  const message =
    actor.kind === 'operator'
      ? 'Sign in again, or confirm your identity with POST /api/admin/session/proof, then repeat the request.'
      : 'Sign in again, or confirm your identity with POST /api/auth/reauthenticate, then repeat the request.'
  throw new AppError('FORBIDDEN', message, {
    details: [{ field: 'session', code: 'reauthentication_required', message }],
  })
}

/** Until when a proof counts. Milliseconds since 1970. */
export function freshUntil(context: AuthContext, provedAt: number): number {
  return provedAt + context.settings.auth.sessions.fresh
}

/** Anonymous users have nothing but their session: they cannot be distinguished from anybody else who has it. */
function canProve({ database }: AuthContext, { id, email }: UserInPerson): boolean {
  return (
    !isPlaceholder(email) ||
    findAccount(database, id).password !== null ||
    findTotp(database, id)?.active === true ||
    passkeysOf(database, id).length > 0 ||
    identitiesOf(database, id).length > 0
  )
}
