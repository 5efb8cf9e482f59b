import { AppError } from '@koyalite/contracts'
import type { UnidentifiedRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { isAlive } from '../operations/sessions/session-actor'
import { findRefreshToken } from '../store/refresh-tokens'
import { findSession, type Session } from '../store/sessions'
import { hashSecret } from '../tokens/secret'
import { type CookieOwner, isShownAsOurs, notShownAsOurs, ownerOfCookie } from './cookie-token'
import {
  ACCESS_COOKIE,
  type Cookie,
  clearedCookies,
  hasUserCookies,
  REFRESH_COOKIE,
  readCookie,
  USER_COOKIES,
} from './cookies'

/** What a browser has sent of cookie mode, whatever it is worth. */
export interface UserCookies {
  /** Some of any project: where they are of another, there is no session here, and that is not a fault of the page. */
  readonly isPresent: boolean
  readonly access: CookieOwner | null
  readonly refreshToken: string | null
  /** The open session that the refresh token belongs to. */
  readonly refreshable: Session | null
}

type WithHeaders = Pick<UnidentifiedRequest, 'headers'>

export function userCookies(context: AuthContext, { headers }: WithHeaders): UserCookies {
  const [access, refresh] = [ACCESS_COOKIE, REFRESH_COOKIE].map(
    (cookie) => readCookie(context, headers, cookie) || null,
  )
  const known = refresh == null ? null : findRefreshToken(context.database, hashSecret(refresh))
  const session = known === null ? null : findSession(context.database, known.sessionId)
  return {
    isPresent: hasUserCookies(headers),
    access: access == null ? null : ownerOfCookie(context, 'user', access),
    refreshToken: refresh ?? null,
    refreshable: session?.kind === 'user' && isAlive(context, session) ? session : null,
  }
}

/**
 * The session whose cookies these are: the access cookie says so while it is open, expired or not, and the refresh
 * cookie else.
 */
export function sessionOfCookies({ access, refreshable }: UserCookies): Session | null {
  return access?.kind === 'open' ? access.session : refreshable
}

/**
 * The refresh token in the cookie, for a page that shows it is ours. Throws FORBIDDEN, or UNAUTHENTICATED where there
 * is nothing to renew.
 */
export function refreshTokenOfCookies(context: AuthContext, request: WithHeaders, cookies: UserCookies): string {
  const { refreshToken, refreshable } = cookies
  if (refreshToken === null || refreshable === null) throw cannotRenew(context, cookies)
  if (!isShownAsOurs(context, request, refreshable)) throw notShownAsOurs(context, request, 'user')
  return refreshToken
}

/**
 * A refusal to renew takes away the refresh cookie, and the others unless they are of a session that is still open.
 */
export function cannotRenew(context: AuthContext, { access }: UserCookies): AppError {
  const dead: readonly Cookie[] = access?.kind === 'open' ? [REFRESH_COOKIE] : USER_COOKIES
  return new AppError('UNAUTHENTICATED', 'The session cannot be renewed any longer. Sign in again.', {
    cookies: clearedCookies(context, dead),
  })
}
