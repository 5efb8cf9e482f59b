import { requireAdmin } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { pageOf } from '@koyalite/kernel'
import { OPERATORS_AREA } from '../../admin-areas'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findSession, listSessions, type Session, sessionsOf } from '../../store/sessions'
import { requireKnownUser } from '../users/manage-users'
import { isOpen } from './begin-session'
import { endSession, endSessionsOf } from './end-sessions'
import { type SessionView, sessionView } from './own-sessions'

export interface AnySessionView extends SessionView {
  readonly kind: Session['kind']
  /** Id of the user or operator. */
  readonly subject: string
  readonly impersonator: string | null
}

export interface SessionsQuery {
  /** Id or address. */
  readonly user?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Open sessions, newest first: everybody's in pages, or all of one user. */
export function listAllSessions(
  context: AuthContext,
  request: RequestContext,
  { user, limit, cursor }: SessionsQuery,
): { readonly sessions: readonly AnySessionView[]; readonly next_cursor: string | null } {
  if (user !== undefined) {
    const { id } = requireKnownUser(context, context.database, user)
    return { sessions: views(context, request, sessionsOf(context.database, 'user', id)), next_cursor: null }
  }
  const found = listSessions(context.database, { limit: limit + 1, before: cursor ?? null })
  const { page, next_cursor } = pageOf(found, limit, ({ id }) => id)
  return { sessions: views(context, request, page), next_cursor }
}

/** Ends anybody's session, at once. An operator's takes who may manage operators. */
export async function endAnySession(context: AuthContext, request: RequestContext, id: string): Promise<void> {
  await context.database.write((tx) => {
    const session = findSession(tx, id)
    if (!session) throw new AppError('NOT_FOUND', `There is no open session '${id}'.`)
    if (session.kind === 'operator') requireAdmin(request.actor, OPERATORS_AREA, 'write')
    endSession(context, tx, id)
    const details = { kind: session.kind, subject: session.subject }
    audit(context, tx, request, { event: 'session.ended', target: { kind: 'session', id }, details })
  })
}

/** Ends all sessions of a user. Returns their number. */
export async function endUserSessions(context: AuthContext, request: RequestContext, userId: string): Promise<number> {
  const user = requireKnownUser(context, context.database, userId)
  const { value: ended } = await context.database.write((tx) => {
    const ids = endSessionsOf(context, tx, { kind: 'user', id: user.id })
    const target = { kind: 'user', id: user.id, name: user.email }
    audit(context, tx, request, { event: 'session.ended', target, details: { sessions: ids.length } })
    return ids
  })
  return ended.length
}

function views(context: AuthContext, request: RequestContext, sessions: readonly Session[]): readonly AnySessionView[] {
  const { actor } = request
  const current = actor.kind === 'operator' ? actor.sessionId : null
  return sessions
    .filter((session) => isOpen(context, session, request.time))
    .map((session) => ({
      ...sessionView(session, current),
      kind: session.kind,
      subject: session.subject,
      impersonator: session.impersonator,
    }))
}
