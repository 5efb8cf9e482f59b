import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findSession, type Session, touchSession } from '../../store/sessions'
import { endSession } from '../sessions/end-sessions'
import { isAlive } from '../sessions/session-actor'

/** Renews an operator's session: it continues, as by a refresh. Null where it has ended. */
export async function renewOperatorSession(
  context: AuthContext,
  request: RequestContext,
  id: string,
): Promise<Session | null> {
  const { value } = await context.database.write((tx) => {
    const session = findSession(tx, id)
    if (session === null || !isAlive(context, session)) return null
    touchSession(tx, id, request.time)
    return { ...session, usedAt: request.time }
  })
  return value
}

export async function endOperatorSession(
  context: AuthContext,
  request: RequestContext,
  session: Session,
): Promise<void> {
  await context.database.write((tx) => {
    if (!endSession(context, tx, session.id)) return
    const actor = { kind: 'operator', id: session.subject, name: null } as const
    audit(context, tx, request, { event: 'auth.logout', actor, target: { kind: 'session', id: session.id } })
  })
}
