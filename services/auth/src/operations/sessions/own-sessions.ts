import { AppError } from '@koyalite/contracts'
import type { SessionActor } from '../../actors'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findRefreshToken } from '../../store/refresh-tokens'
import { findSession, type Session, sessionsOf } from '../../store/sessions'
import { hashSecret } from '../../tokens/secret'
import { isOpen } from './begin-session'
import { endSession, endSessionsOf } from './end-sessions'

export interface SessionView {
  readonly id: string
  readonly method: string
  readonly ip: string | null
  readonly user_agent: string | null
  readonly created_at: string
  readonly last_used_at: string
  readonly expires_at: string
  /** Whether it is the session of the request. */
  readonly current: boolean
}

/** The caller's open sessions. Impersonations show too: nobody acts for somebody behind their back. */
export function listOwnSessions(
  context: AuthContext,
  { actor, time }: RequestContext<SessionActor>,
): readonly SessionView[] {
  return sessionsOf(context.database, actor.kind, actor.id)
    .filter((session) => isOpen(context, session, time))
    .map((session) => sessionView(session, actor.sessionId))
}

/** Ends one of the caller's sessions, at once. Throws NOT_FOUND for any that is not theirs. */
export async function endOwnSession(
  context: AuthContext,
  request: RequestContext<SessionActor>,
  id: string,
): Promise<void> {
  const { actor } = request
  await context.database.write((tx) => {
    const session = findSession(tx, id)
    if (session?.kind !== actor.kind || session.subject !== actor.id || !endSession(context, tx, id)) {
      throw new AppError('NOT_FOUND', `You have no open session '${id}'.`)
    }
    audit(context, tx, request, { event: 'auth.session_ended', target: { kind: 'session', id } })
  })
}

/** Ends all sessions of the caller but the current one. Returns their number. */
export async function endOtherSessions(context: AuthContext, request: RequestContext<SessionActor>): Promise<number> {
  const { actor } = request
  const { value: ended } = await context.database.write((tx) => {
    const ids = endSessionsOf(context, tx, { kind: actor.kind, id: actor.id, keep: actor.sessionId })
    audit(context, tx, request, { event: 'auth.session_ended', details: { sessions: ids.length } })
    return ids
  })
  return ended.length
}

/**
 * Ends the session of the caller, the one that a refresh token belongs to, and others that the request proves to be
 * its own. Returns their number.
 */
export async function logout(
  context: AuthContext,
  request: RequestContext,
  { refreshToken, shown = [] }: { readonly refreshToken: string | null; readonly shown?: readonly string[] },
): Promise<number> {
  const { actor } = request
  const { value: ended } = await context.database.write((tx) => {
    const own = actor.kind === 'user' || actor.kind === 'operator' ? actor.sessionId : null
    const named = refreshToken === null ? null : (findRefreshToken(tx, hashSecret(refreshToken))?.sessionId ?? null)
    const ids = [...new Set([own, named, ...shown])].filter((id) => id !== null)
    for (const id of ids) {
      const session = findSession(tx, id)
      if (!session) continue
      endSession(context, tx, id)
      audit(context, tx, request, {
        event: 'auth.logout',
        ...(own === null ? { actor: { kind: session.kind, id: session.subject, name: null } } : {}),
        target: { kind: 'session', id },
      })
    }
    return ids
  })
  return ended.length
}

export function sessionView(session: Session, current: string | null): SessionView {
  return {
    id: session.id,
    method: session.method,
    ip: session.ip,
    user_agent: session.userAgent,
    created_at: new Date(session.createdAt).toISOString(),
    last_used_at: new Date(session.usedAt).toISOString(),
    expires_at: new Date(session.expiresAt).toISOString(),
    current: session.id === current,
  }
}
