import { AppError } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { isAlive } from '../operations/sessions/session-actor'
import { findSession, type Session, type SubjectKind } from '../store/sessions'
import { unverifiedClaims } from '../tokens/access-tokens'
import { equalSecrets } from '../tokens/secret'
import {
  ACCESS_COOKIE,
  type Cookie,
  CSRF_COOKIE,
  CSRF_HEADER,
  clearedCookies,
  cookieName,
  OPERATOR_COOKIE,
  USER_COOKIES,
} from './cookies'
import { isPageOf } from './page-of'

/**
 * What is in the cookie of a sign-in: an access token, and a mark of this instance that outlives it and its signing
 * key. So it can be said of an expired one whose it was; and a token that was given in a body is nothing in a cookie.
 */
export function sealCookieToken(context: AuthContext, kind: SubjectKind, token: string): string {
  return `${token}.${context.runtime.instance.mac(`cookie ${kind}`, token)}`
}

/** The access token in a cookie; null where this instance did not put it there. */
export function openCookieToken(context: AuthContext, kind: SubjectKind, value: string): string | null {
  const dot = value.lastIndexOf('.')
  const token = value.slice(0, Math.max(0, dot))
  return equalSecrets(value.slice(dot + 1), context.runtime.instance.mac(`cookie ${kind}`, token)) ? token : null
}

/** Whose cookie it is: of a session that is still open, of one that has ended, or of somebody else's server. */
export type CookieOwner =
  | { readonly kind: 'open'; readonly session: Session; readonly isExpired: boolean }
  | { readonly kind: 'ended' }
  | { readonly kind: 'foreign' }

export function ownerOfCookie(context: AuthContext, kind: SubjectKind, value: string): CookieOwner {
  const token = openCookieToken(context, kind, value)
  if (token === null) return { kind: 'foreign' }
  const claims = unverifiedClaims(token)
  const session = claims === null ? null : findSession(context.database, claims.sessionId)
  if (claims === null || session?.kind !== kind || !isAlive(context, session)) return { kind: 'ended' }
  return { kind: 'open', session, isExpired: claims.expiresAt <= context.runtime.now() }
}

/**
 * Why a cookie is refused. One whose session is open stays: its token has only expired, and the next request must not
 * be anonymous. Any other is taken away with the response, so that it is refused once.
 */
export function refusedCookie(context: AuthContext, kind: SubjectKind, value: string): AppError {
  const owner = ownerOfCookie(context, kind, value)
  const cookie = kind === 'operator' ? OPERATOR_COOKIE : ACCESS_COOKIE
  switch (owner.kind) {
    case 'open': {
      const renew = kind === 'operator' ? 'POST /api/admin/session' : 'POST /api/auth/refresh'
      return new AppError('UNAUTHENTICATED', `The access token has expired: ${renew}.`)
    }
    case 'ended':
      return gone(context, kind === 'operator' ? [cookie] : USER_COOKIES)
    case 'foreign':
      return gone(context, [cookie])
  }
}

function gone(context: AuthContext, cookies: readonly Cookie[]): AppError {
  return new AppError('UNAUTHENTICATED', 'The session has ended. Sign in again.', {
    cookies: clearedCookies(context, cookies),
  })
}

/** What a page repeats to show that it is ours: it follows from the session, so it is available again. */
export function csrfToken(context: AuthContext, session: Pick<Session, 'id' | 'kind'>): string {
  return context.runtime.instance.mac(`csrf ${session.kind}`, session.id)
}

/**
 * Whether a request that came with cookies shows that a page which may use them has sent it: it repeats the token, and its browser does not say that it is
 * another site's. A token alone is not enough: what a page knows, others may get to know.
 */
export function isShownAsOurs(
  context: AuthContext,
  request: Pick<UnidentifiedRequest, 'headers'>,
  session: Pick<Session, 'id' | 'kind'>,
): boolean {
  const sent = request.headers.get(CSRF_HEADER)
  return sent !== null && equalSecrets(sent, csrfToken(context, session)) && isPageOf(context, request, session.kind)
}

/** Why a request is refused that is not shown as ours. */
export function notShownAsOurs(
  context: AuthContext,
  request: Pick<UnidentifiedRequest, 'headers'>,
  kind: SubjectKind,
): AppError {
  if (!isPageOf(context, request, kind))
    return new AppError('FORBIDDEN', 'Pages of this origin may not use the cookies of this server.')
  const where =
    kind === 'operator'
      ? 'the csrf_token of POST /api/admin/session'
      : `the value of the cookie ${cookieName(context, CSRF_COOKIE)}, which GET /api/auth/csrf returns too,`
  return new AppError('FORBIDDEN', `Send ${where} as ${CSRF_HEADER}.`)
}
