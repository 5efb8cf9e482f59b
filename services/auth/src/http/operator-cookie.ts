import { AppError } from '@koyalite/contracts'
import { isSurelyOwnPage } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { endOperatorSession, renewOperatorSession } from '../operations/operators/operator-session'
import type { Session } from '../store/sessions'
import { isShownAsOurs, ownerOfCookie, refusedCookie } from './cookie-token'
import { OPERATOR_COOKIE, readCookie } from './cookies'
import { type Call, requestContext } from './request-context'

/**
 * Renews the session of an operator's cookie, whose access token may have expired. Only for a page of this server
 * itself, as a browser says. Throws FORBIDDEN for any other, UNAUTHENTICATED where there is no session.
 */
export async function renewOperatorCookie(context: AuthContext, call: Call): Promise<Session> {
  const { headers } = call.request
  if (!isSurelyOwnPage(headers, context.studioUrl())) {
    throw new AppError(
      'FORBIDDEN',
      'Only pages of this server may read the operator session (Sec-Fetch-Site: same-origin, and its own Origin).',
    )
  }
  const value = readCookie(context, headers, OPERATOR_COOKIE)
  if (!value) throw new AppError('UNAUTHENTICATED', 'Sign in first: POST /api/admin/login?cookies=true.')
  const owner = ownerOfCookie(context, 'operator', value)
  if (owner.kind !== 'open') throw refusedCookie(context, 'operator', value)
  const session = await renewOperatorSession(context, requestContext(context, call), owner.session.id)
  if (session === null) throw refusedCookie(context, 'operator', value)
  return session
}

/**
 * Ends the session of an operator's cookie. One that has ended already, or is not ours, is not an error. Throws
 * UNAUTHENTICATED where there is no cookie, FORBIDDEN for other pages.
 */
export async function endOperatorCookie(context: AuthContext, call: Call): Promise<void> {
  const { request } = call
  const value = readCookie(context, request.headers, OPERATOR_COOKIE)
  if (!value) throw new AppError('UNAUTHENTICATED', 'There is no session to end: no operator cookie was sent.')
  const owner = ownerOfCookie(context, 'operator', value)
  if (owner.kind !== 'open') return
  const { session } = owner
  if (!isShownAsOurs(context, request, session) && !isSurelyOwnPage(request.headers, context.studioUrl())) {
    throw new AppError('FORBIDDEN', 'Only pages of this server may sign an operator out.')
  }
  await endOperatorSession(context, requestContext(context, call), session)
}
