import type { AuthContext } from '../../auth-context'
import { findSession, type Session } from '../../store/sessions'
import { type AccessClaims, invalidToken } from '../../tokens/access-tokens'
import type { VerifiedToken } from '../../tokens/verified-tokens'
import { KEY_PREFIX, verifyKey } from '../keys/verify-key'
import { isOpen } from './begin-session'
import { sessionActor } from './session-actor'

/**
 * Whom an access token or service key stands for, whichever way it came: sockets bring theirs in a message. Throws
 * UNAUTHENTICATED.
 */
export function identifyToken(context: AuthContext, token: string): VerifiedToken | Promise<VerifiedToken> {
  const { verified, keyUses, now } = context.runtime
  const time = now()
  const known = verified.find(token, time)
  const isKey = known === undefined ? token.startsWith(KEY_PREFIX) : known.actor.kind === 'service_key'
  if (!isKey) return known ?? verifyAccessToken(context, token)
  const key = known ?? verifyKey(context, token)
  if (key.actor.kind === 'service_key') keyUses.note(key.actor.id, time)
  return key
}

/**
 * Verifies an access token and its session. Throws UNAUTHENTICATED.
 * @param name under which it is cached
 */
export async function verifyAccessToken(context: AuthContext, token: string, name = token): Promise<VerifiedToken> {
  const claims = await context.tokens.verify(token)
  // From here on nothing is awaited: what is read is what is cached, unless another process commits meanwhile.
  const { invalidations } = context.runtime.verified
  const session = findSession(context.database, claims.sessionId)
  if (
    session?.kind !== claims.kind ||
    session.subject !== claims.subject ||
    !isOpen(context, session, context.runtime.now())
  ) {
    throw invalidToken()
  }
  const actor = sessionActor(context, session)
  if (actor === null) throw invalidToken()
  const verified: VerifiedToken = {
    actor,
    dependsOn: [
      { kind: 'session', id: session.id },
      { kind: session.kind, id: session.subject },
    ],
    expiresAt: expiryOf(context, claims, session),
  }
  if (context.runtime.verified.invalidations === invalidations) context.runtime.verified.add(name, verified)
  return verified
}

function expiryOf(context: AuthContext, claims: AccessClaims, session: Session): number {
  return Math.min(claims.expiresAt, session.expiresAt, session.usedAt + context.settings.auth.sessions.inactivity)
}
