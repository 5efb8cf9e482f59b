import { requireAdmin } from '@koyalite/access'
import { AppError, pageLimit } from '@koyalite/contracts'
import { z } from 'zod'
import { OPERATORS_AREA, SESSIONS_AREA } from '../../admin-areas'
import { type AuthContext, audit, type Visit } from '../../auth-context'
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

export const sessionsQuery = z.object({
  user: z.string().optional(),
  limit: pageLimit.default(50),
  cursor: z.string().max(100).optional(),
})

/** Open sessions, newest first: everybody's in pages, or all of one user. */
export function listAllSessions(
  context: AuthContext,
  visit: Visit,
  params: URLSearchParams,
): { readonly sessions: readonly AnySessionView[]; readonly next_cursor: string | null } {
  requireAdmin(visit.actor, SESSIONS_AREA, 'read')
  const parsed = sessionsQuery.safeParse(Object.fromEntries(params))
  if (!parsed.success)
    throw new AppError('INVALID_REQUEST', parsed.error.issues[0]?.message ?? 'The parameters are not valid.')
  const { user, limit, cursor } = parsed.data
  if (user !== undefined) {
    const { id } = requireKnownUser(context, context.database, user)
    return { sessions: views(context, visit, sessionsOf(context.database, 'user', id)), next_cursor: null }
  }
  const page = listSessions(context.database, { limit: limit + 1, before: cursor ?? null })
  const next = page.length > limit ? (page[limit - 1]?.id ?? null) : null
  return { sessions: views(context, visit, page.slice(0, limit)), next_cursor: next }
}

/** Ends anybody's session, at once. An operator's takes who may manage operators. */
export async function endAnySession(context: AuthContext, visit: Visit, id: string): Promise<void> {
  requireAdmin(visit.actor, SESSIONS_AREA, 'write')
  await context.database.write((tx) => {
    const session = findSession(tx, id)
    if (!session) throw new AppError('NOT_FOUND', `There is no open session '${id}'.`)
    if (session.kind === 'operator') requireAdmin(visit.actor, OPERATORS_AREA, 'write')
    endSession(context, tx, id)
    const details = { kind: session.kind, subject: session.subject }
    audit(context, tx, visit, { event: 'session.ended', target: { kind: 'session', id }, details })
  })
}

/** Ends all sessions of a user; gives their number. */
export async function endUserSessions(context: AuthContext, visit: Visit, userId: string): Promise<number> {
  requireAdmin(visit.actor, SESSIONS_AREA, 'write')
  const user = requireKnownUser(context, context.database, userId)
  const { value: ended } = await context.database.write((tx) => {
    const ids = endSessionsOf(context, tx, { kind: 'user', id: user.id })
    const target = { kind: 'user', id: user.id, name: user.email }
    audit(context, tx, visit, { event: 'session.ended', target, details: { sessions: ids.length } })
    return ids
  })
  return ended.length
}

function views(context: AuthContext, visit: Visit, sessions: readonly Session[]): readonly AnySessionView[] {
  const { actor } = visit
  const current = actor.kind === 'operator' ? actor.sessionId : null
  return sessions
    .filter((session) => isOpen(context, session, visit.time))
    .map((session) => ({
      ...sessionView(session, current),
      kind: session.kind,
      subject: session.subject,
      impersonator: session.impersonator,
    }))
}
