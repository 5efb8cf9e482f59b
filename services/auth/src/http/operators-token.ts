import { AppError, type Identity } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { isOpen } from '../operations/sessions/begin-session'
import { sessionActor } from '../operations/sessions/session-actor'
import { findSession } from '../store/sessions'
import { invalidToken } from '../tokens/access-tokens'
import { actingAs, actorActingAs } from './acting-as'
import { identify } from './authenticate'

/** What is sealed is marked, so that it is not a token anywhere else. */
const PREFIX = 'operator '
const PLACE = 'live connections of operators'

export function isOperatorsToken(token: string): boolean {
  return token.startsWith(PREFIX)
}

/**
 * A credential for the live queries of an operator, as whom `Koyalite-As` says: good for as long as their session. It is
 * never sent to anybody: only a ticket for it is. Throws UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST.
 */
export async function operatorsToken(context: AuthContext, request: UnidentifiedRequest): Promise<string> {
  const operator = await identify(context, request)
  if (operator.kind !== 'operator')
    throw new AppError('FORBIDDEN', 'This is for operators: others use /api/realtime/ticket.')
  actingAs(context, request, operator)
  const as = request.headers.get('koyalite-as') ?? 'operator'
  return PREFIX + context.runtime.secrets.seal(JSON.stringify([operator.sessionId, as]), PLACE)
}

/** Whom such a credential stands for now. Throws UNAUTHENTICATED once the session has ended, FORBIDDEN, NOT_FOUND. */
export function identifyOperatorsToken(context: AuthContext, token: string): Identity {
  const text = context.runtime.secrets.open(token.slice(PREFIX.length), PLACE)
  if (text === null) throw invalidToken()
  const [sessionId, as] = JSON.parse(text) as [string, string]
  const session = findSession(context.database, sessionId)
  if (session?.kind !== 'operator' || !isOpen(context, session, context.runtime.now())) throw invalidToken()
  const operator = sessionActor(context, session)
  if (operator?.kind !== 'operator') throw invalidToken()
  const expiresAt = Math.min(session.expiresAt, session.usedAt + context.settings.auth.sessions.inactivity)
  return { actor: actorActingAs(context, operator, as), expiresAt, sessionId: session.id }
}
