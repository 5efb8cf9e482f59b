import { ANYONE, AppError } from '@koyalite/contracts'
import { type ApiRequest, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { AuthContext } from '../auth-context'
import { secretInput } from '../operations/inputs'
import { logout } from '../operations/sessions/own-sessions'
import { refreshSession } from '../operations/sessions/refresh-session'
import { csrfToken, isShownAsOurs, notShownAsOurs } from './cookie-token'
import { clearedCookies, USER_COOKIES } from './cookies'
import { isPageOf } from './page-of'
import { requestContexts } from './request-context'
import * as response from './response-schemas'
import { requirePage, sessionReply } from './sign-in-reply'
import { cannotRenew, refreshTokenOfCookies, sessionOfCookies, type UserCookies, userCookies } from './user-cookies'

const refreshInput = z.strictObject({ refresh_token: secretInput.optional() })

/** Renewing and ending a session, by its tokens or its cookies. */
export function sessionRoutes(context: AuthContext): readonly Route[] {
  const requestOf = requestContexts(context)
  return [
    route({
      method: 'POST',
      path: '/api/auth/refresh',
      name: 'refreshSession',
      summary: 'Refresh the tokens of a session',
      access: ANYONE,
      credentials: 'optional',
      body: refreshInput,
      responses: { 200: response.refreshed },
      async handle(call) {
        const { request, body } = call
        const cookies = userCookies(context, request)
        if (body.refresh_token !== undefined || cookies.refreshToken === null) {
          const open = await refreshSession(context, requestOf(call), sentToken(context, body, cookies))
          return sessionReply(context, 200, open, false)
        }
        requirePage(context, request, 'user')
        const token = refreshTokenOfCookies(context, request, cookies)
        const open = await refreshSession(context, requestOf(call), token).catch((error: unknown) => {
          if (!(error instanceof AppError) || error.code !== 'UNAUTHENTICATED') throw error
          // As it is now: a token that was used before has ended its session.
          throw cannotRenew(context, userCookies(context, request))
        })
        return sessionReply(context, 200, open, true)
      },
    }),
    route({
      method: 'GET',
      path: '/api/auth/csrf',
      name: 'getCsrfToken',
      summary: 'Read the CSRF token, for pages that cannot read the cookies of the server',
      access: ANYONE,
      credentials: 'none',
      responses: { 200: response.csrf },
      handle({ request }) {
        requirePage(context, request, 'user')
        const cookies = userCookies(context, request)
        const session = sessionOfCookies(cookies)
        if (session === null) throw cannotRenew(context, cookies)
        return { csrf_token: csrfToken(context, session) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/auth/logout',
      name: 'logout',
      summary: 'Sign out',
      access: ANYONE,
      credentials: 'optional',
      body: refreshInput,
      responses: { 204: null },
      async handle(call) {
        const { request, body } = call
        const { refresh_token: refreshToken = null } = body
        const cookies = userCookies(context, request)
        if (request.headers.has('authorization') || !cookies.isPresent) {
          if ((await logout(context, requestOf(call), { refreshToken })) > 0) return null
          throw new AppError('UNAUTHENTICATED', 'There is no session to end: send an access token or a refresh token.')
        }
        requireOwnLogout(context, request, cookies)
        const shown = cookies.access?.kind === 'open' ? [cookies.access.session.id] : []
        await logout(context, requestOf(call), { refreshToken: refreshToken ?? cookies.refreshToken, shown })
        return reply(204, null, { cookies: clearedCookies(context, USER_COOKIES) })
      },
    }),
  ]
}

/**
 * The refresh token of a client that keeps it itself. Throws VALIDATION_ERROR if there is none, UNAUTHENTICATED
 * where only cookies came.
 */
function sentToken(
  context: AuthContext,
  { refresh_token: token }: z.output<typeof refreshInput>,
  cookies: UserCookies,
): string {
  if (token !== undefined) return token
  if (cookies.isPresent) throw cannotRenew(context, cookies)
  const message = 'refresh_token is required'
  throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'refresh_token', code: 'required', message }] })
}

/**
 * Cookies must not be enough to sign somebody out from another site. Where the sign-in has expired or ended there is
 * no token to repeat, and little to lose: that always succeeds. Throws FORBIDDEN.
 */
function requireOwnLogout(context: AuthContext, request: ApiRequest, cookies: UserCookies): void {
  const { access } = cookies
  const session = sessionOfCookies(cookies)
  if (session === null || isShownAsOurs(context, request, session)) return
  const isStale = access !== null && (access.kind !== 'open' || access.isExpired)
  const isOurPage = isBrowser(request) && isPageOf(context, request, 'user')
  if (!isStale && !isOurPage) throw notShownAsOurs(context, request, 'user')
}

function isBrowser({ headers }: ApiRequest): boolean {
  return headers.has('origin') || headers.has('sec-fetch-site')
}
