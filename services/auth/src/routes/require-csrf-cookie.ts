import { AppError } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import { CSRF_COOKIE, CSRF_HEADER, cookieName, readCookie } from '../cookies'
import { equalSecrets } from '../secret'

/**
 * Where the refresh cookie is what counts there may be no access token to compare with: the header must repeat the cookie, which no page
 * of another origin can read. Throws FORBIDDEN.
 */
export function requireCsrfCookie(context: AuthContext, request: ApiRequest): void {
  const cookie = readCookie(context, request.headers, CSRF_COOKIE)
  const sent = request.headers.get(CSRF_HEADER)
  if (cookie !== null && sent !== null && equalSecrets(cookie, sent)) return
  throw new AppError('FORBIDDEN', `Send the value of the cookie ${cookieName(context, CSRF_COOKIE)} as ${CSRF_HEADER}.`)
}
