import { AppError } from '@koyalite/contracts'
import { type ApiRequest, isSurelyOwnPage } from '@koyalite/kernel'
import { type AuthContext, audit, type Visit } from '../../auth-context'
import { hasCsrfToken, isAlive, ownerOfCookie, refusedCookie } from '../../http/cookie-token'
import { OPERATOR_COOKIE, readCookie } from '../../http/cookies'
import { findSession, type Session, touchSession } from '../../store/sessions'
import { endSession } from '../sessions/end-sessions'

/**
 * The session of an operator's cookie, whose access token may have expired: it goes on, as by a refresh. Only for a page of this server itself, as a browser
 * says. Throws FORBIDDEN for any other, UNAUTHENTICATED where there is no session.
 */
export async function renewOperatorSession(context: AuthContext, visit: Visit, request: ApiRequest): Promise<Session> {
  if (!isSurelyOwnPage(request.headers, context.publicUrl())) {
    throw new AppError(
      'FORBIDDEN',
      'Only pages of this server may read the operator session (Sec-Fetch-Site: same-origin, and its own Origin).',
    )
  }
  const value = readCookie(context, request.headers, OPERATOR_COOKIE)
  if (!value) throw new AppError('UNAUTHENTICATED', 'Sign in first: POST /api/admin/login?cookies=true.')
  const owner = ownerOfCookie(context, 'operator', value)
  if (owner.kind !== 'open') throw refusedCookie(context, 'operator', value)
  const { id } = owner.session
  const { value: session } = await context.database.write((tx) => {
    const current = findSession(tx, id)
    if (current === null || !isAlive(context, current)) return null
    touchSession(tx, id, visit.time)
    return { ...current, usedAt: visit.time }
  })
  if (session === null) throw refusedCookie(context, 'operator', value)
  return session
}

/**
 * Ends the session of an operator's cookie. One that has ended already, or is not ours, is no error. Throws UNAUTHENTICATED where there is no cookie,
 * FORBIDDEN for other pages.
 */
export async function endOperatorSession(context: AuthContext, visit: Visit, request: ApiRequest): Promise<void> {
  const value = readCookie(context, request.headers, OPERATOR_COOKIE)
  if (!value) throw new AppError('UNAUTHENTICATED', 'There is no session to end: no operator cookie was sent.')
  const owner = ownerOfCookie(context, 'operator', value)
  if (owner.kind !== 'open') return
  const { session } = owner
  if (!hasCsrfToken(context, request, session) && !isSurelyOwnPage(request.headers, context.publicUrl())) {
    throw new AppError('FORBIDDEN', 'Only pages of this server may sign an operator out.')
  }
  await context.database.write((tx) => {
    if (!endSession(context, tx, session.id)) return
    const actor = { kind: 'operator', id: session.subject, name: null } as const
    audit(context, tx, visit, { event: 'auth.logout', actor, target: { kind: 'session', id: session.id } })
  })
}
